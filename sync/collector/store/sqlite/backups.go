package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// NoteBackup implements store.Backups.
func (s *Store) NoteBackup(ctx context.Context, b store.Backup) error {
	if err := s.writer.do(ctx, func(t *tx) error { return t.noteBackup(b) }); err != nil {
		return fmt.Errorf("store: note a backup: %w", hint(err))
	}
	return nil
}

func (t *tx) noteBackup(b store.Backup) error {
	if _, err := t.exec("INSERT INTO backups (began, ended, path, bytes, responses, problem) VALUES (?, ?, ?, ?, ?, ?)",
		millis(b.Began), millis(b.Ended), b.Path, b.Bytes, b.Responses, b.Problem); err != nil || b.Problem != "" {
		return err
	}
	if _, err := t.exec("DELETE FROM backup_ranges"); err != nil {
		return err
	}
	for origin, ranges := range b.Ranges {
		for _, r := range ranges {
			if _, err := t.exec("INSERT INTO backup_ranges (origin, first, last) VALUES (?, ?, ?)", origin[:], int64(r.First),
				int64(r.Last)); err != nil {
				return err
			}
		}
	}
	return nil
}

// BackupState implements store.Backups.
func (s *Store) BackupState(ctx context.Context) (store.BackupState, error) {
	var state store.BackupState
	const last = "SELECT began, ended, path, bytes, responses, problem FROM backups "
	for query, to := range map[string]*store.Backup{
		last + "ORDER BY id DESC LIMIT 1":                    &state.Last,
		last + "WHERE problem = '' ORDER BY id DESC LIMIT 1": &state.Good,
	} {
		found, err := list(ctx, s.db, "backups", func(rows *sql.Rows, b *store.Backup) error {
			var began, ended int64
			err := rows.Scan(&began, &ended, &b.Path, &b.Bytes, &b.Responses, &b.Problem)
			b.Began, b.Ended = instant(began), instant(ended)
			return err
		}, query)
		if err != nil {
			return state, err
		}
		if len(found) > 0 {
			*to = found[0]
		}
	}
	var every int64
	if err := s.db.QueryRowContext(ctx, "SELECT backup_every FROM collector").Scan(&every); err != nil {
		return state, fmt.Errorf("store: backups: %w", hint(err))
	}
	state.Every = time.Duration(every) * time.Millisecond
	return state, nil
}

// SetBackupEvery implements store.Backups.
func (s *Store) SetBackupEvery(ctx context.Context, every time.Duration) error {
	err := s.writer.do(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE collector SET backup_every = ?", every.Milliseconds())
		return err
	})
	if err != nil {
		return fmt.Errorf("store: how often backups are made: %w", hint(err))
	}
	return nil
}

// LoseBackups implements store.Backups.
func (s *Store) LoseBackups(ctx context.Context) error {
	err := s.writer.do(ctx, func(t *tx) error {
		if _, err := t.exec("UPDATE backups SET problem = ? WHERE problem = ''", store.LostBackup); err != nil {
			return err
		}
		_, err := t.exec("DELETE FROM backup_ranges")
		return err
	})
	if err != nil {
		return fmt.Errorf("store: note that a backup is gone: %w", hint(err))
	}
	return nil
}

// SetKeepWindow implements store.Backups.
func (s *Store) SetKeepWindow(ctx context.Context, w store.KeepWindow) error {
	err := s.writer.do(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE collector SET keep_days = ?1, keep_bytes = ?2, config_version = config_version + 1 "+
			"WHERE keep_days <> ?1 OR keep_bytes <> ?2", w.Days, w.Bytes)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: what terminals keep: %w", hint(err))
	}
	return nil
}

// KeepWindow implements store.Backups.
func (s *Store) KeepWindow(ctx context.Context) (w store.KeepWindow, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT keep_days, keep_bytes FROM collector").Scan(&w.Days, &w.Bytes)
	if err != nil {
		err = fmt.Errorf("store: what terminals keep: %w", hint(err))
	}
	return w, err
}

