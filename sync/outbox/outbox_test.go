package outbox_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mustOpen opens an outbox and checks it when the test ends.
func mustOpen(t testing.TB, path string, options outbox.Options) *outbox.Outbox {
	t.Helper()
	o, err := outbox.Open(path, options)
	ok(t, err)
	t.Cleanup(func() { mustClose(t, o) })
	return o
}

func mustClose(t testing.TB, o *outbox.Outbox) {
	t.Helper()
	if err := o.Check(); err != nil && !errors.Is(err, outbox.ErrClosed) {
		t.Errorf("the outbox is not sound: %v", err)
	}
	ok(t, o.Close())
}

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "outbox.db") }

// sealing is what a terminal seals with, and the collector's key to look inside.
type sealing struct {
	*wire.Sealer
	private []byte
}

func mustSealer(t testing.TB, origin wire.Origin) sealing {
	t.Helper()
	private, public, err := wire.NewSealingKey(rand.Reader)
	ok(t, err)
	s, err := wire.NewSealer(wire.Recipients{Collector: public}, origin, nil, rand.Reader)
	ok(t, err)
	return sealing{s, private}
}

const secret = "НИКТО НЕ ДОЛЖЕН ЭТО ПРОЧЕСТЬ"

func body() *wire.Body {
	return &wire.Body{Response: surveys.Response{Survey: "exit-poll", Answers: []surveys.Answer{
		{Question: "comment", Value: surveys.String(secret)},
	}}}
}

func add(o *outbox.Outbox, s sealing) (uint64, uuid.UUID, error) {
	id := uuid.Must(uuid.NewV7())
	seq, err := o.Append(id, s.Session(), func(seq uint64) (wire.Record, error) { return s.Seal(seq, id, body()) }, everyAnswer)
	return seq, id, err
}

// everyAnswer is the tally of all that add appends.
const everyAnswer = "exit-poll/all"

func addMany(t testing.TB, o *outbox.Outbox, s sealing, n int) {
	t.Helper()
	for range n {
		_, _, err := add(o, s)
		ok(t, err)
	}
}

func receiptFor(b wire.Batch) wire.Receipt {
	r := wire.Receipt{Origin: b.Origin, Batch: wire.Hash{1}}
	for _, rec := range b.Records {
		r.Decisions = append(r.Decisions, wire.Decision{Seq: rec.Seq, AnswerID: rec.AnswerID, Verdict: wire.Stored})
	}
	return r
}

func all(t testing.TB, o *outbox.Outbox) wire.Batch {
	t.Helper()
	b, err := o.Next(1<<20, 1<<30, nil)
	ok(t, err)
	return b
}

func TestAppendedAnswersAreThereAfterReopening(t *testing.T) {
	path := newPath(t)
	o := mustOpen(t, path, outbox.Options{})
	origin, s := o.Origin(), mustSealer(t, o.Origin())
	var ids []uuid.UUID
	for i := range 5 {
		seq, id, err := add(o, s)
		ok(t, err)
		if seq != uint64(i+1) {
			t.Errorf("answer %d got seq %d", i+1, seq)
		}
		ids = append(ids, id)
	}
	mustClose(t, o)
	o = mustOpen(t, path, outbox.Options{})
	if o.Origin() != origin {
		t.Errorf("the origin changed from %s to %s", origin, o.Origin())
	}
	batch := all(t, o)
	ok(t, batch.Validate())
	opener, err := wire.NewOpener(s.private)
	ok(t, err)
	if len(batch.Sessions) != 1 || len(batch.Records) != len(ids) {
		t.Fatalf("%d sessions, %d records; want 1, %d", len(batch.Sessions), len(batch.Records), len(ids))
	}
	ok(t, opener.Session(origin, batch.Sessions[0]))
	for i, r := range batch.Records {
		if r.AnswerID != ids[i] {
			t.Errorf("record %d is answer %s, not %s", i, r.AnswerID, ids[i])
		}
		got, _, err := opener.Open(origin, r)
		ok(t, err)
		if text, _ := got.Response.Answers[0].Value.Text(); text != secret {
			t.Errorf("record %d says %q", i, text)
		}
	}
	if seq, _, err := add(o, s); err != nil || seq != 6 {
		t.Errorf("the next answer got seq %d, %v; want 6", seq, err)
	}
	stats, err := o.Stats()
	ok(t, err)
	if stats.Queued != 6 || stats.FirstSeq != 1 || stats.LastSeq != 6 || time.Since(stats.Oldest) > time.Minute {
		t.Errorf("stats %+v", stats)
	}
}

