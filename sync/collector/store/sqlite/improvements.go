package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"otklik/sync/collector/store"
)

// AddImprovement implements store.Improvements.
func (s *Store) AddImprovement(ctx context.Context, i store.Improvement) (id int64, err error) {
	err = s.writer.do(ctx, func(t *tx) error {
		id, err = t.improve(i)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store: add an improvement: %w", hint(err))
	}
	return id, nil
}

func (t *tx) improve(i store.Improvement) (id int64, err error) {
	text, err := json.Marshal(i.Text)
	if err != nil {
		return 0, err
	}
	var there int
	if err := t.row("SELECT count(*) FROM improvements", nil, &there); err != nil {
		return 0, err
	}
	if there >= store.MaxImprovements {
		return 0, fmt.Errorf("%d are there: %w", there, store.ErrTooMany)
	}
	if err := t.row("INSERT INTO improvements (text, until, added, by) VALUES (?, ?, ?, ?) RETURNING id",
		[]any{string(text), millis(i.Until), millis(i.Added), i.By}, &id); err != nil {
		return 0, err
	}
	_, err = t.exec("UPDATE collector SET config_version = config_version + 1")
	return id, err
}

// Improvements implements store.Improvements.
func (s *Store) Improvements(ctx context.Context) ([]store.Improvement, error) {
	return list(ctx, s.db, "improvements", func(rows *sql.Rows, i *store.Improvement) error {
		var text string
		var until, added int64
		if err := rows.Scan(&i.ID, &text, &until, &added, &i.By); err != nil {
			return err
		}
		i.Until, i.Added = instant(until), instant(added)
		return json.Unmarshal([]byte(text), &i.Text)
	}, "SELECT id, text, until, added, by FROM improvements ORDER BY id DESC")
}

// RemoveImprovement implements store.Improvements.
func (s *Store) RemoveImprovement(ctx context.Context, id int64) error {
	err := s.writer.do(ctx, func(t *tx) error {
		n, err := t.changed("DELETE FROM improvements WHERE id = ?", id)
		if err != nil {
			return err
		}
		if n == 0 {
			return store.ErrNotFound
		}
		_, err = t.exec("UPDATE collector SET config_version = config_version + 1")
		return err
	})
	if err != nil {
		return fmt.Errorf("store: remove the improvement %d: %w", id, hint(err))
	}
	return nil
}
