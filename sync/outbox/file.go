package outbox

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"runtime/debug"
	"syscall"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"otklik/sync/wire"
)

// guarded runs f so that a page of the file that cannot be read, or makes no sense, is an error and not the end of the
// program: bbolt maps the file into memory and panics on what it does not expect. The error is then a *broken.
func guarded(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch r := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }: // memory that the file was to be in: the disk did not give it, or it was cut off
			err = &broken{ErrStorage, fmt.Errorf("a page cannot be read: %v", r)}
		default:
			err = &broken{ErrDamaged, fmt.Errorf("%v", r)}
		}
	}()
	return f()
}

// broken says that bbolt was broken off, and that nobody knows which of its own locks it holds now.
type broken struct{ kind, what error }

func (b *broken) Error() string { return fmt.Sprintf("%v: %v", b.kind, b.what) }

func (b *broken) Unwrap() error { return b.kind }

// file is an open bbolt file.
type file struct {
	*bolt.DB
	handle *os.File
}

// abandon lets go of a file whose Close may wait for ever. What was mapped stays so.
func (f *file) abandon() {
	unlock(f.handle)
	f.handle.Close()
}

// growth is by how much a file grows at a time. bbolt refuses to grow when less than that is left to the bound.
func growth(options Options) int { return min(1<<20, options.MaxFileBytes/16) }

// openFile is bbolt's Open, guarded.
func openFile(path string, options bolt.Options) (*file, error) {
	f := &file{}
	options.OpenFile = func(path string, flag int, mode os.FileMode) (_ *os.File, err error) {
		f.handle, err = os.OpenFile(path, flag, mode)
		return f.handle, err
	}
	err := guarded(func() (err error) {
		f.DB, err = bolt.Open(path, 0o600, &options)
		return err
	})
	var panicked *broken
	if errors.As(err, &panicked) && f.handle != nil {
		f.abandon()
	}
	return f, err
}

// openBolt opens a bbolt file with every setting as the promise needs it: synced commits, and no waiting for ever.
func openBolt(path string, options Options) (*file, error) {
	if err := inspect(path, options); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, openError(path, err)
	}
	return openSound(path, options)
}

// openSound is openBolt for a file that is known to be sound. Of bbolt's two lists of free pages it takes the array: the other
// has three maps beside what both have, copies and sorts them with every commit, and scatters records over the file.
func openSound(path string, options Options) (*file, error) {
	f, err := openFile(path, bolt.Options{
		Timeout: options.LockTimeout, FreelistType: bolt.FreelistArrayType, MaxSize: options.MaxFileBytes,
	})
	if err != nil {
		return nil, openError(path, err)
	}
	f.AllocSize = growth(options)
	return f, nil
}

// openError says what an error of opening means for the one who has to do something about it.
func openError(path string, err error) error {
	var pathError *os.PathError
	var errno syscall.Errno
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return locked(path)
	case errors.Is(err, bolterrors.ErrVersionMismatch):
		return fmt.Errorf("outbox: open %s: %w: %w; update the kiosk program", path, ErrNewer, err)
	case errors.Is(err, ErrStorage), errors.As(err, &pathError), errors.As(err, &errno), errors.Is(err, bolterrors.ErrMaxSizeReached):
		return fmt.Errorf("outbox: open %s: %w: %w; check the disk and the file's owner", path, ErrStorage, err)
	default:
		return fmt.Errorf("outbox: open %s: %w: %w; set the file aside and keep it, the answers in it can be saved",
			path, ErrDamaged, err)
	}
}

// create makes the file of a new outbox under another name, complete and synced, and renames it: a power cut leaves
// either no outbox or a whole one. openHeld syncs the folder.
func create(path string, options Options) error {
	fail := func(err error) error {
		if errors.Is(err, ErrLocked) || errors.Is(err, ErrStorage) {
			return err
		}
		return fmt.Errorf("outbox: create %s: %w: %w; check the folder, its owner and the free space", path, ErrStorage, err)
	}
	temporary := path + ".new"
	err := fill(temporary, path, options)
	if errors.Is(err, ErrDamaged) { // the power went while it was made; nothing was ever thanked from it
		if err := os.Remove(temporary); err != nil {
			return fail(err)
		}
		err = fill(temporary, path, options)
	}
	if err != nil {
		return fail(err)
	}
	if err := os.Rename(temporary, path); err != nil {
		return fail(err)
	}
	return nil
}

