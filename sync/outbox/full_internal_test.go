package outbox

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"

	"otklik/surveys"
	"otklik/sync/wire"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// filler appends answers of some kilobytes.
func filler(t *testing.T, o *Outbox) func() error {
	t.Helper()
	return fillerOf(t, o, 2)
}

// fillerOf appends answers with so many texts of a good kilobyte.
func fillerOf(t *testing.T, o *Outbox, texts int) func() error {
	t.Helper()
	_, public, err := wire.NewSealingKey(rand.Reader)
	must(t, err)
	s, err := wire.NewSealer(wire.Recipients{Collector: public}, o.Origin(), nil, rand.Reader)
	must(t, err)
	text := surveys.String(strings.Repeat("ы", 1200))
	body := &wire.Body{Response: surveys.Response{Survey: "exit-poll"}}
	for range texts {
		body.Response.Answers = append(body.Response.Answers, surveys.Answer{Question: "a", Value: text})
	}
	return func() error {
		id := uuid.Must(uuid.NewV7())
		_, err := o.Append(id, s.Session(), func(seq uint64) (wire.Record, error) { return s.Seal(seq, id, body) })
		return err
	}
}

func decisionsOn(t *testing.T, o *Outbox, most int) wire.Receipt {
	t.Helper()
	b, err := o.Next(most, 1<<30, nil)
	must(t, err)
	r := wire.Receipt{Origin: b.Origin}
	for _, rec := range b.Records {
		r.Decisions = append(r.Decisions, wire.Decision{Seq: rec.Seq, AnswerID: rec.AnswerID, Verdict: wire.Stored})
	}
	return r
}

func TestAFullOutboxRefusesInTimeAndDrains(t *testing.T) {
	const most = 8 << 20
	const guard = 128 << 10 // what the glass stops asking at, in the measure of this file
	o, err := Open(filepath.Join(t.TempDir(), "o.bolt"), Options{MaxFileBytes: most})
	must(t, err)
	t.Cleanup(func() { o.Close() })
	add := filler(t, o)
	stored, guarded := 0, 0
	for {
		room, known := o.Room()
		if !known {
			t.Fatal("the room is not known")
		}
		if room < guard {
			guarded++
		}
		if err = add(); err != nil {
			break
		}
		stored++
	}
	if !errors.Is(err, ErrStorage) || !strings.Contains(err.Error(), "it is full") {
		t.Fatal(err)
	}
	if guarded < 5 || o.count.queuedBytes < most/2 {
		t.Errorf("the room was seen to be short %d answers before one was refused; %d bytes are in the file of %d",
			guarded, o.count.queuedBytes, int(most))
	}
	must(t, o.Recover()) // nothing is broken
	for settled := 0; settled < stored; {
		n, err := o.Settle(decisionsOn(t, o, wire.MaxBatchRecords))
		must(t, err)
		if n == 0 {
			t.Fatalf("%d of %d settled, and no more", settled, stored)
		}
		settled += n
	}
	o.SetKeep(0, most/4)
	if n, err := o.Prune(time.Now()); err != nil || n < stored/2 {
		t.Errorf("pruned %d of %d: %v", n, stored, err)
	}
	for range stored / 2 {
		must(t, add())
	}
	must(t, o.Check())
}

// bbolt grows by more than it needs where a file is larger than its step, and refuses when the bound is nearer than that.
func TestTheRoomOfALargeFileIsWhatBboltStillTakes(t *testing.T) {
	o, err := Open(filepath.Join(t.TempDir(), "o.bolt"), Options{MaxFileBytes: 40 << 20})
	must(t, err)
	t.Cleanup(func() { o.Close() })
	add := fillerOf(t, o, 48)
	for err == nil {
		err = add()
	}
	if room, _ := o.Room(); room > 0 || full(err) || !strings.Contains(err.Error(), "it is full") {
		t.Errorf("with room for %d bytes: %v", room, err)
	}
	if o.count.queuedBytes < 20<<20 {
		t.Errorf("only %d bytes found their place", o.count.queuedBytes)
	}
}

// With hardly a page left a receipt is still taken, a few records at a time.
func TestAReceiptThatDoesNotFitAtOnceIsSettledInParts(t *testing.T) {
	o, err := Open(filepath.Join(t.TempDir(), "o.bolt"), Options{})
	must(t, err)
	t.Cleanup(func() { o.Close() })
	add := filler(t, o)
	for range 300 {
		must(t, add())
	}
	must(t, o.view("bound the file", func(tx *bolt.Tx) error {
		free := o.db.Stats()
		if n := free.FreePageN + free.PendingPageN; n > 60 {
			t.Errorf("%d pages are free already", n)
		}
		o.db.MaxSize = int(tx.Size()) + o.db.AllocSize + 60*o.db.Info().PageSize
		return nil
	}))
	r := decisionsOn(t, o, 300)
	if _, err := o.settleAtOnce(r.Decisions); !full(err) {
		t.Fatalf("all at once: %v", err)
	}
	if n, err := o.Settle(r); err != nil || n != 300 {
		t.Errorf("settled %d: %v", n, err)
	}
	must(t, o.Check())
}

// A refused growth says nothing about the disk: nothing is opened or written anew for it.
func TestARefusedGrowthLeavesTheOpenFileAsItIs(t *testing.T) {
	o, err := Open(filepath.Join(t.TempDir(), "o.bolt"), Options{})
	must(t, err)
	t.Cleanup(func() { o.Close() })
	add := filler(t, o)
	must(t, add())
	was := o.db
	o.db.MaxSize = 1
	for err = add(); err == nil; err = add() { // until the free pages are used up
	}
	if !errors.Is(err, ErrStorage) || !full(err) || o.db != was || o.unsure || o.pending == nil {
		t.Fatalf("opened anew: %v, unsure: %v, %v", o.db != was, o.unsure, err)
	}
	o.db.MaxSize = DefaultMaxFileBytes
	must(t, o.Recover())
	must(t, o.Check())
}

// What a restored collector was not asked about yet stays beyond the bytes of the window, while there is room.
func TestNothingIsPrunedForItsBytesBeforeARestoredCollectorWasOfferedIt(t *testing.T) {
	o, err := Open(filepath.Join(t.TempDir(), "o.bolt"), Options{})
	must(t, err)
	t.Cleanup(func() { o.Close() })
	_, err = o.See(wire.Epoch{1}, time.Unix(1, 0))
	must(t, err)
	add := filler(t, o)
	for range 30 {
		must(t, add())
	}
	_, err = o.Settle(decisionsOn(t, o, 30))
	must(t, err)
	_, err = o.See(wire.Epoch{2}, time.Unix(2, 0))
	must(t, err)
	o.SetKeep(0, o.count.keptBytes/2)
	prune := func(least, most int) {
		t.Helper()
		if n, err := o.Prune(time.Now()); err != nil || n < least || n > most {
			t.Errorf("pruned %d, want %d to %d: %v", n, least, most, err)
		}
	}
	prune(0, 0)
	o.options.MaxFileBytes = int(o.count.keptBytes * 5 / 4) // no room
	prune(1, 3)                                             // until a quarter of the file is free
	o.options.MaxFileBytes = DefaultMaxFileBytes
	prune(0, 0)
	must(t, o.Filled(wire.Epoch{2}))
	prune(12, 14)
}
