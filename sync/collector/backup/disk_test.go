package backup_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otklik/sync/collector/backup"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/storetest"
)

// A folder that is empty because its disk is not there gets no backup, and the failure is told.
func TestADiskThatIsNotMountedGetsNoBackup(t *testing.T) {
	p := newPlace(t)
	_, _, err := p.maker.Make(t.Context())
	ok(t, err)
	disk := p.maker.Dir + " on its disk"
	for what, mountPoint := range map[string]func() error{
		"an empty mount point": func() error { return os.Mkdir(p.maker.Dir, 0o700) },
		"none at all":          func() error { return nil },
	} {
		ok(t, os.Rename(p.maker.Dir, disk))
		ok(t, mountPoint())
		p.now = p.now.Add(time.Hour)
		ok(t, p.store.LoseBackups(t.Context())) // as a collector that serves has seen by then
		if _, path, err := p.maker.Make(t.Context()); !errors.Is(err, backup.ErrNotMounted) || path != "" {
			t.Errorf("%s: made %q, %v", what, path, err)
		}
		if left, err := os.ReadDir(p.maker.Dir); len(left) > 0 || err != nil && what != "none at all" {
			t.Errorf("%s: written into it: %v, %v", what, left, err)
		}
		state, err := p.store.BackupState(t.Context())
		ok(t, err)
		if !strings.Contains(state.Last.Problem, "mounted") {
			t.Errorf("%s: the store says %q", what, state.Last.Problem)
		}
		ok(t, os.RemoveAll(p.maker.Dir))
		ok(t, os.Rename(disk, p.maker.Dir))
	}
	_, _, err = p.maker.Make(t.Context())
	ok(t, err)
	// Another folder may be begun at any time; one that an earlier version used is known by what the store noted.
	p.maker.Dir = filepath.Join(t.TempDir(), "another")
	_, _, err = p.maker.Make(t.Context())
	ok(t, err)
	ok(t, os.Remove(filepath.Join(p.data, "backup-folders")))
	ok(t, os.RemoveAll(p.maker.Dir))
	ok(t, os.Mkdir(p.maker.Dir, 0o700))
	if _, _, err := p.maker.Make(t.Context()); !errors.Is(err, backup.ErrNotMounted) {
		t.Errorf("where the last good backup should be: %v", err)
	}
}

// A clock that jumped years ahead and back leaves backups whose names are in the future; those made first go first.
func TestBackupsGoInTheOrderInWhichTheyWereMade(t *testing.T) {
	p := newPlace(t)
	var paths []string
	for _, jump := range []time.Duration{0, 10 * 365 * 24 * time.Hour, 11 * 365 * 24 * time.Hour, time.Hour, 2 * time.Hour, 3 * time.Hour} {
		was := p.now
		p.now = p.now.Add(jump)
		_, path, err := p.maker.Make(t.Context())
		ok(t, err)
		paths = append(paths, path)
		p.now = was
	}
	for i, path := range paths {
		if _, err := os.Stat(path); (err == nil) != (i >= 3) {
			t.Errorf("backup %d of 6 is there: %v", i+1, err == nil)
		}
	}
}

// A body that was changed in the copy is noticed, although all counts and hashes in its columns stand.
func TestABackupWithAChangedBodyIsNone(t *testing.T) {
	p := newPlace(t)
	terminal := storetest.Enrolled(t, p.store, "Hall", "Left")
	in := store.Intake{Terminal: terminal.ID, Origin: storetest.Origin("Left"), Received: storetest.Now, Arrivals: []store.Arrival{storetest.Arrival(1, "a")}}
	_, err := p.store.Keep(t.Context(), in) // its hash is of something else
	ok(t, err)
	if _, path, err := p.maker.Make(t.Context()); err == nil || path != "" || !strings.Contains(err.Error(), "seq 1") {
		t.Errorf("made %q, %v", path, err)
	}
}