func TestNoAnswerCanBeReadInTheRawFile(t *testing.T) {
	path := newPath(t)
	o := mustOpen(t, path, outbox.Options{})
	s := mustSealer(t, o.Origin())
	addMany(t, o, s, 20)
	raw, err := os.ReadFile(path)
	ok(t, err)
	for _, word := range []string{secret, "НИКТО", "exit-poll", "comment"} {
		if bytes.Contains(raw, []byte(word)) {
			t.Errorf("the file holds %q in clear", word)
		}
	}
	if origin := o.Origin(); !bytes.Contains(raw, origin[:]) {
		t.Error("the file does not even hold the origin: this test reads the wrong file")
	}
}

func TestNextGivesTheOldestWithinTheBounds(t *testing.T) {
	o := mustOpen(t, newPath(t), outbox.Options{})
	first, second := mustSealer(t, o.Origin()), mustSealer(t, o.Origin())
	for i := range 10 {
		s := first
		if i >= 5 {
			s = second
		}
		_, _, err := add(o, s)
		ok(t, err)
	}
	for _, c := range []struct {
		name           string
		records, bytes int
		skip           func(uint64) bool
		want           []uint64
		sessions       int
	}{
		{"by count", 3, 1 << 20, nil, []uint64{1, 2, 3}, 1},
		{"one, however large", 10, 1, nil, []uint64{1}, 1},
		{"all", 100, 1 << 20, nil, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 2},
		{"skipping", 2, 1 << 20, func(seq uint64) bool { return seq < 4 }, []uint64{4, 5}, 1},
		{"skipping all", 2, 1 << 20, func(uint64) bool { return true }, nil, 0},
	} {
		b, err := o.Next(c.records, c.bytes, c.skip)
		ok(t, err)
		var got []uint64
		for _, r := range b.Records {
			got = append(got, r.Seq)
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) || len(b.Sessions) != c.sessions {
			t.Errorf("%s: seqs %v with %d sessions, want %v with %d", c.name, got, len(b.Sessions), c.want, c.sessions)
		}
	}
	whole := all(t, o)
	data, err := wire.Encode(whole)
	ok(t, err)
	if b, err := o.Next(100, len(data)/2, nil); err != nil {
		t.Error(err)
	} else if half, _ := wire.Encode(b); len(half) > len(data)/2 || len(b.Records) < 3 {
		t.Errorf("%d records of %d bytes within %d bytes", len(b.Records), len(half), len(data)/2)
	}
}

func TestSettleMovesOnlyWhatTheReceiptNames(t *testing.T) {
	o := mustOpen(t, newPath(t), outbox.Options{})
	s := mustSealer(t, o.Origin())
	addMany(t, o, s, 6)
	r := receiptFor(all(t, o))
	r.Decisions[1].AnswerID = uuid.New()              // another answer
	r.Decisions[2].Verdict = 9                        // of a later version
	r.Decisions[3].Verdict = 0                        // none
	r.Decisions[4].Verdict = wire.Quarantined         // has it
	r.Decisions[5].Seq = 77                           // not here
	r.Decisions = append(r.Decisions, r.Decisions[0]) // twice
	stranger := r
	stranger.Origin[0] ^= 1
	if _, err := o.Settle(stranger); err == nil {
		t.Error("settled a receipt for another origin")
	}
	n, err := o.Settle(r)
	ok(t, err)
	var left []uint64
	for _, rec := range all(t, o).Records {
		left = append(left, rec.Seq)
	}
	if n != 2 || fmt.Sprint(left) != "[2 3 4 6]" {
		t.Errorf("moved %d, left %v; want 2, [2 3 4 6]", n, left)
	}
	if n, err := o.Settle(r); err != nil || n != 0 {
		t.Errorf("the same receipt again moved %d, %v", n, err)
	}
}

