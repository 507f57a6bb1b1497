package backup

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"otklik/sync/collector/keys"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/disk"
	"otklik/sync/wire"
)

const (
	prefix  = "otklik-"
	partial = ".otklik-" // of folders that are no backups yet
	stamp   = "20060102T150405.000Z"
	stale   = 24 * time.Hour   // a partial folder that old was left by a power cut
	again   = 15 * time.Minute // after a backup that failed, or sooner when they are made more often
	words   = 500              // of a problem that are kept, in bytes
)

// Source is an open store that can be copied.
type Source interface {
	Copy(ctx context.Context, path string) (store.Inventory, error)
	NoteBackup(ctx context.Context, b store.Backup) error
	BackupState(ctx context.Context) (store.BackupState, error)
	LoseBackups(ctx context.Context) error
}

// Maker makes backups of one data folder.
type Maker struct {
	Store   Source
	Data    string // the data folder
	Dir     string // where backups go, each into a folder of its own
	Keep    int    // how many stay, at least 1
	Program string // version of the collector
	Now     func() time.Time
}

// Make makes one backup while the collector serves, reopens and compares it, and only then counts it: the store notes what
// it has, and of the collector's backups in Dir the oldest beyond Keep go. It returns the backup's folder. A failure is
// noted in the store too, but for one because ctx ended; nothing half made stays.
func (m *Maker) Make(ctx context.Context) (Manifest, string, error) {
	began := m.Now().UTC()
	manifest, path, err := m.make(ctx, began)
	if err != nil && ctx.Err() != nil {
		return manifest, "", ctx.Err()
	}
	ctx = context.WithoutCancel(ctx) // what is there now is noted, and counted among those that stay
	if err != nil {
		err = fmt.Errorf("backup: to %s: %w", m.Dir, err)
		noted := m.Store.NoteBackup(ctx, store.Backup{Began: began, Ended: m.Now(), Path: m.Dir, Problem: shortened(err.Error())})
		return manifest, "", errors.Join(err, noted)
	}
	if err := m.Store.NoteBackup(ctx, manifest.noted(path, m.Now())); err != nil {
		return manifest, path, fmt.Errorf("backup: %s is good, but the store does not know of it: %w", path, err)
	}
	return manifest, path, m.sweep(manifest.Collector)
}

func shortened(text string) string {
	if len(text) > words {
		text = strings.ToValidUTF8(text[:words], "") + "…"
	}
	return text
}

func (m *Maker) make(ctx context.Context, began time.Time) (Manifest, string, error) {
	manifest := Manifest{Format: Format, Made: began, Program: m.Program, Files: map[string]wire.Hash{}}
	k, err := keys.Load(m.Data, false)
	if err != nil {
		return manifest, "", err
	}
	manifest.Collector = collectorID(k)
	dir, err := filepath.Abs(m.Dir)
	if err != nil {
		return manifest, "", err
	}
	state, err := m.Store.BackupState(ctx)
	if err != nil {
		return manifest, "", err
	}
	if err := m.ready(dir, state.Good.Path); err != nil {
		return manifest, "", err
	}
	for _, name := range list(dir, manifest.Collector) {
		manifest.Order = max(manifest.Order, orderOf(filepath.Join(dir, name)))
	}
	manifest.Order++
	name := manifest.Collector + "-" + began.Format(stamp)
	part, path := filepath.Join(dir, partial+name), filepath.Join(dir, prefix+name)
	if err := os.Mkdir(part, 0o700); err != nil {
		return manifest, "", err
	}
	if err := m.fill(ctx, part, &manifest); err != nil {
		os.RemoveAll(part)
		return manifest, "", err
	}
	if err := os.Rename(part, path); err != nil {
		os.RemoveAll(part)
		return manifest, "", err
	}
	return manifest, path, disk.SyncFolder(dir)
}

// fill makes a backup in a folder: all of it synced, reopened and found to be what the store had.
func (m *Maker) fill(ctx context.Context, part string, manifest *Manifest) error {
	file := filepath.Join(part, StoreFile)
	had, err := m.Store.Copy(ctx, file)
	if err != nil {
		return err
	}
	if err := syncFile(file); err != nil {
		return err
	}
	manifest.Inventory = had
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	manifest.Bytes = info.Size()
	if manifest.Files[StoreFile], err = hashFile(ctx, file); err != nil {
		return err
	}
	if err := m.copyKeys(ctx, part, manifest); err != nil {
		return err
	}
	found, err := sqlite.Inspect(ctx, file)
	if err != nil {
		return err
	}
	if err := same(found, had); err != nil {
		return err
	}
	err = writeFile(filepath.Join(part, ManifestFile), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(manifest)
	})
	return errors.Join(err, disk.SyncFolder(part))
}

