package outbox

import (
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"otklik/sync/wire"
)

// Next returns the oldest waiting records, in the order of seq, with the sessions they name: at most maxRecords, and at
// most maxBytes of records and sessions as they travel, but always one if any waits. skip, if not nil, leaves records out
// of this batch. A batch without records means that nothing (else) waits. Damaged records are never in a batch.
func (o *Outbox) Next(maxRecords, maxBytes int, skip func(seq uint64) bool) (wire.Batch, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	batch := wire.Batch{Origin: o.origin}
	err := o.view("read a batch", func(tx *bolt.Tx) error {
		carried := map[wire.SessionID]bool{}
		size := 0
		c := tx.Bucket(queuedBucket).Cursor()
		for k, v := c.First(); k != nil && len(batch.Records) < maxRecords; k, v = c.Next() {
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
				if wire.Decode(data, session) != nil || session.ID != e.Record.Session {
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
	return batch, err
}

// Settle moves the records a receipt decides on from waiting to kept, in one transaction. The receipt must have been
// verified. Decisions on records that do not wait here, or wait with another answer_id, change nothing; so does a verdict
// this program does not know. It returns how many were moved.
func (o *Outbox) Settle(receipt wire.Receipt) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if receipt.Origin != o.origin {
		return 0, fmt.Errorf("outbox: settle: the receipt is for origin %s, this is %s", receipt.Origin, o.origin)
	}
	moved, movedBytes, keptBytes := 0, int64(0), int64(0)
	now := o.options.Clock().Unix()
	err := o.update("settle a receipt", func(tx *bolt.Tx) error {
		queued, kept := tx.Bucket(queuedBucket), tx.Bucket(keptBucket)
		for _, d := range receipt.Decisions {
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
			e.Settled, e.Verdict = now, d.Verdict
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
	return moved, nil
}

// pruneStep bounds one transaction of Prune, so that an answer never waits long behind it.
const pruneStep = 2000

// Prune deletes acknowledged records that are out of the keep window: settled longer ago than it lasts, or the oldest
// ones while they are more than its bytes; and sessions no record names any more (Append writes one again if it is still
// in use). It returns how many records it deleted.
func (o *Outbox) Prune(now time.Time) (int, error) {
	total := 0
	for {
		n, err := o.pruneSome(now)
		total += n
		if err != nil || n < pruneStep {
			return total, err
		}
	}
}

func (o *Outbox) pruneSome(now time.Time) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	before := now.Add(-o.options.KeepFor).Unix()
	gone, goneBytes := 0, int64(0)
	unnamed := map[wire.SessionID]int{}
	var sessions []wire.SessionID
	work := func(tx *bolt.Tx) error {
		kept := tx.Bucket(keptBucket)
		var keys [][]byte
		c := kept.Cursor()
		for k, v := c.First(); k != nil && len(keys) < pruneStep; k, v = c.Next() {
			e, err := decodeEntry(k, v)
			if err != nil {
				continue
			}
			if e.Settled >= before && o.count.keptBytes-goneBytes <= o.options.KeepBytes {
				break
			}
			keys = append(keys, seqKey(e.Record.Seq))
			goneBytes += int64(len(v))
			unnamed[e.Record.Session]++
		}
		gone = len(keys)
		for id, n := range o.count.named {
			if n-unnamed[id] == 0 {
				sessions = append(sessions, id)
			}
		}
		if !tx.Writable() {
			return nil
		}
		for _, k := range keys {
			if err := kept.Delete(k); err != nil {
				return err
			}
		}
		for _, id := range sessions {
			if err := tx.Bucket(sessionsBucket).Delete(id[:]); err != nil {
				return err
			}
		}
		return nil
	}
	// Most of the time there is nothing to do, and a disk that is not written to lives longer: look first.
	if err := o.view("look for records to prune", work); err != nil {
		return 0, err
	}
	if gone == 0 && len(sessions) == 0 {
		return 0, nil
	}
	gone, goneBytes, sessions = 0, 0, nil
	clear(unnamed)
	if err := o.update("prune", work); err != nil {
		return 0, err
	}
	o.count.kept -= uint64(gone)
	o.count.keptBytes -= goneBytes
	for id, n := range unnamed {
		o.count.named[id] -= n
	}
	for _, id := range sessions {
		delete(o.count.named, id)
	}
	return gone, nil
}
