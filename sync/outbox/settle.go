package outbox

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	bolt "go.etcd.io/bbolt"

	"otklik/sync/wire"
)

// Next returns the oldest waiting records, those that are sent again after all others, with the sessions they name: at
// most maxRecords, and at most maxBytes of records and sessions as they travel, but always one if any waits. A batch is in
// the order of seq. skip, if not nil, leaves records out of this batch. A batch without records means that nothing (else)
// waits. Damaged records are never in a batch.
func (o *Outbox) Next(maxRecords, maxBytes int, skip func(seq uint64) bool) (wire.Batch, error) {
	return o.batch(maxRecords, maxBytes, skip, o.waiting)
}

// Newest is Next from the other end: the newest waiting records, and none that are sent again.
func (o *Outbox) Newest(maxRecords, maxBytes int, skip func(seq uint64) bool) (wire.Batch, error) {
	return o.batch(maxRecords, maxBytes, skip, func(tx *bolt.Tx) iter.Seq2[[]byte, []byte] {
		return func(yield func(k, v []byte) bool) {
			c := tx.Bucket(queuedBucket).Cursor()
			for k, v := c.Last(); k != nil; k, v = c.Prev() {
				if !o.count.again.Contains(seqOf(k)) && !yield(k, v) {
					return
				}
			}
		}
	})
}

// batch takes records in the order that they are yielded in.
func (o *Outbox) batch(maxRecords, maxBytes int, skip func(seq uint64) bool, waiting func(*bolt.Tx) iter.Seq2[[]byte, []byte],
) (wire.Batch, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	batch := wire.Batch{Origin: o.origin}
	err := o.view("read a batch", func(tx *bolt.Tx) error {
		carried := map[wire.SessionID]bool{}
		size := 0
		for k, v := range waiting(tx) {
			if len(batch.Records) == maxRecords {
				return nil
			}
			e, err := decodeEntry(k, v)
			if err != nil || skip != nil && skip(e.Record.Seq) {
				continue
			}
			size += len(v)
			var session *wire.Session
			if !carried[e.Record.Session] {
				data := tx.Bucket(sessionsBucket).Get(e.Record.Session[:])
				session = new(wire.Session)
				// A session that is missing or damaged here is left out: the collector may know it from before.
				if wire.Decode(data, session) != nil || session.ID != e.Record.Session || session.Validate() != nil {
					session = nil
				}
				size += len(data)
			}
			if len(batch.Records) > 0 && size > maxBytes {
				return nil
			}
			if session != nil {
				batch.Sessions = append(batch.Sessions, *session)
			}
			carried[e.Record.Session] = true
			batch.Records = append(batch.Records, e.Record)
		}
		return nil
	})
	slices.SortFunc(batch.Records, func(a, b wire.Record) int { return cmp.Compare(a.Seq, b.Seq) })
	return batch, err
}

// Settle moves the records a receipt decides on from waiting to kept, all of them in one transaction where there is room for
// that. The receipt must have been verified. Decisions on records that do not wait here, or wait with another answer_id,
// change nothing; so does a verdict this program does not know. It returns how many were moved.
func (o *Outbox) Settle(receipt wire.Receipt) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if receipt.Origin != o.origin {
		return 0, fmt.Errorf("outbox: settle: the receipt is for origin %s, this is %s", receipt.Origin, o.origin)
	}
	return o.settle(receipt.Decisions)
}

// settle moves what fits: where the file or the disk is full, half of it and then the other needs fewer new pages at a time.
// Where not even one record finds its place, the oldest that are kept give way: who waits for a receipt comes before who has
// one.
func (o *Outbox) settle(decisions []wire.Decision) (int, error) {
	moved, err := o.settleAtOnce(decisions)
	n := len(decisions)
	switch {
	case !full(err):
		return moved, err
	case n > 1:
		first, err := o.settle(decisions[:n/2])
		if err != nil {
			return first, err
		}
		second, err := o.settle(decisions[n/2:])
		return first + second, err
	}
	gone, _, pruneErr := o.pruneHeld(1, pruneRule{goes: func(_ uint64, _, gone int64) (bool, bool) { return true, gone < giveWay }})
	if pruneErr != nil || gone == 0 {
		return 0, err
	}
	return o.settleAtOnce(decisions)
}

// giveWay is how many bytes of kept records make room for one.
const giveWay = 4 * wire.MaxRecordBytes

func (o *Outbox) settleAtOnce(decisions []wire.Decision) (int, error) {
	moved, movedBytes, keptBytes, safe, oldest := 0, int64(0), int64(0), uint64(0), o.count.oldest
	again := slices.Clone(o.count.again)
	now := o.options.Clock()
	err := o.update("settle a receipt", func(tx *bolt.Tx) error {
		queued, kept := records(tx, queuedBucket), records(tx, keptBucket)
		for _, d := range decisions {
			if d.Verdict < wire.Stored || d.Verdict > wire.Quarantined {
				continue
			}
			key := seqKey(d.Seq)
			was := queued.Get(key)
			if was == nil {
				continue
			}
			e, err := decodeEntry(key, was)
			if err != nil || e.Record.AnswerID != d.AnswerID {
				continue
			}
			e.Settled, e.Verdict, e.Again = settledAt(now, d.AnswerID).Unix(), d.Verdict, 0
			again = again.Without(d.Seq)
			oldest = min(oldest, e.Settled)
			if o.life.Safe.Contains(d.Seq) {
				safe++
			}
			value, err := encodeEntry(&e)
			if err != nil {
				return err
			}
			moved, movedBytes, keptBytes = moved+1, movedBytes+int64(len(was)), keptBytes+int64(len(value))
			if err := kept.Put(key, value); err != nil {
				return err
			}
			if err := queued.Delete(key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	o.count.queued -= uint64(moved)
	o.count.queuedBytes -= movedBytes
	o.count.kept += uint64(moved)
	o.count.keptBytes += keptBytes
	o.count.safe += safe
	o.count.again, o.count.oldest = again, oldest
	return moved, nil
}
