// Package sqlite keeps the collector's store in one SQLite file: write-ahead log, every commit synced to disk, and one
// writer that lets changes waiting at the same time share a commit.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/alexedwards/scs/sqlite3store"
	"github.com/pressly/goose/v3"
	sqlitedriver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

//go:embed migrations/*.sql
var migrations embed.FS

// settings go for every connection. FULL syncs the log at each commit: a receipt may leave right after it. A log of up to
// 4000 pages, 16 MB, is copied into the file at once: pages that many commits changed are copied once.
const settings = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)" +
	"&_pragma=wal_autocheckpoint(4000)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_txlock=immediate"

// readers is how many connections read at the same time.
const readers = 4

// Store is a store.Store in one SQLite file.
type Store struct {
	db       *sql.DB // reads, and the sessions' small writes
	writer   *writer
	sessions *sqlite3store.SQLite3Store
	coverage coverage
}

var _ store.Store = (*Store)(nil)

// Open opens the store in the file at path, makes it when it is not there, and brings its tables up to date. Other
// processes may have it open.
func Open(ctx context.Context, path string) (*Store, error) {
	s, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, hint(err))
	}
	return s, nil
}

func open(ctx context.Context, path string) (*Store, error) {
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	dsn, err := dataSource(path)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	if err := migrate(ctx, db); err != nil {
		db.Close()
		return nil, err
	}
	w, err := startWriter(ctx, dsn)
	if err != nil {
		db.Close()
		return nil, err
	}
	return &Store{db: db, writer: w, sessions: sqlite3store.NewWithCleanupInterval(db, time.Hour)}, nil
}

// createPrivate makes the file readable by its owner only; SQLite gives its log the same mode.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func dataSource(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: settings}).String(), nil
}

// migrate runs the migrations that are not in yet. Of two processes that start on a new file at once one loses the race,
// finds the tables there, and looks again.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithGoMigrations(chainExisting, chainAside),
		goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true)) // they are numbered by several people at once
	if err != nil {
		return err
	}
	const attempts = 5
	for i := range attempts {
		var pending bool
		if err = isKnown(ctx, provider); errors.Is(err, store.ErrNewer) {
			return err
		}
		if err == nil {
			pending, err = provider.HasPending(ctx)
		}
		if err == nil && !pending {
			return nil
		}
		if err == nil {
			if _, err = provider.Up(ctx); err == nil {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(i+1) * 50 * time.Millisecond):
		}
	}
	return fmt.Errorf("bring tables up to date: %w", err)
}

// isKnown looks whether the tables are of a version that this program knows.
func isKnown(ctx context.Context, provider *goose.Provider) error {
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	known := int64(0)
	for _, m := range provider.ListSources() {
		known = max(known, m.Version)
	}
	if version > known {
		return fmt.Errorf("it is %w: its tables are of version %d, this program knows up to %d; update the collector", store.ErrNewer, version, known)
	}
	return nil
}

// hint adds what to do about the failures that IT meets.
func hint(err error) error {
	var se *sqlitedriver.Error
	if !errors.As(err, &se) {
		return err
	}
	hints := map[int]string{
		sqlite3.SQLITE_BUSY:     "another program holds it; is a backup or an SQL shell open on the file?",
		sqlite3.SQLITE_FULL:     "the disk is full; free some space, terminals keep their answers meanwhile",
		sqlite3.SQLITE_READONLY: "the file or its folder is read-only for this user",
		sqlite3.SQLITE_CANTOPEN: "the file or its folder cannot be opened by this user",
		sqlite3.SQLITE_IOERR:    "the disk failed; look at the system log before anything else",
		sqlite3.SQLITE_CORRUPT:  "the file is damaged; keep it, and restore the last backup beside it",
		sqlite3.SQLITE_NOTADB:   "the file is no SQLite database",
	}
	code := se.Code() & 0xff
	if h, ok := hints[code]; ok {
		err = fmt.Errorf("%w (%s)", err, h)
	}
	switch code {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR:
		return unwell{err}
	}
	return err
}

// unwell is a store.ErrUnwell that says what is wrong.
type unwell struct{ error }

func (u unwell) Unwrap() error { return u.error }

// Is implements what errors.Is asks.
func (u unwell) Is(target error) bool { return target == store.ErrUnwell }

// isUnique reports whether a row was refused because another one has its key.
func isUnique(err error) bool {
	var se *sqlitedriver.Error
	return errors.As(err, &se) &&
		(se.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || se.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// Epoch implements store.Store.
func (s *Store) Epoch(ctx context.Context) (wire.Epoch, error) {
	var epoch wire.Epoch
	var b []byte
	if err := s.db.QueryRowContext(ctx, "SELECT epoch FROM collector").Scan(&b); err != nil {
		return epoch, fmt.Errorf("store: epoch: %w", hint(err))
	}
	copy(epoch[:], b)
	return epoch, nil
}

// Ping implements store.Store: it takes the right to write, and gives it back.
func (s *Store) Ping(ctx context.Context) error {
	err := s.writer.do(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE collector SET one = 1 WHERE one = 0")
		return err
	})
	if err != nil {
		return fmt.Errorf("store: ping: %w", hint(err))
	}
	return nil
}

// Sessions is where the console's sessions lie.
func (s *Store) Sessions() *sqlite3store.SQLite3Store { return s.sessions }

// Close implements store.Store.
func (s *Store) Close() error {
	s.sessions.StopCleanup()
	return errors.Join(s.writer.close(), s.db.Close())
}

// millis and instant turn times into the form they are kept in, and back.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
