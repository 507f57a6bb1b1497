package disk

import (
	"os"

	"golang.org/x/sys/unix"
)

// Cold has the system forget what it remembers of a synced file, so that who reads it next reads the medium.
func Cold(f *os.File) error { return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) }
