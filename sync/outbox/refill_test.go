package outbox_test

import (
	"fmt"
	"testing"
	"time"

	"otklik/sync/outbox"
	"otklik/sync/wire"
)

func seqs(b wire.Batch) (all []uint64) {
	for _, r := range b.Records {
		all = append(all, r.Seq)
	}
	return all
}

// epochBegan is when the collector began the n-th of its lives.
func epochBegan(n int64) time.Time { return time.Unix(1_800_000_000+n*1000, 0) }

// stored makes an outbox whose first n records were acknowledged in epoch 1, which it has filled.
func stored(t *testing.T, n int, options outbox.Options) (*outbox.Outbox, sealing) {
	t.Helper()
	o := mustOpen(t, newPath(t), options)
	if fill, err := o.See(wire.Epoch{1}, epochBegan(1)); err != nil || fill {
		t.Fatalf("an outbox that keeps nothing has something to fill: %v", err)
	}
	s := mustSealer(t, o.Origin())
	addMany(t, o, s, n)
	for {
		b, err := o.Next(wire.MaxBatchRecords, 1<<20, nil)
		ok(t, err)
		if len(b.Records) == 0 {
			return o, s
		}
		_, err = o.Settle(receiptFor(b))
		ok(t, err)
	}
}

func TestWhatARestoredCollectorLacksGoesAfterTodaysAnswers(t *testing.T) {
	o, s := stored(t, 9, outbox.Options{})
	fill, err := o.See(wire.Epoch{2}, epochBegan(2))
	if err != nil || !fill {
		t.Fatalf("a new epoch and nothing to fill: %v", err)
	}
	n, err := o.Requeue(wire.Ranges{{First: 4, Last: 8}})
	if err != nil || n != 5 {
		t.Fatalf("queued %d again: %v", n, err)
	}
	_, _, err = add(o, s)
	ok(t, err)
	// Of three records the new one goes first; a batch is in the order of seq all the same.
	b, err := o.Next(3, 1<<20, nil)
	ok(t, err)
	if got := fmt.Sprint(seqs(b)); got != "[4 5 10]" {
		t.Errorf("the first batch has %s", got)
	}
	ok(t, b.Validate())
	if n, _ := rescued(t, o); n != 6 {
		t.Errorf("%d records were rescued", n)
	}
	_, err = o.Settle(receiptFor(b))
	ok(t, err)
	ok(t, o.Filled(wire.Epoch{2}))
	ok(t, o.Check())
	if b, err = o.Next(10, 1<<20, nil); err != nil || fmt.Sprint(seqs(b)) != "[6 7 8]" {
		t.Errorf("then %v: %v", seqs(b), err)
	}
}

// The steps in which records are read and moved do not show.
func TestRefillOfManyRecords(t *testing.T) {
	const n = 4321
	o, _ := stored(t, n, outbox.Options{})
	_, err := o.See(wire.Epoch{2}, epochBegan(2))
	ok(t, err)
	held, err := o.Held(0, wire.MaxRanges)
	ok(t, err)
	offer := wire.Offer{Origin: o.Origin(), Epoch: wire.Epoch{2}, Held: held}
	ok(t, offer.Validate())
	if first, last := held[0], held[len(held)-1]; len(held) != (n+127)/128 || first.First != 1 || last.Last != n {
		t.Fatalf("%d ranges from %d to %d", len(held), first.First, last.Last)
	}
	if moved, err := o.Requeue(wire.Ranges{{First: 2, Last: n}}); err != nil || moved != n-1 {
		t.Fatalf("moved %d: %v", moved, err)
	}
	ok(t, o.Check())
}

func TestPruneByAgeTakesWhatIsSafe(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	o, _ := stored(t, 10, outbox.Options{Clock: func() time.Time { return now }})
	ok(t, o.MarkSafe(wire.Epoch{1}, true, wire.Ranges{{First: 3, Last: 5}}))
	now = now.Add(15 * 24 * time.Hour)
	prune := func(wantGone int, wantHeld string) {
		t.Helper()
		n, err := o.Prune(now)
		ok(t, err)
		held, err := o.Held(0, 100)
		ok(t, err)
		var left []string
		for _, h := range held {
			left = append(left, fmt.Sprintf("%d-%d", h.First, h.Last))
		}
		if n != wantGone || fmt.Sprint(left) != wantHeld {
			t.Errorf("pruned %d, kept %v; want %d, %s", n, left, wantGone, wantHeld)
		}
		ok(t, o.Check())
	}
	// The collector may have lost what it had since its backup: nothing goes before it was asked.
	_, err := o.See(wire.Epoch{2}, epochBegan(2))
	ok(t, err)
	ok(t, o.MarkSafe(wire.Epoch{1}, true, wire.Ranges{{First: 1, Last: 10}})) // from before: counts for nothing
	ok(t, o.MarkSafe(wire.Epoch{2}, true, wire.Ranges{{First: 3, Last: 5}}))
	prune(0, "[1-10]")
	ok(t, o.Filled(wire.Epoch{2}))
	prune(3, "[1-2 6-10]")
	// Beyond the bytes of the window the safe ones go first, then the oldest.
	stats, err := o.Stats()
	ok(t, err)
	ok(t, o.MarkSafe(wire.Epoch{2}, true, wire.Ranges{{First: 7, Last: 8}}))
	o.SetKeep(100*24*time.Hour, stats.KeptBytes*4/7)
	prune(3, "[2-2 6-6 9-10]")
	// Without backups age is enough.
	o.SetKeep(0, 0)
	ok(t, o.MarkSafe(wire.Epoch{2}, false, nil))
	prune(4, "[]")
}

// Another collector cannot open what was sealed for the one before it.
func TestAnotherCollectorIsOfferedOnlyItsOwn(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	o, s := stored(t, 5, outbox.Options{Clock: func() time.Time { return now }})
	first, second := wire.Hash{1}, wire.Hash{2}
	held := func(want string) {
		t.Helper()
		got, err := o.Held(0, 100)
		ok(t, err)
		var all []string
		for _, h := range got {
			all = append(all, fmt.Sprintf("%d-%d", h.First, h.Last))
		}
		if fmt.Sprint(all) != want {
			t.Errorf("held %v, want %s", all, want)
		}
	}
	for range 2 {
		ok(t, o.Belong(first)) // the first one that it hears of is the one it always had
		held("[1-5]")
	}
	_, _, err := add(o, s)
	ok(t, err)
	for range 2 {
		ok(t, o.Belong(second))
		_, err = o.See(wire.Epoch{7}, epochBegan(7))
		ok(t, err)
		held("[]")
	}
	_, _, err = add(o, s)
	ok(t, err)
	_, err = o.Settle(receiptFor(all(t, o)))
	ok(t, err)
	held("[7-7]")
	if n, err := o.Requeue(wire.Ranges{{First: 1, Last: 6}}); err != nil || n != 0 {
		t.Errorf("%d are sent again that were made for the first, %v", n, err)
	}
	ok(t, o.Filled(wire.Epoch{7}))
	ok(t, o.MarkSafe(wire.Epoch{7}, true, nil))
	now = now.Add(15 * 24 * time.Hour)
	if n, err := o.Prune(now); err != nil || n != 6 {
		t.Errorf("pruned %d, %v; want 6: no backup will ever have them", n, err)
	}
}
