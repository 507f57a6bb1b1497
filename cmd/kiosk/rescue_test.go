package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// A stick that gives back something else than it took leaves no file that looks like one.
func TestBrokenMediumLeavesNoFileForTheCourier(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "answers.rescue")
	err := carry(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "sealed answers"); err != nil {
			return err
		}
		f, err := os.OpenFile(path+".new", os.O_WRONLY, 0) // what the medium makes of it
		if err != nil {
			return err
		}
		_, err = f.WriteAt([]byte{0}, 3)
		return errors.Join(err, f.Close())
	})
	if !errors.Is(err, errBroken) {
		t.Errorf("a broken medium: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
		t.Errorf("left are %q", left)
	}

	if err := os.Mkdir(path+".sha256", 0o700); err != nil { // the sum finds no place
		t.Fatal(err)
	}
	text := func(w io.Writer) error { _, err := io.WriteString(w, "sealed answers"); return err }
	if err := carry(path, text); err == nil {
		t.Error("there is no sum, and no error")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file without its sum was left")
	}
	_ = os.Remove(path + ".sha256")
	if err := carry(path, text); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%x  answers.rescue\n", sha256.Sum256([]byte("sealed answers")))
	if note, err := os.ReadFile(path + ".sha256"); err != nil || string(note) != want {
		t.Errorf("the sum is %q, %v", note, err)
	}
}
