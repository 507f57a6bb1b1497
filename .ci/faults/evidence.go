package main

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"
	_ "modernc.org/sqlite"

	"otklik/sync/collector/export"
	"otklik/sync/collector/keys"
	"otklik/sync/wire"
)

// evidence is what lies on the disks of both ends. It is read by code of its own, not by the programs under trial: a
// fault that the outbox or the store cannot see in themselves can be seen here.
type evidence struct {
	// Thanked are the lines of thanked.txt, in their order.
	Thanked []uuid.UUID
	// Boxes are the outboxes.
	Boxes []box
	// Stored are the rows that are counted, Aside the answers kept in quarantine or as conflicts.
	Stored []row
	Aside  map[uuid.UUID]bool
	// Counted is what the collector thinks it has of each origin, in different seqs.
	Counted map[wire.Origin]uint64
	// AsideSeqs are the seqs of what is kept aside.
	AsideSeqs map[wire.Origin]map[uint64]bool
	// Told is how far each origin's count was by its last heartbeat.
	Told map[wire.Origin]uint64
	// Exported are the lines of an export, nil when none was made; Report is the manifest beside it, and Listed what the
	// list of terminals says is missing of each.
	Exported []row
	Report   *export.Manifest
	Listed   map[uuid.UUID]uint64

	// KeptCounts says that the collector was restored and not refilled yet: what a terminal keeps is there, too.
	KeptCounts bool
	// Unthanked are answers that may be there without thanks, Buried outboxes that were damaged or destroyed since.
	Unthanked map[uuid.UUID]bool
	Buried    []box
}

// box is one outbox file.
type box struct {
	Path   string
	Origin wire.Origin
	Last   uint64
	// Queued and Kept are the records that can be read, each with the hash the collector must come to; Unreadable are the
	// seqs of those that cannot.
	Queued, Kept map[uuid.UUID]row
	Unreadable   []uint64
}

// row is one answer somewhere.
type row struct {
	Origin wire.Origin
	Seq    uint64
	ID     uuid.UUID
	Hash   wire.Hash
	// Sound says that Hash is that of the body beside it.
	Sound bool
}

// gather reads the thanked answers first: whatever was thanked by then must be found in what is read after.
func (w *world) gather(report bool) (*evidence, error) {
	e := &evidence{Unthanked: w.unthanked, Buried: w.buried}
	var err error
	if e.Thanked, err = readThanked(w.thankedFile()); err != nil {
		return nil, err
	}
	opener, err := w.opener()
	if err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(w.fleet, "*", "outbox.bolt*"))
	if err != nil {
		return nil, err
	}
	for _, path := range append(paths, w.boxes...) {
		if strings.HasSuffix(path, ".new") || strings.HasSuffix(path, ".compact") || strings.HasSuffix(path, ".origin") ||
			strings.HasSuffix(path, ".lock") || strings.Contains(path, ".damaged-") {
			continue // not an outbox yet, from which nobody was thanked; its lock, the name of one; one that was set aside
		}
		b, err := readBox(path, opener)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		e.Boxes = append(e.Boxes, b)
	}
	if err := e.readStore(w.store()); err != nil {
		return nil, fmt.Errorf("the collector's store: %w", err)
	}
	if report {
		err = errors.Join(w.export(e), w.list(e))
	}
	return e, err
}

func (w *world) store() string { return filepath.Join(w.collector, "collector.db") }

func (w *world) thankedFile() string { return filepath.Join(w.fleet, "thanked.txt") }

func readThanked(path string) (ids []uuid.UUID, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasSuffix(line, "\n") {
			break // killed while it was written: not said to anybody
		}
		id, err := uuid.Parse(strings.TrimSpace(line))
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", path, line, err)
		}
		ids = append(ids, id)
	}
	return ids, err
}

// opener opens what terminals sealed.
type opener struct {
	*wire.Opener
	forged map[uuid.UUID]bool // answers that a row sealed so that nobody can open them
}

func (w *world) opener() (*opener, error) {
	k, err := keys.Load(w.collector, false)
	if err != nil {
		return nil, err
	}
	private := [][]byte{k.Sealing.Bytes()}
	for _, former := range k.FormerSealing {
		private = append(private, former.Bytes())
	}
	o, err := wire.NewOpener(private...)
	return &opener{o, w.forged}, err
}

// entry is the layout of a record in the outbox file, before its checksum.
type entry struct {
	Record  wire.Record  `cbor:"1,keyasint"`
	Added   int64        `cbor:"2,keyasint,omitzero"`
	Settled int64        `cbor:"3,keyasint,omitzero"`
	Verdict wire.Verdict `cbor:"4,keyasint,omitzero"`
}

