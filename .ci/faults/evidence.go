package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"
	_ "modernc.org/sqlite"

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
	// Exported are the lines of an export, nil when none was made.
	Exported []row
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
func (w *world) gather(export bool) (*evidence, error) {
	e := &evidence{}
	var err error
	if e.Thanked, err = readThanked(filepath.Join(w.fleet, "thanked.txt")); err != nil {
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
		if strings.HasSuffix(path, ".new") || strings.HasSuffix(path, ".compact") || strings.HasSuffix(path, ".origin") {
			continue // not an outbox yet, from which nobody was thanked, or the name of one
		}
		b, err := readBox(path, opener)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		e.Boxes = append(e.Boxes, b)
	}
	if err := e.readStore(filepath.Join(w.collector, "collector.db")); err != nil {
		return nil, fmt.Errorf("the collector's store: %w", err)
	}
	if export {
		e.Exported, err = w.export()
	}
	return e, err
}

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

func (w *world) opener() (*wire.Opener, error) {
	k, err := keys.Load(w.collector, false)
	if err != nil {
		return nil, err
	}
	return wire.NewOpener(k.Sealing.Bytes())
}

// entry is the layout of a record in the outbox file, before its checksum.
type entry struct {
	Record  wire.Record  `cbor:"1,keyasint"`
	Added   int64        `cbor:"2,keyasint,omitzero"`
	Settled int64        `cbor:"3,keyasint,omitzero"`
	Verdict wire.Verdict `cbor:"4,keyasint,omitzero"`
}

// readBox reads a copy of an outbox: a program that was stopped in the middle may hold the file itself.
func readBox(path string, opener *wire.Opener) (b box, err error) {
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
	db, err := bolt.Open(f.Name(), 0o600, &bolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		return b, err
	}
	defer db.Close()
	return b, db.View(func(tx *bolt.Tx) error { return b.read(tx, opener) })
}

func (b *box) read(tx *bolt.Tx, opener *wire.Opener) error {
	if err := b.Origin.UnmarshalBinary(tx.Bucket([]byte("meta")).Get([]byte("origin"))); err != nil {
		return err
	}
	b.Last = tx.Bucket([]byte("queued")).Sequence()
	err := tx.Bucket([]byte("sessions")).ForEach(func(k, v []byte) error {
		var s wire.Session
		if err := wire.Decode(v, &s); err != nil {
			return fmt.Errorf("session %x: %w", k, err)
		}
		return opener.Session(b.Origin, s)
	})
	if err != nil {
		return err
	}
	for name, into := range map[string]map[uuid.UUID]row{"queued": b.Queued, "kept": b.Kept} {
		err := tx.Bucket([]byte(name)).ForEach(func(k, v []byte) error {
			r, err := readEntry(b.Origin, v, opener)
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

func readEntry(origin wire.Origin, v []byte, opener *wire.Opener) (row, error) {
	var e entry
	n := len(v) - 4
	if n < 0 || crc32.Checksum(v[:n], crc32.MakeTable(crc32.Castagnoli)) != binary.BigEndian.Uint32(v[n:]) {
		return row{}, errors.New("its checksum does not fit")
	}
	if err := wire.Decode(v[:n], &e); err != nil {
		return row{}, err
	}
	canonical, err := opener.OpenCanonical(origin, e.Record)
	if err != nil {
		return row{}, err
	}
	hash := wire.BodyHash(origin, e.Record.Seq, e.Record.AnswerID, canonical)
	return row{origin, e.Record.Seq, e.Record.AnswerID, hash, true}, nil
}

func (e *evidence) readStore(path string) error {
	e.Aside, e.Counted = map[uuid.UUID]bool{}, map[wire.Origin]uint64{}
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
			func(_ []byte, _ int64, id, _, _ []byte) { e.Aside[uuid.UUID(id)] = true }),
		each(db, "SELECT origin, kept, origin, origin, origin FROM origins",
			func(origin []byte, kept int64, _, _, _ []byte) { e.Counted[wire.Origin(origin)] = uint64(kept) }),
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

// export has the collector write what it counts, as people get it.
func (w *world) export() ([]row, error) {
	rows := []row{}
	out, err := w.rig.output("collector", "export", "--data", w.collector, "--survey", survey, "--format", "jsonl", "-o", "-")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(out) {
		var l struct {
			Response     uuid.UUID
			Origin, Hash string
			Seq          uint64
			Body         json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			return nil, fmt.Errorf("the export: %w", err)
		}
		r := row{Seq: l.Seq, ID: l.Response}
		origin, hash := fromHex(l.Origin), fromHex(l.Hash)
		if len(origin) != len(r.Origin) || len(hash) != sha256.Size {
			return nil, fmt.Errorf("the export names no origin and hash: %s", line)
		}
		r.Origin, r.Hash = wire.Origin(origin), wire.Hash(hash)
		r.Sound = r.Hash == wire.BodyHash(r.Origin, r.Seq, r.ID, l.Body)
		rows = append(rows, r)
	}
	return rows, nil
}

// fromHex is nil for what is no hexadecimal.
func fromHex(text string) []byte {
	b, err := hex.DecodeString(text)
	if err != nil {
		return nil
	}
	return b
}

// compare orders rows so that two lists of the same ones are equal.
func compare(a, b row) int {
	return slices.Compare(append(a.ID[:], a.Hash[:]...), append(b.ID[:], b.Hash[:]...))
}
