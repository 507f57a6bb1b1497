package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
)

// errClosed says that a change came after Close.
var errClosed = errors.New("the store is closed")

// maxGroup is how many changes share one commit at most.
const maxGroup = 64

// writer makes every change to the store, one transaction after another. Changes that wait while a transaction is being
// synced to disk go into the next one together, so that many terminals cost one sync.
type writer struct {
	db   *sql.DB
	conn *sql.Conn
	// statements are prepared once for the connection, by their SQL.
	statements map[string]*sql.Stmt

	jobs   chan *job
	mu     sync.RWMutex // guards closed and, with it, sending on jobs
	closed bool
	ended  chan struct{}
}

type job struct {
	change func(*tx) error
	done   chan error // buffered: the writer never waits for a caller who left
}

func startWriter(ctx context.Context, dsn string) (*writer, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	w := &writer{db: db, jobs: make(chan *job, maxGroup), ended: make(chan struct{})}
	if err := w.connect(ctx); err != nil {
		db.Close()
		return nil, err
	}
	go w.run()
	return w, nil
}

func (w *writer) connect(ctx context.Context) error {
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return err
	}
	w.conn, w.statements = conn, make(map[string]*sql.Stmt)
	return nil
}

// do runs change inside a transaction and returns after its commit was synced, or with the error of the change (whose
// effects are then undone) or of the commit. When ctx ends first the change may still be made.
func (w *writer) do(ctx context.Context, change func(*tx) error) error {
	j := &job{change: change, done: make(chan error, 1)}
	if err := w.submit(ctx, j); err != nil {
		return err
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) submit(ctx context.Context, j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	select {
	case w.jobs <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close makes the changes that wait, and ends.
func (w *writer) close() error {
	w.mu.Lock()
	already := w.closed
	w.closed = true
	if !already {
		close(w.jobs)
	}
	w.mu.Unlock()
	<-w.ended
	if already {
		return nil
	}
	w.disconnect()
	return w.db.Close()
}

func (w *writer) run() {
	defer close(w.ended)
	for first := range w.jobs {
		group := []*job{first}
	more:
		for len(group) < maxGroup {
			select {
			case j, ok := <-w.jobs:
				if !ok {
					break more
				}
				group = append(group, j)
			default:
				break more
			}
		}
		w.commit(group)
	}
}

// commit makes the changes of a group in one transaction. A change that fails is undone alone and only its caller hears
// of it; a transaction that fails is everyone's failure.
func (w *writer) commit(group []*job) {
	// A caller who leaves must not interrupt the others' transaction.
	ctx := context.Background()
	results := make([]error, len(group))
	err := w.transaction(ctx, group, results)
	if err != nil {
		w.recover(ctx)
	}
	for i, j := range group {
		if results[i] == nil {
			results[i] = err
		}
		j.done <- results[i]
	}
}

func (w *writer) transaction(ctx context.Context, group []*job, results []error) error {
	t := &tx{ctx: ctx, w: w}
	if _, err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if len(group) == 1 {
		if results[0] = group[0].change(t); results[0] != nil {
			_, err := t.exec("ROLLBACK")
			return err
		}
	} else if err := t.each(group, results); err != nil {
		return err
	}
	_, err := t.exec("COMMIT")
	return err
}

// each makes the changes of a group one after the other, and undoes those that fail.
func (t *tx) each(group []*job, results []error) error {
	for i, j := range group {
		if _, err := t.exec("SAVEPOINT change"); err != nil {
			return err
		}
		if results[i] = j.change(t); results[i] != nil {
			if _, err := t.exec("ROLLBACK TO change"); err != nil {
				return err
			}
		}
		if _, err := t.exec("RELEASE change"); err != nil {
			return err
		}
	}
	return nil
}

// recover starts over with another connection: after a failed commit the state of this one is anyone's guess. When that
// fails too, the next change tries again.
func (w *writer) recover(ctx context.Context) {
	w.disconnect()
	// The next change meets this error again, and its caller hears of it.
	_ = w.connect(ctx)
}

// disconnect gives the connection up; what was not committed is undone by SQLite.
func (w *writer) disconnect() {
	if w.conn == nil {
		return
	}
	for _, s := range w.statements {
		s.Close()
	}
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	w.conn.Close()
	w.conn, w.statements = nil, nil
}

// tx is a change's view of the transaction it is part of.
type tx struct {
	ctx context.Context
	w   *writer
}

func (t *tx) statement(query string) (*sql.Stmt, error) {
	if s, ok := t.w.statements[query]; ok {
		return s, nil
	}
	if t.w.conn == nil {
		if err := t.w.connect(t.ctx); err != nil {
			return nil, fmt.Errorf("reopen: %w", err)
		}
	}
	s, err := t.w.conn.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, err
	}
	t.w.statements[query] = s
	return s, nil
}

func (t *tx) exec(query string, args ...any) (sql.Result, error) {
	s, err := t.statement(query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(t.ctx, args...)
}

func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	s, err := t.statement(query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(t.ctx, args...)
}

// row reads one row into dest; sql.ErrNoRows when there is none.
func (t *tx) row(query string, args []any, dest ...any) error {
	s, err := t.statement(query)
	if err != nil {
		return err
	}
	return s.QueryRowContext(t.ctx, args...).Scan(dest...)
}

// changed runs query and reports how many rows it touched.
func (t *tx) changed(query string, args ...any) (int64, error) {
	r, err := t.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}
