package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"otklik/sync/collector/keys"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/disk"
)

// ErrOccupied says that a data folder holds a store already.
var ErrOccupied = errors.New("not empty")

// Restoring says what is restored where.
type Restoring struct {
	Backup string // folder of one backup
	Data   string // the data folder; it is made if it is missing
	// Replace lets the backup take the place of a store that is there, which is kept in a folder beside.
	Replace bool
	Now     func() time.Time
	// moving is told of each file before it is moved; for tests.
	moving func(from string)
}

// Restored says what Restore did.
type Restored struct {
	Manifest
	// Aside is where what was in the data folder lies now, "" when it was empty.
	Aside string
}

// Restore verifies a backup and puts it into a data folder as another life of the store: with another epoch, by which the
// terminals see that they have to offer what they keep. Errors wrap ErrInUse, ErrOccupied or ErrBad; after any of them the
// folder is as it was. Broken off by a power cut, the folder refuses to be used until it is restored again, from whichever
// backup; the keys that were in force are not lost by that.
func Restore(ctx context.Context, r Restoring) (done Restored, err error) {
	if err := os.MkdirAll(r.Data, 0o700); err != nil {
		return done, err
	}
	release, err := holdAlone(r.Data)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, release()) }()
	if done.Manifest, err = Read(r.Backup); err != nil {
		return done, err
	}
	if err := undo(r.Data); err != nil {
		return done, fmt.Errorf("backup: a restore into %s was broken off, and what was there cannot be brought back: %w", r.Data, err)
	}
	if !r.Replace {
		if err := r.free(); err != nil {
			return done, err
		}
	}
	if done.Manifest, err = Verify(ctx, r.Backup); err != nil {
		return done, err
	}
	stage := filepath.Join(r.Data, ".restore")
	if err := os.RemoveAll(stage); err != nil {
		return done, err
	}
	if err := os.Mkdir(stage, 0o700); err != nil {
		return done, err
	}
	defer os.RemoveAll(stage)
	if err := r.revive(ctx, stage, &done.Manifest); err != nil {
		return done, err
	}
	done.Aside, err = r.exchange(stage)
	return done, err
}

// free says what a backup would take the place of. The backup's own keys are no obstacle: somebody put them there first.
func (r *Restoring) free() error {
	if _, err := os.Stat(filepath.Join(r.Data, StoreFile)); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup: %s holds a store already (%w); say --replace to put the backup in its place: "+
			"what is there is kept in a folder beside", r.Data, ErrOccupied)
	}
	names, err := keyFiles(r.Data)
	if err != nil {
		return err
	}
	for _, name := range names {
		was, err := os.ReadFile(filepath.Join(r.Data, name))
		if err != nil {
			return err
		}
		if now, err := os.ReadFile(filepath.Join(r.Backup, keysFolder, name)); err != nil || !bytes.Equal(was, now) {
			return fmt.Errorf("backup: %s holds another key in %s (%w); say --replace to use the backup's: "+
				"the other one is kept in a folder beside", r.Data, name, ErrOccupied)
		}
	}
	return nil
}

// revive makes, in the folder stage, what the data folder will hold.
func (r *Restoring) revive(ctx context.Context, stage string, m *Manifest) error {
	for name, want := range m.Files {
		sum, err := copyFile(ctx, filepath.Join(stage, filepath.Base(name)), filepath.Join(r.Backup, name))
		if err != nil {
			return err
		}
		if sum != want {
			return fmt.Errorf("backup: %s: %w: %s changed while it was copied", r.Backup, ErrBad, name)
		}
	}
	if err := r.keepNewerKeys(ctx, stage); err != nil {
		return err
	}
	path, err := filepath.Abs(r.Backup)
	if err != nil {
		return err
	}
	file := filepath.Join(stage, StoreFile)
	s, err := sqlite.Open(ctx, file)
	if err != nil {
		return err
	}
	if err := errors.Join(s.Revive(ctx, r.Now(), m.noted(path, m.Made)), s.Close()); err != nil {
		return err
	}
	if left, err := os.Stat(file + "-wal"); err == nil && left.Size() > 0 {
		return fmt.Errorf("backup: the log of %s could not be closed; is the disk full?", file)
	}
	return errors.Join(syncFile(file), disk.SyncFolder(stage))
}

// keepNewerKeys puts the keys that are in force into the stage when they took over from the backup's: terminals that have
// followed them listen to the former ones no more.
func (r *Restoring) keepNewerKeys(ctx context.Context, stage string) error {
	backups, err := keys.Load(stage, false)
	if err != nil {
		return err
	}
	present, err := keys.Load(r.Data, false)
	if err != nil {
		return nil // what is there is damaged or missing
	}
	if present.First().Equal(backups.First()) {
		if err := r.keepEscrow(ctx, stage, present); err != nil {
			return err
		}
	}
	if !present.Follow(backups) {
		return nil
	}
	names, err := keyFiles(r.Data)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(stage, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if _, err := copyFile(ctx, filepath.Join(stage, name), filepath.Join(r.Data, name)); err != nil {
			return err
		}
	}
	return nil
}

