package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"otklik/sync/collector/keys"
	"otklik/sync/collector/store/sqlite"
)

// A restore that a power cut breaks off, whichever file it was about to move, leaves a folder that refuses to be used, is
// there after it was done again, and loses no key: those that took over after the backup stay in force.
func TestRestoreBrokenOffAnywhereKeepsTheNewestKeys(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	source, backups := t.TempDir(), t.TempDir()
	_, err := keys.Load(source, true)
	must(err)
	s, err := sqlite.Open(t.Context(), filepath.Join(source, StoreFile))
	must(err)
	maker := Maker{Store: s, Data: source, Dir: backups, Keep: 3, Now: now}
	_, path, err := maker.Make(t.Context())
	must(err)
	rotated, err := keys.Rotate(source, now())
	must(err)
	_, newer, err := (&Maker{Store: s, Data: source, Dir: backups, Keep: 3, Now: func() time.Time { return now().Add(time.Hour) }}).Make(t.Context())
	must(err)
	must(s.Close())

	type cut struct{}
	// tear restores until the nth file is about to be moved, and reports whether there were so many.
	tear := func(data string, n int) (torn bool) {
		defer func() {
			if p := recover(); p != nil {
				_, torn = p.(cut)
				if !torn {
					panic(p)
				}
			}
		}()
		_, err := Restore(context.Background(), Restoring{Backup: path, Data: data, Replace: true, Now: now, moving: func(string) {
			if n--; n < 0 {
				panic(cut{})
			}
		}})
		must(err)
		return false
	}
	for _, empty := range []bool{false, true} {
		n := 0
		for ; ; n++ {
			data := t.TempDir()
			if !empty {
				_, err := Restore(t.Context(), Restoring{Backup: newer, Data: data, Now: now})
				must(err)
			}
			if !tear(data, n) {
				break
			}
			if _, err := Hold(data); err == nil {
				t.Errorf("cut before move %d: the folder can be used", n)
			}
			for range 2 { // and broken off again
				if !tear(data, n) {
					t.Fatal("the second time it had less to move")
				}
			}
			later := Restoring{Backup: path, Data: data, Replace: !empty, Now: func() time.Time { return now().Add(time.Minute) }}
			_, err := Restore(t.Context(), later)
			must(err)
			k, err := keys.Load(data, false)
			must(err)
			if newest := k.SigningPublic().Equal(rotated.SigningPublic()); newest == empty {
				t.Errorf("cut before move %d: the newest keys are in force: %v", n, newest)
			}
			if _, err := os.Stat(filepath.Join(data, StoreFile)); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(filepath.Join(data, unfinishedFile)); !errors.Is(err, os.ErrNotExist) {
				t.Error("the mark stayed")
			}
		}
		if want := map[bool]int{false: 7, true: 3}[empty]; n < want {
			t.Errorf("%d moves, at least %d are there to be broken off", n, want)
		}
	}
}

// One that an earlier version broke off said less in its mark.
func TestRestoreThatAnEarlierVersionBrokeOff(t *testing.T) {
	data := t.TempDir()
	k, err := keys.Load(data, true)
	if err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(data, "replaced-20260302T090000.000Z")
	if err := os.Mkdir(aside, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{keys.SigningFile, keys.SealingFile} {
		if err := os.Rename(filepath.Join(data, name), filepath.Join(aside, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(data, unfinishedFile), []byte("collector.db is being restored from /b.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := undo(data); err != nil {
		t.Fatal(err)
	}
	if back, err := keys.Load(data, false); err != nil || !back.SigningPublic().Equal(k.SigningPublic()) {
		t.Errorf("the keys are not there again: %v", err)
	}
}
