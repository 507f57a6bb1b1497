//go:build unix

package outbox_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/google/uuid"

	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// The tests below run this test program again as a child that appends to an outbox.
const childVariable = "OTKLIK_OUTBOX_TEST_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		appendForEver(path)
	}
	os.Exit(m.Run())
}

// appendForEver prints the seq and answer_id of each answer once Append said that it is stored.
func appendForEver(path string) {
	die := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	o, err := outbox.Open(path, outbox.Options{})
	if err != nil {
		die(err)
	}
	_, public, err := wire.NewSealingKey(nil)
	if err != nil {
		die(err)
	}
	sealer, err := wire.NewSealer(wire.Recipients{Collector: public}, o.Origin(), nil, rand.Reader)
	if err != nil {
		die(err)
	}
	for i := 0; ; i++ {
		seq, id, err := add(o, sealing{Sealer: sealer})
		if err != nil {
			die(err)
		}
		fmt.Println(seq, id)
		if i%7 == 6 { // receipts are settled at the same time, as in life
			b, err := o.Next(5, 1<<20, nil)
			if err != nil {
				die(err)
			}
			if _, err := o.Settle(receiptFor(b)); err != nil {
				die(err)
			}
		}
	}
}

func TestKilledWhileAppendingLosesNothingItSaidWasStored(t *testing.T) {
	path := newPath(t)
	said := map[uint64]uuid.UUID{}
	for round := range 8 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childVariable+"="+path)
		var errs bytes.Buffer
		child.Stderr = &errs
		out, err := child.StdoutPipe()
		ok(t, err)
		ok(t, child.Start())
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			var seq uint64
			var id string
			if _, err := fmt.Sscan(lines.Text(), &seq, &id); err == nil && len(id) == 36 {
				said[seq] = uuid.MustParse(id)
			}
			if n == 10+round {
				ok(t, child.Process.Kill())
			}
		}
		child.Wait()
		if errs.Len() > 0 {
			t.Fatal(errs.String())
		}
	}
	o := mustOpen(t, path, outbox.Options{})
	stats, err := o.Stats()
	ok(t, err)
	if stats.Queued+stats.Kept != stats.LastSeq || uint64(len(said)) > stats.LastSeq || len(said) < 80 {
		t.Errorf("said %d, stats %+v: the seqs have a gap", len(said), stats)
	}
	if n := o.Tally(everyAnswer); n != stats.LastSeq {
		t.Errorf("%d answers are tallied, %d are stored", n, stats.LastSeq)
	}
	waiting := map[uint64]uuid.UUID{}
	for _, r := range all(t, o).Records {
		waiting[r.Seq] = r.AnswerID
	}
	settled := stats.Kept // receipts were for the oldest, so what does not wait is the start of the range
	for seq, id := range said {
		if seq > settled && waiting[seq] != id {
			t.Errorf("answer %s was said to be stored as seq %d; there lies %s", id, seq, waiting[seq])
		}
	}
}

// limitFiles lets this process write no file beyond n bytes: the kernel fails the write, as a full disk does.
func limitFiles(t *testing.T, n uint64) {
	t.Helper()
	var l syscall.Rlimit
	ok(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l))
	l.Cur = min(n, l.Max)
	ok(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l))
}

// inChild runs the test that calls it again in a process of its own, which may then be limited: go test has a log of its
// own written by this one. It returns true in the child.
func inChild(t *testing.T) bool {
	t.Helper()
	const variable = "OTKLIK_OUTBOX_TEST_LIMITED"
	if os.Getenv(variable) != "" {
		signal.Ignore(syscall.SIGXFSZ)
		return true
	}
	child := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), variable+"=1")
	said, err := child.CombinedOutput()
	if err != nil || !bytes.Contains(said, []byte("--- PASS: "+t.Name())) {
		t.Fatalf("%v\n%s", err, said)
	}
	return false
}

func TestFailedCommitIsStoredLaterWithTheSameBytes(t *testing.T) {
	if !inChild(t) {
		return
	}
	path := newPath(t)
	o := mustOpen(t, path, outbox.Options{})
	s := mustSealer(t, o.Origin())
	_, _, err := add(o, s)
	ok(t, err)

	limitFiles(t, 4096) // not even the pages of one commit
	t.Cleanup(func() { limitFiles(t, ^uint64(0)) })
	id := uuid.Must(uuid.NewV7())
	sealedTimes := 0
	var sealed wire.Record
	seal := func(seq uint64) (wire.Record, error) {
		sealedTimes++
		var err error
		sealed, err = s.Seal(seq, id, body())
		return sealed, err
	}
	_, err = o.Append(id, s.Session(), seal, everyAnswer)
	if !errors.Is(err, outbox.ErrStorage) || !strings.Contains(err.Error(), "free space") {
		t.Fatalf("a write that fails gave %v", err)
	}
	if n := o.Tally(everyAnswer); n != 1 {
		t.Errorf("the answer that is not stored made the tally %d", n)
	}
	if _, err := o.Append(id, s.Session(), seal, everyAnswer); !errors.Is(err, outbox.ErrStorage) {
		t.Fatalf("the disk is still broken, got %v", err)
	}
	if err := o.Recover(); !errors.Is(err, outbox.ErrStorage) {
		t.Fatalf("recovered on a broken disk: %v", err)
	}
	limitFiles(t, ^uint64(0))
	seq, err := o.Append(id, s.Session(), seal, everyAnswer)
	ok(t, err)
	if n := o.Tally(everyAnswer); n != 2 {
		t.Errorf("an answer stored at the fourth try made the tally %d, not 2", n)
	}
	if seq != 2 || sealedTimes != 1 {
		t.Errorf("stored as seq %d after sealing %d times, want 2 and 1", seq, sealedTimes)
	}
	if seq, _, err := add(o, s); err != nil || seq != 3 {
		t.Errorf("the next answer got %d, %v", seq, err)
	}
	batch := all(t, o)
	if len(batch.Records) != 3 || !bytes.Equal(batch.Records[1].Sealed, sealed.Sealed) {
		t.Errorf("%d records, or not the bytes sealed first", len(batch.Records))
	}
}

func TestRecoverStoresThePendingAnswerWithoutAnotherAppend(t *testing.T) {
	if !inChild(t) {
		return
	}
	o := mustOpen(t, newPath(t), outbox.Options{})
	s := mustSealer(t, o.Origin())
	limitFiles(t, 4096)
	t.Cleanup(func() { limitFiles(t, ^uint64(0)) })
	_, id, err := add(o, s)
	if !errors.Is(err, outbox.ErrStorage) {
		t.Fatalf("got %v", err)
	}
	limitFiles(t, ^uint64(0))
	ok(t, o.Recover())
	if b := all(t, o); len(b.Records) != 1 || b.Records[0].AnswerID != id {
		t.Errorf("after recovering %d records wait", len(b.Records))
	}
	if n := o.Tally(everyAnswer); n != 1 {
		t.Errorf("after recovering the tally is %d", n)
	}
	ok(t, o.Recover())
}

func TestFullOutboxSaysSo(t *testing.T) {
	o := mustOpen(t, newPath(t), outbox.Options{MaxFileBytes: 256 << 10})
	s := mustSealer(t, o.Origin())
	stored := 0
	for range 5000 {
		if _, _, err := add(o, s); err != nil {
			if !errors.Is(err, outbox.ErrStorage) {
				t.Fatal(err)
			}
			if n := len(all(t, o).Records); n < stored {
				t.Errorf("%d answers were stored, %d are there", stored, n)
			}
			return
		}
		stored++
	}
	t.Error("the file grew past its bound")
}
