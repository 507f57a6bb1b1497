package outbox_test

import (
	"bytes"
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// rescued writes the bundle of an outbox and reads it back: its records, and a receipt for each batch.
func rescued(t *testing.T, o *outbox.Outbox) (n int, receipts []wire.Receipt) {
	t.Helper()
	public, key, err := ed25519.GenerateKey(nil)
	ok(t, err)
	var file bytes.Buffer
	w, err := wire.NewBundleWriter(&file, key, wire.BundleHeader{Terminal: uuid.New(), Made: time.Now()})
	ok(t, err)
	written, err := o.Rescue(w)
	ok(t, err)
	ok(t, w.Close())
	r, err := wire.NewBundleReader(&file, func(uuid.UUID) (ed25519.PublicKey, error) { return public, nil })
	ok(t, err)
	for {
		b, _, err := r.Next()
		if err != nil {
			break
		}
		n += len(b.Records)
		receipts = append(receipts, receiptFor(b))
	}
	if n != written || r.End.Records != uint64(n) || w.Records() != n {
		t.Errorf("%d written, %d read, %d said", written, n, r.End.Records)
	}
	return n, receipts
}

func TestCarriedReceiptEmptiesTheQueue(t *testing.T) {
	o := mustOpen(t, newPath(t), outbox.Options{})
	s := mustSealer(t, o.Origin())
	for range 7 {
		_, _, err := add(o, s)
		ok(t, err)
	}
	n, receipts := rescued(t, o)
	if stats, err := o.Stats(); err != nil || n != 7 || stats.Queued != 7 {
		t.Fatalf("%d rescued, %d wait: %v", n, stats.Queued, err)
	}
	_, err := o.See(wire.Epoch{1})
	ok(t, err)
	old := receipts[0]
	old.Epoch = wire.Epoch{9}
	if moved, err := o.SettleCarried(old); err == nil || moved != 0 {
		t.Errorf("a receipt of another life settled %d: %v", moved, err)
	}
	receipts[0].Epoch = wire.Epoch{1}
	if moved, err := o.SettleCarried(receipts[0]); err != nil || moved != 7 {
		t.Errorf("%d moved: %v", moved, err)
	}
	if moved, err := o.SettleCarried(receipts[0]); err != nil || moved != 0 {
		t.Errorf("again %d moved: %v", moved, err)
	}
	ok(t, o.Check())
}