// Safe implements store.Backups.
func (s *Store) Safe(ctx context.Context, origin wire.Origin) (wire.Ranges, bool, error) {
	var backups bool
	err := s.db.QueryRowContext(ctx, "SELECT backup_every > 0 OR EXISTS (SELECT 1 FROM backups WHERE problem IN ('', ?)) "+
		"FROM collector", store.LostBackup).Scan(&backups)
	if err != nil {
		return nil, false, fmt.Errorf("store: what is safe: %w", hint(err))
	}
	safe, err := list(ctx, s.db, "what is safe", func(rows *sql.Rows, r *wire.Range) error {
		var first, last int64
		err := rows.Scan(&first, &last)
		r.First, r.Last = uint64(first), uint64(last)
		return err
	}, "SELECT first, last FROM backup_ranges WHERE origin = ? ORDER BY first < 0 DESC, first DESC LIMIT ?",
		origin[:], wire.MaxRanges)
	slices.Reverse(safe)
	return safe, backups, err
}

// selectAnswers are the records of an origin under some seqs, whether they could be read or not.
const selectAnswers = "SELECT seq, answer_id FROM responses WHERE origin = ?1 AND seq BETWEEN ?2 AND ?3 UNION " +
	"SELECT seq, answer_id FROM quarantine WHERE origin = ?1 AND seq BETWEEN ?2 AND ?3 AND stray = 0"

// Lacks implements store.Backups.
func (s *Store) Lacks(ctx context.Context, origin wire.Origin, held []wire.Held) (wire.Ranges, error) {
	fail := func(err error) (wire.Ranges, error) {
		return nil, fmt.Errorf("store: compare what %s holds: %w", origin, hint(err))
	}
	look, err := s.db.PrepareContext(ctx, selectAnswers)
	if err != nil {
		return fail(err)
	}
	defer look.Close()
	var missing wire.Ranges
	for _, h := range held {
		n, sum, err := answers(ctx, look, origin, h)
		if err != nil {
			return fail(err)
		}
		if n != h.Last-h.First+1 || sum != h.Sum {
			missing = append(missing, wire.Range{First: h.First, Last: h.Last})
		}
	}
	return missing, nil
}

// answers sums up what is here of a range.
func answers(ctx context.Context, look *sql.Stmt, origin wire.Origin, h wire.Held) (n uint64, sum wire.Sum, err error) {
	rows, err := look.QueryContext(ctx, origin[:], int64(h.First), int64(h.Last))
	if err != nil {
		return 0, sum, err
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var id uuid.UUID
		if err := rows.Scan(&seq, bytesInto(id[:])); err != nil {
			return 0, sum, err
		}
		n++
		sum.Add(id)
	}
	return n, sum, rows.Err()
}

// Revive implements store.Backups. Terminals follow a configuration of any other version than theirs, and the copy must
// never come to one that they hold from a life before: so the milliseconds of the clock are added, of which each life has
// more than it makes changes.
func (s *Store) Revive(ctx context.Context, at time.Time, from store.Backup) error {
	from.Problem = ""
	err := s.writer.do(ctx, func(t *tx) error {
		for _, c := range []struct {
			change string
			args   []any
		}{
			{"UPDATE collector SET epoch = randomblob(16), config_version = config_version + max(0, ?)", []any{millis(at)}},
			{"INSERT INTO restores (at, taken) VALUES (?, ?)", []any{millis(at), millis(from.Began)}},
			{"UPDATE origins SET filled = x'', again = 0", nil},
			{"DELETE FROM sessions", nil},
		} {
			if _, err := t.exec(c.change, c.args...); err != nil {
				return err
			}
		}
		return t.noteBackup(from)
	})
	if err != nil {
		return fmt.Errorf("store: begin another life: %w", hint(err))
	}
	return nil
}

// Restored implements store.Backups.
func (s *Store) Restored(ctx context.Context) (store.Restored, error) {
	var r store.Restored
	var at, taken int64
	err := s.db.QueryRowContext(ctx, "SELECT at, taken FROM restores ORDER BY id DESC LIMIT 1").Scan(&at, &taken)
	if errors.Is(err, sql.ErrNoRows) {
		return r, nil
	}
	if err == nil {
		r.At, r.Taken = instant(at), instant(taken)
		// A terminal may have an outbox that was set aside long ago and says nothing more.
		err = s.db.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(
				EXISTS (SELECT 1 FROM origins AS o, collector AS c WHERE o.terminal = t.id AND o.filled = c.epoch)
				AND NOT EXISTS (SELECT 1 FROM origins AS o WHERE o.terminal = t.id AND o.again > 0 AND o.left_at = 0)), 0)
			FROM terminals AS t WHERE revoked = 0 AND last_seen > 0`).Scan(&r.Terminals, &r.Refilled)
	}
	if err != nil {
		return r, fmt.Errorf("store: the last restore: %w", hint(err))
	}
	return r, nil
}
