package agent

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// The agent's files in the data folder.
const (
	identityFile  = "identity.json"
	enrollingFile = "enrolling.json" // the key of an enrolment under way
	configFile    = "config.cbor"
	beatFile      = "beat"
	statusFile    = "status.json"
	surveysFolder = "surveys"
)

// writeFile puts data at path in full or not at all: into a file beside it that takes its place. With durable it survives
// a power cut once writeFile returned nil. The folder is made if it is missing. One process at a time writes a path.
func writeFile(path string, data []byte, mode os.FileMode, durable bool) error {
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
	if err == nil && durable {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		os.Remove(temporary)
		return err
	}
	if !durable {
		return nil
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes renames in a folder durable. Windows has no such call and needs none.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync the folder %s: %w", folder, err)
	}
	return nil
}
