package outbox

import (
	"time"

	bolt "go.etcd.io/bbolt"

	"otklik/sync/wire"
)

// pruneStep bounds how many records Prune reads at a time, so that an answer never waits long behind it.
const pruneStep = 2000

// Prune deletes acknowledged records that are out of the keep window. For their age, settled longer ago than it lasts, go
// those that are safe in a backup of the collector or were made for another one before it, or any when the collector makes
// no backups; none while the collector
// has a new epoch and was not yet offered what is kept. For the bytes of the window go the oldest safe ones, and then the
// oldest ones; with a new epoch only when the file is getting full. Sessions that no record names any more go too (Append writes one again if it is still in use). It returns
// how many records it deleted.
func (o *Outbox) Prune(now time.Time) (int, error) {
	o.mu.Lock()
	before := now.Add(-o.options.KeepFor).Unix()
	o.mu.Unlock()
	tooMuch := func(gone int64) bool {
		return o.count.keptBytes-gone > o.options.KeepBytes && (o.life.Seen == o.life.Filled || !o.roomy(gone))
	}
	rules := []pruneRule{
		o.old(before),
		{goes: func(seq uint64, _, gone int64) (bool, bool) { return o.life.Safe.Contains(seq), tooMuch(gone) }},
		{goes: func(_ uint64, _, gone int64) (bool, bool) { return true, tooMuch(gone) }},
	}
	total, err := o.pruneByCopying(rules)
	if err != nil {
		return total, err
	}
	for _, rule := range rules {
		for next := uint64(1); next != 0; {
			var n int
			var err error
			if n, next, err = o.pruneSome(next, rule); err != nil {
				return total, err
			}
			total += n
		}
	}
	return total, o.pruneSessions()
}

// roomy reports whether there is room to keep more than the window says, with so many bytes on their way out. The caller
// holds the lock.
func (o *Outbox) roomy(gone int64) bool {
	return int64(o.options.MaxFileBytes)-o.count.queuedBytes-o.count.keptBytes+gone > int64(o.options.MaxFileBytes)/4
}

// pruneRule is what records go by.
type pruneRule struct {
	byAge bool // it asks when a record was settled, for which that has to be read in full
	// goes says whether a record goes, and whether to go on at all. It is given the bytes already on their way out.
	goes func(seq uint64, settled, gone int64) (goes, on bool)
}

// old is the rule about age. That no backups are made is believed of a record only if it was said after the record was
// stored: there may have been a first one since.
func (o *Outbox) old(before int64) pruneRule {
	return pruneRule{byAge: true, goes: func(seq uint64, settled, _ int64) (bool, bool) {
		l := &o.life
		unsaved := !l.Backups && (settled < o.told || l.Seen == (wire.Epoch{}))
		return settled < before && (unsaved || l.Safe.Contains(seq) || seq <= l.Former), l.Seen == l.Filled && o.count.oldest < before
	}}
}

// pruneSome looks at one step of records from a seq on, in their order, deletes those that go, and returns where the next
// step begins, 0 for nowhere. A rule that says not to go on ends it all.
func (o *Outbox) pruneSome(from uint64, rule pruneRule) (n int, next uint64, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.pruneHeld(from, rule)
}

// pruneHeld is pruneSome for a caller that holds the lock.
func (o *Outbox) pruneHeld(from uint64, rule pruneRule) (n int, next uint64, err error) {
	var keys [][]byte
	var goneBytes int64
	var safe uint64
	unnamed := map[wire.SessionID]int{}
	// Most of the time there is nothing to do, and a disk that is not written to lives longer: look first.
	next, err = o.someThatGo(from, rule, &goneBytes, func(k, v []byte) bool {
		e, err := decodeEntry(k, v)
		if err != nil {
			return false // it fits its checksum: who wrote that?
		}
		keys = append(keys, seqKey(e.Record.Seq))
		unnamed[e.Record.Session]++
		if o.life.Safe.Contains(e.Record.Seq) {
			safe++
		}
		return true
	})
	if err != nil || len(keys) == 0 {
		return 0, next, err
	}
	err = o.update("prune", func(tx *bolt.Tx) error {
		for _, k := range keys {
			if err := tx.Bucket(keptBucket).Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	o.changes++
	o.count.kept -= uint64(len(keys))
	o.count.keptBytes -= goneBytes
	o.count.safe -= safe
	for id, n := range unnamed {
		o.count.named[id] -= n
	}
	return len(keys), next, nil
}

// someThatGo looks at one step of kept records from a seq on and takes those that go by a rule, adding their bytes to gone. It
// returns where the next step begins, 0 for nowhere; the caller holds the lock. Damaged records never go.
func (o *Outbox) someThatGo(from uint64, rule pruneRule, gone *int64, take func(k, v []byte) bool) (next uint64, err error) {
	err = o.view("look for records to prune", func(tx *bolt.Tx) error {
		c := tx.Bucket(keptBucket).Cursor()
		read := 0
		for k, v := c.Seek(seqKey(from)); k != nil; k, v = c.Next() {
			if read++; read > pruneStep {
				next = seqOf(k)
				return nil
			}
			var settled int64
			if rule.byAge {
				e, err := decodeEntry(k, v)
				if err != nil {
					continue
				}
				settled = e.Settled
			}
			goes, on := rule.goes(seqOf(k), settled, *gone)
			if !on {
				return nil
			}
			if goes && fits(k, v) && take(k, v) {
				*gone += int64(len(v))
			}
		}
		return nil
	})
	return next, err
}

// pruneSessions deletes the sessions that no record names.
func (o *Outbox) pruneSessions() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	var sessions []wire.SessionID
	for id, n := range o.count.named {
		if n == 0 {
			sessions = append(sessions, id)
		}
	}
	if len(sessions) == 0 {
		return nil
	}
	err := o.update("prune sessions", func(tx *bolt.Tx) error {
		for _, id := range sessions {
			if err := tx.Bucket(sessionsBucket).Delete(id[:]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range sessions {
		delete(o.count.named, id)
	}
	return nil
}
