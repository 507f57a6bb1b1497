package export_test

import (
	"compress/gzip"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"otklik/sync/collector/export"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/wire"
)

// goldenKey is the public key of the collector that signed the manifest in testdata.
const goldenKey = "6ab3c0731b539bcf46cd171c4828bd08a10149602c0ad4d453c4ef62929aefdb"

// A manifest that an earlier version signed is read, and the store of then is held against it.
func TestManifestOfAnEarlierVersion(t *testing.T) {
	key, err := hex.DecodeString(goldenKey)
	if err != nil {
		t.Fatal(err)
	}
	m, err := export.ReadManifest(filepath.Join("testdata", "v25.manifest.json"), key)
	if err != nil {
		t.Fatal(err)
	}
	if m.File != "exit-poll.jsonl" || m.Survey != "exit-poll" || m.Rows != 0 || len(m.Terminals) != 4 || len(m.Anchors()) != 3 {
		t.Errorf("%+v", m)
	}
	for _, one := range m.Terminals {
		if one.Name == "Левый" && (one.Links != 5 || one.Last != 8 || !reflect.DeepEqual(one.Lacking, wire.Ranges{{First: 5, Last: 5}, {First: 7, Last: 8}}) || one.Waiting != 2) {
			t.Errorf("%+v", one)
		}
	}
	packed, err := os.Open(filepath.FromSlash("../store/sqlite/testdata/v25.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "collector.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	anchors := m.Anchors()
	if v, err := s.Verify(t.Context(), anchors); err != nil || len(v.Faults) != 0 {
		t.Errorf("%+v, %v", v, err)
	}
	anchors[0].Head[0]++
	if v, err := s.Verify(t.Context(), anchors); err != nil || len(v.Faults) != 1 || !strings.Contains(v.Faults[0].Problem, "manifest") {
		t.Errorf("against another head: %+v, %v", v, err)
	}
}
