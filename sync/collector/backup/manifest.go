// Package backup copies a collector's data folder while it serves, sees that the copy is one, and brings it back. A
// backup is a folder of its own: the store, the keys and a manifest that says what must be found in them.
package backup

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"otklik/sync/collector/keys"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/wire"
)

// The names in a backup. StoreFile is the store's in a data folder as well.
const (
	StoreFile    = "collector.db"
	ManifestFile = "manifest.json"
	keysFolder   = "keys"
)

// Format is the manifest's version.
const Format = "otklik/v1/backup"

// ErrBad says that a backup is not what its manifest says. Nothing is restored from it.
var ErrBad = errors.New("not a sound backup")

// Manifest says what a backup has.
type Manifest struct {
	Format string `json:"format"`
	// Made is the moment that the backup shows.
	Made    time.Time `json:"made"`
	Program string    `json:"program"` // version of the collector
	// Order counts the backups of a collector in one folder; 0 in those of earlier versions, which were made before.
	Order int64 `json:"order,omitempty"`
	// Collector tells collectors apart: the beginning of the SHA-256 of the first key it signed with.
	Collector string `json:"collector"`
	Bytes     int64  `json:"bytes"` // of the store
	// Files are the SHA-256 of each file, by its path in the backup.
	Files map[string]wire.Hash `json:"files"`
	store.Inventory
}

// Responses is how many responses the backup has.
func (m *Manifest) Responses() int64 { return m.Rows["responses"] }

// noted is the backup as the store remembers it.
func (m *Manifest) noted(path string, ended time.Time) store.Backup {
	return store.Backup{
		Began: m.Made, Ended: ended, Path: path, Bytes: m.Bytes, Responses: m.Responses(), Ranges: m.Ranges(),
	}
}

// collectorID is Manifest.Collector of a data folder's keys.
func collectorID(k *keys.Keys) string {
	sum := sha256.Sum256(k.First())
	return wire.Hash(sum).String()[:8]
}

// Read reads the manifest of the backup in a folder. When the folder is one of several backups the error says so.
func Read(path string) (Manifest, error) {
	var m Manifest
	data, err := os.ReadFile(filepath.Join(path, ManifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		if all := list(path, ""); len(all) > 0 {
			return m, fmt.Errorf("backup: %s holds %d backups; name one of them, the last is %s",
				path, len(all), filepath.Join(path, all[len(all)-1]))
		}
		return m, fmt.Errorf("backup: %s is no backup: there is no %s in it", path, ManifestFile)
	}
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("backup: %s: %w: its manifest: %w", path, ErrBad, err)
	}
	if m.Format != Format {
		return m, fmt.Errorf("backup: %s: the manifest is of format %q, this program reads %q; use a newer collector",
			path, m.Format, Format)
	}
	return m, nil
}

// Verify reads all of a backup, without changing it, and holds it against its manifest. The error wraps ErrBad when the
// backup is not what was made.
func Verify(ctx context.Context, path string) (Manifest, error) {
	m, err := Read(path)
	if err != nil {
		return m, err
	}
	bad := func(format string, args ...any) (Manifest, error) {
		return m, fmt.Errorf("backup: %s: %w: %w; take another backup", path, ErrBad, fmt.Errorf(format, args...))
	}
	if _, ok := m.Files[StoreFile]; !ok {
		return bad("its manifest names no %s", StoreFile)
	}
	for name, want := range m.Files {
		if !filepath.IsLocal(name) {
			return bad("its manifest names %q", name)
		}
		got, err := hashFile(ctx, filepath.Join(path, name))
		if err != nil {
			return bad("%w", err)
		}
		if got != want {
			return bad("%s was changed: its SHA-256 is %s, not %s", name, got, want)
		}
	}
	found, err := sqlite.Inspect(ctx, filepath.Join(path, StoreFile))
	if ctx.Err() != nil {
		return m, ctx.Err()
	}
	if err != nil {
		return bad("%w", err)
	}
	if err := same(found, m.Inventory); err != nil {
		return bad("%w", err)
	}
	if _, err := keys.Load(filepath.Join(path, keysFolder), false); err != nil {
		return bad("%w", err)
	}
	return m, nil
}

// same says what a copy has otherwise than it should.
func same(found, want store.Inventory) error {
	if found.Epoch != want.Epoch {
		return fmt.Errorf("the copy is of epoch %s, not %s", found.Epoch, want.Epoch)
	}
	for table, n := range want.Rows {
		if found.Rows[table] != n {
			return fmt.Errorf("the table %s has %d rows in the copy, not %d", table, found.Rows[table], n)
		}
	}
	for origin, of := range want.Origins {
		if got := found.Origins[origin]; got.Records != of.Records || got.Hash != of.Hash || !slices.Equal(got.Ranges, of.Ranges) {
			return fmt.Errorf("origin %s has %d records in the copy with the hash %s, not %d with %s",
				origin, got.Records, got.Hash, of.Records, of.Hash)
		}
	}
	if len(found.Origins) != len(want.Origins) || !reflect.DeepEqual(found.Rows, want.Rows) {
		return fmt.Errorf("the copy has %d origins and %d tables, not %d and %d", len(found.Origins), len(found.Rows),
			len(want.Origins), len(want.Rows))
	}
	return nil
}

// hashFile returns the SHA-256 of a file.
func hashFile(ctx context.Context, path string) (sum wire.Hash, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, reading{ctx, f})
	return wire.Hash(h.Sum(nil)), err
}

// copyFile copies a file to one that is not there yet, readable by its owner only, synced, and returns its SHA-256.
func copyFile(ctx context.Context, to, from string) (sum wire.Hash, err error) {
	f, err := os.Open(from)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	err = writeFile(to, func(w io.Writer) error {
		_, err := io.Copy(io.MultiWriter(w, h), reading{ctx, f})
		return err
	})
	return wire.Hash(h.Sum(nil)), err
}

// writeFile makes a file that is not there yet, readable by its owner only, and syncs it.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// reading ends when nobody waits any more.
type reading struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (r reading) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
