package outbox

import (
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"

	"otklik/surveys"
	"otklik/sync/wire"
)

// TestMemoryDoesNotGrowWithTheBacklog checks what a terminal has in use at the worst moment, of a backlog and of one ten
// times as large.
func TestMemoryDoesNotGrowWithTheBacklog(t *testing.T) {
	few, many := peakOf(t, 20_000), peakOf(t, 200_000)
	t.Logf("%d KB and %d KB", few>>10, many>>10)
	if more := many - few; more > 256<<10 {
		t.Errorf("it takes %d KB more to open and drain ten times as many records", more>>10)
	}
}

// peakOf returns the bytes that are in use at most, over what was before, while a backlog of n records is checked and drained
// as an agent does it.
func peakOf(t *testing.T, n int) (peak int64) {
	path := backlog(t, n)
	before := inUse()
	look := func() { peak = max(peak, inUse()-before) }

	f, err := os.Open(path)
	must(t, err)
	info, err := f.Stat()
	must(t, err)
	must(t, walkFile(&watched{f, 0, look}, uint64(info.Size())))
	must(t, f.Close())

	o, err := Open(path, Options{})
	must(t, err)
	left := n
	for i := 0; left > 0; i++ {
		next := o.Next
		if i%4 == 1 {
			next = o.Newest
		}
		batch, err := next(wire.MaxBatchRecords, wire.MaxBatchBytes, nil)
		must(t, err)
		r := wire.Receipt{Origin: batch.Origin}
		for _, rec := range batch.Records {
			r.Decisions = append(r.Decisions, wire.Decision{Seq: rec.Seq, AnswerID: rec.AnswerID, Verdict: wire.Stored})
		}
		moved, err := o.Settle(r)
		must(t, err)
		left -= moved
		if i%8 == 0 || left == 0 {
			look()
		}
	}
	must(t, o.Check())
	must(t, o.Close())
	return peak
}

// The records of a backlog, which came one by one, are moved without leaving pages over: bbolt lists those that are free in
// memory, and writes the list with every commit.
func TestDrainingLeavesNoPagesOver(t *testing.T) {
	o, err := Open(filepath.Join(t.TempDir(), "o.db"), Options{})
	must(t, err)
	t.Cleanup(func() { o.Close() })
	_, public, err := wire.NewSealingKey(rand.Reader)
	must(t, err)
	s, err := wire.NewSealer(wire.Recipients{Collector: public}, o.Origin(), nil, rand.Reader)
	must(t, err)
	body := &wire.Body{Response: surveys.Response{Survey: "exit-poll"}}
	for range 20_000 {
		o.db.NoSync = true // nobody cuts the power here
		id := uuid.Must(uuid.NewV7())
		_, err := o.Append(id, s.Session(), func(seq uint64) (wire.Record, error) { return s.Seal(seq, id, body) })
		must(t, err)
	}
	pages := func() (all, free int64) {
		must(t, o.view("count pages", func(tx *bolt.Tx) error {
			stats := o.db.Stats()
			all, free = tx.Size()/int64(o.db.Info().PageSize), int64(stats.FreePageN)
			return nil
		}))
		return all, free
	}
	before, _ := pages()
	for o.count.queued > 0 {
		_, err := o.Settle(decisionsOn(t, o, wire.MaxBatchRecords))
		must(t, err)
	}
	after, free := pages()
	t.Logf("%d pages, then %d, of which %d are free", before, after, free)
	if free > before/20 || after > before+before/20 {
		t.Error("that is more than one in twenty")
	}
}

// watched looks after every so many reads.
type watched struct {
	io.ReaderAt
	reads int
	look  func()
}

func (w *watched) ReadAt(b []byte, at int64) (int, error) {
	if w.reads++; w.reads%1000 == 0 {
		w.look()
	}
	return w.ReaderAt.ReadAt(b, at)
}

// inUse are the bytes of the heap that something still refers to.
func inUse() int64 {
	runtime.GC()
	runtime.GC() // what pools hold goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// backlog makes an outbox with n waiting records without waiting for the disk, and returns its path.
func backlog(t *testing.T, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "o.db")
	o, err := Open(path, Options{})
	must(t, err)
	_, public, err := wire.NewSealingKey(rand.Reader)
	must(t, err)
	s, err := wire.NewSealer(wire.Recipients{Collector: public}, o.Origin(), nil, rand.Reader)
	must(t, err)
	o.db.NoSync = true
	for first := 1; first <= n; first += 1000 {
		must(t, o.db.Update(func(tx *bolt.Tx) error {
			queued := records(tx, queuedBucket)
			for seq := uint64(first); seq < uint64(first)+1000; seq++ {
				record, err := s.Seal(seq, uuid.Must(uuid.NewV7()), &wire.Body{Response: surveys.Response{Survey: "exit-poll"}})
				if err != nil {
					return err
				}
				value, err := encodeEntry(&entry{Record: record, Added: 1})
				if err != nil {
					return err
				}
				if err := queued.Put(seqKey(seq), value); err != nil {
					return err
				}
			}
			if err := putSession(tx, s.Session()); err != nil {
				return err
			}
			return queued.SetSequence(uint64(first) + 999)
		}))
	}
	must(t, o.Close())
	return path
}
