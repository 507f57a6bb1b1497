package ingest

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/collectortest"
	"otklik/sync/wire"
)

// A record that breaks the program is put aside with a line in the log that says where; those beside it are read.
func TestRecordThatBreaksTheProgramIsPutAside(t *testing.T) {
	s := collectortest.NewStore(t)
	survey := collectortest.Publish(t, s, collectortest.Visit1)
	private, public, err := wire.NewSealingKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	opener, err := wire.NewOpener(private)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	in := New(s, nil, nil, opener, func() time.Time { return collectortest.Now }, slog.New(slog.NewTextHandler(&log, nil)))
	in.open = func(s *wire.OpenedSession, origin wire.Origin, r wire.Record) ([]byte, error) {
		if r.Seq == 2 {
			panic(fmt.Sprint("index out of range in seq ", r.Seq))
		}
		return s.OpenCanonical(origin, r)
	}
	origin := wire.Origin{1}
	sealer, err := wire.NewSealer(wire.Recipients{Collector: public}, origin, wire.Glossary(survey), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := wire.Batch{Origin: origin, Sessions: []wire.Session{sealer.Session()}}
	for seq := uint64(1); seq <= 5; seq++ {
		body := wire.Body{}
		body.Response.Survey, body.Response.Version = "unknown", "0123456789abcdef"
		r, err := sealer.Seal(seq, uuid.New(), &body)
		if err != nil {
			t.Fatal(err)
		}
		b.Records = append(b.Records, r)
	}
	intake, err := in.read(t.Context(), &b, collectortest.Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range intake.Arrivals {
		if (a.Reason != "") != (a.Seq == 2) || (a.Raw != nil) != (a.Seq == 2) {
			t.Errorf("seq %d: %q", a.Seq, a.Reason)
		}
	}
	if said := log.String(); !strings.Contains(said, "index out of range in seq 2") || !strings.Contains(said, "panic_internal_test.go") {
		t.Errorf("the log does not say where: %s", said)
	}
}

// Why a record cannot be read is for people to read: nothing that is in the record makes it long.
func TestReasonsAreShort(t *testing.T) {
	s := collectortest.NewStore(t)
	private, public, err := wire.NewSealingKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	opener, err := wire.NewOpener(private)
	if err != nil {
		t.Fatal(err)
	}
	in := New(s, nil, nil, opener, func() time.Time { return collectortest.Now }, slog.New(slog.DiscardHandler))
	in.open = func(*wire.OpenedSession, wire.Origin, wire.Record) ([]byte, error) {
		return []byte(`{"response":{"number":` + strings.Repeat("1", 200<<10) + `}}`), nil
	}
	sealer, err := wire.NewSealer(wire.Recipients{Collector: public}, wire.Origin{1}, nil, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r, err := sealer.Seal(1, uuid.New(), &wire.Body{})
	if err != nil {
		t.Fatal(err)
	}
	intake, err := in.read(t.Context(), &wire.Batch{Origin: wire.Origin{1}, Sessions: []wire.Session{sealer.Session()}, Records: []wire.Record{r}}, collectortest.Now)
	if err != nil {
		t.Fatal(err)
	}
	if reason := intake.Arrivals[0].Reason; !strings.Contains(reason, "no answer") || len(reason) > 500 {
		t.Errorf("a reason of %d bytes: %.100s", len(reason), reason)
	}
}
