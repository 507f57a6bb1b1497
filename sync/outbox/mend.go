package outbox

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"syscall"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// noSpace reports whether a commit failed because the disk is full, before anything was to be synced: what was written
// until then lies in pages that are free, and nothing that counts is lost from the system's cache.
func noSpace(err error) bool {
	var p *os.PathError
	return errors.As(err, &p) && p.Op == "write" && (errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT))
}

// full reports whether a transaction failed because the file may not grow, or the disk has no room for it to.
func full(err error) bool { return errors.Is(err, bolterrors.ErrMaxSizeReached) || noSpace(err) }

// reopen opens the file anew after a commit that failed. bbolt goes on with what it believes to be on the disk, and the
// counts with what was there before; the file may hold the commit all the same. The caller holds the lock.
func (o *Outbox) reopen() error {
	o.unsure = true
	var err error
	if o.unsynced {
		err = rewrite(o.path)
	}
	_ = o.drop() // whatever the broken database says at its end, the file is read anew
	if err != nil {
		return err
	}
	o.unsynced = false
	return o.open()
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

// compactIfMostlyFree rewrites a file of which less than a quarter is records: bbolt never gives space back. Where the disk
// has no room for that the file stays as it is. An error means that the outbox is not open any more. openHeld syncs the folder.
func (o *Outbox) compactIfMostlyFree() error {
	temporary := o.path + ".compact"
	_ = os.Remove(temporary) // left by a power cut
	info, err := os.Stat(o.path)
	if err != nil {
		return fmt.Errorf("outbox: open %s: %w: %w", o.path, ErrStorage, err)
	}
	if used := o.count.queuedBytes + o.count.keptBytes; info.Size() < compactMin || used*4 > info.Size() {
		return nil
	}
	if err := o.copyTo(temporary); err != nil {
		_ = os.Remove(temporary)
		slog.Warn("the outbox is mostly free space and could not be compacted; it goes on as it is", "file", o.path, "err", err)
		if o.db == nil {
			return o.open()
		}
		return nil
	}
	// Windows renames no open file.
	if err := o.drop(); err != nil {
		return err
	}
	if err := os.Rename(temporary, o.path); err != nil {
		_ = os.Remove(temporary)
		slog.Warn("the outbox could not be exchanged for its compacted copy; it goes on as it is", "file", o.path, "err", err)
		return o.open()
	}
	return o.open()
}

// copyTo writes what is in the outbox, without its free space, into a new file, and syncs it.
func (o *Outbox) copyTo(path string) error {
	to, err := openBolt(path, o.options)
	if err != nil {
		return err
	}
	err = guarded(func() error { return bolt.Compact(to.DB, o.db.DB, 1<<20) })
	var panicked *broken
	if errors.As(err, &panicked) {
		to.abandon()
		o.db.abandon() // it may have been this one
		o.db = nil
		return err
	}
	return errors.Join(err, guarded(to.Sync), guarded(to.Close))
}
