package outbox_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"otklik/sync/outbox"
	"otklik/sync/wire"
)

const goldenAgain = "v1-again.outbox.gz"

// An outbox of a terminal whose collector was brought back from a backup: some of what it keeps is safe, some goes again.
func TestOutboxesWithAllTheirStatesOpen(t *testing.T) {
	path := filepath.Join("testdata", goldenAgain)
	if *update {
		ok(t, os.WriteFile(path, packedAgain(t), 0o644))
	}
	o := mustOpen(t, unpacked(t, path), outbox.Options{})
	ok(t, o.Check())
	stats, err := o.Stats()
	ok(t, err)
	if stats.Queued != 3 || stats.Again != 2 || stats.Kept != 3 || stats.Safe != 2 || stats.LastSeq != 6 || stats.Damaged != 0 ||
		stats.Epoch != (wire.Epoch{2}) || stats.Filled != (wire.Epoch{1}) {
		t.Errorf("stats %+v", stats)
	}
	old := wire.Receipt{Origin: o.Origin(), Batch: wire.Hash{1}, Epoch: wire.Epoch{1}, Time: epochBegan(1)}
	if _, err := o.SettleCarried(old); err == nil {
		t.Error("when the collector told of its epoch was forgotten")
	}
}

func packedAgain(t *testing.T) []byte {
	t.Helper()
	path := newPath(t)
	o := mustOpen(t, path, outbox.Options{Clock: func() time.Time { return epochBegan(3) }})
	ok(t, o.Belong(wire.Hash{5}))
	_, err := o.See(wire.Epoch{1}, epochBegan(1))
	ok(t, err)
	s := mustSealer(t, o.Origin())
	for i := range 6 {
		if i == 5 {
			_, err := o.Settle(receiptFor(all(t, o)))
			ok(t, err)
		}
		_, _, err := add(o, s)
		ok(t, err)
	}
	_, err = o.See(wire.Epoch{2}, epochBegan(2))
	ok(t, err)
	ok(t, o.MarkSafe(wire.Epoch{2}, true, wire.Ranges{{First: 1, Last: 2}}))
	_, err = o.Requeue(wire.Ranges{{First: 3, Last: 4}})
	ok(t, err)
	mustClose(t, o)
	raw, err := os.ReadFile(path)
	ok(t, err)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err = z.Write(raw)
	ok(t, err)
	ok(t, z.Close())
	return packed.Bytes()
}
