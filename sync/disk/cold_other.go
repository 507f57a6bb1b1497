//go:build !linux

package disk

import "os"

// Cold does nothing: here the system decides alone what it remembers of a file.
func Cold(*os.File) error { return nil }
