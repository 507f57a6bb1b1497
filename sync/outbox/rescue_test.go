package outbox_test

import (
	"bytes"
	"crypto/ed25519"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// bundled writes a bundle and reads it back.
func bundled(t *testing.T, rescue func(*wire.BundleWriter) (int, error)) (all []wire.Batch) {
	t.Helper()
	public, key, err := ed25519.GenerateKey(nil)
	ok(t, err)
	var file bytes.Buffer
	w, err := wire.NewBundleWriter(&file, key, wire.BundleHeader{Terminal: uuid.New(), Made: time.Now()})
	ok(t, err)
	written, err := rescue(w)
	ok(t, err)
	ok(t, w.Close())
	r, err := wire.NewBundleReader(&file, func(uuid.UUID) (ed25519.PublicKey, error) { return public, nil })
	ok(t, err)
	n := 0
	for {
		b, _, err := r.Next()
		if err != nil {
			break
		}
		n += len(b.Records)
		all = append(all, b)
	}
	if n != written || r.End.Records != uint64(n) || w.Records() != n {
		t.Errorf("%d written, %d read, %d said", written, n, r.End.Records)
	}
	return all
}

// rescued is how many records the bundle of an outbox has, and a receipt for each of its batches.
func rescued(t *testing.T, o *outbox.Outbox) (n int, receipts []wire.Receipt) {
	t.Helper()
	for _, b := range bundled(t, o.Rescue) {
		n += len(b.Records)
		receipts = append(receipts, receiptFor(b))
	}
	return n, receipts
}

func TestCarriedReceiptEmptiesTheQueue(t *testing.T) {
	o := mustOpen(t, newPath(t), outbox.Options{})
	s := mustSealer(t, o.Origin())
	addMany(t, o, s, 7)
	n, receipts := rescued(t, o)
	if stats, err := o.Stats(); err != nil || n != 7 || stats.Queued != 7 {
		t.Fatalf("%d rescued, %d wait: %v", n, stats.Queued, err)
	}
	_, err := o.See(wire.Epoch{1}, epochBegan(1))
	ok(t, err)
	old := receipts[0]
	old.Epoch, old.Time = wire.Epoch{9}, epochBegan(1)
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

// A terminal that only the courier reaches, and a collector that is brought back from a backup twice.
func TestACourierTellsOfARestoredCollector(t *testing.T) {
	o := mustOpen(t, newPath(t), outbox.Options{})
	s := mustSealer(t, o.Origin())
	bring := func(n int) {
		t.Helper()
		addMany(t, o, s, n)
	}
	// accepted is what the collector writes to a bundle in its n-th life.
	accepted := func(n int64, records int) (file []wire.Receipt) {
		t.Helper()
		got, receipts := rescued(t, o)
		if got != records {
			t.Fatalf("%d records are in the bundle, want %d", got, records)
		}
		for _, r := range receipts {
			r.Epoch, r.Time = wire.Epoch{byte(n)}, epochBegan(n)
			file = slices.Concat(file, []wire.Receipt{r})
		}
		return slices.Concat(file, []wire.Receipt{{
			Origin: o.Origin(), Epoch: wire.Epoch{byte(n)}, Time: epochBegan(n), Backups: true, Safe: wire.Ranges{{First: 1, Last: 2}},
		}})
	}
	apply := func(file []wire.Receipt) (settled int) {
		t.Helper()
		for _, r := range file {
			n, err := o.SettleCarried(r)
			ok(t, err)
			settled += n
		}
		return settled
	}
	stands := func(queued, kept, safe uint64) {
		t.Helper()
		if stats, err := o.Stats(); err != nil || stats.Queued != queued || stats.Kept != kept || stats.Safe != safe || stats.Epoch != stats.Filled {
			t.Fatalf("%+v, want %d waiting, %d kept, %d safe: %v", stats, queued, kept, safe, err)
		}
		ok(t, o.Check())
	}
	bring(5)
	first := accepted(1, 5)
	if n := apply(first); n != 5 {
		t.Fatalf("%d settled", n)
	}
	stands(0, 5, 2)
	bring(1)
	// The collector lost the five. Nothing but what waits is in the bundle, but the answer to it tells.
	second := accepted(2, 1)
	if n := apply(second); n != 1 {
		t.Fatalf("%d settled", n)
	}
	stands(5, 1, 0)
	apply(second)
	stands(5, 1, 0)
	// Once more, before the five were brought.
	third := accepted(3, 5)
	apply(third)
	stands(1, 5, 2)
	for _, old := range [][]wire.Receipt{first, second} {
		for _, r := range old {
			if n, err := o.SettleCarried(r); err == nil || n != 0 {
				t.Errorf("a receipt of a former life settled %d: %v", n, err)
			}
		}
	}
	stands(1, 5, 2)
	// A bundle with nothing in it tells as well.
	if n := apply(accepted(3, 1)); n != 1 {
		t.Fatalf("%d settled", n)
	}
	apply(accepted(4, 0))
	stands(6, 0, 0)
}
