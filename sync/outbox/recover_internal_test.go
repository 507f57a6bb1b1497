package outbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"

	"otklik/sync/wire"
)

// A commit may fail at its very end, with the record in the file, and the second try may fail too. Until it is recovered
// the record can be sent, acknowledged, thrown away and asked for again; all the same it is there once, and nothing is damaged.
func TestARecordThatWentOnBeforeItsCommitWasRecoveredIsNoDamage(t *testing.T) {
	acknowledge := func(t *testing.T, o *Outbox) {
		n, err := o.Settle(decisionsOn(t, o, 10))
		if must(t, err); n != 2 {
			t.Fatalf("%d were settled", n)
		}
	}
	for _, c := range []struct {
		name         string
		do           func(*testing.T, *Outbox)
		queued, kept uint64
		damaged      bool
	}{
		{"it waits", func(*testing.T, *Outbox) {}, 2, 0, false},
		{"acknowledged", acknowledge, 0, 2, false},
		{"acknowledged and thrown away", func(t *testing.T, o *Outbox) {
			acknowledge(t, o)
			n, err := o.Prune(time.Now().AddDate(1, 0, 0))
			if must(t, err); n != 2 {
				t.Fatalf("%d were thrown away", n)
			}
		}, 0, 0, false},
		{"acknowledged and asked for again", func(t *testing.T, o *Outbox) {
			acknowledge(t, o)
			n, err := o.Requeue(wire.Ranges{{First: 1, Last: 2}})
			if must(t, err); n != 2 {
				t.Fatalf("%d are sent again", n)
			}
		}, 2, 0, false},
		{"another record has its seq", func(t *testing.T, o *Outbox) {
			must(t, o.update("put another", func(tx *bolt.Tx) error {
				queued := tx.Bucket(queuedBucket)
				e, err := decodeEntry(seqKey(2), queued.Get(seqKey(2)))
				must(t, err)
				e.Record.AnswerID = uuid.Must(uuid.NewV7())
				value, err := encodeEntry(&e)
				must(t, err)
				return queued.Put(seqKey(2), value)
			}))
		}, 2, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, err := Open(filepath.Join(t.TempDir(), "o.bolt"), Options{})
			must(t, err)
			t.Cleanup(func() { o.Close() })
			add := filler(t, o)
			must(t, add())
			must(t, add())
			b, err := o.Next(10, 1<<20, nil)
			must(t, err)
			p := &pending{seq: 2, answer: b.Records[1].AnswerID}
			for _, s := range b.Sessions {
				p.session = s
			}
			must(t, o.view("read", func(tx *bolt.Tx) error {
				p.value = append(p.value, tx.Bucket(queuedBucket).Get(seqKey(2))...)
				return nil
			}))
			o.pending = p // as after two tries that failed
			c.do(t, o)
			if err := o.Recover(); errors.Is(err, ErrDamaged) != c.damaged || err != nil && !c.damaged {
				t.Fatalf("recovered: %v", err)
			}
			if c.damaged {
				return
			}
			stats, err := o.Stats()
			must(t, err)
			if stats.Queued != c.queued || stats.Kept != c.kept || stats.LastSeq != 2 {
				t.Errorf("%+v", stats)
			}
			must(t, o.Check())
			must(t, add())
			if stats, err = o.Stats(); err != nil || stats.LastSeq != 3 || stats.Queued != c.queued+1 {
				t.Errorf("after the next answer: %+v, %v", stats, err)
			}
		})
	}
}

// What was committed before bbolt was to be opened again counts, whether it can be or not.
func TestAFileThatCannotBeOpenedAgainIsRecovered(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.bolt")
	o, err := Open(path, Options{})
	must(t, err)
	add := filler(t, o)
	must(t, add())
	must(t, os.Rename(path, path+".away"))
	must(t, os.Mkdir(path, 0o700))
	o.renew()
	if err := add(); !errors.Is(err, ErrStorage) {
		t.Errorf("added to a file that is not open: %v", err)
	}
	must(t, os.Remove(path))
	must(t, os.Rename(path+".away", path))
	must(t, o.Recover())
	must(t, add())
	if s, err := o.Stats(); err != nil || s.Queued != 2 || s.LastSeq != 2 {
		t.Errorf("%+v, %v", s, err)
	}
	must(t, o.Check())
	must(t, o.Close())
}
