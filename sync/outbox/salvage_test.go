package outbox_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"

	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// used makes an outbox as it is after a while: records of two sessions waiting and kept, and old versions of pages.
func used(t *testing.T) (raw []byte, origin wire.Origin, private []byte, values map[uint64][]byte) {
	path := newPath(t)
	o := mustOpen(t, path, outbox.Options{})
	s := mustSealer(t, o.Origin())
	for i := range 120 {
		_, _, err := add(o, s)
		ok(t, err)
		if i%40 == 39 {
			b, err := o.Next(15, 1<<20, nil)
			ok(t, err)
			_, err = o.Settle(receiptFor(b))
			ok(t, err)
		}
	}
	mustClose(t, o)
	raw, err := os.ReadFile(path)
	ok(t, err)
	values = map[uint64][]byte{}
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	ok(t, err)
	ok(t, db.View(func(tx *bolt.Tx) error {
		for _, name := range []string{"queued", "kept"} {
			ok(t, tx.Bucket([]byte(name)).ForEach(func(k, v []byte) error {
				values[uint64(k[7])] = bytes.Clone(v)
				return nil
			}))
		}
		return nil
	}))
	ok(t, db.Close())
	return raw, o.Origin(), s.private, values
}

// damage does to a file what disks do: bits that turn, blocks that are overwritten, lost, exchanged or cut off.
func damage(raw []byte, r *rand.Rand) []byte {
	b := bytes.Clone(raw)
	for range 1 + r.IntN(6) {
		at := r.IntN(len(b))
		if r.IntN(3) == 0 {
			at = at &^ 4095 // where pages have their heads
		}
		end := min(len(b), at+1+r.IntN(4096))
		switch r.IntN(6) {
		case 0:
			b[at] ^= 1 << r.IntN(8)
		case 1:
			for i := at; i < end; i++ {
				b[i] = byte(r.Uint32())
			}
		case 2:
			clear(b[at:end])
		case 3:
			from := r.IntN(len(b)) &^ 4095
			copy(b[at&^4095:min(len(b), at&^4095+4096)], b[from:])
		case 4:
			for i := at; i < min(end, at+16); i++ {
				b[i] = 0xff
			}
		case 5:
			if r.IntN(4) == 0 && at > 0 {
				b = b[:at]
			}
		}
	}
	return b
}

// A disk on its way out gives less the second time that it is read: what it does not give any more is missing, the rest is saved.
func TestWhatGoesBadWhileItIsSavedTakesNothingElseAlong(t *testing.T) {
	raw, _, _, values := used(t)
	path := filepath.Join(t.TempDir(), "outbox.db")
	ok(t, os.WriteFile(path, raw, 0o600))
	s, err := outbox.Salvage(path)
	ok(t, err)
	const gone = 77
	if !s.Found.Contains(gone) {
		t.Fatalf("found %v", s.Found)
	}
	all := s.Found.Count()
	id := values[gone][:40] // the beginning of the record, wherever it lies
	for at := 0; ; at++ {
		next := bytes.Index(raw[at:], id)
		if next < 0 {
			break
		}
		at += next
		raw[at+len(id)] ^= 1
	}
	ok(t, os.WriteFile(path, raw, 0o600))
	var file bytes.Buffer
	w, err := wire.NewBundleWriter(&file, ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), wire.BundleHeader{Terminal: uuid.New()})
	ok(t, err)
	if n, err := s.Rescue(w); err != nil || uint64(n) != all-1 {
		t.Errorf("%d of %d were saved, %v", n, all, err)
	}
	if s.Found.Contains(gone) || !s.Missing.Contains(gone) || s.Found.Count() != all-1 {
		t.Errorf("found %v, missing %v", s.Found, s.Missing)
	}
	// Where most of the file is gone, what can be read is saved all the same.
	ok(t, os.Truncate(path, int64(len(raw)/4)))
	if n, err := s.Rescue(w); err != nil || n == 0 || uint64(n) >= all-1 || s.Found.Count() != uint64(n) {
		t.Errorf("of a quarter of the file %d were saved, found %v, %v", n, s.Found, err)
	}
}

