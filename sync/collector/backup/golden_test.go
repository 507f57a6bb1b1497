package backup_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"otklik/sync/collector/backup"
	"otklik/sync/collector/keys"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

// unpack unpacks a backup that an earlier version made.
func unpack(t *testing.T, name string) (path string) {
	t.Helper()
	packed, err := os.Open(filepath.Join("testdata", name+".tar.gz"))
	ok(t, err)
	defer packed.Close()
	plain, err := gzip.NewReader(packed)
	ok(t, err)
	dir := t.TempDir()
	for from := tar.NewReader(plain); ; {
		h, err := from.Next()
		if errors.Is(err, io.EOF) {
			return filepath.Join(dir, name)
		}
		ok(t, err)
		if !filepath.IsLocal(h.Name) {
			t.Fatalf("%s is outside", h.Name)
		}
		path := filepath.Join(dir, h.Name)
		if h.FileInfo().IsDir() {
			ok(t, os.MkdirAll(path, 0o700))
			continue
		}
		data, err := io.ReadAll(from)
		ok(t, err)
		ok(t, os.WriteFile(path, data, 0o600))
	}
}

// A backup that was made with the tables up to migration 25 is sound as it is, and is restored into a store of today.
func TestABackupOfAnEarlierVersionIsRestored(t *testing.T) {
	path := unpack(t, "v25")
	m, err := backup.Verify(t.Context(), path)
	ok(t, err)
	if m.Responses() != 9 || len(m.Origins) != 3 || m.Collector != "d9bd5ffb" {
		t.Errorf("%+v", m)
	}
	data := t.TempDir()
	p := newPlace(t)
	_, err = backup.Restore(t.Context(), backup.Restoring{Backup: path, Data: data, Now: p.maker.Now})
	ok(t, err)
	if _, err := keys.Load(data, false); err != nil {
		t.Error(err)
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(data, backup.StoreFile))
	ok(t, err)
	defer s.Close()
	v, err := s.Verify(t.Context(), nil)
	ok(t, err)
	epoch, err := s.Epoch(t.Context())
	ok(t, err)
	if len(v.Faults) != 0 || v.Responses != 9 || v.Quarantined != 3 || epoch == m.Epoch {
		t.Errorf("%+v, epoch %s", v, epoch)
	}
	// The impossible number that the backup's ranges name is safe, and is no number of the outbox.
	if safe, _, err := s.Safe(t.Context(), storetest.Origin("Левый")); err != nil || len(safe) != 3 || safe[0] != (wire.Range{First: 1, Last: 4}) {
		t.Errorf("safe %v, %v", safe, err)
	}
}
