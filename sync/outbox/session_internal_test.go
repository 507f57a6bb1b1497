package outbox

import (
	"bytes"
	"crypto/ed25519"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"

	"otklik/sync/wire"
)

// Sessions lie in the file without a checksum. One that went bad is left out, as the collector may know it from before: with it no
// bundle could be written at all.
func TestASessionThatWentBadKeepsNoAnswerFromTheCourier(t *testing.T) {
	o, err := Open(filepath.Join(t.TempDir(), "o.bolt"), Options{})
	must(t, err)
	t.Cleanup(func() { o.Close() })
	must(t, filler(t, o)())
	good := filler(t, o)
	must(t, good())
	bad := decisionsOn(t, o, 1).Decisions[0].Seq
	must(t, o.update("spoil", func(tx *bolt.Tx) error {
		e, err := decodeEntry(seqKey(bad), tx.Bucket(queuedBucket).Get(seqKey(bad)))
		must(t, err)
		return putSession(tx, wire.Session{ID: e.Record.Session, Enc: []byte{1}, Glossary: []byte{2}})
	}))
	b, err := o.Next(10, 1<<20, nil)
	must(t, err)
	if err := b.Validate(); err != nil || len(b.Records) != 2 || len(b.Sessions) != 1 {
		t.Errorf("%d records, %d sessions, %v", len(b.Records), len(b.Sessions), err)
	}
	var file bytes.Buffer
	w, err := wire.NewBundleWriter(&file, ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), wire.BundleHeader{Terminal: uuid.New()})
	must(t, err)
	if n, err := o.Rescue(w); err != nil || n != 2 {
		t.Errorf("%d answers were rescued, %v", n, err)
	}
}
