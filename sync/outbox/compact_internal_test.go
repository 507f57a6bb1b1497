package outbox

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"otklik/surveys"
	"otklik/sync/wire"
)

// backlogged is an outbox of several megabytes with so many records that wait, and before them so many that are kept.
func backlogged(t *testing.T, path string, kept, queued int, options Options) *Outbox {
	t.Helper()
	o, err := Open(path, options)
	must(t, err)
	t.Cleanup(func() { o.Close() })
	add := fillerOf(t, o, 20)
	for range kept {
		must(t, add())
	}
	for o.count.queued > 0 {
		_, err := o.Settle(decisionsOn(t, o, 500))
		must(t, err)
	}
	for range queued {
		must(t, add())
	}
	return o
}

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	return info.Size()
}

func TestAFileOfWhichMostGoesGetsSmallerWhileItIsInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.bolt")
	o := backlogged(t, path, 250, 5, Options{KeepBytes: 1 << 20})
	was, keptBytes := sizeOf(t, path), o.count.keptBytes
	n, err := o.Prune(time.Now())
	must(t, err)
	each := keptBytes / 250
	if left := o.count.keptBytes; n != 250-int(o.count.kept) || left > 1<<20 || left < 1<<20-each {
		t.Errorf("%d went, %d bytes of %d are left", n, left, keptBytes)
	}
	if is := sizeOf(t, path); is > was/3 {
		t.Errorf("the file of %d bytes has %d", was, is)
	}
	if free := o.db.Stats(); free.FreePageN+free.PendingPageN > 64 {
		t.Errorf("%d pages are free", free.FreePageN+free.PendingPageN)
	}
	must(t, o.Check())
	must(t, fillerOf(t, o, 1)())
	if s, err := o.Stats(); err != nil || s.Queued != 6 || s.LastSeq != 256 {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := os.Stat(o.copyPath()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the copy's own name: %v", err)
	}
}

// A copy of more pages than bbolt is to remember is opened anew while it is made.
func TestALargeCopyIsWhole(t *testing.T) {
	const n = 120_000
	o, err := Open(backlog(t, n), Options{KeepBytes: 18 << 20})
	must(t, err)
	t.Cleanup(func() { o.Close() })
	for o.count.queued > n/20 {
		o.db.NoSync = true // nobody cuts the power here
		_, err := o.Settle(decisionsOn(t, o, wire.MaxBatchRecords))
		must(t, err)
	}
	was, size := o.count, sizeOf(t, o.path)
	gone, err := o.Prune(time.Now())
	must(t, err)
	if is := sizeOf(t, o.path); is > size*3/4 {
		t.Errorf("the file of %d bytes has %d", size, is)
	}
	if o.count.kept != was.kept-uint64(gone) || o.count.queued != was.queued || o.count.last != n || gone < n/4 {
		t.Errorf("%d went; %d are kept of %d, %d wait of %d", gone, o.count.kept, was.kept, o.count.queued, was.queued)
	}
	if pages := (o.count.keptBytes + o.count.queuedBytes) / int64(o.db.Info().PageSize); pages < renewAfter {
		t.Errorf("%d pages are too few to see anything", pages)
	}
	must(t, o.Check())
}

// A file that took another's place may have lost its name after a power cut until the folder was synced, and with it all
// that came since.
func TestNobodyIsThankedBeforeTheCopyHasItsNameOnTheDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.bolt")
	sick := false
	o := backlogged(t, path, 250, 5, Options{KeepBytes: 1, syncFolder: func(string) error {
		if sick {
			return syscall.EIO
		}
		return nil
	}})
	add := fillerOf(t, o, 1)
	sick = true
	if _, err := o.Prune(time.Now()); !errors.Is(err, ErrStorage) {
		t.Fatalf("the folder was not synced: %v", err)
	}
	for range 2 {
		if err := add(); !errors.Is(err, ErrStorage) {
			t.Fatalf("stored in a file without a name: %v", err)
		}
		if err := o.Recover(); !errors.Is(err, ErrStorage) {
			t.Fatalf("recovered without a name: %v", err)
		}
	}
	sick = false
	must(t, o.Recover())
	must(t, add())
	must(t, o.Check())
	if o.count.kept != 0 || o.count.queued < 6 {
		t.Errorf("%d are kept, %d wait", o.count.kept, o.count.queued)
	}
}