func TestPruneKeepsTheWindow(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	path := newPath(t)
	options := outbox.Options{Clock: func() time.Time { return now }, KeepFor: 10 * 24 * time.Hour}
	o := mustOpen(t, path, options)
	settle := func(count int) {
		s := mustSealer(t, o.Origin())
		addMany(t, o, s, count)
		_, err := o.Settle(receiptFor(all(t, o)))
		ok(t, err)
	}
	settle(5)
	now = now.Add(6 * 24 * time.Hour)
	settle(7)
	s := mustSealer(t, o.Origin())
	_, _, err := add(o, s)
	ok(t, err)
	prune := func(wantGone int, wantKept uint64) {
		t.Helper()
		n, err := o.Prune(now)
		ok(t, err)
		stats, err := o.Stats()
		ok(t, err)
		if n != wantGone || stats.Kept != wantKept || stats.Queued != 1 {
			t.Errorf("pruned %d, kept %d, waiting %d; want %d, %d, 1", n, stats.Kept, stats.Queued, wantGone, wantKept)
		}
		ok(t, o.Check())
	}
	prune(0, 12)
	now = now.Add(5 * 24 * time.Hour)
	prune(5, 7)
	stats, err := o.Stats()
	ok(t, err)
	o.SetKeep(0, stats.KeptBytes/2)
	prune(4, 3)
	now = now.Add(365 * 24 * time.Hour)
	prune(3, 0) // never what waits
	if seq, _, err := add(o, s); err != nil || seq != 14 {
		t.Errorf("after pruning the next seq is %d, %v; want 14", seq, err)
	}
}

func TestSecondProcessIsToldWhoHoldsTheFile(t *testing.T) {
	path := newPath(t)
	mustOpen(t, path, outbox.Options{})
	_, err := outbox.Open(path, outbox.Options{LockTimeout: 50 * time.Millisecond})
	if !errors.Is(err, outbox.ErrLocked) || !strings.Contains(fmt.Sprint(err), "is otklik-kiosk already running?") {
		t.Errorf("got %v", err)
	}
}

func TestDamagedFileIsNamedAndSetAsideWhole(t *testing.T) {
	for name, damage := range map[string]func([]byte){
		"overwritten start": func(b []byte) { copy(b, bytes.Repeat([]byte("x"), 2*4096)) },
		"zeroed middle":     func(b []byte) { clear(b[2*4096:]) },
		"no outbox at all":  func(b []byte) { copy(b, []byte("SQLite format 3\x00")); clear(b[16:]) },
	} {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			o := mustOpen(t, path, outbox.Options{})
			s := mustSealer(t, o.Origin())
			addMany(t, o, s, 50)
			mustClose(t, o)
			raw, err := os.ReadFile(path)
			ok(t, err)
			damage(raw)
			ok(t, os.WriteFile(path, raw, 0o600))
			if _, err := outbox.Open(path, outbox.Options{}); !errors.Is(err, outbox.ErrDamaged) {
				t.Fatalf("opened a damaged file: %v", err)
			}
			fresh, aside, err := outbox.OpenOrSetAside(path, outbox.Options{})
			ok(t, err)
			t.Cleanup(func() { mustClose(t, fresh) })
			if kept, err := os.ReadFile(aside); err != nil || !bytes.Equal(kept, raw) {
				t.Errorf("the file set aside is not the damaged one: %v", err)
			}
			if fresh.Origin() == o.Origin() {
				t.Error("the new outbox has the old one's origin")
			}
		})
	}
}

