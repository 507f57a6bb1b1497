package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"hash"
	"net/url"
	"path/filepath"
	"slices"

	sqlitedriver "modernc.org/sqlite"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// copyPages is how many pages are copied before it is looked whether to stop.
const copyPages = 2000

// Copy writes a copy of the store as it is at one moment into a new file at path, and returns what the store had at that
// moment. Changes go on meanwhile. The copy is one file without a log beside it; it is synced by the caller, and with an
// error it is worth nothing. To see that it is a copy, compare with what Inspect finds in it.
func (s *Store) Copy(ctx context.Context, path string) (store.Inventory, error) {
	i, err := s.copy(ctx, path)
	if err != nil {
		return store.Inventory{}, fmt.Errorf("store: copy to %s: %w", path, hint(err))
	}
	return i, nil
}

func (s *Store) copy(ctx context.Context, path string) (i store.Inventory, err error) {
	if err := createPrivate(path); err != nil {
		return i, err
	}
	to, err := plainSource(path, "")
	if err != nil {
		return i, err
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return i, err
	}
	defer conn.Close()
	// The moment is the first read of this transaction: what is copied and what is counted are the same.
	if _, err := conn.ExecContext(ctx, "BEGIN DEFERRED"); err != nil {
		return i, err
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	if i, err = inventory(ctx, conn); err != nil {
		return i, err
	}
	err = conn.Raw(func(driver any) error {
		b, err := driver.(interface {
			NewBackup(string) (*sqlitedriver.Backup, error)
		}).NewBackup(to)
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			if err = ctx.Err(); err == nil {
				more, err = b.Step(copyPages)
			}
		}
		if finished := b.Finish(); err == nil {
			err = finished
		}
		return err
	})
	if err != nil {
		return i, err
	}
	// Out of the write-ahead mode: then it is whole by itself, and can be read where nothing may be written.
	db, err := sql.Open("sqlite", to)
	if err != nil {
		return i, err
	}
	defer db.Close()
	var mode string
	return i, db.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode)
}

// Inspect checks every page of a copy without changing it and returns what it has.
func Inspect(ctx context.Context, path string) (store.Inventory, error) {
	i, err := inspect(ctx, path)
	if err != nil {
		return store.Inventory{}, fmt.Errorf("store: check %s: %w", path, hint(err))
	}
	return i, nil
}

func inspect(ctx context.Context, path string) (i store.Inventory, err error) {
	from, err := plainSource(path, "mode=ro&_pragma=query_only(1)")
	if err != nil {
		return i, err
	}
	db, err := sql.Open("sqlite", from)
	if err != nil {
		return i, err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return i, err
	}
	defer conn.Close()
	var said string
	if err := conn.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&said); err != nil {
		return i, err
	}
	if said != "ok" {
		return i, fmt.Errorf("the file is damaged: %.300s", said)
	}
	if err := rehash(ctx, conn); err != nil {
		return i, err
	}
	return inventory(ctx, conn)
}

// rehash holds the content of every record against the hash that it was kept with.
func rehash(ctx context.Context, conn *sql.Conn) error {
	body := func(k store.Key, content []byte) wire.Hash {
		return wire.BodyHash(k.Origin, k.Seq, k.AnswerID, content)
	}
	for _, t := range []struct {
		table, content string
		hash           func(store.Key, []byte) wire.Hash
	}{
		{"responses", "body", body},
		{"conflicts", "body", body},
		{"quarantine", "raw", func(_ store.Key, raw []byte) wire.Hash { return sha256.Sum256(raw) }},
	} {
		rows, err := conn.QueryContext(ctx, "SELECT origin, seq, answer_id, hash, "+t.content+" FROM "+t.table)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k store.Key
			var seq int64
			var hash wire.Hash
			var content []byte
			if err := rows.Scan(bytesInto(k.Origin[:]), &seq, bytesInto(k.AnswerID[:]), bytesInto(hash[:]), &content); err != nil {
				return err
			}
			k.Seq = uint64(seq)
			if t.hash(k, content) != hash {
				return fmt.Errorf("in %s, seq %d of origin %s, answer %s, is not what it was kept as", t.table, k.Seq, k.Origin, k.AnswerID)
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}

// plainSource opens a file without the settings of a store.
func plainSource(path, query string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: query}).String(), nil
}

// inventory counts what the transaction of a connection sees.
func inventory(ctx context.Context, conn *sql.Conn) (store.Inventory, error) {
	i := store.Inventory{Rows: map[string]int64{}, Origins: map[wire.Origin]store.OriginInventory{}}
	var epoch []byte
	if err := conn.QueryRowContext(ctx, "SELECT epoch FROM collector").Scan(&epoch); err != nil {
		return i, err
	}
	copy(i.Epoch[:], epoch)
	tables, err := texts(ctx, conn, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
	if err != nil {
		return i, err
	}
	for _, table := range tables {
		var n int64
		if err := conn.QueryRowContext(ctx, `SELECT count(*) FROM "`+table+`"`).Scan(&n); err != nil {
			return i, err
		}
		i.Rows[table] = n
	}
	// A backup of before has no strays.
	strays, err := texts(ctx, conn, "SELECT 'quarantine' FROM pragma_table_info('quarantine') WHERE name = 'stray'")
	if err != nil {
		return i, err
	}
	var of tally
	for kind, table := range []string{"responses", "quarantine", "conflicts"} {
		if err := of.add(ctx, conn, byte(kind), table, slices.Contains(strays, table)); err != nil {
			return i, err
		}
	}
	for origin, t := range of.origins {
		i.Origins[origin] = store.OriginInventory{Records: t.records, Ranges: t.ranges, Hash: wire.Hash(t.hash.Sum(nil))}
	}
	return i, nil
}

func texts(ctx context.Context, conn *sql.Conn, query string) (all []string, err error) {
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// tally sums up the records of all origins.
type tally struct{ origins map[wire.Origin]*originTally }

type originTally struct {
	records uint64
	ranges  wire.Ranges
	hash    hash.Hash
}

// add takes in a table of records. conflicts have the seqs of responses.
func (t *tally) add(ctx context.Context, conn *sql.Conn, kind byte, table string, strays bool) error {
	if t.origins == nil {
		t.origins = map[wire.Origin]*originTally{}
	}
	stray := "0"
	if strays {
		stray = "stray"
	}
	rows, err := conn.QueryContext(ctx, "SELECT origin, seq, answer_id, hash, "+stray+" FROM "+table+" ORDER BY origin, seq, answer_id, hash")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var origin wire.Origin
		var seq int64
		var answer, sum []byte
		var stray bool
		if err := rows.Scan(bytesInto(origin[:]), &seq, &answer, &sum, &stray); err != nil {
			return err
		}
		o := t.origins[origin]
		if o == nil {
			o = &originTally{hash: sha256.New()}
			t.origins[origin] = o
		}
		o.records++
		if seq != 0 && !stray { // a quarantined record may say anything of itself
			o.ranges = appendSeq(o.ranges, uint64(seq))
		}
		o.hash.Write(slices.Concat([]byte{kind}, binary.BigEndian.AppendUint64(nil, uint64(seq)), answer, sum))
	}
	return rows.Err()
}

// appendSeq is With, faster for what comes in order.
func appendSeq(r wire.Ranges, seq uint64) wire.Ranges {
	if n := len(r); n > 0 && (r[n-1].Last == seq || r[n-1].Last+1 == seq) {
		r[n-1].Last = seq
		return r
	}
	return r.With(seq)
}