// Answers go on while it is looked what is to go. What was asked for again since then, or is kept for another reason, does not go.
func TestWhatHappensAfterThePlanIsNotPruned(t *testing.T) {
	for name, happens := range map[string]func(o *Outbox) error{
		"asked for again, and acknowledged again": func(o *Outbox) error {
			if _, err := o.Requeue(wire.Ranges{{First: 1, Last: 1}}); err != nil {
				return err
			}
			_, err := o.Settle(decisionsOn(t, o, 500))
			return err
		},
		"the collector has a new epoch": func(o *Outbox) error {
			_, err := o.See(wire.Epoch{1}, time.Now())
			return err
		},
		"opened anew": func(o *Outbox) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			return o.reopen()
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := backlogged(t, filepath.Join(t.TempDir(), "o.bolt"), 40, 0, Options{KeepBytes: 1, compactMin: 1})
			goes, changes, err := o.plan([]pruneRule{{goes: func(uint64, int64, int64) (bool, bool) { return true, true }}})
			if err != nil || goes.Count() != 40 {
				t.Fatal(goes, err)
			}
			must(t, happens(o))
			if n, err := o.carryOut(goes, changes); n != 0 || err != nil || o.count.kept != 40 {
				t.Errorf("%d went, %d are kept; %v", n, o.count.kept, err)
			}
		})
	}
	// What only came on top stays, and the plan holds.
	o := backlogged(t, filepath.Join(t.TempDir(), "o.bolt"), 40, 2, Options{KeepBytes: 1, compactMin: 1})
	goes, changes, err := o.plan([]pruneRule{{goes: func(uint64, int64, int64) (bool, bool) { return true, true }}})
	must(t, err)
	_, err = o.Settle(decisionsOn(t, o, 1))
	must(t, err)
	must(t, fillerOf(t, o, 1)())
	if n, err := o.carryOut(goes, changes); n != 40 || err != nil || o.count.kept != 1 || o.count.queued != 2 {
		t.Errorf("%d went, %d are kept, %d wait; %v", n, o.count.kept, o.count.queued, err)
	}
	must(t, o.Check())
}

// A copy that has not all that it should never takes the place of the only file there is.
func TestACopyThatLacksARecordIsThrownAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.bolt")
	o := backlogged(t, path, 20, 5, Options{KeepBytes: 1})
	o.count.queued++ // one that the copy will not have
	done, err := o.compact(nil)
	if done || err != nil {
		t.Fatalf("exchanged: %v, %v", done, err)
	}
	o.count.queued--
	must(t, o.Check())
	if _, err := os.Stat(o.copyPath()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the copy is left: %v", err)
	}
}

// What another program put into the file is not lost by copying it.
func TestAFileWithABucketInABucketIsNotExchanged(t *testing.T) {
	o := backlogged(t, filepath.Join(t.TempDir(), "o.bolt"), 20, 5, Options{KeepBytes: 1})
	must(t, o.db.Update(func(tx *bolt.Tx) error {
		_, err := tx.Bucket(metaBucket).CreateBucket([]byte("strange"))
		return err
	}))
	if done, err := o.compact(nil); done || err != nil {
		t.Fatalf("exchanged: %v, %v", done, err)
	}
}

// twins are two outboxes that are used in the same way; one is exchanged for a copy whenever it may be, the other never.
type twins struct {
	boxes   [2]*Outbox
	sealers [2]*wire.Sealer
	now     time.Time
	copied  int
}

func TestPruningByCopyingLeavesWhatPruningInPlaceDoes(t *testing.T) {
	folder := t.TempDir()
	copied := 0
	rapid.Check(t, func(rt *rapid.T) {
		w := &twins{now: time.Unix(1_800_000_000, 0)}
		keep := rapid.SampledFrom([]int64{1, 2 << 10, 8 << 10}).Draw(rt, "keep")
		for i, least := range []int64{1, 1 << 62} {
			o, err := Open(filepath.Join(folder, uuid.NewString()), Options{
				Clock: func() time.Time { return w.now }, KeepFor: time.Hour, KeepBytes: keep, compactMin: least,
			})
			must(t, err)
			defer o.Close()
			_, public, err := wire.NewSealingKey(rand.Reader)
			must(t, err)
			w.sealers[i], err = wire.NewSealer(wire.Recipients{Collector: public}, o.Origin(), nil, rand.Reader)
			must(t, err)
			w.boxes[i] = o
		}
		rt.Repeat(map[string]func(*rapid.T){
			"append": w.append, "settle": w.settle, "prune": w.prune, "requeue": w.requeue, "see": w.see, "safe": w.safe,
			"filled": w.filled, "": w.same,
		})
		copied += w.copied
	})
	if copied < 20 {
		t.Errorf("only %d were exchanged for a copy", copied)
	}
}

