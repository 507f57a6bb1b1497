// Package disk is how a terminal uses its disk: files are replaced whole or not at all, one program at a time works in a
// folder, and the room that is left is known.
package disk

import (
	"errors"
	"os"
	"path/filepath"
)

// ErrLocked says that another program works in the folder.
var ErrLocked = errors.New("locked by another process")

// Replace puts data at path in full or not at all: into a file beside it that takes its place. It is on the disk once
// Replace returned nil. The folder is made if it is missing. One process at a time writes a path.
func Replace(path string, data []byte, mode os.FileMode) error {
	if err := replace(path, data, mode, (*os.File).Sync); err != nil {
		return err
	}
	return SyncFolder(filepath.Dir(path))
}

// ReplaceLoosely is Replace for what the next start makes anew: after a power cut the file may be the old one or empty.
func ReplaceLoosely(path string, data []byte, mode os.FileMode) error {
	return replace(path, data, mode, func(*os.File) error { return nil })
}

func replace(path string, data []byte, mode os.FileMode, settle func(*os.File) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temporary := path + ".new"
	os.Remove(temporary) // left by a power cut, perhaps of another user; if it stays, the next line says so
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = settle(f)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		os.Remove(temporary)
	}
	return err
}
