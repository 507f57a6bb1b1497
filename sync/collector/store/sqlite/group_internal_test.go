package sqlite

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"

	"otklik/sync/collector/store"
	"otklik/sync/collector/store/storetest"
)

// commits counts the transactions in SQLite's log: the last page of each carries the size of the database after it
// (https://www.sqlite.org/fileformat.html#the_write_ahead_log).
func commits(t *testing.T, db string) (n int) {
	t.Helper()
	log, err := os.ReadFile(db + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	const logHead, frameHead = 32, 24
	page := int(binary.BigEndian.Uint32(log[8:]))
	salt := string(log[16:24])
	for at := logHead; at+frameHead+page <= len(log); at += frameHead + page {
		if string(log[at+8:at+16]) == salt && binary.BigEndian.Uint32(log[at+4:]) != 0 {
			n++
		}
	}
	return n
}

// Uploads that wait for the disk together share one transaction, and with it one sync; each gets its own verdicts.
func TestUploadsThatWaitTogetherShareATransaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "collector.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var intakes []store.Intake
	names := []string{"A", "B", "C", "D", "E", "F"}
	for _, name := range names {
		in := store.Intake{
			Terminal: storetest.Enrolled(t, s, "Hall", name).ID, Origin: storetest.Origin(name), Received: storetest.Now,
		}
		for seq := uint64(1); seq <= 20; seq++ {
			in.Arrivals = append(in.Arrivals, storetest.Arrival(seq, name))
		}
		intakes = append(intakes, in)
	}
	// The disk is busy until all have come.
	working, free := make(chan struct{}), make(chan struct{})
	busy := &job{change: func(*tx) error { close(working); <-free; return nil }, done: make(chan error, 1)}
	if err := s.writer.submit(t.Context(), busy); err != nil {
		t.Fatal(err)
	}
	<-working
	before := commits(t, path)
	type outcome struct {
		stored int
		err    error
	}
	outcomes := make(chan outcome, len(intakes))
	for _, in := range intakes {
		go func() {
			decisions, err := s.Keep(t.Context(), in)
			outcomes <- outcome{len(decisions), err}
		}()
	}
	for len(s.writer.jobs) < len(intakes) {
		time.Sleep(time.Millisecond) // the queue tells nobody how long it is
	}
	close(free)
	for range intakes {
		if o := <-outcomes; o.err != nil || o.stored != 20 {
			t.Errorf("%d verdicts, %v", o.stored, o.err)
		}
	}
	if n := commits(t, path) - before; n != 1 {
		t.Errorf("%d uploads took %d transactions", len(intakes), n)
	}
	if _, err := s.Keep(t.Context(), store.Intake{
		Terminal: intakes[0].Terminal, Origin: intakes[0].Origin, Received: storetest.Now,
		Arrivals: []store.Arrival{storetest.Arrival(21, "A")},
	}); err != nil {
		t.Fatal(err)
	}
	if n := commits(t, path) - before; n != 2 {
		t.Errorf("after an upload alone: %d transactions", n)
	}
}
