package export_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/export"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

func TestManifestSaysWhatIsInTheExportAndWhatIsMissing(t *testing.T) {
	s := collectortest.NewStore(t)
	survey := collectortest.Publish(t, s, collectortest.Visit1)
	terminal := storetest.Enrolled(t, s, "Зал <1> & двор", "Левый")
	for _, seq := range []uint64{1, 2, 4, 5} {
		collectortest.Respond(t, s, terminal, seq, survey)
	}
	_, err := s.Beat(t.Context(), terminal.ID, wire.Heartbeat{
		Origin: storetest.Origin("Левый"), Beat: 1, FirstSeq: 1, LastSeq: 7, Queued: 2,
	}, collectortest.Now)
	if err != nil {
		t.Fatal(err)
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	maker := export.Maker{Version: "1.2", Key: private, Now: func() time.Time { return collectortest.Now }}
	var file bytes.Buffer
	digest := export.NewDigest(&file)
	rows, err := export.CSV(t.Context(), s, survey.ID, export.Options{}, digest)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "visit.csv.manifest.json")
	err = export.ToFile(path, func(w io.Writer) error {
		return maker.Write(t.Context(), s, w, "visit.csv", survey.ID, rows, digest)
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := export.ReadManifest(path, public)
	if err != nil {
		t.Fatal(err)
	}
	epoch, err := s.Epoch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if m.Rows != 4 || m.Bytes != int64(file.Len()) || m.SHA256 != fmt.Sprintf("%x", sha256.Sum256(file.Bytes())) ||
		m.Survey != "visit" || m.Epoch != epoch.String() || m.Version != "1.2" || len(m.Terminals) != 1 {
		t.Errorf("%+v", m)
	}
	got, lacking := m.Terminals[0], wire.Ranges{{First: 3, Last: 3}, {First: 6, Last: 7}}
	if got.Site != terminal.Site || got.First != 1 || got.Last != 7 || !reflect.DeepEqual(got.Lacking, lacking) || got.Waiting != 2 ||
		got.Missing != 1 || got.Links != 4 {
		t.Errorf("%+v", got)
	}
	heads, err := s.ChainHeads(t.Context())
	if err != nil || !reflect.DeepEqual(m.Anchors(), heads) {
		t.Errorf("anchors %+v, heads %+v, %v", m.Anchors(), heads, err)
	}

	// A manifest that somebody changed, or another collector made, is none.
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte(`"rows": 4`), []byte(`"rows": 5`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := export.ReadManifest(path, public); !errors.Is(err, export.ErrManifest) {
		t.Errorf("changed: %v", err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	other := ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey)
	if _, err := export.ReadManifest(path, other); !errors.Is(err, export.ErrManifest) {
		t.Errorf("of another collector: %v", err)
	}
}
