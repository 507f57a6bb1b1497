package backup_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"otklik/sync/collector/backup"
)

// FuzzManifest reads any bytes as the manifest of a backup: what is not there is not sound, and no file outside is looked at.
func FuzzManifest(f *testing.F) {
	for _, seed := range []string{
		`{"format":"otklik/v1/backup","files":{"collector.db":"00"}}`, `{"format":"otklik/v1/backup","files":{"../../etc/passwd":"00"}}`,
		`{"format":"otklik/v1/backup","files":{"collector.db":"5aaf2cddbe20a607efa9d62795b48a0c428bf2ed8eb747c8b210db482245d0cb"},` +
			`"rows":{"a":1},"origins":{"259f5f01834775598f08507ed46b7035":{"records":3,"ranges":[{"first":9,"last":1}]}}}`,
		`{"format":"otklik/v2/backup"}`, `null`, `[`,
	} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(filepath.Join(dir, backup.ManifestFile), text, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := backup.Read(dir)
		if err == nil {
			m.Ranges()
			m.Responses()
			if _, err = backup.Verify(t.Context(), dir); !errors.Is(err, backup.ErrBad) {
				t.Errorf("a backup without its files: %v", err)
			}
		}
	})
}
