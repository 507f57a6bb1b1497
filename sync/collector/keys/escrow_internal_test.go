package keys

import (
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Terminals may be told of a key although the disk said otherwise: then its private half is not thrown away.
func TestPrivateHalfStaysWhileTerminalsMayBeToldOfIt(t *testing.T) {
	kept := replace
	defer func() { replace = kept }()
	sick := errors.New("the folder cannot be synced")
	for _, c := range []struct {
		name    string
		replace func(string, []*pem.Block) error
		stays   bool
	}{
		{"before anything was written", func(string, []*pem.Block) error { return sick }, false},
		{"after the name changed", func(path string, blocks []*pem.Block) error { return errors.Join(kept(path, blocks), sick) }, true},
	} {
		dir, file := t.TempDir(), filepath.Join(t.TempDir(), "escrow.pem")
		if _, err := Load(dir, true); err != nil {
			t.Fatal(err)
		}
		replace = c.replace
		if _, err := MakeEscrow(dir, file); !errors.Is(err, sick) {
			t.Errorf("%s: %v", c.name, err)
		}
		replace = kept
		now, err := Load(dir, false)
		if err != nil || now.Escrow != nil != c.stays {
			t.Errorf("%s: terminals are told of %x, %v", c.name, now.Escrow, err)
		}
		if _, err := os.Stat(file); (err == nil) != c.stays {
			t.Errorf("%s: the private half: %v", c.name, err)
		}
	}
}
