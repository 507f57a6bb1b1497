//go:build unix

package main

import "syscall"

// diskFree returns the bytes that the terminal's user can still write where dir lies; 0 when that cannot be told.
func diskFree(dir string) uint64 {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return 0
	}
	return s.Bavail * uint64(s.Bsize)
}
