package keys_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"otklik/sync/collector/keys"
)

// FuzzLoad reads any bytes as the files of keys: they load as keys that can be used, or say what is wrong.
func FuzzLoad(f *testing.F) {
	good := f.TempDir()
	if _, err := keys.Load(good, true); err != nil {
		f.Fatal(err)
	}
	if _, err := keys.Rotate(good, time.Unix(1772443815, 0)); err != nil {
		f.Fatal(err)
	}
	var whole [3][]byte
	for i, name := range []string{keys.SigningFile, keys.SealingFile, keys.SuccessionFile} {
		var err error
		if whole[i], err = os.ReadFile(filepath.Join(good, name)); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(whole[0], whole[1], whole[2])
	f.Add(whole[1], whole[0], whole[2][:len(whole[2])/2])
	f.Add(whole[0], whole[1], []byte("-----BEGIN OTKLIK SUCCESSION-----\nAAAA\n-----END OTKLIK SUCCESSION-----\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, signing, sealing, succession []byte) {
		for name, text := range map[string][]byte{keys.SigningFile: signing, keys.SealingFile: sealing, keys.SuccessionFile: succession} {
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		k, err := keys.Load(dir, false)
		if err != nil {
			return
		}
		if len(k.SigningPublics()) == 0 || len(k.Opening()) == 0 || len(k.SealingPublic()) != 32 || len(k.First()) != 32 {
			t.Errorf("keys that cannot be used: %+v", k)
		}
		k.Follow(k)
	})
}
