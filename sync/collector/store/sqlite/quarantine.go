package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

const selectQuarantine = "SELECT id, origin, seq, answer_id, terminal, received, reason, raw, stray FROM quarantine WHERE released = 0 "

func scanQuarantined(rows *sql.Rows, q *store.Quarantined) error {
	var seq, received int64
	err := rows.Scan(&q.ID, bytesInto(q.Origin[:]), &seq, bytesInto(q.AnswerID[:]), bytesInto(q.Terminal[:]), &received,
		&q.Reason, &q.Raw, &q.Stray)
	q.Seq, q.Received = uint64(seq), instant(received)
	return err
}

// Quarantine implements store.Aside.
func (s *Store) Quarantine(ctx context.Context, n int) ([]store.Quarantined, int, error) {
	latest, err := list(ctx, s.db, "quarantine", scanQuarantined, selectQuarantine+"ORDER BY id DESC LIMIT ?", n)
	if err != nil {
		return nil, 0, err
	}
	total, err := s.count(ctx, "quarantine WHERE released = 0")
	return latest, total, err
}

func (s *Store) count(ctx context.Context, table string) (n int, err error) {
	if err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		return 0, fmt.Errorf("store: %s: %w", table, hint(err))
	}
	return n, nil
}

// QuarantinedOne implements store.Aside.
func (s *Store) QuarantinedOne(ctx context.Context, id int64) (store.Quarantined, error) {
	found, err := list(ctx, s.db, "quarantine", scanQuarantined, selectQuarantine+"AND id = ?", id)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("store: record %d in quarantine: %w", id, store.ErrNotFound)
	}
	if err != nil {
		return store.Quarantined{}, err
	}
	return found[0], nil
}

// QuarantinedAfter implements store.Aside.
func (s *Store) QuarantinedAfter(ctx context.Context, after int64, n int) ([]store.Quarantined, error) {
	return list(ctx, s.db, "quarantine", scanQuarantined, selectQuarantine+"AND id > ? ORDER BY id LIMIT ?", after, n)
}

// Release implements store.Aside.
func (s *Store) Release(ctx context.Context, id int64, intake store.Intake) (wire.Decision, error) {
	if len(intake.Arrivals) != 1 {
		return wire.Decision{}, fmt.Errorf("store: release %d records as one", len(intake.Arrivals))
	}
	k := newKeeping(intake)
	var decision wire.Decision
	err := s.writer.do(ctx, func(t *tx) (err error) {
		decision, err = k.release(t, id)
		return err
	})
	if err != nil {
		return wire.Decision{}, fmt.Errorf("store: release record %d: %w", id, hint(err))
	}
	return decision, nil
}

func (k *keeping) release(t *tx, id int64) (wire.Decision, error) {
	a := &k.Arrivals[0]
	var stray bool
	err := t.row("SELECT stray FROM quarantine WHERE id = ? AND origin = ? AND seq = ? AND answer_id = ? AND released = 0",
		[]any{id, k.Origin[:], int64(a.Seq), a.AnswerID[:]}, &stray)
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	if err != nil {
		return wire.Decision{}, err
	}
	own, err := t.speaks(k.Origin, k.Terminal, k.Carried)
	if err != nil {
		return wire.Decision{}, err
	}
	if !own && a.Reason == "" {
		return wire.Decision{}, store.ErrForeign
	}
	// One that was stray and is not any more is put aside anew: from now on it counts as here.
	if a.Reason != "" && (!own || !stray || a.Seq == 0 || a.Seq > store.MaxSeq) {
		_, err := t.exec("UPDATE quarantine SET reason = ? WHERE id = ?", a.Reason, id)
		return wire.Decision{Seq: a.Seq, AnswerID: a.AnswerID, Verdict: wire.Quarantined, Reason: a.Reason}, err
	}
	// While it is still in quarantine its seq is not counted a second time.
	if err := k.run(t); err != nil {
		return wire.Decision{}, err
	}
	_, err = t.exec("UPDATE quarantine SET released = ? WHERE id = ?", max(1, millis(k.Received)), id)
	return k.decisions[0], err
}

// Changed implements store.Aside.
func (s *Store) Changed(ctx context.Context, n int) ([]store.Changed, int, error) {
	latest, err := list(ctx, s.db, "conflicts", func(rows *sql.Rows, c *store.Changed) error {
		var seq, received, first int64
		err := rows.Scan(bytesInto(c.Origin[:]), &seq, bytesInto(c.AnswerID[:]), bytesInto(c.Terminal[:]), &received, &c.Body,
			&c.Original, &first)
		c.Seq, c.Received, c.First = uint64(seq), instant(received), instant(first)
		return err
	}, "SELECT c.origin, c.seq, c.answer_id, c.terminal, c.received, c.body, r.body, r.received FROM conflicts AS c "+
		"JOIN responses AS r ON r.origin = c.origin AND r.seq = c.seq AND r.answer_id = c.answer_id ORDER BY c.id DESC LIMIT ?", n)
	if err != nil {
		return nil, 0, err
	}
	total, err := s.count(ctx, "conflicts")
	return latest, total, err
}
