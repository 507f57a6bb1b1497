//go:build unix

package outbox_test

import (
	"errors"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"otklik/sync/outbox"
)

// impatient is a process that wants the outbox and does not wait.
var impatient = outbox.Options{LockTimeout: time.Nanosecond}

func TestAnOutboxThatFailedStaysInTheHandsOfItsProcess(t *testing.T) {
	if !inChild(t) {
		return
	}
	path := newPath(t)
	o := mustOpen(t, path, outbox.Options{})
	s := mustSealer(t, o.Origin())
	_, _, err := add(o, s)
	ok(t, err)
	limitFiles(t, 4096)
	t.Cleanup(func() { limitFiles(t, ^uint64(0)) })
	if _, _, err := add(o, s); !errors.Is(err, outbox.ErrStorage) {
		t.Fatalf("a write that fails gave %v", err)
	}
	// The records' own file is let go of by now, and is read and written again with every try to recover.
	if err := o.Recover(); !errors.Is(err, outbox.ErrStorage) {
		t.Fatalf("recovered on a broken disk: %v", err)
	}
	if other, err := outbox.Open(path, impatient); !errors.Is(err, outbox.ErrLocked) {
		t.Errorf("another process got it: %v", err)
		ok(t, other.Close())
	}
	limitFiles(t, ^uint64(0))
	ok(t, o.Recover())
	if n := len(all(t, o).Records); n != 2 {
		t.Errorf("%d answers are there, not 2", n)
	}
}

// While the file is exchanged for its compacted copy there is a moment in which nobody has it open.
func TestNobodyGetsBetweenAFileAndItsCompactedCopy(t *testing.T) {
	path := newPath(t)
	mostlyFree(t, path)
	var holders atomic.Int32
	// take opens the outbox as soon as it can, and stores an answer.
	take := func() (stored uint64) {
		for {
			o, err := outbox.Open(path, impatient)
			if errors.Is(err, outbox.ErrLocked) {
				runtime.Gosched()
				continue
			}
			if err != nil {
				t.Error(err)
				return 0
			}
			if holders.Add(1) > 1 {
				t.Error("two have the outbox open")
			}
			seq, _, err := add(o, mustSealer(t, o.Origin()))
			holders.Add(-1)
			if err = errors.Join(err, o.Close()); err != nil {
				t.Error(err)
			}
			return seq
		}
	}
	var wait sync.WaitGroup
	stored := make([]uint64, 3)
	for i := range stored {
		wait.Go(func() { stored[i] = take() })
	}
	wait.Wait()
	slices.Sort(stored)
	if !slices.Equal(stored, []uint64{202, 203, 204}) {
		t.Errorf("stored as %v: an answer is in a file that is gone", stored)
	}
}

func TestADiskWithoutRoomForACompactedCopyStopsNobody(t *testing.T) {
	if !inChild(t) {
		return
	}
	path := newPath(t)
	mostlyFree(t, path)
	before, err := os.Stat(path)
	ok(t, err)
	limitFiles(t, 8192) // the copy does not fit
	t.Cleanup(func() { limitFiles(t, ^uint64(0)) })
	o := mustOpen(t, path, outbox.Options{})
	limitFiles(t, ^uint64(0))
	if _, err := os.Stat(path + ".compact"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the copy that did not fit is still there: %v", err)
	}
	if after, err := os.Stat(path); err != nil || after.Size() != before.Size() {
		t.Errorf("the file of %d bytes has %d: the disk had room after all, %v", before.Size(), after.Size(), err)
	}
	if seq, _, err := add(o, mustSealer(t, o.Origin())); err != nil || seq != 202 {
		t.Errorf("the next answer got seq %d, %v", seq, err)
	}
}

// What bbolt has mapped goes away under it: a disk that was pulled out shows the same way.
func TestAFileThatIsCutOffWhileItIsInUseEndsNothing(t *testing.T) {
	path := newPath(t)
	o, err := outbox.Open(path, outbox.Options{})
	ok(t, err)
	s := mustSealer(t, o.Origin())
	addMany(t, o, s, 200)
	_, err = o.Settle(receiptFor(all(t, o)))
	ok(t, err)
	_, _, err = add(o, s)
	ok(t, err)
	ok(t, os.Truncate(path, 2*4096))
	bad := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, outbox.ErrStorage) && !errors.Is(err, outbox.ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = o.Next(10, 1<<20, nil)
	bad("next", err)
	_, _, err = add(o, s)
	bad("append", err)
	_, err = o.Prune(time.Now())
	bad("prune", err)
	bad("check", o.Check())
	if err := o.Recover(); !errors.Is(err, outbox.ErrDamaged) {
		t.Errorf("recovered: %v", err)
	}
	ok(t, o.Close())
	fresh, aside, err := outbox.OpenOrSetAside(path, outbox.Options{})
	ok(t, err)
	if aside == "" || fresh.Origin() == o.Origin() {
		t.Errorf("set aside as %q", aside)
	}
	mustClose(t, fresh)
}

// The same in the middle of a commit, whose end touches the pages again.
func TestAFileThatIsCutOffBeforeACommitEndsNothing(t *testing.T) {
	path := newPath(t)
	o, err := outbox.Open(path, outbox.Options{})
	ok(t, err)
	s := mustSealer(t, o.Origin())
	addMany(t, o, s, 200)
	ok(t, os.Truncate(path, 2*4096))
	if _, _, err := add(o, s); !errors.Is(err, outbox.ErrStorage) && !errors.Is(err, outbox.ErrDamaged) {
		t.Errorf("stored: %v", err)
	}
	if err := o.Recover(); !errors.Is(err, outbox.ErrDamaged) {
		t.Errorf("recovered: %v", err)
	}
	ok(t, o.Close())
}
