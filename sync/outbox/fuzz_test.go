package outbox_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"otklik/sync/outbox"
)

// FuzzFile holds that no bytes in the file of an outbox end the program, neither when it is opened nor when what is sound
// in it is saved.
func FuzzFile(f *testing.F) {
	path := newPath(f)
	o, err := outbox.Open(path, outbox.Options{})
	ok(f, err)
	s := mustSealer(f, o.Origin())
	for range 3 {
		_, _, err := add(o, s)
		ok(f, err)
	}
	ok(f, o.Close())
	raw, err := os.ReadFile(path)
	ok(f, err)
	f.Add(raw, 0, []byte{})
	f.Add(raw[:4*4096], 4096, []byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, raw []byte, at int, over []byte) {
		raw = bytes.Clone(raw)
		if at >= 0 && at < len(raw) {
			copy(raw[at:], over)
		}
		path := filepath.Join(t.TempDir(), "f.db")
		ok(t, os.WriteFile(path, raw, 0o600))
		if found, err := outbox.Salvage(path); err == nil && found.Found.Count() > uint64(len(raw)) {
			t.Errorf("%d records in %d bytes", found.Found.Count(), len(raw))
		}
		if o, err := outbox.Open(path, outbox.Options{}); err == nil {
			_ = o.Check()
			_, _ = o.Next(10, 1<<20, nil)
			ok(t, o.Close())
		}
	})
}
