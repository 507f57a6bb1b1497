package outbox

import (
	"errors"
	"fmt"
	"os"
	"syscall"

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
	if err := o.syncName(); err != nil {
		return err
	}
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