func (w *twins) append(t *rapid.T) {
	body := &wire.Body{Response: surveys.Response{Survey: "exit-poll"}}
	for range rapid.IntRange(1, 6).Draw(t, "answers") {
		id := uuid.Must(uuid.NewV7())
		for i, o := range w.boxes {
			s := w.sealers[i]
			_, err := o.Append(id, s.Session(), func(seq uint64) (wire.Record, error) { return s.Seal(seq, id, body) }, "a/all")
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (w *twins) settle(t *rapid.T) {
	most := rapid.IntRange(1, 20).Draw(t, "records")
	for _, o := range w.boxes {
		b, err := o.Next(most, 1<<20, nil)
		if err != nil {
			t.Fatal(err)
		}
		r := wire.Receipt{Origin: b.Origin}
		for _, rec := range b.Records {
			r.Decisions = append(r.Decisions, wire.Decision{Seq: rec.Seq, AnswerID: rec.AnswerID, Verdict: wire.Stored})
		}
		if n, err := o.Settle(r); err != nil || n != len(b.Records) {
			t.Fatal(n, err)
		}
	}
}

func (w *twins) prune(t *rapid.T) {
	w.now = w.now.Add(time.Duration(rapid.IntRange(0, 50).Draw(t, "minutes")) * time.Minute)
	was := w.boxes[0].db
	var gone [2]int
	for i, o := range w.boxes {
		var err error
		if gone[i], err = o.Prune(w.now); err != nil {
			t.Fatal(err)
		}
	}
	if gone[0] != gone[1] {
		t.Fatalf("%d went with the copy, %d in place", gone[0], gone[1])
	}
	if w.boxes[0].db != was {
		w.copied++
	}
}

func (w *twins) requeue(t *rapid.T) {
	last := w.boxes[0].count.last
	if last == 0 {
		t.Skip("nothing was ever stored")
	}
	first := rapid.Uint64Range(1, last).Draw(t, "first")
	missing := wire.Ranges{{First: first, Last: rapid.Uint64Range(first, last).Draw(t, "last")}}
	for _, o := range w.boxes {
		if _, err := o.Requeue(missing); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *twins) see(t *rapid.T) {
	e := wire.Epoch{rapid.ByteRange(1, 2).Draw(t, "epoch")}
	for _, o := range w.boxes {
		if _, err := o.See(e, w.now); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *twins) filled(t *rapid.T) {
	for _, o := range w.boxes {
		if err := o.Filled(o.life.Seen); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *twins) safe(t *rapid.T) {
	backups := rapid.Bool().Draw(t, "backups")
	through := rapid.Uint64Range(0, w.boxes[0].count.last).Draw(t, "safe")
	var safe wire.Ranges
	if through > 0 {
		safe = wire.Ranges{{First: 1, Last: through}}
	}
	for _, o := range w.boxes {
		if err := o.MarkSafe(o.life.Seen, backups, safe); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *twins) same(t *rapid.T) {
	var seqs [2][2][]uint64
	for i, o := range w.boxes {
		o.db.NoSync = true // nobody cuts the power here
		if err := o.Check(); err != nil {
			t.Fatal(err)
		}
		for b, name := range [][]byte{queuedBucket, keptBucket} {
			err := o.view("list", func(tx *bolt.Tx) error {
				return tx.Bucket(name).ForEach(func(k, _ []byte) error {
					seqs[i][b] = append(seqs[i][b], seqOf(k))
					return nil
				})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for b := range 2 {
		if !slices.Equal(seqs[0][b], seqs[1][b]) {
			t.Fatalf("%v with the copy, %v in place", seqs[0][b], seqs[1][b])
		}
	}
	one, err := w.boxes[0].Stats()
	two, err2 := w.boxes[1].Stats()
	if one != two || errors.Join(err, err2) != nil || w.boxes[0].Tally("a/all") != w.boxes[1].Tally("a/all") {
		t.Fatalf("%+v with the copy, %+v in place; %v, %v", one, two, err, err2)
	}
}