// readBox reads a copy of an outbox: a program that was stopped in the middle may hold the file itself.
func readBox(path string, opener *opener) (b box, err error) {
	b = box{Path: path, Queued: map[uuid.UUID]row{}, Kept: map[uuid.UUID]row{}}
	data, err := os.ReadFile(path)
	if err != nil {
		return b, err
	}
	f, err := os.CreateTemp("", "otklik-box-")
	if err != nil {
		return b, err
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(data); err == nil {
		err = f.Close()
	}
	if err != nil {
		return b, err
	}
	// bbolt panics on what it does not expect: that is a finding about this outbox, not the end of all rows.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errCorrupt, r)
		}
	}()
	db, err := bolt.Open(f.Name(), 0o600, &bolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		return b, err
	}
	defer db.Close()
	return b, db.View(func(tx *bolt.Tx) error {
		for _, name := range []string{"meta", "queued", "kept", "sessions"} {
			if tx.Bucket([]byte(name)) == nil {
				return fmt.Errorf("%w: it has no bucket %q", errCorrupt, name)
			}
		}
		return b.read(tx, opener)
	})
}

var errCorrupt = errors.New("the outbox is corrupt")

func (b *box) read(tx *bolt.Tx, opener *opener) error {
	if err := b.Origin.UnmarshalBinary(tx.Bucket([]byte("meta")).Get([]byte("origin"))); err != nil {
		return err
	}
	b.Last = tx.Bucket([]byte("queued")).Sequence()
	err := tx.Bucket([]byte("sessions")).ForEach(func(_, v []byte) error {
		var s wire.Session
		if wire.Decode(v, &s) == nil {
			_ = opener.Session(b.Origin, s) // a record that names one that is damaged cannot be read
		}
		return nil
	})
	if err != nil {
		return err
	}
	for name, into := range map[string]map[uuid.UUID]row{"queued": b.Queued, "kept": b.Kept} {
		err := tx.Bucket([]byte(name)).ForEach(func(k, v []byte) error {
			r, err := readEntry(b.Origin, v, opener)
			if err == nil && r.Seq != binary.BigEndian.Uint64(k) {
				err = errCorrupt // it lies where another one should
			}
			if err != nil {
				b.Unreadable = append(b.Unreadable, binary.BigEndian.Uint64(k))
				return nil
			}
			into[r.ID] = r
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func readEntry(origin wire.Origin, v []byte, opener *opener) (row, error) {
	var e entry
	n := len(v) - 4
	if n < 0 || crc32.Checksum(v[:n], crc32.MakeTable(crc32.Castagnoli)) != binary.BigEndian.Uint32(v[n:]) {
		return row{}, errors.New("its checksum does not fit")
	}
	if err := wire.Decode(v[:n], &e); err != nil {
		return row{}, err
	}
	canonical, err := opener.OpenCanonical(origin, e.Record)
	if err != nil && !opener.forged[e.Record.AnswerID] {
		return row{}, err
	}
	hash := wire.BodyHash(origin, e.Record.Seq, e.Record.AnswerID, canonical)
	return row{origin, e.Record.Seq, e.Record.AnswerID, hash, true}, nil
}

func (e *evidence) readStore(path string) error {
	e.Aside, e.Counted = map[uuid.UUID]bool{}, map[wire.Origin]uint64{}
	e.AsideSeqs, e.Told = map[wire.Origin]map[uint64]bool{}, map[wire.Origin]uint64{}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: "_pragma=busy_timeout(10000)"}).String())
	if err != nil {
		return err
	}
	defer db.Close()
	return errors.Join(
		each(db, "SELECT origin, seq, answer_id, hash, body FROM responses ORDER BY id",
			func(origin []byte, seq int64, id, hash, body []byte) {
				r := row{wire.Origin(origin), uint64(seq), uuid.UUID(id), wire.Hash(hash), false}
				r.Sound = r.Hash == wire.BodyHash(r.Origin, r.Seq, r.ID, body)
				e.Stored = append(e.Stored, r)
			}),
		each(db, "SELECT origin, seq, answer_id, hash, raw FROM quarantine",
			func(origin []byte, seq int64, id, _, _ []byte) {
				e.Aside[uuid.UUID(id)] = true
				add(e.AsideSeqs, wire.Origin(origin), uint64(seq))
			}),
		each(db, "SELECT origin, kept, origin, origin, origin FROM origins",
			func(origin []byte, kept int64, _, _, _ []byte) { e.Counted[wire.Origin(origin)] = uint64(kept) }),
		each(db, "SELECT origin, last_seq, origin, origin, origin FROM origins",
			func(origin []byte, last int64, _, _, _ []byte) { e.Told[wire.Origin(origin)] = uint64(last) }),
	)
}

func each(db *sql.DB, query string, do func(a []byte, n int64, b, c, d []byte)) error {
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var a, b, c, d []byte
		var n int64
		if err := rows.Scan(&a, &n, &b, &c, &d); err != nil {
			return err
		}
		do(a, n, b, c, d)
	}
	return rows.Err()
}

// add notes a seq of an origin.
func add(to map[wire.Origin]map[uint64]bool, origin wire.Origin, seq uint64) {
	if to[origin] == nil {
		to[origin] = map[uint64]bool{}
	}
	to[origin][seq] = true
}
