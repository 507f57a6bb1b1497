package outbox_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"otklik/sync/outbox"
)

// edit changes the file of a closed outbox by hand.
func edit(t *testing.T, path string, change func(tx *bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: time.Second})
	ok(t, err)
	ok(t, db.Update(change))
	ok(t, db.Close())
}

func TestFileOfAProgramThatCountedNothingOpensAndCounts(t *testing.T) {
	path := newPath(t)
	o, err := outbox.Open(path, outbox.Options{})
	ok(t, err)
	_, _, err = add(o, mustSealer(t, o.Origin()))
	ok(t, err)
	mustClose(t, o)
	edit(t, path, func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("tallies")) })

	o = mustOpen(t, path, outbox.Options{})
	if n := o.Tally(everyAnswer); n != 0 {
		t.Errorf("a file without tallies says %d", n)
	}
	_, _, err = add(o, mustSealer(t, o.Origin()))
	ok(t, err)
	if n := o.Tally(everyAnswer); n != 1 {
		t.Errorf("after one answer more it says %d", n)
	}
}

func TestDamagedTallyIsNamedAndKeepsNobodyFromAnswering(t *testing.T) {
	path := newPath(t)
	o, err := outbox.Open(path, outbox.Options{})
	ok(t, err)
	s := mustSealer(t, o.Origin())
	_, _, err = add(o, s)
	ok(t, err)
	mustClose(t, o)
	key := sha256.Sum256([]byte(everyAnswer))
	edit(t, path, func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("tallies")).Put(key[:16], []byte{0, 0, 0, 0, 0, 0, 0, 9, 1, 2, 3, 4})
	})

	o = mustOpen(t, path, outbox.Options{})
	if err := o.Check(); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("tally %x", key[:16])) {
		t.Errorf("a tally that does not fit its checksum gave %v", err)
	}
	if n := o.Tally(everyAnswer); n != 0 {
		t.Errorf("it counts as %d", n)
	}
	_, _, err = add(o, mustSealer(t, o.Origin())) // and mends it, as mustOpen checks at the end
	ok(t, err)
}