// keepEscrow puts the escrow key that is in force into the stage, or none: it was decided later than the backup's, and maybe
// because that one is in foreign hands.
func (r *Restoring) keepEscrow(ctx context.Context, stage string, present *keys.Keys) error {
	to := filepath.Join(stage, keys.EscrowFile)
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if present.Escrow == nil {
		return nil
	}
	_, err := copyFile(ctx, to, filepath.Join(r.Data, keys.EscrowFile))
	return err
}

// The mark of an exchange says on lines of their own where what was in the folder goes, and what that is.
const (
	asideLine = "aside: "
	wasLine   = "was: "
)

// exchange puts what lies in stage into the place of what lies in the data folder, and returns where that lies now.
func (r *Restoring) exchange(stage string) (aside string, err error) {
	was, err := contents(r.Data)
	if err != nil {
		return "", err
	}
	name := "replaced-" + r.Now().UTC().Format(stamp)
	aside = filepath.Join(r.Data, name)
	if err := os.Mkdir(aside, 0o700); err != nil {
		return "", err
	}
	mark := filepath.Join(r.Data, unfinishedFile)
	err = writeFile(mark, func(w io.Writer) error {
		lines := []string{fmt.Sprintf("%s is being restored from %s.", StoreFile, r.Backup), asideLine + name}
		for _, file := range was {
			lines = append(lines, wasLine+file)
		}
		_, err := io.WriteString(w, strings.Join(append(lines, ""), "\n"))
		return err
	})
	if err := errors.Join(err, disk.SyncFolder(r.Data)); err != nil {
		return "", err
	}
	if err := r.swap(stage, aside, was); err != nil {
		return "", errors.Join(err, undo(r.Data))
	}
	if err := errors.Join(disk.SyncFolder(r.Data), os.Remove(mark), disk.SyncFolder(r.Data)); err != nil {
		return aside, err
	}
	if len(was) == 0 {
		return "", os.Remove(aside)
	}
	return aside, nil
}

// contents are what a restore exchanges of a folder.
func contents(dir string) ([]string, error) {
	names, err := keyFiles(dir)
	for _, name := range []string{StoreFile, StoreFile + "-wal", StoreFile + "-shm"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			names = append(names, name)
		}
	}
	return names, err
}

// swap moves what there was aside, and what lies in stage to its place.
func (r *Restoring) swap(stage, aside string, was []string) error {
	for _, name := range was {
		if err := r.move(filepath.Join(r.Data, name), filepath.Join(aside, name)); err != nil {
			return err
		}
	}
	if err := disk.SyncFolder(aside); err != nil {
		return err
	}
	fresh, err := keyFiles(stage)
	if err != nil {
		return err
	}
	for _, name := range append(fresh, StoreFile) { // the store last: without its keys it would be worth nothing
		if err := r.move(filepath.Join(stage, name), filepath.Join(r.Data, name)); err != nil {
			return err
		}
	}
	return nil
}

func (r *Restoring) move(from, to string) error {
	if r.moving != nil {
		r.moving(from)
	}
	return os.Rename(from, to)
}

// undo brings a folder back to what it was before an exchange that was broken off, so that its keys, which may be newer
// than any backup's, are found again. It may be broken off itself.
func undo(dir string) error {
	mark := filepath.Join(dir, unfinishedFile)
	text, err := os.ReadFile(mark)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var name string
	var was []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if file, ok := strings.CutPrefix(line, asideLine); ok && filepath.IsLocal(file) {
			name = file
		}
		if file, ok := strings.CutPrefix(line, wasLine); ok {
			was = append(was, file)
		}
	}
	if name != "" {
		err = bringBack(dir, filepath.Join(dir, name), was)
	} else if all, _ := filepath.Glob(filepath.Join(dir, "replaced-*")); len(all) > 0 {
		err = bringBackKeys(dir, slices.Max(all)) // as an earlier version left it
	}
	if err != nil {
		return err
	}
	return errors.Join(os.Remove(mark), disk.SyncFolder(dir))
}

// bringBack has a folder hold again what there was: what lies aside, and nothing else that a restore brings.
func bringBack(dir, aside string, was []string) error {
	now, err := contents(dir)
	if err != nil {
		return err
	}
	for _, name := range now {
		if !slices.Contains(was, name) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, name)))
		}
	}
	for _, name := range was {
		if moved := os.Rename(filepath.Join(aside, name), filepath.Join(dir, name)); !errors.Is(moved, fs.ErrNotExist) {
			err = errors.Join(err, moved)
		}
	}
	if err := errors.Join(err, disk.SyncFolder(dir)); err != nil {
		return err
	}
	if err := os.Remove(aside); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// bringBackKeys brings back the keys that a folder lacks. Which store it had cannot be told.
func bringBackKeys(dir, aside string) error {
	names, err := keyFiles(aside)
	for _, name := range names {
		if _, missing := os.Stat(filepath.Join(dir, name)); errors.Is(missing, fs.ErrNotExist) {
			err = errors.Join(err, os.Rename(filepath.Join(aside, name), filepath.Join(dir, name)))
		}
	}
	return err
}