func TestWhatIsSoundInADamagedFileIsSaved(t *testing.T) {
	raw, origin, private, values := used(t)
	opened, aside, saved, lost := 0, 0, 0, 0
	folder := t.TempDir()
	for seed := range uint64(500) {
		b := damage(raw, rand.New(rand.NewPCG(seed, 7)))
		path := filepath.Join(folder, fmt.Sprintf("%d.db", seed))
		ok(t, os.WriteFile(path, b, 0o600))
		o, err := outbox.Open(path, outbox.Options{})
		switch {
		case err == nil:
			opened++
			_ = o.Check() // names what it finds; it must not end the program
			_, err := o.Next(1000, 1<<30, nil)
			if err != nil && !errors.Is(err, outbox.ErrDamaged) {
				t.Errorf("seed %d: %v", seed, err)
			}
			ok(t, o.Close())
		case errors.Is(err, outbox.ErrDamaged):
			aside++
		default:
			t.Errorf("seed %d: %v", seed, err)
		}
		ok(t, os.WriteFile(path, b, 0o600)) // one that opened may have been compacted
		s, err := outbox.Salvage(path)
		if err != nil {
			if !errors.Is(err, outbox.ErrDamaged) || bytes.Contains(b, origin[:]) {
				t.Errorf("seed %d: %v", seed, err)
			}
			ok(t, os.Remove(path))
			continue
		}
		for seq, value := range values {
			found := s.Found.Contains(seq)
			if bytes.Contains(b, value) && !found {
				t.Errorf("seed %d: record %d lies whole in the file and is not found", seed, seq)
			}
			if found == s.Missing.Contains(seq) && seq <= s.Found[len(s.Found)-1].Last {
				t.Errorf("seed %d: record %d is found: %v, and missing: %v", seed, seq, found, found)
			}
			if found {
				saved++
			} else {
				lost++
			}
		}
		if seed < 40 && s.Origin() == origin {
			readable(t, s, private)
		}
		ok(t, os.Remove(path))
	}
	t.Logf("%d opened, %d damaged; of the records %d saved, %d lost", opened, aside, saved, lost)
	if opened == 0 || aside < 100 || lost == 0 || saved < 100*lost/100 {
		t.Errorf("%d opened, %d aside, %d saved, %d lost: the damage is not of all kinds", opened, aside, saved, lost)
	}
}

func TestRecordsAreSavedWhenThePageWithTheOriginIsLost(t *testing.T) {
	raw, origin, private, values := used(t)
	path := newPath(t)
	ok(t, os.WriteFile(path, raw, 0o600))
	mustClose(t, mustOpen(t, path, outbox.Options{}))
	b := bytes.ReplaceAll(raw, origin[:], make([]byte, len(origin)))
	clear(b[:2*4096]) // and what tells where anything is
	ok(t, os.WriteFile(path, b, 0o600))
	if _, err := outbox.Open(path, outbox.Options{}); !errors.Is(err, outbox.ErrDamaged) {
		t.Fatalf("opened: %v", err)
	}
	fresh, aside, err := outbox.OpenOrSetAside(path, outbox.Options{})
	ok(t, err)
	if fresh.Origin() == origin {
		t.Error("the new outbox has the origin of the damaged one")
	}
	mustClose(t, fresh)
	for _, name := range []string{aside, aside + ".seen"} {
		s, err := outbox.Salvage(name)
		ok(t, err)
		if s.Origin() != origin || int(s.Found.Count()) < len(values) {
			t.Errorf("%d of %d records of %s are saved as of %s", s.Found.Count(), len(values), origin, s.Origin())
		}
		readable(t, s, private)
		if n, err := outbox.ConfirmAside(path); n != 1 && name == aside || err != nil {
			t.Errorf("%d files were seen to, %v", n, err)
		}
	}
	if left := outbox.Aside(path); len(left) != 0 {
		t.Errorf("still to be seen to: %q", left)
	}
}

