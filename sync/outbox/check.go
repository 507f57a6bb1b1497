package outbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	bolt "go.etcd.io/bbolt"

	"otklik/sync/wire"
)

// Check reads the whole file and reports everything wrong with it: pages that are unsound, records that do not fit
// their checksum or their key, a record both waiting and kept, seqs beyond the last given out, waiting records without
// their session, tallies that do not fit their checksum, and counts that differ from what Stats and Tally say. nil means a
// sound outbox.
func (o *Outbox) Check() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.view("check", func(tx *bolt.Tx) error {
		var problems []error
		bad := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("%w: %w", ErrDamaged, fmt.Errorf(format, args...)))
		}
		if err := checkPages(o.path); err != nil { // not bbolt's own check: that runs where nobody can catch a bad page
			bad("%w", err)
		}
		if err := checkLast(tx); err != nil {
			bad("%w", err)
		}
		queued, kept, sessions := tx.Bucket(queuedBucket), tx.Bucket(keptBucket), tx.Bucket(sessionsBucket)
		for _, b := range []*bolt.Bucket{queued, kept} {
			b.ForEach(func(k, v []byte) error {
				e, err := decodeEntry(k, v)
				switch {
				case err != nil:
					bad("%w", err)
				case e.Record.Seq > queued.Sequence():
					bad("record %d is beyond the last seq %d", e.Record.Seq, queued.Sequence())
				case (e.Verdict == 0) != (b == queued):
					bad("record %d has verdict %d in the wrong bucket", e.Record.Seq, e.Verdict)
				case e.Again != 0 && b == kept:
					bad("record %d is kept and sent again", e.Record.Seq)
				case sessions.Get(e.Record.Session[:]) == nil:
					bad("record %d: its session %s is missing", e.Record.Seq, e.Record.Session)
				}
				return nil
			})
		}
		queued.ForEach(func(k, _ []byte) error {
			if kept.Get(k) != nil {
				bad("record %d is both waiting and kept", binary.BigEndian.Uint64(k))
			}
			return nil
		})
		sessions.ForEach(func(k, v []byte) error {
			var s wire.Session
			if err := wire.Decode(v, &s); err != nil {
				bad("session %x: %w", k, err)
			}
			return nil
		})
		if now, was := countAll(tx), o.count; now.queued != was.queued || now.kept != was.kept || now.last != was.last ||
			now.queuedBytes != was.queuedBytes || now.keptBytes != was.keptBytes ||
			now.oldest < was.oldest || !slices.Equal(now.again, was.again) || countSafe(tx, o.life.Safe) != was.safe {
			bad("it holds %d waiting, %d kept, last seq %d; counted were %d, %d, %d",
				now.queued, now.kept, now.last, was.queued, was.kept, was.last)
		}
		tallies, err := readTallies(tx)
		if err != nil {
			bad("%w", err)
		}
		if was := *o.tallies.Load(); !maps.Equal(tallies, was) {
			bad("its %d tallies are not the %d counted", len(tallies), len(was))
		}
		return errors.Join(problems...)
	})
}
