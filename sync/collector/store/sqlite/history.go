package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
)

// note adds to the history of a terminal.
func (t *tx) note(terminal []byte, what store.EventKind, by string, at time.Time) error {
	_, err := t.exec("INSERT INTO events (terminal, at, what, by) VALUES (?, ?, ?, ?)", terminal, millis(at), string(what), by)
	return err
}

// History implements store.Fleet.
func (s *Store) History(ctx context.Context, id uuid.UUID) ([]store.Event, error) {
	return list(ctx, s.db, "history", func(rows *sql.Rows, e *store.Event) error {
		var at int64
		err := rows.Scan(&at, &e.What, &e.By)
		e.At = instant(at)
		return err
	}, "SELECT at, what, by FROM events WHERE terminal = ? ORDER BY id", id[:])
}

// LetSend implements store.Fleet.
func (s *Store) LetSend(ctx context.Context, id uuid.UUID, on bool, by string, at time.Time) error {
	since, what := int64(0), store.NotHeard
	if on {
		since, what = max(1, millis(at)), store.MayBeHeard
	}
	err := s.writer.do(ctx, func(t *tx) error {
		n, err := t.changed("UPDATE terminals SET settings = settings + 1, sending = ?1 WHERE id = ?2 AND revoked > 0 AND "+
			"(sending = 0) = (?1 <> 0)", since, id[:])
		if err != nil {
			return err
		}
		if n > 0 {
			return t.note(id[:], what, by, at)
		}
		if err := t.known(id); err != nil {
			return err
		}
		var active bool
		if err := t.row("SELECT revoked = 0 FROM terminals WHERE id = ?", []any{id[:]}, &active); err != nil {
			return err
		}
		if active {
			return store.ErrConflict
		}
		return nil // again
	})
	if err != nil {
		return fmt.Errorf("store: let terminal %s send what it has: %w", id, hint(err))
	}
	return nil
}
