package disk

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// SyncFolder does nothing: Windows has no such call and needs none.
func SyncFolder(string) error { return nil }

// Free is how many bytes this user can still write where folder lies; false when that cannot be told.
func Free(folder string) (uint64, bool) {
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, false
	}
	var free uint64
	if windows.GetDiskFreeSpaceEx(name, &free, nil, nil) != nil {
		return 0, false
	}
	return free, true
}

// lockName is the file that is locked for its folder, which cannot be locked itself.
const lockName = "running.lock"

// Lock keeps a folder for this program until the lock is closed or the program ends. The error wraps ErrLocked when
// another program has it.
func Lock(folder string) (io.Closer, error) {
	f, err := os.OpenFile(filepath.Join(folder, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0,
		&windows.Overlapped{})
	if err != nil {
		f.Close()
		if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
			err = ErrLocked
		}
		return nil, fmt.Errorf("the folder %s: %w", folder, err)
	}
	return f, nil
}
