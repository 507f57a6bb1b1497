package outbox

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// spoil changes the last seq that the file at path has, wherever it stands, and reports in how many places it did.
func spoil(t *testing.T, path string, from, to uint64) (places int) {
	t.Helper()
	raw, err := os.ReadFile(path)
	must(t, err)
	for at := 0; ; {
		next := bytes.Index(raw[at:], queuedBucket)
		if next < 0 {
			break
		}
		at += next + len(queuedBucket)
		if seq := raw[at+8:]; binary.NativeEndian.Uint64(seq) == from {
			binary.NativeEndian.PutUint64(seq, to)
			places++
		}
	}
	must(t, os.WriteFile(path, raw, 0o600))
	return places
}

// bbolt keeps the sequence of a bucket without a checksum. By a wrong one, seqs would be given out twice, or thousands that
// nobody ever answered would be missing for ever.
func TestALastSeqThatWasNeverGivenOutIsDamage(t *testing.T) {
	for _, to := range []uint64{0, 3, 6, 1 << 40} {
		path := filepath.Join(t.TempDir(), "o.bolt")
		must(t, backlogged(t, path, 3, 2, Options{}).Close())
		if spoil(t, path, 5, to) == 0 {
			t.Fatal("the last seq was not found")
		}
		if _, err := Open(path, Options{}); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "5 was given out") {
			t.Errorf("%d in place of 5: %v", to, err)
		}
		o, aside, err := OpenOrSetAside(path, Options{})
		must(t, err)
		if aside == "" {
			t.Error("it was not set aside")
		}
		must(t, o.Close())
	}
}

// A new outbox has no answer that would tell its last seq.
func TestALastSeqBeforeTheFirstAnswerIsDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.bolt")
	o, err := Open(path, Options{})
	must(t, err)
	must(t, o.Close())
	spoil(t, path, 0, 7)
	if _, err := Open(path, Options{}); !errors.Is(err, ErrDamaged) {
		t.Errorf("opened: %v", err)
	}
}

// Programs before noted none, and leave what was noted by this one as it was.
func TestAProgramThatNotesNoSeqMayHaveBeenAtWork(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.bolt")
	o := backlogged(t, path, 3, 2, Options{})
	var note []byte
	must(t, o.db.Update(func(tx *bolt.Tx) error { // as that one would store an answer
		note = bytes.Clone(tx.Bucket(metaBucket).Get(lastKey))
		value := tx.Bucket(queuedBucket).Get(seqKey(5))
		e, err := decodeEntry(seqKey(5), value)
		must(t, err)
		e.Record.Seq = 6
		value, err = encodeEntry(&e)
		must(t, err)
		return errors.Join(tx.Bucket(queuedBucket).SetSequence(6), tx.Bucket(queuedBucket).Put(seqKey(6), value))
	}))
	must(t, o.Close())
	o, err := Open(path, Options{})
	must(t, err)
	if o.count.last != 6 {
		t.Errorf("the last seq is %d", o.count.last)
	}
	must(t, fillerOf(t, o, 1)())
	must(t, o.view("look", func(tx *bolt.Tx) error {
		if bytes.Equal(note, tx.Bucket(metaBucket).Get(lastKey)) {
			t.Error("what was noted is not written again")
		}
		return nil
	}))
	must(t, o.Close())
	if spoil(t, path, 7, 6) == 0 {
		t.Fatal("the last seq was not found")
	}
	if _, err := Open(path, Options{}); !errors.Is(err, ErrDamaged) {
		t.Errorf("opened: %v", err)
	}

	// Nor does a file of before have any.
	path = filepath.Join(t.TempDir(), "o.bolt")
	o = backlogged(t, path, 3, 2, Options{})
	must(t, o.db.Update(func(tx *bolt.Tx) error { return tx.Bucket(metaBucket).Delete(lastKey) }))
	must(t, o.Close())
	o, err = Open(path, Options{})
	must(t, err)
	must(t, o.Close())
}

func TestANoteOfTheLastSeqThatIsDamagedIsDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.bolt")
	o := backlogged(t, path, 3, 2, Options{})
	var note []byte
	must(t, o.view("look", func(tx *bolt.Tx) error {
		note = bytes.Clone(tx.Bucket(metaBucket).Get(lastKey))
		return nil
	}))
	must(t, o.Close())
	raw, err := os.ReadFile(path)
	must(t, err)
	at := bytes.LastIndex(raw, note)
	raw[at+15] ^= 1
	must(t, os.WriteFile(path, raw, 0o600))
	if _, err := Open(path, Options{}); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("opened: %v", err)
	}
}