// readable holds that the collector can open what was salvaged.
func readable(t *testing.T, s *outbox.Salvaged, private []byte) {
	t.Helper()
	public, key, err := ed25519.GenerateKey(nil)
	ok(t, err)
	var file bytes.Buffer
	w, err := wire.NewBundleWriter(&file, key, wire.BundleHeader{Terminal: uuid.New(), Made: time.Now()})
	ok(t, err)
	n, err := s.Rescue(w)
	ok(t, err)
	ok(t, w.Close())
	if n != int(s.Found.Count()) {
		t.Errorf("%d found, %d written", s.Found.Count(), n)
	}
	r, err := wire.NewBundleReader(&file, func(uuid.UUID) (ed25519.PublicKey, error) { return public, nil })
	ok(t, err)
	opener, err := wire.NewOpener(private)
	ok(t, err)
	read := 0
	for {
		b, _, err := r.Next()
		if err != nil {
			break
		}
		ok(t, b.Validate())
		for _, session := range b.Sessions {
			if opener.Session(b.Origin, session) != nil {
				return // the only copy of the session is damaged, which it has no checksum to tell
			}
		}
		for _, record := range b.Records {
			_, _, err := opener.Open(b.Origin, record)
			if err == nil || len(b.Sessions) > 0 {
				ok(t, err)
			}
			read++
		}
	}
	if read != n {
		t.Errorf("%d written, %d read", n, read)
	}
}

func TestNothingIsTakenForAnOutboxThatIsNone(t *testing.T) {
	path := newPath(t)
	ok(t, os.WriteFile(path, bytes.Repeat([]byte{1, 0xa2, 1, 0xa5, 1}, 9000), 0o600))
	if _, err := outbox.Salvage(path); !errors.Is(err, outbox.ErrDamaged) {
		t.Errorf("salvaged: %v", err)
	}
}

// The power went after the pages of a commit were written and before the page that makes them count: the next answer gets
// the same seq, and the first one, which nobody was thanked for, still lies in a free page.
func TestTwoAnswersUnderOneSeqAreBothSaved(t *testing.T) {
	path := newPath(t)
	o := mustOpen(t, path, outbox.Options{})
	s := mustSealer(t, o.Origin())
	addMany(t, o, s, 3)
	mustClose(t, o)
	before, err := os.ReadFile(path)
	ok(t, err)
	o = mustOpen(t, path, outbox.Options{})
	_, unthanked, err := add(o, s)
	ok(t, err)
	mustClose(t, o)
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	ok(t, err)
	var value []byte
	ok(t, db.View(func(tx *bolt.Tx) error {
		_, v := tx.Bucket([]byte("queued")).Cursor().Last()
		value = bytes.Clone(v)
		return nil
	}))
	ok(t, db.Close())

	ok(t, os.WriteFile(path, before, 0o600))
	o = mustOpen(t, path, outbox.Options{})
	seq, thanked, err := add(o, s)
	ok(t, err)
	mustClose(t, o)
	raw, err := os.ReadFile(path)
	ok(t, err)
	// Behind and before what counts: what is found last is not what is true.
	for _, b := range [][]byte{append(bytes.Clone(raw), value...), append(append(bytes.Clone(value), make([]byte, 4096-len(value))...), raw...)} {
		ok(t, os.WriteFile(path, b, 0o600))
		found, err := outbox.Salvage(path)
		ok(t, err)
		saved := map[uuid.UUID]uint64{}
		for _, b := range bundled(t, found.Rescue) {
			ok(t, b.Validate())
			for _, r := range b.Records {
				saved[r.AnswerID] = r.Seq
			}
		}
		if saved[thanked] != seq || saved[unthanked] != seq || len(saved) != 5 || found.Found.Count() != 4 {
			t.Errorf("saved %v", saved)
		}
	}
}

func TestTheFileItselfCountsAgainstAnOriginThatAnotherOutboxLeftBeside(t *testing.T) {
	raw, origin, _, _ := used(t)
	path := newPath(t)
	other := wire.Origin{1, 2, 3}
	ok(t, os.WriteFile(path+".origin", []byte("otklik-origin/1 "+other.String()+"\n"), 0o600))
	ok(t, os.WriteFile(path, raw, 0o600))
	if s, err := outbox.Salvage(path); err != nil || s.Origin() != origin {
		t.Errorf("%v is saved as of %v", origin, s.Origin())
	}
	// Programs before this one wrote the origin alone.
	for _, text := range []string{other.String() + "\n", "otklik-origin/1 " + other.String()} {
		ok(t, os.WriteFile(path+".origin", []byte(text), 0o600))
		ok(t, os.WriteFile(path, bytes.ReplaceAll(raw, origin[:], make([]byte, len(origin))), 0o600))
		if s, err := outbox.Salvage(path); err != nil || s.Origin() != other {
			t.Errorf("%q: %v", text, err)
		}
	}
	ok(t, os.WriteFile(path+".origin", []byte("otklik-origin/2 of a newer program\n"), 0o600))
	if _, err := outbox.Salvage(path); !errors.Is(err, outbox.ErrDamaged) {
		t.Errorf("salvaged: %v", err)
	}
}

