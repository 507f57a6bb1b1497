package outbox

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"iter"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"otklik/sync/wire"
)

// A record is queued until its receipt, then stored, and safe once a good backup of the collector has it. A collector that
// was brought back from a backup says so by a new epoch: then what it lacks of the stored and safe ones is queued again.

// life is what the terminal knows of the collector's store. It lies in meta with its CRC-32C; one that is damaged is the
// same as none, and then everything is offered again, which does no harm.
type life struct {
	// Seen is the epoch that the collector said last, Filled the last one for which all that is kept was offered.
	Seen   wire.Epoch `cbor:"1,keyasint,omitzero"`
	Filled wire.Epoch `cbor:"2,keyasint,omitzero"`
	// Backups and Safe are the collector's word, see wire.HeartbeatReply; Safe is under Seen.
	Backups bool        `cbor:"3,keyasint,omitzero"`
	Safe    wire.Ranges `cbor:"4,keyasint,omitempty"`
	// Collector tells which collector it is, and Former is the last seq that was given out for another one before it.
	Collector wire.Hash `cbor:"5,keyasint,omitzero"`
	Former    uint64    `cbor:"6,keyasint,omitzero"`
	// Told is when Seen was first said, in Unix milliseconds by the collector's clock; 0 for not known.
	Told int64 `cbor:"7,keyasint,omitzero"`
}

var lifeKey = []byte("life")

func readLife(tx *bolt.Tx) (l life) {
	data := tx.Bucket(metaBucket).Get(lifeKey)
	body := len(data) - 4
	if body < 0 || crc32.Checksum(data[:body], castagnoli) != binary.BigEndian.Uint32(data[body:]) ||
		wire.Decode(data[:body], &l) != nil || l.Safe.Validate() != nil {
		return life{}
	}
	return l
}

// setLife writes l and makes it what holds; the caller holds the lock.
func (o *Outbox) setLife(doing string, l life) error {
	data, err := wire.Encode(l)
	if err != nil {
		return err
	}
	data = binary.BigEndian.AppendUint32(data, crc32.Checksum(data, castagnoli))
	safe := uint64(0)
	err = o.update(doing, func(tx *bolt.Tx) error {
		safe = countSafe(tx, l.Safe)
		return tx.Bucket(metaBucket).Put(lifeKey, data)
	})
	if err == nil {
		o.life, o.count.safe = l, safe
		o.changes++
	}
	return err
}

// countSafe counts the kept records in the ranges. Values are not read.
func countSafe(tx *bolt.Tx, safe wire.Ranges) (n uint64) {
	c := tx.Bucket(keptBucket).Cursor()
	for _, r := range safe {
		for k, _ := c.Seek(seqKey(r.First)); k != nil && seqOf(k) <= r.Last; k, _ = c.Next() {
			n++
		}
	}
	return n
}

// seqOf reads a key of queued or kept; one that is none is beyond every seq, and damaged.
func seqOf(key []byte) uint64 {
	if len(key) != 8 {
		return 1<<64 - 1
	}
	return binary.BigEndian.Uint64(key)
}

// Belong says which collector the terminal is enrolled at, by any name that stays the same as long as that collector can
// open what was sealed until now. What was made for another one before is never offered to it: it could only put that
// aside. What waits goes to it all the same, as nobody else will ever get it.
func (o *Outbox) Belong(collector wire.Hash) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.life.Collector == collector {
		return nil
	}
	l := o.life
	if l.Collector != (wire.Hash{}) {
		l.Former = o.count.last
	}
	l.Collector = collector
	return o.setLife("note the collector", l)
}

// See notes the epoch that the collector lives in, as a reply said that cannot be an old one, and when by its own clock;
// it reports whether the holes of that life are still to be filled: by Held, Requeue and, at last, Filled. What was safe in another life is only
// stored until MarkSafe says otherwise, and until Filled nothing is pruned for its age. The zero epoch changes nothing.
func (o *Outbox) See(epoch wire.Epoch, told time.Time) (fill bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.see(epoch, told)
}

func (o *Outbox) see(epoch wire.Epoch, told time.Time) (fill bool, err error) {
	if epoch == (wire.Epoch{}) {
		return false, nil
	}
	l := o.life
	switch at := max(0, told.UnixMilli()); {
	case l.Seen != epoch:
		l.Seen, l.Safe, l.Told = epoch, nil, at
		if o.count.kept == 0 { // nothing to offer
			l.Filled = epoch
		}
	case l.Told == 0 && at > 0: // noted by a program before this one
		l.Told = at
	default:
		return l.Filled != epoch, nil
	}
	if err := o.setLife("note the collector's epoch", l); err != nil {
		return false, err
	}
	return o.life.Filled != epoch, nil
}

// Filled notes that everything kept was offered to the collector in this epoch and that what it lacks is queued again. It
// does nothing when the epoch is not the one last seen.
func (o *Outbox) Filled(epoch wire.Epoch) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.filled(epoch)
}

func (o *Outbox) filled(epoch wire.Epoch) error {
	if o.life.Seen != epoch || o.life.Filled == epoch {
		return nil
	}
	l := o.life
	l.Filled = epoch
	return o.setLife("note that the collector's holes are filled", l)
}

// MarkSafe notes which seqs the collector's last good backup has, and whether it makes backups at all. It does nothing
// when the epoch is not the one last seen. Ranges that are no set of seq are an error.
func (o *Outbox) MarkSafe(epoch wire.Epoch, backups bool, safe wire.Ranges) error {
	if err := safe.Validate(); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.life.Seen != epoch {
		return nil
	}
	if o.life.Backups == backups && slices.Equal(o.life.Safe, safe) {
		o.told = o.options.Clock().Unix()
		return nil
	}
	l := o.life
	l.Backups, l.Safe = backups, slices.Clone(safe)
	if err := o.setLife("note what is safe", l); err != nil {
		return err
	}
	o.told = o.options.Clock().Unix()
	return nil
}

