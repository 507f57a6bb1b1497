package outbox

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"otklik/sync/disk"
	"otklik/sync/wire"
)

// bbolt never gives space back: it lists what is free, and reads, sorts and writes that list with every commit. So a file
// that is mostly free is exchanged for a copy of what is in it.

// compactMin is the size under which a file is not worth compacting.
const compactMin = 8 << 20

// copyStep is how many bytes are copied in one transaction.
const copyStep = 256 << 10

// compactIfMostlyFree compacts a file of which less than a quarter is records. Where the disk has no room for that the file
// stays as it is. An error means that the outbox is not open any more.
func (o *Outbox) compactIfMostlyFree() error {
	_ = os.Remove(o.copyPath()) // left by a power cut
	info, err := os.Stat(o.path)
	if err != nil {
		return fmt.Errorf("outbox: open %s: %w: %w", o.path, ErrStorage, err)
	}
	if used := o.count.queuedBytes + o.count.keptBytes; info.Size() < o.options.compactMin || used*4 > info.Size() {
		return nil
	}
	_, err = o.compact(nil)
	return err
}

func (o *Outbox) copyPath() string { return o.path + ".compact" }

// compact exchanges the file for a copy without its free space and without the kept records of leave; the caller holds the
// lock. Where the disk does not take the copy the file stays as it is, and done is false. An error means that the outbox is
// not open any more; with one, or when done, the folder is still to be synced: see syncName.
func (o *Outbox) compact(leave wire.Ranges) (done bool, err error) {
	stays := func(why string, err error) (bool, error) {
		_ = os.Remove(o.copyPath())
		slog.Warn(why+"; it goes on as it is", "file", o.path, "err", err)
		if o.db == nil {
			return false, o.open()
		}
		return false, nil
	}
	count, err := o.copyTo(o.copyPath(), leave)
	if err != nil {
		return stays("the outbox is mostly free space and could not be compacted", err)
	}
	// Windows renames no open file.
	if err := o.drop(); err != nil {
		return false, err
	}
	if err := os.Rename(o.copyPath(), o.path); err != nil {
		return stays("the outbox could not be exchanged for its compacted copy", err)
	}
	o.nameless = true
	if o.db, err = openSound(o.path, o.options); err == nil {
		o.count = count
	}
	return true, err
}

// syncName makes the name of a file that took another's place last: a power cut would bring the other one back, without the
// answers that came since. Nobody may be thanked before.
func (o *Outbox) syncName() error {
	if !o.nameless {
		return nil
	}
	if err := o.options.syncFolder(filepath.Dir(o.path)); err != nil {
		return fmt.Errorf("outbox: open %s: %w: %w; check the folder and the disk", o.path, ErrStorage, err)
	}
	o.nameless = false
	return nil
}

// copyTo writes what is in the outbox, without its free space and the kept records of leave, into a new file, syncs it and
// counts what is in it: the copy is to take the place of the only one there is.
func (o *Outbox) copyTo(path string, leave wire.Ranges) (n counters, err error) {
	to, err := openBolt(path, o.options)
	if err != nil {
		return n, err
	}
	err = guarded(func() error {
		if err := o.copyAll(to, path, leave); err != nil {
			return err
		}
		if err := to.Update(noteLast); err != nil {
			return err
		}
		return to.View(func(tx *bolt.Tx) error {
			was := o.count
			n = countAll(tx)
			n.safe = countSafe(tx, o.life.Safe)
			if n.last != was.last || n.queued != was.queued || n.queuedBytes != was.queuedBytes || n.damaged != was.damaged ||
				n.kept+leave.Count() != was.kept {
				return fmt.Errorf("the copy holds %d waiting and %d kept, last seq %d, of %d, %d and %d, of which %d were to go",
					n.queued, n.kept, n.last, was.queued, was.kept, was.last, leave.Count())
			}
			return nil
		})
	})
	var panicked *broken
	if errors.As(err, &panicked) {
		to.abandon()
		o.db.abandon() // it may have been this one
		o.db = nil
		return n, err
	}
	return n, errors.Join(err, guarded(to.Sync), guarded(to.Close))
}

// copyAll copies every bucket with its sequence, and all that is in it but the kept records of leave, into the file at path.
func (o *Outbox) copyAll(to *file, path string, leave wire.Ranges) error {
	return o.db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, bucket *bolt.Bucket) error {
			leave := leave
			if !bytes.Equal(name, keptBucket) {
				leave = nil
			}
			c := bucket.Cursor()
			k, v := c.First()
			for begun := false; !begun || k != nil; begun = true {
				err := to.Update(func(tx *bolt.Tx) error {
					into, err := tx.CreateBucketIfNotExists(name)
					if err != nil {
						return err
					}
					into.FillPercent = 1 // they come in their order
					if err := into.SetSequence(bucket.Sequence()); err != nil {
						return err
					}
					for size := 0; k != nil && size < copyStep; k, v = c.Next() {
						if leave.Contains(seqOf(k)) {
							continue
						}
						if v == nil {
							return fmt.Errorf("%s holds a bucket, %x, which is none of this program's", name, k)
						}
						if err := into.Put(k, v); err != nil {
							return err
						}
						size += len(k) + len(v)
					}
					return nil
				})
				if err == nil && to.wordy() {
					err = to.renew(path, o.options)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// pruneByCopying prunes a file in which less than half would be left: the free space of all that goes would have to be
// listed with every commit from then on. Where there is little to do, or no room for a copy, it does nothing. Answers wait
// while it copies, and not while it looks what to copy.
func (o *Outbox) pruneByCopying(rules []pruneRule) (n int, err error) {
	goes, changes, err := o.plan(rules)
	if err != nil || goes == nil {
		return 0, err
	}
	return o.carryOut(goes, changes)
}

// carryOut is the part of pruneByCopying that answers wait for.
func (o *Outbox) carryOut(goes wire.Ranges, changes uint64) (n int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.changes != changes { // what goes may be another set now
		return 0, nil
	}
	if err := o.view("prune", func(*bolt.Tx) error { return nil }); err != nil { // it may have failed meanwhile
		return 0, err
	}
	done, err := o.compact(goes)
	if done {
		n = int(goes.Count())
		err = errors.Join(err, o.syncName())
	}
	if err != nil {
		return n, errors.Join(err, o.drop()) // until it was opened anew, which syncs the name first
	}
	return n, nil
}

// plan says which kept records go with a copy, nil for none, and which changes it knows of.
func (o *Outbox) plan(rules []pruneRule) (goes wire.Ranges, changes uint64, err error) {
	o.mu.Lock()
	worth := o.worthCopying(o.count.queuedBytes + o.options.KeepBytes)
	changes = o.changes
	over := o.count.keptBytes > o.options.KeepBytes
	o.mu.Unlock()
	if !over || !worth {
		return nil, changes, nil
	}
	gone := int64(0)
	for _, rule := range rules {
		for next := uint64(1); next != 0; {
			if next, err = o.planSome(next, rule, &goes, &gone); err != nil {
				return nil, changes, err
			}
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	left := o.count.queuedBytes + o.count.keptBytes - gone
	if free, known := disk.Free(filepath.Dir(o.path)); !o.worthCopying(left) || known && free < uint64(left+left/4)+uint64(growth(o.options)) {
		return nil, changes, nil
	}
	return goes, changes, nil
}

// worthCopying reports whether so many bytes of records are less than half of the file; the caller holds the lock.
func (o *Outbox) worthCopying(left int64) bool {
	info, err := os.Stat(o.path)
	return err == nil && left*2 < info.Size() && info.Size() >= o.options.compactMin // the next transaction says what is wrong with the file
}

// planSome adds one step of kept records that go, from a seq on, and returns where the next step begins, 0 for nowhere.
func (o *Outbox) planSome(from uint64, rule pruneRule, goes *wire.Ranges, gone *int64) (next uint64, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	others := rule
	others.goes = func(seq uint64, settled, gone int64) (bool, bool) {
		out, on := rule.goes(seq, settled, gone)
		return out && !goes.Contains(seq), on
	}
	return o.someThatGo(from, others, gone, func(k, _ []byte) bool {
		*goes = goes.With(seqOf(k))
		return true
	})
}
