package backup_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otklik/sync/collector/backup"
	"otklik/sync/collector/keys"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

// place is a data folder with keys and an open store, and a folder for backups.
type place struct {
	t     testing.TB
	data  string
	store *sqlite.Store
	now   time.Time
	maker *backup.Maker
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{t: t, data: t.TempDir(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	_, err := keys.Load(p.data, true)
	ok(t, err)
	p.open()
	t.Cleanup(func() { ok(t, p.store.Close()) })
	p.maker = &backup.Maker{
		Store: p.store, Data: p.data, Dir: filepath.Join(t.TempDir(), "backups"), Keep: 3, Program: "1.2.3",
		Now: func() time.Time { return p.now },
	}
	return p
}

func (p *place) open() {
	p.t.Helper()
	var err error
	p.store, err = sqlite.Open(context.Background(), filepath.Join(p.data, backup.StoreFile))
	ok(p.t, err)
}

// keep has records 1 to n of a terminal called name arrive.
func keep(t testing.TB, s *sqlite.Store, terminal store.Terminal, first, last uint64) {
	t.Helper()
	in := store.Intake{Terminal: terminal.ID, Origin: storetest.Origin(terminal.Name), Received: storetest.Now}
	for seq := first; seq <= last; seq++ {
		in.Arrivals = append(in.Arrivals, storetest.Genuine(in.Origin, seq, "a"))
	}
	_, err := s.Keep(context.Background(), in)
	ok(t, err)
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// files are all files under a folder with their modes and contents.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	ok(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		info, _ := e.Info()
		name, _ := filepath.Rel(dir, path)
		all[name] = info.Mode().String() + " " + string(data)
		return err
	}))
	return all
}

func TestABackupIsRestoredAsAnotherLife(t *testing.T) {
	p := newPlace(t)
	terminal := storetest.Enrolled(t, p.store, "Hall", "Left")
	keep(t, p.store, terminal, 1, 30)
	m, path, err := p.maker.Make(t.Context())
	ok(t, err)
	origin := storetest.Origin("Left")
	want := wire.Ranges{{First: 1, Last: 30}}
	if m.Responses() != 30 || !reflect.DeepEqual(m.Origins[origin].Ranges, want) || m.Program != "1.2.3" || !m.Made.Equal(p.now) {
		t.Errorf("manifest %+v", m)
	}
	for name, mode := range files(t, path) {
		if !strings.HasPrefix(mode, "-rw------- ") {
			t.Errorf("%s is %.10s", name, mode)
		}
	}
	if safe, backups, err := p.store.Safe(t.Context(), origin); err != nil || !backups || !reflect.DeepEqual(safe, want) {
		t.Errorf("safe %v, %v, %v", safe, backups, err)
	}
	keep(t, p.store, terminal, 31, 40) // lost by the restore
	again, err := backup.Verify(t.Context(), path)
	ok(t, err)
	if !reflect.DeepEqual(again, m) {
		t.Errorf("read again\n%+v\nmade\n%+v", again, m)
	}
	was := files(t, path)

	data := filepath.Join(t.TempDir(), "another machine")
	done, err := backup.Restore(t.Context(), backup.Restoring{Backup: path, Data: data, Now: func() time.Time { return p.now.Add(time.Hour) }})
	ok(t, err)
	if done.Aside != "" || done.Responses() != 30 {
		t.Errorf("restored %+v", done)
	}
	if !reflect.DeepEqual(files(t, path), was) {
		t.Error("restoring changed the backup")
	}
	k, err := keys.Load(data, false)
	ok(t, err)
	mine, err := keys.Load(p.data, false)
	ok(t, err)
	if !k.Signing.Equal(mine.Signing) || !k.Sealing.Equal(mine.Sealing) {
		t.Error("the keys are others")
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(data, backup.StoreFile))
	ok(t, err)
	defer s.Close()
	epoch, err := s.Epoch(t.Context())
	ok(t, err)
	restored, err := s.Restored(t.Context())
	ok(t, err)
	totals, err := s.Totals(t.Context())
	ok(t, err)
	if epoch == m.Epoch || !restored.Taken.Equal(p.now) || !restored.At.Equal(p.now.Add(time.Hour)) || totals["smiley"].Responses != 30 {
		t.Errorf("epoch %s after %s, %+v, %+v", epoch, m.Epoch, restored, totals)
	}
	// What the backup has is safe in the new life too.
	if safe, backups, err := s.Safe(t.Context(), origin); err != nil || !backups || !reflect.DeepEqual(safe, want) {
		t.Errorf("safe %v, %v, %v", safe, backups, err)
	}
}

