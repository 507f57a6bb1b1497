package export

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// FuzzReadManifest reads any bytes as a manifest, and any JSON that is signed rightly.
func FuzzReadManifest(f *testing.F) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		`{"format":"otklik/manifest/1","terminals":[{"origin":"00","chain_links":1,"chain_head":"ff"}],"quarantine":{"chain_links":2}}`,
		`{"format":"otklik/manifest/1","terminals":[{"origin":"bbfca4d364174da7f19b1b40340a92d7","not_here":[{"first":2,"last":1}]}]}`,
		`{"manifest":{"format":"x"},"signature":"AA=="}`, `[]`, `null`, `{"manifest":null,"signature":null}`,
	} {
		f.Add([]byte(seed))
	}
	path := filepath.Join(f.TempDir(), "a.manifest.json")
	f.Fuzz(func(t *testing.T, text []byte) {
		files := [][]byte{text}
		var inner bytes.Buffer
		if json.Compact(&inner, text) == nil {
			signature, err := private.Sign(nil, inner.Bytes(), &ed25519.Options{Context: manifestContext})
			if err != nil {
				t.Fatal(err)
			}
			signed, err := json.Marshal(signedManifest{json.RawMessage(text), signature})
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, signed)
		}
		for _, file := range files {
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			if m, err := ReadManifest(path, public); err == nil {
				m.Anchors()
			}
		}
	})
}
