package backup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// The files in a data folder that are ours.
const (
	lockFile = "lock"
	// unfinishedFile lies in the data folder while its store and keys are being exchanged.
	unfinishedFile = "restore-unfinished"
)

// ErrInUse says that a program works on a data folder.
var ErrInUse = errors.New("in use")

// Hold says that a program works on the data folder until release is called: nothing is restored into it meanwhile. Any
// number of programs may. It fails while a restore is under way, and after one that was broken off.
func Hold(dir string) (release func() error, err error) {
	release, err = lock(filepath.Join(dir, lockFile), false)
	if errors.Is(err, ErrInUse) {
		return nil, fmt.Errorf("a backup is being restored into %s (%w); wait until it is done", dir, err)
	}
	if err != nil {
		return nil, err
	}
	return release, finished(dir, release)
}

// HoldAlone takes the data folder for work that bears no other program beside it, until release is called. The error wraps
// ErrInUse, or is that of a restore that was broken off.
func HoldAlone(dir string) (release func() error, err error) {
	if release, err = holdAlone(dir); err != nil {
		return nil, err
	}
	return release, finished(dir, release)
}

// holdAlone is HoldAlone for a restore, which may go on where one was broken off.
func holdAlone(dir string) (release func() error, err error) {
	release, err = lock(filepath.Join(dir, lockFile), true)
	if errors.Is(err, ErrInUse) {
		return nil, fmt.Errorf("a collector, or one of its commands, works on %s (%w); stop it first", dir, err)
	}
	return release, err
}

// finished lets go of a folder in which a restore was broken off.
func finished(dir string, release func() error) error {
	if _, err := os.Stat(filepath.Join(dir, unfinishedFile)); err != nil {
		return nil
	}
	return errors.Join(fmt.Errorf("a restore into %s was broken off; run collector restore again, with --replace", dir), release())
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
