//go:build unix

package outbox

import (
	"os"
	"syscall"
)

// unlock lets go of bbolt's own lock, which outlives a file that is closed and still mapped.
func unlock(f *os.File) { _ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }
