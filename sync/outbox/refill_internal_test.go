package outbox

import (
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"otklik/sync/wire"
)

// A collector may say with every heartbeat what it lacks, in as many pieces as a message holds, and mostly the terminal has none
// of it: the disk is written to only for what moves, and not once for each piece.
func TestWhatIsNotKeptIsNotWrittenFor(t *testing.T) {
	o, err := Open(filepath.Join(t.TempDir(), "o.bolt"), Options{})
	must(t, err)
	t.Cleanup(func() { must(t, o.Check()); must(t, o.Close()) })
	add := filler(t, o)
	const n = 40
	for range n {
		must(t, add())
	}
	_, err = o.Settle(decisionsOn(t, o, n))
	must(t, err)
	commits := func() (id int) {
		must(t, o.view("read", func(tx *bolt.Tx) error { id = tx.ID(); return nil }))
		return id
	}
	var lost, odd wire.Ranges
	for seq := uint64(1); seq <= n; seq += 2 {
		odd = append(odd, wire.Range{First: seq, Last: seq})
	}
	for seq := uint64(n + 2); len(lost) < wire.MaxRanges; seq += 2 {
		lost = append(lost, wire.Range{First: seq, Last: seq})
	}
	for _, c := range []struct {
		what            string
		missing         wire.Ranges
		moved, commited int
	}{
		{"not here", lost, 0, 0},
		{"every second one", odd, n / 2, 1},
		{"waiting already", odd, 0, 0},
		{"all", wire.Ranges{{First: 1, Last: 1<<64 - 1}}, n / 2, 1},
	} {
		before := commits()
		if moved, err := o.Requeue(c.missing); err != nil || moved != c.moved || commits()-before != c.commited {
			t.Errorf("%s: %d moved in %d commits, %v; want %d in %d", c.what, moved, commits()-before, err, c.moved, c.commited)
		}
	}
}