func TestDamagedRecordDoesNotBlockTheOthers(t *testing.T) {
	path := newPath(t)
	o := mustOpen(t, path, outbox.Options{})
	s := mustSealer(t, o.Origin())
	addMany(t, o, s, 3)
	victim := all(t, o).Records[1]
	mustClose(t, o)
	raw, err := os.ReadFile(path)
	ok(t, err)
	for at := 0; ; {
		i := bytes.Index(raw[at:], victim.Sealed)
		if i < 0 {
			break
		}
		raw[at+i+5] ^= 1
		at += i + 1
	}
	ok(t, os.WriteFile(path, raw, 0o600))
	o, err = outbox.Open(path, outbox.Options{})
	ok(t, err)
	defer o.Close()
	var got []uint64
	for _, r := range all(t, o).Records {
		got = append(got, r.Seq)
	}
	stats, err := o.Stats()
	ok(t, err)
	if fmt.Sprint(got) != "[1 3]" || stats.Damaged != 1 || stats.Queued != 3 {
		t.Errorf("sent %v, stats %+v; want [1 3] and one damaged of three", got, stats)
	}
	if err := o.Check(); !errors.Is(err, outbox.ErrDamaged) {
		t.Errorf("Check says %v", err)
	}
}

func TestHalfMadeOutboxIsMadeAnew(t *testing.T) {
	other := newPath(t)
	mustClose(t, mustOpen(t, other, outbox.Options{}))
	whole, err := os.ReadFile(other)
	ok(t, err)
	for name, left := range map[string][]byte{
		"nothing":            {},
		"rubbish":            bytes.Repeat([]byte{7}, 9000),
		"its first pages":    append(bytes.Clone(whole[:2*4096]), make([]byte, len(whole)-2*4096)...),
		"a page is lacking":  append(append(bytes.Clone(whole[:3*4096]), make([]byte, 4096)...), whole[4*4096:]...),
		"all, but not named": whole,
	} {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			ok(t, os.WriteFile(path+".new", left, 0o600))
			o := mustOpen(t, path, outbox.Options{})
			if _, err := os.Stat(path + ".new"); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the half-made file is still there: %v", err)
			}
			_, _, err := add(o, mustSealer(t, o.Origin()))
			ok(t, err)
		})
	}
}

func TestAnswersFromManyGoroutinesGetGaplessSeqs(t *testing.T) {
	o := mustOpen(t, newPath(t), outbox.Options{})
	s := mustSealer(t, o.Origin())
	const goroutines, each = 6, 10
	var all sync.Map
	var wait sync.WaitGroup
	for range goroutines {
		wait.Go(func() {
			for range each {
				seq, id, err := add(o, s)
				if err != nil {
					t.Error(err)
				}
				if was, twice := all.LoadOrStore(seq, id); twice {
					t.Errorf("seq %d given to %s and %s", seq, was, id)
				}
			}
		})
	}
	wait.Wait()
	for seq := uint64(1); seq <= goroutines*each; seq++ {
		if _, given := all.Load(seq); !given {
			t.Errorf("seq %d is missing", seq)
		}
	}
}

func TestRefusedSealLeavesNothingBehind(t *testing.T) {
	o := mustOpen(t, newPath(t), outbox.Options{})
	s := mustSealer(t, o.Origin())
	refusal := errors.New("no")
	id := uuid.New()
	if _, err := o.Append(id, s.Session(), func(uint64) (wire.Record, error) { return wire.Record{}, refusal }); !errors.Is(err, refusal) {
		t.Errorf("got %v", err)
	}
	if _, err := o.Append(id, s.Session(), func(seq uint64) (wire.Record, error) { return s.Seal(seq+1, id, body()) }); err == nil {
		t.Error("took a record with another seq")
	}
	if seq, _, err := add(o, s); err != nil || seq != 1 {
		t.Errorf("the first answer got seq %d, %v", seq, err)
	}
}

func TestAddedWakesAfterAppendAndAtStart(t *testing.T) {
	path := newPath(t)
	o := mustOpen(t, path, outbox.Options{})
	select {
	case <-o.Added():
		t.Error("an empty outbox woke the agent")
	default:
	}
	s := mustSealer(t, o.Origin())
	_, _, err := add(o, s)
	ok(t, err)
	<-o.Added()
	mustClose(t, o)
	o = mustOpen(t, path, outbox.Options{})
	<-o.Added()
}
