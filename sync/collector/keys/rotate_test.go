package keys_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"otklik/sync/collector/keys"
	"otklik/sync/wire"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// files are the contents of a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	all := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		must(t, err)
		all[e.Name()] = string(text)
	}
	return all
}

func TestKeysAreExchangedInFullOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	first, err := keys.Load(dir, true)
	must(t, err)
	before := files(t, dir)
	second, err := keys.Rotate(dir, time.Now())
	must(t, err)
	after := files(t, dir)
	if second.SigningPublic().Equal(first.SigningPublic()) || second.Sealing.Equal(first.Sealing) || !second.Follow(first) ||
		first.Follow(second) || !second.First().Equal(first.SigningPublic()) {
		t.Errorf("exchanged to %+v", second)
	}
	former := ""
	for name := range after {
		if strings.HasPrefix(name, "sealing-") {
			former = name
		}
	}
	// The power goes after each step; then somebody exchanges the keys once more.
	order := []string{former, keys.SuccessionFile, keys.SealingFile, keys.SigningFile}
	for done := range len(order) + 1 {
		cut := t.TempDir()
		for name, text := range before {
			must(t, os.WriteFile(filepath.Join(cut, name), []byte(text), 0o600))
		}
		for _, name := range order[:done] {
			must(t, os.WriteFile(filepath.Join(cut, name), []byte(after[name]), 0o600))
		}
		k, err := keys.Load(cut, false)
		must(t, err)
		if want := done == len(order); k.SigningPublic().Equal(first.SigningPublic()) == want || (len(k.Chain) == 1) != want {
			t.Errorf("after %d steps: signs with %x, %d links", done, k.SigningPublic(), len(k.Chain))
		}
		if k, err = keys.Rotate(cut, time.Now()); err != nil {
			t.Fatalf("after %d steps: %v", done, err)
		}
		chain := wire.Successions{Chain: k.Chain}
		steps, err := chain.Follow(first.SigningPublic())
		if err != nil || !bytes.Equal(steps[len(steps)-1].SigningKey, k.SigningPublic()) ||
			!bytes.Equal(steps[len(steps)-1].SealingKey, k.SealingPublic()) {
			t.Errorf("after %d steps and another exchange a terminal gets to %+v, %v", done, steps, err)
		}
		for _, needed := range [][]byte{k.Sealing.Bytes(), first.Sealing.Bytes()} {
			if !slices.ContainsFunc(k.Opening(), func(key []byte) bool { return bytes.Equal(key, needed) }) {
				t.Errorf("after %d steps and another exchange some answers cannot be opened any more", done)
			}
		}
	}
}

func TestAForeignSuccessionIsNamed(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	for _, d := range []string{dir, other} {
		_, err := keys.Load(d, true)
		must(t, err)
		_, err = keys.Rotate(d, time.Now())
		must(t, err)
	}
	must(t, os.WriteFile(filepath.Join(dir, keys.SuccessionFile), []byte(files(t, other)[keys.SuccessionFile]), 0o600))
	if _, err := keys.Load(dir, false); err == nil || !strings.Contains(err.Error(), "does not lead") {
		t.Errorf("another collector's succession: %v", err)
	}
	text := files(t, other)[keys.SuccessionFile]
	must(t, os.WriteFile(filepath.Join(other, keys.SuccessionFile), []byte(strings.Replace(text, "A", "B", 5)), 0o600))
	if _, err := keys.Load(other, false); err == nil {
		t.Error("a changed succession was loaded")
	}
}
