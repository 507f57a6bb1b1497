package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"otklik/sync/collector/store"
)

// raise raises an alarm, or adds to the one that is open.
func (t *tx) raise(a store.Alarm) error {
	_, err := t.exec("INSERT INTO alarms (kind, terminal, origin, first, at, times, seq, answer_id) VALUES (?1, ?2, ?3, ?4, ?4, 1, ?5, ?6) "+
		"ON CONFLICT (kind, terminal, origin) WHERE acknowledged = 0 DO UPDATE SET at = excluded.at, times = times + 1, "+
		"seq = excluded.seq, answer_id = excluded.answer_id",
		string(a.Kind), a.Terminal[:], a.Origin[:], millis(a.At), int64(a.Seq), a.AnswerID[:])
	return err
}

// Alarms implements store.Responses.
func (s *Store) Alarms(ctx context.Context, n int) ([]store.Alarm, error) {
	return list(ctx, s.db, "alarms", func(rows *sql.Rows, a *store.Alarm) error {
		var first, at, seq int64
		err := rows.Scan(&a.ID, &a.Kind, bytesInto(a.Terminal[:]), bytesInto(a.Origin[:]), &first, &at, &a.Times, &seq,
			bytesInto(a.AnswerID[:]))
		a.First, a.At, a.Seq = instant(first), instant(at), uint64(seq)
		return err
	}, "SELECT id, kind, terminal, origin, first, at, times, seq, answer_id FROM alarms WHERE acknowledged = 0 ORDER BY at DESC, id DESC LIMIT ?", n)
}

// AcknowledgeAlarm implements store.Responses.
func (s *Store) AcknowledgeAlarm(ctx context.Context, id int64, by string, at time.Time) error {
	err := s.writer.do(ctx, func(t *tx) error {
		n, err := t.changed("UPDATE alarms SET acknowledged = ?, by = ? WHERE id = ? AND acknowledged = 0", max(1, millis(at)), by, id)
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("store: acknowledge alarm %d: %w", id, hint(err))
	}
	return nil
}
