package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/wire"
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

// On a disk that takes no lock and no write, what waits can still be carried away: the records are read from the file.
func TestQueueOfATerminalThatCannotBeOpenedIsRescued(t *testing.T) {
	dir, stick := t.TempDir(), t.TempDir()
	term := mustTerminal(t, dir)
	s, err := surveys.Load("lobby.yaml", []byte(commentSurvey))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := term.record.Save(s, &surveys.Response{Survey: s.ID, Version: s.Version, Number: s.Number, Language: "ru"}); err != nil {
			t.Fatal(err)
		}
	}
	origin := term.box.Origin()
	if err := term.box.Close(); err != nil {
		t.Fatal(err)
	}
	behind := newBehind()
	behind.lacks(errors.New("read-only file system"))
	c := newCorner(dir, behind, &offer{dir: dir}, func() {})
	name, answers, err := c.Rescue(stick)
	if err != nil || answers != 3 {
		t.Fatalf("%d answers, %v", answers, err)
	}
	f, err := os.Open(filepath.Join(stick, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := wire.NewBundleReader(f, func(uuid.UUID) (ed25519.PublicKey, error) {
		return term.identity.Key.Public().(ed25519.PublicKey), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if batch, _, err := r.Next(); err != nil || len(batch.Records) != 3 || batch.Origin != origin {
		t.Errorf("the stick has %d records of %s, %v", len(batch.Records), batch.Origin, err)
	}
	if sent := c.Sync(t.Context()); sent.Trouble == nil || sent.Trouble.Reason != "storage" {
		t.Errorf("sending what cannot be opened: %+v", sent)
	}
}