// fill makes a whole and synced outbox of a temporary file, and before it has a name notes its origin beside it.
func fill(temporary, path string, options Options) error {
	db, err := openBolt(temporary, options)
	if err != nil {
		return err
	}
	var origin wire.Origin
	err = guarded(func() error {
		return db.Update(func(tx *bolt.Tx) error {
			for _, name := range [][]byte{metaBucket, queuedBucket, keptBucket, sessionsBucket} {
				if _, err := tx.CreateBucketIfNotExists(name); err != nil {
					return err
				}
			}
			if _, err := io.ReadFull(options.Rand, origin[:]); err != nil {
				return fmt.Errorf("no randomness for an origin: %w", err)
			}
			meta := tx.Bucket(metaBucket)
			if err := meta.Put(formatKey, []byte{format}); err != nil {
				return err
			}
			if err := meta.Put(originSumKey, originSum(origin)); err != nil {
				return err
			}
			if err := meta.Put(originKey, origin[:]); err != nil {
				return err
			}
			return noteLast(tx)
		})
	})
	if err == nil {
		err = noteOrigin(path, origin)
	}
	return errors.Join(err, guarded(db.Sync), guarded(db.Close))
}

func originSum(origin wire.Origin) []byte {
	return binary.BigEndian.AppendUint32(nil, crc32.Checksum(origin[:], castagnoli))
}

// open opens and checks the file at o.path and counts what is in it.
func (o *Outbox) open() error {
	db, err := openBolt(o.path, o.options)
	if err != nil {
		return err
	}
	o.db, o.unsure = db, false
	o.changes++ // a commit that failed may be there all the same
	err = o.view("check", func(tx *bolt.Tx) error {
		meta := tx.Bucket(metaBucket)
		for _, name := range [][]byte{metaBucket, queuedBucket, keptBucket, sessionsBucket} {
			if tx.Bucket(name) == nil {
				return fmt.Errorf("%w: it has no bucket %q; is it the file of another program?", ErrDamaged, name)
			}
		}
		switch found := meta.Get(formatKey); {
		case len(found) != 1 || found[0] == 0:
			return fmt.Errorf("%w: its format is %v", ErrDamaged, found)
		case found[0] > format:
			return fmt.Errorf("%w: its format is %d, this program reads %d", ErrNewer, found[0], format)
		}
		var origin wire.Origin
		if err := origin.UnmarshalBinary(meta.Get(originKey)); err != nil {
			return fmt.Errorf("%w: its origin: %w", ErrDamaged, err)
		}
		if sum := meta.Get(originSumKey); sum != nil && !bytes.Equal(sum, originSum(origin)) {
			return fmt.Errorf("%w: its origin %s is not the one that it was made with", ErrDamaged, origin)
		}
		if o.origin != (wire.Origin{}) && o.origin != origin {
			return fmt.Errorf("%w: its origin changed from %s to %s while it was in use", ErrDamaged, o.origin, origin)
		}
		if err := checkLast(tx); err != nil {
			return err
		}
		o.origin = origin
		o.count = countAll(tx)
		o.life = readLife(tx)
		o.count.safe = countSafe(tx, o.life.Safe)
		tallies, _ := readTallies(tx) // a damaged one is Check's to name; it is no reason to ask nobody
		o.tallies.Store(&tallies)
		return nil
	})
	if err != nil {
		o.drop()
	}
	return err
}

func countAll(tx *bolt.Tx) counters {
	n := counters{named: map[wire.SessionID]int{}, last: tx.Bucket(queuedBucket).Sequence(), oldest: math.MaxInt64}
	tx.Bucket(sessionsBucket).ForEach(func(k, _ []byte) error {
		n.named[wire.SessionID(k)] = 0
		return nil
	})
	for _, b := range []struct {
		name  []byte
		count *uint64
		bytes *int64
	}{{queuedBucket, &n.queued, &n.queuedBytes}, {keptBucket, &n.kept, &n.keptBytes}} {
		tx.Bucket(b.name).ForEach(func(k, v []byte) error {
			*b.count++
			*b.bytes += int64(len(v))
			if e, err := decodeEntry(k, v); err != nil {
				n.damaged++
			} else {
				n.named[e.Record.Session]++
				if b.count == &n.kept {
					n.oldest = min(n.oldest, e.Settled)
				}
				if e.Again != 0 {
					n.again = n.again.With(e.Record.Seq)
				}
			}
			return nil
		})
	}
	return n
}

// view and update run a transaction under guarded; the caller holds the lock. Errors name the file and what was being done.
func (o *Outbox) view(doing string, f func(*bolt.Tx) error) error {
	return o.transact(doing, (*bolt.DB).View, f)
}

// renewAfter is how many pages bbolt may write until it is closed and opened again. It remembers each page that it gave out
// since it was opened for as long as the page is in use, which needs more memory the more is drained.
const renewAfter = 4 << 10

// wordy reports whether it is time for that.
func (f *file) wordy() bool {
	stats := f.Stats()
	return stats.TxStats.GetSpill() >= renewAfter
}

// renew closes a file and opens it again, which has bbolt forget what it does not need.
func (f *file) renew(path string, options Options) error {
	if err := f.Close(); err != nil {
		return err
	}
	again, err := openSound(path, options)
	if err == nil {
		*f = *again
	}
	return err
}

// renew does so with the outbox; the caller holds the lock, and the last commit did not fail. When the file cannot be opened
// again, the next transaction tries to, and says why it cannot.
func (o *Outbox) renew() {
	if o.drop() == nil {
		o.db, _ = openSound(o.path, o.options)
	}
}

// update leaves the outbox open anew after a failure, or unsure.
func (o *Outbox) update(doing string, f func(*bolt.Tx) error) error {
	err := o.transact(doing, (*bolt.DB).Update, func(tx *bolt.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return noteLast(tx)
	})
	switch {
	case err == nil:
		if o.db.wordy() {
			o.renew()
		}
	case errors.Is(err, ErrDamaged):
		o.unsure = true // until the file was read anew
	case errors.Is(err, ErrStorage) && o.unsure:
		_ = o.reopen() // or with the next transaction
	}
	return err
}

func (o *Outbox) transact(doing string, run func(*bolt.DB, func(*bolt.Tx) error) error, f func(*bolt.Tx) error) error {
	switch {
	case o.closed:
		return fmt.Errorf("outbox: %s in %s: %w", doing, o.path, ErrClosed)
	case o.db == nil || o.unsure:
		if err := o.reopen(); err != nil {
			return err
		}
		// Even if it is well again: what the caller knows of the outbox was counted before.
		return fmt.Errorf("outbox: %s in %s: %w before and was not recovered", doing, o.path, ErrStorage)
	}
	err := guarded(func() error { return run(o.db.DB, f) })
	var panicked *broken
	if errors.As(err, &panicked) {
		o.db.abandon()
		o.db = nil
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bolterrors.ErrMaxSizeReached): // before the first write
		return fmt.Errorf("outbox: %s in %s: %w: %w; the file has reached its bound", doing, o.path, ErrStorage, err)
	case errors.Is(err, ErrNewer):
		return fmt.Errorf("outbox: %s in %s: %w; update the kiosk program", doing, o.path, err)
	case errors.Is(err, ErrDamaged):
		return fmt.Errorf("outbox: %s in %s: %w; set the file aside and keep it, the answers in it can be saved",
			doing, o.path, err)
	default:
		o.unsure, o.unsynced = true, o.unsynced || !noSpace(err)
		return fmt.Errorf("outbox: %s in %s: %w: %w; check the disk and the free space", doing, o.path, ErrStorage, err)
	}
}
