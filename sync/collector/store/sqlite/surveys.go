package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"otklik/sync/collector/store"
)

// PublishSurvey implements store.Surveys.
func (s *Store) PublishSurvey(ctx context.Context, v store.SurveyVersion) (bool, error) {
	var published bool
	err := s.writer.do(ctx, func(t *tx) (err error) {
		published, err = t.publish(v)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("store: publish survey %q number %d: %w", v.ID, v.Number, hint(err))
	}
	return published, nil
}

func (t *tx) publish(v store.SurveyVersion) (bool, error) {
	var one int
	err := t.row("SELECT 1 FROM surveys WHERE id = ? AND version = ?", []any{v.ID, v.Version}, &one)
	if err == nil {
		return false, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	var highest int
	if err := t.row("SELECT coalesce(max(number), 0) FROM surveys WHERE id = ?", []any{v.ID}, &highest); err != nil {
		return false, err
	}
	if v.Number <= highest {
		return false, fmt.Errorf("number %d is published: %w", highest, store.ErrConflict)
	}
	if _, err := t.exec("INSERT INTO surveys (id, number, version, source, published) VALUES (?, ?, ?, ?, ?)",
		v.ID, v.Number, v.Version, v.Source, millis(v.Published)); err != nil {
		return false, err
	}
	_, err = t.exec("UPDATE collector SET config_version = config_version + 1")
	return err == nil, err
}

const selectSurveys = "SELECT id, number, version, source, published FROM surveys "

func scanSurvey(rows *sql.Rows, v *store.SurveyVersion) error {
	var published int64
	err := rows.Scan(&v.ID, &v.Number, &v.Version, &v.Source, &published)
	v.Published = instant(published)
	return err
}

// Survey implements store.Surveys.
func (s *Store) Survey(ctx context.Context, id, version string) (store.SurveyVersion, error) {
	found, err := list(ctx, s.db, "survey", scanSurvey, selectSurveys+"WHERE id = ? AND version = ?", id, version)
	if err != nil {
		return store.SurveyVersion{}, err
	}
	if len(found) == 0 {
		return store.SurveyVersion{}, fmt.Errorf("store: survey %q version %q: %w", id, version, store.ErrNotFound)
	}
	return found[0], nil
}

// SurveyVersions implements store.Surveys.
func (s *Store) SurveyVersions(ctx context.Context, id string) ([]store.SurveyVersion, error) {
	return list(ctx, s.db, "survey versions", scanSurvey, selectSurveys+"WHERE id = ? ORDER BY number", id)
}

// LatestSurveys implements store.Surveys.
func (s *Store) LatestSurveys(ctx context.Context) ([]store.SurveyVersion, error) {
	return list(ctx, s.db, "latest surveys", scanSurvey, selectSurveys+"AS s "+
		"WHERE number = (SELECT max(number) FROM surveys WHERE id = s.id) "+
		"ORDER BY (SELECT min(rowid) FROM surveys WHERE id = s.id)")
}

// ConfigVersion implements store.Surveys.
func (s *Store) ConfigVersion(ctx context.Context) (uint64, error) {
	var v uint64
	if err := s.db.QueryRowContext(ctx, "SELECT config_version FROM collector").Scan(&v); err != nil {
		return 0, fmt.Errorf("store: config version: %w", hint(err))
	}
	return v, nil
}
