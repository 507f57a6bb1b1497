package outbox

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"otklik/sync/wire"
)

// guarded runs f so that a page of the file that cannot be read, or makes no sense, is an error and not the end of the
// program: bbolt maps the file into memory and panics on what it does not expect.
func guarded(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	return f()
}

// openBolt opens a bbolt file with every setting as the promise needs it: synced commits, and no waiting for ever.
func openBolt(path string, options Options) (*bolt.DB, error) {
	var db *bolt.DB
	err := inspect(path, options)
	if err == nil || errors.Is(err, os.ErrNotExist) {
		err = guarded(func() (err error) {
			db, err = bolt.Open(path, 0o600, &bolt.Options{
				Timeout: options.LockTimeout, FreelistType: bolt.FreelistMapType, MaxSize: options.MaxFileBytes,
			})
			return err
		})
	}
	var pathError *os.PathError
	var errno syscall.Errno
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("outbox: open %s: %w; is otklik-kiosk already running?", path, ErrLocked)
	case errors.As(err, &pathError), errors.As(err, &errno), errors.Is(err, bolterrors.ErrMaxSizeReached):
		return nil, fmt.Errorf("outbox: open %s: %w: %w; check the disk and the file's owner", path, ErrStorage, err)
	default:
		return nil, fmt.Errorf("outbox: open %s: %w: %w; set the file aside and keep it, the answers in it can be saved",
			path, ErrDamaged, err)
	}
}

// create makes the file of a new outbox under another name, complete and synced, and renames it: a power cut leaves
// either no outbox or a whole one.
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
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return fail(err)
	}
	if err := os.Rename(temporary, path); err != nil {
		return fail(err)
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return fail(err)
	}
	return nil
}

// fill makes a whole and synced outbox of a temporary file. os.ErrExist says that path came to be meanwhile: another
// process was faster, and that is its file.
func fill(temporary, path string, options Options) error {
	db, err := openBolt(temporary, options)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return errors.Join(os.ErrExist, db.Close())
	}
	err = guarded(func() error {
		return db.Update(func(tx *bolt.Tx) error {
			// What the power left of an earlier attempt may open and still lack a page.
			for err := range tx.Check() {
				return fmt.Errorf("%w: %w", ErrDamaged, err)
			}
			for _, name := range [][]byte{metaBucket, queuedBucket, keptBucket, sessionsBucket} {
				if _, err := tx.CreateBucketIfNotExists(name); err != nil {
					return err
				}
			}
			var origin wire.Origin
			if _, err := io.ReadFull(options.Rand, origin[:]); err != nil {
				return fmt.Errorf("no randomness for an origin: %w", err)
			}
			meta := tx.Bucket(metaBucket)
			if err := meta.Put(formatKey, []byte{format}); err != nil {
				return err
			}
			return meta.Put(originKey, origin[:])
		})
	})
	return errors.Join(err, guarded(db.Sync), guarded(db.Close))
}