// heldStep bounds how many records are read at a time, so that an answer never waits long behind it.
const heldStep = 2000

// Held returns the kept records with a seq over after, made for this collector, as runs of at most wire.MaxHeldSpan, and at most most of them.
// Damaged records are in none.
func (o *Outbox) Held(after uint64, most int) (held []wire.Held, err error) {
	for more := true; more; {
		if held, more, err = o.holdOn(held, &after, most); err != nil {
			return nil, err
		}
	}
	return held, nil
}

// holdOn reads one step of records with a seq over *after.
func (o *Outbox) holdOn(held []wire.Held, after *uint64, most int) (_ []wire.Held, more bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	err = o.view("list what is kept", func(tx *bolt.Tx) error {
		c := tx.Bucket(keptBucket).Cursor()
		*after = max(*after, o.life.Former)
		k, v := c.Seek(seqKey(*after + 1))
		for n := 0; k != nil; k, v = c.Next() {
			if n++; n > heldStep {
				more = true
				return nil
			}
			e, err := decodeEntry(k, v)
			if err != nil {
				*after = max(*after, min(seqOf(k), 1<<63))
				continue
			}
			seq := e.Record.Seq
			i := len(held) - 1
			switch {
			case i >= 0 && held[i].Last+1 == seq && seq-held[i].First < wire.MaxHeldSpan:
				held[i].Last = seq
				held[i].Sum.Add(e.Record.AnswerID)
			case len(held) == most:
				return nil
			default:
				h := wire.Held{First: seq, Last: seq}
				h.Sum.Add(e.Record.AnswerID)
				held = append(held, h)
			}
			*after = seq
		}
		return nil
	})
	return held, more, err
}

// requeueStep bounds one transaction of Requeue, for the same reason.
const requeueStep = 500

// Requeue has the kept records of these seqs wait again, behind those that were never sent, and returns how many they are.
// Seqs that are not kept, or were made for a collector before this one, are passed over, so that doing it again changes
// nothing; the disk is written to only for what moves.
func (o *Outbox) Requeue(missing wire.Ranges) (int, error) {
	if err := missing.Validate(); err != nil {
		return 0, err
	}
	total := 0
	for next := uint64(1); next != 0; {
		var n int
		var err error
		if n, next, err = o.requeueSome(missing, next); err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

// requeueSome moves one step of records with a seq from from on and returns where the next one begins, 0 for nowhere.
func (o *Outbox) requeueSome(missing wire.Ranges, from uint64) (moved int, next uint64, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var entries []entry
	var fewer, more int64 // bytes in kept and in queued
	var safe uint64
	now, again := o.options.Clock(), slices.Clone(o.count.again)
	err = o.view("look for records to queue again", func(tx *bolt.Tx) error {
		c := tx.Bucket(keptBucket).Cursor()
		for _, r := range missing {
			for k, v := c.Seek(seqKey(max(r.First, from, o.life.Former+1))); k != nil && seqOf(k) <= r.Last; k, v = c.Next() {
				if len(entries) == requeueStep {
					next = seqOf(k)
					return nil
				}
				e, err := decodeEntry(k, v)
				if err != nil {
					continue
				}
				e.Settled, e.Verdict, e.Again = 0, 0, againAt(now, e.Record.AnswerID).Unix()
				entries = append(entries, e)
				fewer += int64(len(v))
				again = again.With(e.Record.Seq)
				if o.life.Safe.Contains(e.Record.Seq) {
					safe++
				}
			}
		}
		return nil
	})
	if err != nil || len(entries) == 0 {
		return 0, 0, err
	}
	err = o.update("queue records again", func(tx *bolt.Tx) error {
		queued, kept := records(tx, queuedBucket), records(tx, keptBucket)
		for i := range entries {
			key := seqKey(entries[i].Record.Seq)
			value, err := encodeEntry(&entries[i])
			if err == nil {
				err = errors.Join(queued.Put(key, value), kept.Delete(key))
			}
			if err != nil {
				return err
			}
			more += int64(len(value))
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	n := uint64(len(entries))
	o.count.kept, o.count.queued, o.count.safe = o.count.kept-n, o.count.queued+n, o.count.safe-safe
	o.count.keptBytes, o.count.queuedBytes = o.count.keptBytes-fewer, o.count.queuedBytes+more
	o.count.again = again
	o.changes++
	o.wake()
	return len(entries), next, nil
}

// waiting yields the entries of queued: first those that were never sent, then those that are sent again, each in the order
// of seq. So a backlog of months that a restored collector asked for does not keep today's answers waiting.
func (o *Outbox) waiting(tx *bolt.Tx) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		c := tx.Bucket(queuedBucket).Cursor()
		k, v := c.First()
		for _, r := range o.count.again {
			for ; k != nil && seqOf(k) < r.First; k, v = c.Next() {
				if !yield(k, v) {
					return
				}
			}
			if k != nil && seqOf(k) <= r.Last {
				k, v = c.Seek(seqKey(r.Last + 1))
			}
		}
		for ; k != nil; k, v = c.Next() {
			if !yield(k, v) {
				return
			}
		}
		for _, r := range o.count.again {
			for k, v := c.Seek(seqKey(r.First)); k != nil && seqOf(k) <= r.Last; k, v = c.Next() {
				if !yield(k, v) {
					return
				}
			}
		}
	}
}
