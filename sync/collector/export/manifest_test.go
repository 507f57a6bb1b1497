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
	"slices"
	"strings"
	"testing"
	"time"

	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/export"
	"otklik/sync/collector/store"
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
	unread := store.Arrival{Seq: 8, AnswerID: storetest.AnswerID(8), Reason: "no key", Raw: []byte("raw")}
	in := store.Intake{Terminal: terminal.ID, Origin: storetest.Origin("Чужой"), Received: collectortest.Now, Arrivals: []store.Arrival{unread}}
	if _, err := s.Keep(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	draft, err := maker.Begin(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	heads, err := s.ChainHeads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	collectortest.Respond(t, s, terminal, 3, survey) // it is in the next export, and in nothing that this manifest says
	if all, err := s.Coverage(t.Context(), terminal.ID); err != nil || all[0].Missing() != 0 {
		t.Fatalf("%+v, %v", all, err)
	}
	var file bytes.Buffer
	digest := export.NewDigest(&file)
	rows, err := export.CSV(t.Context(), draft.Source(s), survey.ID, export.Options{}, digest)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "visit.csv.manifest.json")
	err = export.ToFile(path, func(w io.Writer) error {
		return draft.Write(w, "visit.csv", survey.ID, rows, digest)
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
		m.Survey != "visit" || m.Epoch != epoch.String() || m.Version != "1.2" || len(m.Terminals) != 2 || m.Aside.Links != 1 {
		t.Errorf("%+v", m)
	}
	got, lacking := m.Terminals[slices.IndexFunc(m.Terminals, func(t export.ManifestTerminal) bool { return t.Last == 7 })], wire.Ranges{{First: 3, Last: 3}, {First: 6, Last: 7}}
	if got.Site != terminal.Site || got.First != 1 || got.Last != 7 || !reflect.DeepEqual(got.Lacking, lacking) || got.Waiting != 2 ||
		got.Missing != 1 || got.Links != 4 {
		t.Errorf("%+v", got)
	}
	if !reflect.DeepEqual(m.Anchors(), heads) {
		t.Errorf("anchors %+v, heads %+v", m.Anchors(), heads)
	}
	v, err := s.Verify(t.Context(), m.Anchors())
	for _, f := range v.Faults {
		if strings.Contains(f.Problem, "manifest") {
			t.Errorf("held against the manifest: %+v", f)
		}
	}
	if err != nil || v.Origins != 2 {
		t.Errorf("%+v, %v", v, err)
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
