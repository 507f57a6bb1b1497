//go:build unix

package main

import (
	"fmt"
	"syscall"
)

// checkOpenFiles says what to do when the system allows the program fewer open files than the terminals need: each its
// outbox, a connection and one that is being written. The Go runtime has raised the soft limit to the hard one.
func checkOpenFiles(terminals int) error {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return nil // opening them will tell
	}
	if need := uint64(3*terminals + 64); uint64(limit.Cur) < need {
		return fmt.Errorf("%d terminals need %d open files, and %d are allowed; raise the limit with ulimit -n %d, "+
			"or simulate fewer", terminals, need, uint64(limit.Cur), need)
	}
	return nil
}