// syncFolder makes a rename in a folder durable. Windows has no such call and needs none.
func syncFolder(folder string) error {
	if os.PathSeparator == '\\' {
		return nil
	}
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// open opens and checks the file at o.path and counts what is in it.
func (o *Outbox) open() error {
	db, err := openBolt(o.path, o.options)
	if err != nil {
		return err
	}
	o.db, o.unsure = db, false
	err = o.view("check", func(tx *bolt.Tx) error {
		meta := tx.Bucket(metaBucket)
		for _, name := range [][]byte{metaBucket, queuedBucket, keptBucket, sessionsBucket} {
			if tx.Bucket(name) == nil {
				return fmt.Errorf("%w: it has no bucket %q; is it the file of another program?", ErrDamaged, name)
			}
		}
		if found := meta.Get(formatKey); len(found) != 1 || found[0] != format {
			return fmt.Errorf("%w: format %v, this program reads %d; update the kiosk program", ErrDamaged, found, format)
		}
		var origin wire.Origin
		if err := origin.UnmarshalBinary(meta.Get(originKey)); err != nil {
			return fmt.Errorf("%w: its origin: %w", ErrDamaged, err)
		}
		if o.origin != (wire.Origin{}) && o.origin != origin {
			return fmt.Errorf("%w: its origin changed from %s to %s while it was in use", ErrDamaged, o.origin, origin)
		}
		o.origin = origin
		var unsound error
		for err := range tx.Check() { // to its end: the check reads the file in a goroutine of its own
			if unsound == nil {
				unsound = fmt.Errorf("%w: %w", ErrDamaged, err)
			}
		}
		if unsound != nil {
			return unsound
		}
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
	n := counters{named: map[wire.SessionID]int{}, last: tx.Bucket(queuedBucket).Sequence()}
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

// update leaves the outbox open anew after a failure, or unsure.
func (o *Outbox) update(doing string, f func(*bolt.Tx) error) error {
	err := o.transact(doing, (*bolt.DB).Update, f)
	if errors.Is(err, ErrStorage) {
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
	err := guarded(func() error { return run(o.db, f) })
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrDamaged):
		return fmt.Errorf("outbox: %s in %s: %w; set the file aside and keep it, the answers in it can be saved",
			doing, o.path, err)
	default:
		return fmt.Errorf("outbox: %s in %s: %w: %w; check the disk and the free space", doing, o.path, ErrStorage, err)
	}
}

// reopen opens the file anew after a commit that failed. bbolt goes on with what it believes to be on the disk, and the
// counts with what was there before; the file may hold the commit all the same. The caller holds the lock.
func (o *Outbox) reopen() error {
	o.unsure = true
	err := rewrite(o.path)
	_ = o.drop() // whatever the broken database says at its end, the file is read anew
	if err == nil {
		err = o.open()
	}
	return err
}

const rewriteBytes = 1 << 20 // at once

// rewrite writes the bytes of a file over themselves, those of its meta pages last. When a sync fails, the system forgets
// that the pages were to be written: they can be read from its cache, but never reach the disk unless they are written
// again, and a later commit would point to them.
func rewrite(path string) error {
	err := func() error {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		page := int64(os.Getpagesize())
		buffer := make([]byte, rewriteBytes)
		copyOver := func(from, to int64) error {
			for ; from < to; from += int64(len(buffer)) {
				part := buffer[:min(int64(len(buffer)), to-from)]
				if _, err := f.ReadAt(part, from); err != nil {
					return err
				}
				if _, err := f.WriteAt(part, from); err != nil {
					return err
				}
			}
			return f.Sync()
		}
		if err := copyOver(min(2*page, info.Size()), info.Size()); err != nil {
			return err
		}
		return copyOver(0, min(2*page, info.Size()))
	}()
	if err != nil {
		return fmt.Errorf("outbox: write %s again after a failure: %w: %w; check the disk and the free space", path, ErrStorage, err)
	}
	return nil
}

// compactMin is the size under which a file is not worth compacting.
const compactMin = 8 << 20

// compactIfMostlyFree rewrites a file of which less than a quarter is records: bbolt never gives space back.
func (o *Outbox) compactIfMostlyFree() error {
	info, err := os.Stat(o.path)
	if err != nil {
		return fmt.Errorf("outbox: open %s: %w: %w", o.path, ErrStorage, err)
	}
	if used := o.count.queuedBytes + o.count.keptBytes; info.Size() < compactMin || used*4 > info.Size() {
		return nil
	}
	temporary := o.path + ".compact"
	if err := os.Remove(temporary); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("outbox: compact %s: %w: %w", o.path, ErrStorage, err)
	}
	to, err := openBolt(temporary, o.options)
	if err != nil {
		return err
	}
	err = guarded(func() error { return bolt.Compact(to, o.db, 1<<20) })
	err = errors.Join(err, to.Sync(), to.Close())
	if err != nil {
		os.Remove(temporary)
		return fmt.Errorf("outbox: compact %s: %w: %w; the file itself is untouched", o.path, ErrStorage, err)
	}
	// Windows renames no open file, so the lock is let go before; another process that takes it meanwhile has the old
	// file open, and the rename or the open below fails.
	if err := o.drop(); err != nil {
		return err
	}
	if err := os.Rename(temporary, o.path); err != nil {
		return fmt.Errorf("outbox: compact %s: %w: %w", o.path, ErrStorage, err)
	}
	if err := syncFolder(filepath.Dir(o.path)); err != nil {
		return fmt.Errorf("outbox: compact %s: %w: %w", o.path, ErrStorage, err)
	}
	return o.open()
}