// bbolt goes by the older of its two first pages when the newer one is spoilt: the last answer would be gone, and its seq
// given to another one, without a word.
func TestTheLastAnswerIsNotForgottenWithThePageThatTellsOfIt(t *testing.T) {
	page := os.Getpagesize()
	for _, c := range []struct {
		name  string
		spoil func(raw []byte, newer, older int)
	}{
		{"a bit of the newer page turned", func(raw []byte, newer, _ int) { raw[newer+40] ^= 1 }},
		{"the newer page is that of before", func(raw []byte, newer, older int) { copy(raw[newer:newer+page], raw[older:older+page]) }},
		{"the older page is the newer", func(raw []byte, newer, older int) { copy(raw[older:older+page], raw[newer:newer+page]) }},
		{"the newer page is lost", func(raw []byte, newer, _ int) { clear(raw[newer : newer+page]) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := newPath(t)
			o := mustOpen(t, path, outbox.Options{})
			s := mustSealer(t, o.Origin())
			addMany(t, o, s, 5)
			mustClose(t, o)
			raw, err := os.ReadFile(path)
			ok(t, err)
			commit := func(at int) uint64 { return binary.NativeEndian.Uint64(raw[at+16+48:]) }
			newer, older := 0, page
			if commit(older) > commit(newer) {
				newer, older = older, newer
			}
			c.spoil(raw, newer, older)
			ok(t, os.WriteFile(path, raw, 0o600))
			o, kept, err := outbox.OpenOrSetAside(path, outbox.Options{})
			ok(t, err)
			defer mustClose(t, o)
			aside := outbox.Aside(path)
			if len(aside) != 1 || kept != aside[0] || outbox.AsideProblem(path) == "" {
				t.Fatalf("it was opened all the same: %q, %v", kept, aside)
			}
			found, err := outbox.Salvage(aside[0])
			ok(t, err)
			if n := found.Found.Count(); n != 5 {
				t.Errorf("%d answers of 5 are saved: %v", n, found.Found)
			}
		})
	}
}

// bbolt has no checksums of its own: an origin of which a bit turned would be taken for that of the outbox, and the collector
// could open no record of it.
func TestAnOriginThatChangedIsDamageAndTheRightOneIsSaved(t *testing.T) {
	path := newPath(t)
	o := mustOpen(t, path, outbox.Options{})
	origin := o.Origin()
	addMany(t, o, mustSealer(t, origin), 20)
	mustClose(t, o)
	sound, err := os.ReadFile(path)
	ok(t, err)
	aside := 0
	for at := 0; ; at += len(origin) { // each place where it stands, of which one is in use
		next := bytes.Index(sound[at:], origin[:])
		if next < 0 {
			break
		}
		at += next
		raw := bytes.Clone(sound)
		raw[at+5] ^= 4
		path := filepath.Join(t.TempDir(), "outbox.bolt")
		ok(t, os.WriteFile(path, raw, 0o600))
		ok(t, os.WriteFile(path+".origin", []byte("otklik-origin/1 "+origin.String()+"\n"), 0o600))
		o, was, err := outbox.OpenOrSetAside(path, outbox.Options{})
		ok(t, err)
		mustClose(t, o)
		if was == "" {
			if o.Origin() != origin {
				t.Fatalf("the changed origin %s was taken for true", o.Origin())
			}
			continue
		}
		aside++
		saved, err := outbox.Salvage(was)
		if err != nil || saved.Origin() != origin || saved.Found.Count() != 20 {
			t.Errorf("saved %v of %s, want those of %s: %v", saved.Found, saved.Origin(), origin, err)
		}
	}
	if aside != 1 {
		t.Errorf("%d files were set aside", aside)
	}
}
