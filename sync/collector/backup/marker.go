package backup

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"otklik/sync/disk"
)

const (
	// markerFile lies in every folder that backups go to. Without it the folder is another one: as a rule the bare mount
	// point of a disk that is not there, on the very disk that backups are meant to outlive.
	markerFile = "otklik-backups"
	// foldersFile lies in the data folder and names, a line each, the folders that were marked.
	foldersFile = "backup-folders"
)

// ErrNotMounted says that a folder of backups is not the one that it was.
var ErrNotMounted = errors.New("backups went to this folder before, and it is another one now")

// ready sees that the folder of backups is the one it was, and marks one that is used for the first time.
func (m *Maker) ready(dir string, before string) error {
	known, err := m.folders()
	if err != nil {
		return err
	}
	mark := filepath.Join(dir, markerFile)
	_, err = os.Stat(mark)
	if err == nil {
		return m.know(known, dir)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// A version before wrote no marks: its backups are one.
	if slices.Contains(known, dir) || filepath.Dir(before) == dir && len(list(dir, "")) == 0 {
		return fmt.Errorf("%w: there is no file %s in it; is its disk mounted? If the folder was emptied on purpose, make an empty "+
			"file of that name there", ErrNotMounted, markerFile)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	err = writeFile(mark, func(w io.Writer) error {
		_, err := io.WriteString(w, "The Otklik collector keeps its backups in this folder. It makes none where this file is missing.\n")
		return err
	})
	if err := errors.Join(err, disk.SyncFolder(dir)); err != nil {
		return err
	}
	return m.know(known, dir)
}

func (m *Maker) folders() ([]string, error) {
	text, err := os.ReadFile(filepath.Join(m.Data, foldersFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"), err
}

// know remembers a folder.
func (m *Maker) know(known []string, dir string) error {
	if slices.Contains(known, dir) {
		return nil
	}
	part := filepath.Join(m.Data, "."+foldersFile)
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := writeFile(part, func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(append(known, dir), "\n")+"\n")
		return err
	})
	if err == nil {
		err = os.Rename(part, filepath.Join(m.Data, foldersFile))
	}
	return errors.Join(err, disk.SyncFolder(m.Data))
}

// SameDisk reports whether backups lie on the disk that they are meant to outlive, as far as that can be told.
func (m *Maker) SameDisk() bool {
	data, ok1 := device(m.Data)
	backups, ok2 := device(m.Dir)
	return ok1 && ok2 && data == backups
}
