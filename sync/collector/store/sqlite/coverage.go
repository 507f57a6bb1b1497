package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// coverage remembers which seqs of each origin are here, so that only what arrived since is read. Seqs never leave the
// store: one in quarantine may become a response, and is here all the same, unless it is stray. A seq below 1 is none: it was
// kept before such were stray.
type coverage struct {
	mu               sync.Mutex
	read             bool
	here             map[wire.Origin]wire.Ranges
	responses, aside int64 // the highest ids that were read
}

// Coverage implements store.Coverages.
func (s *Store) Coverage(ctx context.Context, terminal uuid.UUID) ([]store.Coverage, error) {
	all, err := outboxes(ctx, s.db, terminal)
	if err != nil {
		return nil, err
	}
	// What is here is read after what terminals said: a record that came in between is here, not missing.
	s.coverage.mu.Lock()
	defer s.coverage.mu.Unlock()
	if err := s.coverage.refresh(ctx, s.db); err != nil {
		return nil, err
	}
	s.coverage.fill(all)
	return all, nil
}

// Moment implements store.Coverages.
func (s *Store) Moment(ctx context.Context) (m store.Moment, err error) {
	// While the lock is held nobody else reads what arrives: so nothing is remembered that this transaction does not see. It
	// comes before the connection, of which there are few: whoever has the lock needs one, too.
	s.coverage.mu.Lock()
	defer s.coverage.mu.Unlock()
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return m, fmt.Errorf("store: read all at one moment: %w", hint(err))
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN DEFERRED"); err != nil {
		return m, fmt.Errorf("store: read all at one moment: %w", hint(err))
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	var epoch []byte
	err = conn.QueryRowContext(ctx, "SELECT epoch, coalesce((SELECT max(id) FROM responses), 0) FROM collector").Scan(&epoch, &m.Last)
	if err != nil {
		return m, fmt.Errorf("store: read all at one moment: %w", hint(err))
	}
	copy(m.Epoch[:], epoch)
	if err := s.coverage.refresh(ctx, conn); err != nil {
		return m, err
	}
	if m.Coverage, err = outboxes(ctx, conn, uuid.Nil); err != nil {
		return m, err
	}
	s.coverage.fill(m.Coverage)
	if m.Heads, err = chainHeads(ctx, conn); err != nil {
		return m, err
	}
	m.Terminals, err = list(ctx, conn, "terminals", scanTerminal, selectTerminals+orderTerminals)
	return m, err
}

// outboxes returns what terminals said of their outboxes.
func outboxes(ctx context.Context, from queryer, terminal uuid.UUID) ([]store.Coverage, error) {
	return list(ctx, from, "coverage", func(rows *sql.Rows, c *store.Coverage) error {
		var first, last, waiting, left int64
		err := rows.Scan(bytesInto(c.Origin[:]), bytesInto(c.Terminal[:]), &first, &last, &waiting, &left)
		c.First, c.Last, c.Waiting, c.Left = uint64(first), uint64(last), uint64(waiting), instant(left)
		return err
	}, "SELECT origin, terminal, first_seq, last_seq, queued, left_at FROM origins WHERE ?1 OR terminal = ?2 ORDER BY terminal, origin",
		terminal == uuid.Nil, terminal[:])
}

// fill adds what is here; the caller holds the lock.
func (c *coverage) fill(all []store.Coverage) {
	for i := range all {
		one := &all[i]
		one.Here = slices.Clone(c.here[one.Origin])
		if len(one.Here) == 0 {
			continue
		}
		if first := one.Here[0].First; one.First == 0 || first < one.First {
			one.First = first
		}
		one.Last = max(one.Last, one.Here[len(one.Here)-1].Last)
	}
}

// refresh reads what arrived; the caller holds the lock.
func (c *coverage) refresh(ctx context.Context, db queryer) error {
	if !c.read {
		return c.readAll(ctx, db)
	}
	for table, last := range map[string]*int64{"responses WHERE": &c.responses, "quarantine WHERE stray = 0 AND": &c.aside} {
		type row struct {
			id, seq int64
			origin  wire.Origin
		}
		fresh, err := list(ctx, db, "coverage", func(rows *sql.Rows, r *row) error {
			return rows.Scan(&r.id, bytesInto(r.origin[:]), &r.seq)
		}, "SELECT id, origin, seq FROM "+table+" id > ? ORDER BY id", *last)
		if err != nil {
			return err
		}
		for _, r := range fresh {
			*last = r.id
			if r.seq > 0 {
				c.here[r.origin] = c.here[r.origin].With(uint64(r.seq))
			}
		}
	}
	return nil
}

// edges are the seqs at which a run begins or ends, found in one pass through the index of keys.
const edges = `SELECT origin, seq, before IS NULL OR seq > before + 1, after IS NULL OR seq < after - 1 FROM (
	SELECT origin, seq, lag(seq) OVER one AS before, lead(seq) OVER one AS after
	FROM responses INDEXED BY responses_key WHERE seq > 0 WINDOW one AS (PARTITION BY origin ORDER BY seq))
	WHERE before IS NULL OR seq > before + 1 OR after IS NULL OR seq < after - 1`

// readAll reads everything. The highest ids come first: what arrives meanwhile is read twice, and counts once.
func (c *coverage) readAll(ctx context.Context, db queryer) error {
	here := make(map[wire.Origin]wire.Ranges)
	var responses, aside int64
	err := db.QueryRowContext(ctx, "SELECT coalesce((SELECT max(id) FROM responses), 0), "+
		"coalesce((SELECT max(id) FROM quarantine), 0)").Scan(&responses, &aside)
	if err != nil {
		return fmt.Errorf("store: coverage: %w", hint(err))
	}
	type edge struct {
		origin       wire.Origin
		seq          int64
		begins, ends bool
	}
	runs, err := list(ctx, db, "coverage", func(rows *sql.Rows, e *edge) error {
		return rows.Scan(bytesInto(e.origin[:]), &e.seq, &e.begins, &e.ends)
	}, edges)
	if err != nil {
		return err
	}
	for _, e := range runs {
		r := here[e.origin]
		if e.begins {
			r = append(r, wire.Range{First: uint64(e.seq), Last: uint64(e.seq)})
		}
		if e.ends {
			r[len(r)-1].Last = uint64(e.seq)
		}
		here[e.origin] = r
	}
	unread, err := list(ctx, db, "coverage", func(rows *sql.Rows, e *edge) error {
		return rows.Scan(bytesInto(e.origin[:]), &e.seq)
	}, "SELECT DISTINCT origin, seq FROM quarantine WHERE stray = 0")
	if err != nil {
		return err
	}
	for _, e := range unread {
		here[e.origin] = here[e.origin].With(uint64(e.seq))
	}
	c.here, c.responses, c.aside, c.read = here, responses, aside, true
	return nil
}
