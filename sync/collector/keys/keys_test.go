package keys_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"otklik/sync/collector/keys"
)

func TestLoadAtOnceGivesOneSetOfKeys(t *testing.T) {
	dir := t.TempDir()
	loaded := make([]*keys.Keys, 8)
	var loaders sync.WaitGroup
	for i := range loaded {
		loaders.Go(func() {
			k, err := keys.Load(dir, true)
			if err != nil {
				t.Error(err)
			}
			loaded[i] = k
		})
	}
	loaders.Wait()
	again, err := keys.Load(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range loaded {
		if !k.Signing.Equal(again.Signing) || !k.Sealing.Equal(again.Sealing) {
			t.Fatal("two programs have different keys")
		}
	}
	if len(again.SigningPublic()) != 32 || len(again.SealingPublic()) != 32 || bytes.Equal(again.SigningPublic(), again.SealingPublic()) {
		t.Error("the public keys are not two times 32 bytes")
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Errorf("files left: %v %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", f.Name(), info.Mode())
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := keys.Load(dir, false); err == nil || !strings.Contains(err.Error(), keys.SigningFile+" is missing") {
		t.Errorf("nothing there: %v", err)
	}
	if _, err := keys.Load(dir, true); err != nil {
		t.Fatal(err)
	}
	signing, sealing := filepath.Join(dir, keys.SigningFile), filepath.Join(dir, keys.SealingFile)
	if err := os.Rename(signing, sealing); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(sealing, signing); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Load(dir, true); err == nil || !strings.Contains(err.Error(), "exchanged") {
		t.Errorf("keys exchanged: %v", err)
	}
	if err := os.WriteFile(signing, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Load(dir, true); err == nil || !strings.Contains(err.Error(), "no PEM file") {
		t.Errorf("a letter: %v", err)
	}
}
