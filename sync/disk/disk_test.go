package disk_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"otklik/sync/disk"
)

func TestReplacedFileIsWholeOrTheOneBefore(t *testing.T) {
	for name, replace := range map[string]func(string, []byte, os.FileMode) error{
		"durable": disk.Replace, "loose": disk.ReplaceLoosely,
	} {
		path := filepath.Join(t.TempDir(), "new folder", "file")
		for _, text := range []string{"one", "", "another"} {
			if err := replace(path, []byte(text), 0o600); err != nil {
				t.Fatal(name, err)
			}
			if err := os.WriteFile(path+".new", []byte("left by a power cut"), 0o400); err != nil {
				t.Fatal(name, err)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != text {
				t.Errorf("%s: holds %q, %v; want %q", name, got, err, text)
			}
		}
		if err := os.Remove(path + ".new"); err != nil {
			t.Fatal(name, err)
		}
		if err := os.Mkdir(path+".new", 0o700); err != nil { // stands in the way, and is not empty
			t.Fatal(name, err)
		}
		if err := os.WriteFile(filepath.Join(path+".new", "x"), nil, 0o600); err != nil {
			t.Fatal(name, err)
		}
		if err := replace(path, []byte("lost"), 0o600); err == nil {
			t.Errorf("%s: no error although nothing could be written", name)
		}
		if got, _ := os.ReadFile(path); string(got) != "another" {
			t.Errorf("%s: after a failure the file holds %q", name, got)
		}
	}
}

func TestLockedFolderIsFreeAfterItsHolder(t *testing.T) {
	dir := t.TempDir()
	first, err := disk.Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := disk.Lock(dir); !errors.Is(err, disk.ErrLocked) {
		t.Errorf("locked twice: %v", err)
	}
	if other, err := disk.Lock(t.TempDir()); err != nil {
		t.Errorf("another folder: %v", err)
	} else {
		_ = other.Close()
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := disk.Lock(dir)
	if err != nil {
		t.Fatalf("after its holder: %v", err)
	}
	_ = again.Close()
	if _, err := disk.Lock(filepath.Join(dir, "none")); err == nil || errors.Is(err, disk.ErrLocked) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestRoomIsKnownWhereThereIsAFolder(t *testing.T) {
	if free, known := disk.Free(t.TempDir()); !known || free == 0 {
		t.Errorf("%d bytes, known %v", free, known)
	}
	if _, known := disk.Free(filepath.Join(t.TempDir(), "none")); known {
		t.Error("known of a folder that is not there")
	}
}
