package outbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// sickDisk does not give the byte at bad, once the first reads before it have passed.
type sickDisk struct {
	io.ReaderAt
	bad int64
}

func (d sickDisk) ReadAt(b []byte, at int64) (int, error) {
	if at <= d.bad && d.bad < at+int64(len(b)) {
		return 0, &os.PathError{Op: "read", Path: "outbox.bolt", Err: syscall.EIO}
	}
	return d.ReaderAt.ReadAt(b, at)
}

func TestADiskThatDoesNotGiveAPageIsNoDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.bolt")
	o, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := uint64(len(raw))
	if err := walkFile(bytes.NewReader(raw), size); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for bad := int64(0); bad < int64(size); bad += 2048 {
		err := walkFile(sickDisk{bytes.NewReader(raw), bad}, size)
		if err == nil {
			continue // a free page, which nobody reads
		}
		failed++
		if errors.Is(err, ErrDamaged) || !errors.Is(err, syscall.EIO) {
			t.Errorf("byte %d cannot be read: %v", bad, err)
		}
		if err := openError(path, err); errors.Is(err, ErrDamaged) || !errors.Is(err, ErrStorage) {
			t.Errorf("byte %d cannot be read, opening says %v", bad, err)
		}
	}
	if failed < 3 {
		t.Errorf("%d places of the file are read at all", failed)
	}
}

func TestAFileOfANewerProgramIsLeftWhereItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.bolt")
	o, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = o.update("make it newer", func(tx *bolt.Tx) error { return tx.Bucket(metaBucket).Put(formatKey, []byte{format + 1}) })
	if err = errors.Join(err, o.Close()); err != nil {
		t.Fatal(err)
	}
	if o, aside, err := OpenOrSetAside(path, Options{}); !errors.Is(err, ErrNewer) || errors.Is(err, ErrDamaged) || o != nil || aside != "" {
		t.Errorf("set aside as %q: %v", aside, err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// Only what may be lost from the system's cache is worth writing a whole file again.
func TestAFullDiskIsNoReasonToWriteTheFileAgain(t *testing.T) {
	for _, c := range []struct {
		err  error
		full bool
	}{
		{&os.PathError{Op: "write", Err: syscall.ENOSPC}, true},
		{fmt.Errorf("commit: %w", &os.PathError{Op: "write", Err: syscall.EDQUOT}), true},
		{syscall.ENOSPC, false}, // of fdatasync: what was written is gone
		{&os.PathError{Op: "sync", Err: syscall.ENOSPC}, false},
		{&os.PathError{Op: "write", Err: syscall.EIO}, false},
	} {
		if got := noSpace(c.err); got != c.full {
			t.Errorf("%v: %v", c.err, got)
		}
	}
}