func TestRestoringIntoAFolderThatHoldsAStore(t *testing.T) {
	p := newPlace(t)
	terminal := storetest.Enrolled(t, p.store, "Hall", "Left")
	keep(t, p.store, terminal, 1, 5)
	_, path, err := p.maker.Make(t.Context())
	ok(t, err)
	keep(t, p.store, terminal, 6, 9)
	release, err := backup.Hold(p.data)
	ok(t, err)
	other, err := backup.Hold(p.data) // commands work while it serves
	ok(t, err)
	ok(t, other())
	r := backup.Restoring{Backup: path, Data: p.data, Now: time.Now, Replace: true}
	if _, err := backup.Restore(t.Context(), r); !errors.Is(err, backup.ErrInUse) {
		t.Fatalf("restored into a folder in use: %v", err)
	}
	ok(t, release())
	r.Replace = false
	if _, err := backup.Restore(t.Context(), r); !errors.Is(err, backup.ErrOccupied) || !strings.Contains(err.Error(), "--replace") {
		t.Fatalf("restored over a store: %v", err)
	}
	ok(t, p.store.Close())
	r.Replace = true
	done, err := backup.Restore(t.Context(), r)
	ok(t, err)
	p.open()
	totals, err := p.store.Totals(t.Context())
	ok(t, err)
	if totals["smiley"].Responses != 5 {
		t.Errorf("%+v", totals)
	}
	old, err := sqlite.Open(t.Context(), filepath.Join(done.Aside, backup.StoreFile))
	ok(t, err)
	defer old.Close()
	if totals, err := old.Totals(t.Context()); err != nil || totals["smiley"].Responses != 9 {
		t.Errorf("what was there has %+v, %v", totals, err)
	}
	if _, err := keys.Load(done.Aside, false); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(p.data, ".restore*")); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestAFolderWithOtherKeysIsNotTakenOver(t *testing.T) {
	p := newPlace(t)
	_, path, err := p.maker.Make(t.Context())
	ok(t, err)
	data := t.TempDir()
	_, err = keys.Load(data, true)
	ok(t, err)
	was := files(t, data)
	_, err = backup.Restore(t.Context(), backup.Restoring{Backup: path, Data: data, Now: time.Now})
	if !errors.Is(err, backup.ErrOccupied) {
		t.Errorf("took over other keys: %v", err)
	}
	now := files(t, data)
	delete(now, "lock")
	if !reflect.DeepEqual(now, was) {
		t.Error("the folder was changed")
	}
}

// While store and keys are being exchanged a power cut leaves a folder that nothing works on but another restore.
func TestARestoreThatWasBrokenOffIsFinishedFirst(t *testing.T) {
	p := newPlace(t)
	_, path, err := p.maker.Make(t.Context())
	ok(t, err)
	data := t.TempDir()
	ok(t, os.WriteFile(filepath.Join(data, "restore-unfinished"), nil, 0o600))
	if _, err := backup.HoldAlone(data); err == nil || !strings.Contains(err.Error(), "restore again") {
		t.Errorf("keys could be exchanged in a folder that is half restored: %v", err) // and the restore would undo that
	}
	if _, err := backup.Hold(data); err == nil || !strings.Contains(err.Error(), "restore again") {
		t.Fatalf("a half-restored folder is used: %v", err)
	}
	_, err = backup.Restore(t.Context(), backup.Restoring{Backup: path, Data: data, Now: time.Now})
	ok(t, err)
	release, err := backup.Hold(data)
	ok(t, err)
	ok(t, release())
}