// copyKeys copies every key of the data folder.
func (m *Maker) copyKeys(ctx context.Context, part string, manifest *Manifest) error {
	files, err := keyFiles(m.Data)
	if err != nil {
		return err
	}
	folder := filepath.Join(part, keysFolder)
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	for _, name := range files {
		sum, err := copyFile(ctx, filepath.Join(folder, name), filepath.Join(m.Data, name))
		if err != nil {
			return err
		}
		manifest.Files[keysFolder+"/"+name] = sum
	}
	return disk.SyncFolder(folder)
}

// keyFiles are the names of all keys in a folder.
func keyFiles(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if e.Type().IsRegular() && filepath.Ext(e.Name()) == ".key" && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// sweep deletes the backups of a collector that were made first, beyond Keep, and what power cuts left.
func (m *Maker) sweep(collector string) error {
	var failed []error
	all := list(m.Dir, collector)
	for len(all) > max(1, m.Keep) {
		failed = append(failed, os.RemoveAll(filepath.Join(m.Dir, all[0])))
		all = all[1:]
	}
	parts, _ := filepath.Glob(filepath.Join(m.Dir, partial+collector+"-*"))
	for _, part := range parts {
		if info, err := os.Stat(part); err == nil && m.Now().Sub(info.ModTime()) > stale {
			failed = append(failed, os.RemoveAll(part))
		}
	}
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("backup: an old backup cannot be deleted: %w", err)
	}
	return nil
}

// list returns the names of the backups in a folder in the order in which they were made, whatever the clock said then:
// those of one collector, or of any with "".
func list(dir, collector string) (names []string) {
	entries, _ := os.ReadDir(dir) // sorted by name, and so by time
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(dir, e.Name(), ManifestFile)); err == nil && strings.HasPrefix(e.Name(), prefix+collector) {
			names = append(names, e.Name())
		}
	}
	order := make(map[string]int64, len(names))
	for _, name := range names {
		order[name] = orderOf(filepath.Join(dir, name))
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(order[a], order[b]) })
	return names
}

// orderOf is Manifest.Order of a backup, 0 where it cannot be told.
func orderOf(path string) int64 {
	var m struct {
		Order int64 `json:"order"`
	}
	if data, err := os.ReadFile(filepath.Join(path, ManifestFile)); err != nil || json.Unmarshal(data, &m) != nil {
		return 0
	}
	return m.Order
}

// lookEvery is how often Run looks whether the last good backup is still there.
const lookEvery = time.Minute

// Look sees whether the last good backup is still where it was made, and notes when it is not: then nothing is safe, and
// terminals keep what they have longer.
func (m *Maker) Look(ctx context.Context) (lost bool, err error) {
	state, err := m.Store.BackupState(ctx)
	if err != nil || state.Good.Path == "" {
		return false, err
	}
	if _, err := os.Stat(filepath.Join(state.Good.Path, ManifestFile)); !errors.Is(err, fs.ErrNotExist) {
		return false, nil // an error of the disk says nothing of the backup
	}
	return true, m.Store.LoseBackups(ctx)
}

// Run makes a backup each time the last good one is so old, until ctx ends, and tells log of each. After a failure it tries
// again before long.
func (m *Maker) Run(ctx context.Context, every time.Duration, log *slog.Logger) {
	wait := func(d time.Duration) bool {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		}
	}
	next := time.Duration(0)
	if state, err := m.Store.BackupState(ctx); err == nil {
		// A clock that was set back must not put it off for years.
		next = min(every, max(0, state.Good.Began.Add(every).Sub(m.Now())))
	}
	if every <= 0 {
		next = math.MaxInt64
	}
	for wait(min(next, lookEvery)) {
		next -= min(next, lookEvery)
		lost, err := m.Look(ctx)
		if err != nil && ctx.Err() == nil {
			log.Warn("it cannot be told whether the last backup is still there", "error", err)
		}
		if lost {
			log.Warn("the last good backup is gone: until the next one, terminals keep what only it had")
		}
		if every <= 0 || next > 0 && !lost {
			continue
		}
		next = every
		manifest, path, err := m.Make(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			next = min(every, again)
			log.Error("the backup failed", "error", err, "again", next)
		default:
			log.Info("backup made", "path", path, "responses", manifest.Responses(), "bytes", manifest.Bytes)
		}
	}
}
