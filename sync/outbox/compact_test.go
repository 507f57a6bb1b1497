package outbox_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// mostlyFree leaves a file at path that the next Open compacts, with one answer in it.
func mostlyFree(t *testing.T, path string) {
	t.Helper()
	now := time.Now()
	o := mustOpen(t, path, outbox.Options{Clock: func() time.Time { return now }})
	s := mustSealer(t, o.Origin())
	big := body()
	for range 40 {
		big.Response.Answers = append(big.Response.Answers, surveys.Answer{Question: "q", Value: surveys.String(strings.Repeat("ы", 1400))})
	}
	for range 200 {
		id := uuid.New()
		_, err := o.Append(id, s.Session(), func(seq uint64) (wire.Record, error) { return s.Seal(seq, id, big) })
		ok(t, err)
	}
	_, err := o.Settle(receiptFor(all(t, o)))
	ok(t, err)
	_, _, err = add(o, s)
	ok(t, err)
	now = now.Add(400 * 24 * time.Hour)
	_, err = o.Prune(now)
	ok(t, err)
	mustClose(t, o)
}

func TestMostlyFreeFileIsCompacted(t *testing.T) {
	path := newPath(t)
	mostlyFree(t, path)
	before, err := os.Stat(path)
	ok(t, err)
	o := mustOpen(t, path, outbox.Options{})
	after, err := os.Stat(path)
	ok(t, err)
	if after.Size() > before.Size()/4 {
		t.Errorf("the file of %d bytes has still %d", before.Size(), after.Size())
	}
	if seq, _, err := add(o, mustSealer(t, o.Origin())); err != nil || seq != 202 || len(all(t, o).Records) != 2 {
		t.Errorf("after compacting: seq %d, %v", seq, err)
	}
}