func TestDamagedBackupsAreRefused(t *testing.T) {
	p := newPlace(t)
	keep(t, p.store, storetest.Enrolled(t, p.store, "Hall", "Left"), 1, 50)
	_, path, err := p.maker.Make(t.Context())
	ok(t, err)
	for name, spoil := range map[string]func(dir string) error{
		"a byte of the store": func(dir string) error {
			f, err := os.OpenFile(filepath.Join(dir, backup.StoreFile), os.O_RDWR, 0)
			ok(t, err)
			defer f.Close()
			_, err = f.WriteAt([]byte{0xff}, 9000)
			return err
		},
		"the store cut": func(dir string) error { return os.Truncate(filepath.Join(dir, backup.StoreFile), 16384) },
		"no store":      func(dir string) error { return os.Remove(filepath.Join(dir, backup.StoreFile)) },
		"a key changed": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "keys", keys.SealingFile), []byte("x"), 0o600)
		},
		"no key": func(dir string) error { return os.Remove(filepath.Join(dir, "keys", keys.SigningFile)) },
		"manifest empty": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, backup.ManifestFile), []byte("{"), 0o600)
		},
		"manifest says more": func(dir string) error {
			file := filepath.Join(dir, backup.ManifestFile)
			text, err := os.ReadFile(file)
			ok(t, err)
			return os.WriteFile(file, []byte(strings.Replace(string(text), `"last": 50`, `"last": 51`, 1)), 0o600)
		},
		"manifest leads out": func(dir string) error {
			file := filepath.Join(dir, backup.ManifestFile)
			text, err := os.ReadFile(file)
			ok(t, err)
			return os.WriteFile(file, []byte(strings.Replace(string(text), `"keys/`, `"../keys/`, 1)), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			copied := filepath.Join(t.TempDir(), "backup")
			ok(t, os.CopyFS(copied, os.DirFS(path)))
			if _, err := backup.Verify(t.Context(), copied); err != nil {
				t.Fatalf("the copy is not sound: %v", err)
			}
			ok(t, spoil(copied))
			data := filepath.Join(t.TempDir(), "data")
			_, err := backup.Restore(t.Context(), backup.Restoring{Backup: copied, Data: data, Now: time.Now})
			if !errors.Is(err, backup.ErrBad) {
				t.Errorf("taken, or refused by %v", err)
			}
			if _, err := os.Stat(filepath.Join(data, backup.StoreFile)); err == nil {
				t.Error("a store was made of it")
			}
		})
	}
	if _, err := backup.Verify(t.Context(), filepath.Dir(path)); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("the folder of all backups: %v", err)
	}
}

func TestOldBackupsGo(t *testing.T) {
	p := newPlace(t)
	ok(t, os.MkdirAll(filepath.Join(p.maker.Dir, "otklik-notes"), 0o700)) // somebody's own
	var paths []string
	for range 5 {
		p.now = p.now.Add(time.Hour)
		_, path, err := p.maker.Make(t.Context())
		ok(t, err)
		paths = append(paths, path)
	}
	entries, err := os.ReadDir(p.maker.Dir)
	ok(t, err)
	for i, path := range paths {
		if _, err := os.Stat(path); (err == nil) != (i >= 2) || len(entries) != 5 { // and the mark
			t.Errorf("backup %d of 5: %v; %d entries", i+1, err, len(entries))
		}
	}
}

func TestAFailedBackupIsNotedAndMakesNothingSafe(t *testing.T) {
	p := newPlace(t)
	terminal := storetest.Enrolled(t, p.store, "Hall", "Left")
	keep(t, p.store, terminal, 1, 5)
	_, good, err := p.maker.Make(t.Context())
	ok(t, err)
	keep(t, p.store, terminal, 6, 9)
	p.now = p.now.Add(time.Hour)
	ok(t, os.Rename(filepath.Join(p.data, keys.SealingFile), filepath.Join(p.data, "elsewhere")))
	if _, path, err := p.maker.Make(t.Context()); err == nil || path != "" {
		t.Fatalf("made %q without a key: %v", path, err)
	}
	state, err := p.store.BackupState(t.Context())
	ok(t, err)
	if state.Good.Path != good || state.Last.Problem == "" || !state.Last.Began.Equal(p.now) {
		t.Errorf("state %+v", state)
	}
	if safe, _, err := p.store.Safe(t.Context(), storetest.Origin("Left")); err != nil || safe.Count() != 5 {
		t.Errorf("safe %v, %v", safe, err)
	}
	if left, _ := os.ReadDir(p.maker.Dir); len(left) != 2 { // it and the mark
		t.Errorf("left over: %v", left)
	}
	// Nobody waits any more: that is no failure.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := p.maker.Make(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if after, err := p.store.BackupState(t.Context()); err != nil || !reflect.DeepEqual(after, state) {
		t.Errorf("state %+v, %v", after, err)
	}
}

func TestBackupsAreMadeOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		p.maker.Now = time.Now
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		run := func() {
			go func() {
				defer close(done)
				p.maker.Run(ctx, 24*time.Hour, slog.New(slog.DiscardHandler))
			}()
		}
		made := func(want int, when string) {
			t.Helper()
			synctest.Wait()
			entries, _ := filepath.Glob(filepath.Join(p.maker.Dir, "otklik-*Z"))
			if len(entries) != want {
				t.Errorf("%s: %d backups, want %d", when, len(entries), want)
			}
		}
		run()
		time.Sleep(time.Second)
		made(1, "at the start")
		time.Sleep(23 * time.Hour)
		made(1, "after 23 hours")
		time.Sleep(2 * time.Hour)
		made(2, "after 25 hours")
		cancel()
		<-done

		// After a restart it goes on from the last good one; what failed is tried again before long.
		ctx, cancel = context.WithCancel(t.Context())
		done = make(chan struct{})
		run()
		time.Sleep(20 * time.Hour)
		made(2, "20 hours later")
		dir := p.maker.Dir
		ok(t, os.Rename(dir, dir+"-away"))
		ok(t, os.WriteFile(dir, []byte("a file"), 0o600))
		time.Sleep(4 * time.Hour)
		synctest.Wait()
		if state, err := p.store.BackupState(t.Context()); err != nil || state.Last.Problem == "" {
			t.Errorf("no failure: %+v, %v", state, err)
		}
		ok(t, os.Remove(dir))
		ok(t, os.Rename(dir+"-away", dir))
		time.Sleep(20 * time.Minute)
		made(3, "after the disk is there again")
		cancel()
		<-done
	})
}

// A backup that somebody deleted saves nothing: no record is safe until there is another one, which Run makes at once.
func TestADeletedBackupNoLongerCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		p.maker.Now = time.Now
		keep(t, p.store, storetest.Enrolled(t, p.store, "Hall", "Left"), 1, 50)
		safe := func(when string, want uint64) {
			t.Helper()
			got, backups, err := p.store.Safe(t.Context(), storetest.Origin("Left"))
			ok(t, err)
			n := uint64(0)
			for _, r := range got {
				n += r.Last - r.First + 1
			}
			if n != want || !backups {
				t.Errorf("%s: %d are safe, want %d; backups are made: %v", when, n, want, backups)
			}
		}
		_, path, err := p.maker.Make(t.Context())
		ok(t, err)
		safe("at first", 50)
		if lost, err := p.maker.Look(t.Context()); lost || err != nil {
			t.Errorf("it is there: %v, %v", lost, err)
		}
		ok(t, os.RemoveAll(path))
		if lost, err := p.maker.Look(t.Context()); !lost || err != nil {
			t.Errorf("it is gone: %v, %v", lost, err)
		}
		safe("deleted", 0)
		if state, err := p.store.BackupState(t.Context()); err != nil || state.Last.Problem != store.LostBackup || state.Good.Path != "" {
			t.Errorf("state %+v, %v", state, err)
		}

		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			p.maker.Run(ctx, 24*time.Hour, slog.New(slog.DiscardHandler))
		}()
		time.Sleep(time.Second)
		synctest.Wait()
		safe("made at the start", 50)
		all, err := filepath.Glob(filepath.Join(p.maker.Dir, "otklik-*Z"))
		ok(t, err)
		for _, one := range all {
			ok(t, os.RemoveAll(one))
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		safe("deleted under a collector that serves", 50)
		if state, err := p.store.BackupState(t.Context()); err != nil || state.Good.Path == "" {
			t.Errorf("no other backup was made: %+v, %v", state, err)
		}
		cancel()
		<-done
	})
}
