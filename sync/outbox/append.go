package outbox

import (
	"bytes"
	"fmt"
	"time"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"

	"otklik/sync/wire"
)

// pending is a record on its way into the file: made before the first write, and never made anew.
type pending struct {
	seq     uint64
	answer  uuid.UUID
	session wire.Session
	value   []byte
	tallies map[string]uint64 // what each tally that counts the answer stands at with it
}

// Append stores one answer durably and returns its seq. seal is called once, with the seq the answer will have, and makes
// the record under the given session before anything is written. After nil the answer is on the disk and the visitor may
// be thanked.
//
// A failed commit may have stored the record all the same. Append then reopens the file and writes the same bytes again;
// if that fails too, the error wraps ErrStorage and the outbox keeps the record in memory: Recover, or Append with the
// same answer_id, writes those same bytes and never calls seal again. An error of seal is returned as it is, and nothing
// was written.
//
// Each of tallies counts one more with the answer, in the same transaction: see Tally.
func (o *Outbox) Append(answerID uuid.UUID, session wire.Session, seal func(seq uint64) (wire.Record, error),
	tallies ...string,
) (uint64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if was := o.pending; was != nil {
		if err := o.recover(); err != nil {
			return 0, err
		}
		if was.answer == answerID {
			return was.seq, nil
		}
	}
	p, err := o.prepare(answerID, session, seal)
	if err != nil {
		return 0, err
	}
	p.tallies = o.raised(tallies)
	if err := o.commit(p); err != nil {
		o.pending = p
		if again := o.recover(); again != nil {
			return 0, fmt.Errorf("%w (the first attempt: %w)", again, err)
		}
	}
	return p.seq, nil
}

// prepare makes the record; the caller holds the lock.
func (o *Outbox) prepare(answerID uuid.UUID, session wire.Session, seal func(uint64) (wire.Record, error),
) (*pending, error) {
	if o.closed {
		return nil, fmt.Errorf("outbox: append to %s: %w", o.path, ErrClosed)
	}
	if room, err := o.room(); err != nil {
		return nil, err
	} else if room <= o.reserve() {
		return nil, fmt.Errorf("outbox: append to %s: %w: it is full; what waits has to reach the collector first", o.path, ErrStorage)
	}
	p := &pending{seq: o.count.last + 1, answer: answerID, session: session}
	record, err := seal(p.seq)
	if err != nil {
		return nil, err
	}
	if err := record.Validate(); err != nil {
		return nil, err
	}
	if record.Seq != p.seq || record.AnswerID != answerID || record.Session != session.ID {
		return nil, fmt.Errorf("outbox: append answer %s as seq %d under session %s: the sealed record says answer %s, seq %d, "+
			"session %s", answerID, p.seq, session.ID, record.AnswerID, record.Seq, record.Session)
	}
	if err := session.Validate(); err != nil {
		return nil, err
	}
	p.value, err = encodeEntry(&entry{Record: record, Added: addedAt(o.options.Clock(), answerID).Unix()})
	return p, err
}

// Times beside a record lie there in clear. For the random ids of anonymous staff answers they tell no more than the day:
// addedAt and againAt its beginning, settledAt its end, so that the keep window is never cut short.
func addedAt(now time.Time, answerID uuid.UUID) time.Time {
	if answerID.Version() == 7 {
		return now
	}
	return now.UTC().Truncate(day)
}

// againAt is never the zero of Unix time, which says that a record is not sent again.
func againAt(now time.Time, answerID uuid.UUID) time.Time {
	if at := addedAt(now, answerID); at.Unix() > 0 {
		return at
	}
	return time.Unix(1, 0)
}

func settledAt(now time.Time, answerID uuid.UUID) time.Time {
	if answerID.Version() == 7 {
		return now
	}
	return now.UTC().Truncate(day).Add(day)
}

const day = 24 * time.Hour

// commit writes a prepared record in one transaction; the caller holds the lock.
func (o *Outbox) commit(p *pending) error {
	_, known := o.count.named[p.session.ID]
	err := o.update(fmt.Sprintf("store answer %s", p.answer), func(tx *bolt.Tx) error {
		if !known {
			if err := putSession(tx, p.session); err != nil {
				return err
			}
		}
		queued := records(tx, queuedBucket)
		if seq, err := queued.NextSequence(); err != nil {
			return err
		} else if seq != p.seq {
			return fmt.Errorf("%w: the next seq is %d, not %d", ErrDamaged, seq, p.seq)
		}
		if err := putTallies(tx, p.tallies); err != nil {
			return err
		}
		return queued.Put(seqKey(p.seq), p.value)
	})
	if err == nil {
		o.committed(p)
	}
	return err
}

func (o *Outbox) committed(p *pending) {
	o.count.last = p.seq
	o.count.queued++
	o.count.queuedBytes += int64(len(p.value))
	o.count.named[p.session.ID]++
	o.tallied(p.tallies)
	o.wake()
}

func putSession(tx *bolt.Tx, s wire.Session) error {
	data, err := wire.Encode(s)
	if err != nil {
		return err
	}
	return tx.Bucket(sessionsBucket).Put(s.ID[:], data)
}

// Recover reopens the file after ErrStorage and stores the record whose commit failed, if there is one, with the same
// bytes. After nil the outbox works again. It does nothing when nothing failed.
func (o *Outbox) Recover() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.recover()
}

// wentOn reports whether the record that was stored by the commit that failed was acknowledged since, and perhaps asked for
// again: what is found in its place is not what was written. The file was written over before anybody read it there, and
// what moved it was a commit that did not fail; so it is on the disk.
func wentOn(p *pending, found []byte) (bool, error) {
	if found == nil || bytes.Equal(found, p.value) {
		return found == nil, nil
	}
	e, err := decodeEntry(seqKey(p.seq), found)
	if err != nil || e.Record.AnswerID != p.answer {
		return false, fmt.Errorf("%w: seq %d holds another record", ErrDamaged, p.seq)
	}
	return true, nil
}

func (o *Outbox) recover() error {
	switch {
	case o.closed:
		return fmt.Errorf("outbox: recover %s: %w", o.path, ErrClosed)
	case o.db == nil || o.unsure:
		if err := o.reopen(); err != nil {
			return err
		}
	}
	if o.pending == nil {
		return nil
	}
	p := o.pending
	// A write that failed to sync may lie in the system's cache and never reach the disk. So the record is written again
	// even if it can be read: this commit's pages and its sync are new.
	stored := o.count.last == p.seq
	err := o.update(fmt.Sprintf("store answer %s again", p.answer), func(tx *bolt.Tx) error {
		queued := records(tx, queuedBucket)
		switch {
		case stored:
			if moved, err := wentOn(p, queued.Get(seqKey(p.seq))); moved || err != nil {
				return err
			}
		case o.count.last+1 != p.seq:
			return fmt.Errorf("%w: the last seq is %d, not %d", ErrDamaged, o.count.last, p.seq-1)
		}
		if err := putSession(tx, p.session); err != nil {
			return err
		}
		if err := queued.SetSequence(p.seq); err != nil {
			return err
		}
		if err := putTallies(tx, p.tallies); err != nil { // what they stand at, not one more
			return err
		}
		return queued.Put(seqKey(p.seq), p.value)
	})
	if err != nil {
		return err
	}
	o.pending = nil
	if stored { // counted when the file was opened
		o.wake()
	} else {
		o.committed(p)
	}
	return nil
}
