package recorder_test

import (
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otklik/surveys"
	"otklik/sync/outbox"
	"otklik/sync/recorder"
	"otklik/sync/wire"
)

const source = `
id: lobby
number: 1
kind: KIND
languages: [ru]
title: {ru: "Опрос"}
pages:
  - questions:
      - {code: smile, kind: smiley, text: {ru: "Как вас приняли?"}}
`

func mustLoad(t *testing.T, kind string) *surveys.Survey {
	t.Helper()
	s, err := surveys.Load("lobby.yaml", []byte(strings.Replace(source, "KIND", kind, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bench is an outbox, its recorder and the collector's key.
type bench struct {
	box    *outbox.Outbox
	rec    *recorder.Recorder
	opener *wire.Opener
	now    time.Time
}

func mustBench(t *testing.T) *bench {
	t.Helper()
	private, public, err := wire.NewSealingKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	opener, err := wire.NewOpener(private)
	if err != nil {
		t.Fatal(err)
	}
	box, err := outbox.Open(filepath.Join(t.TempDir(), "outbox.bolt"), outbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	b := &bench{box: box, opener: opener, now: time.Date(2026, 3, 4, 15, 16, 17, 0, time.UTC)}
	b.rec = recorder.New(recorder.Config{
		Outbox: box, Recipients: wire.Recipients{Collector: public}, Now: func() time.Time { return b.now },
		Offset: func() (time.Duration, bool) { return 1500 * time.Millisecond, true },
	})
	return b
}

// opened returns the bodies of all waiting records.
func (b *bench) opened(t *testing.T) (bodies []*wire.Body, batch wire.Batch) {
	t.Helper()
	batch, err := b.box.Next(wire.MaxBatchRecords, wire.MaxBatchBytes, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range batch.Sessions {
		if err := b.opener.Session(batch.Origin, s); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range batch.Records {
		body, _, err := b.opener.Open(batch.Origin, r)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	return bodies, batch
}

func response(s *surveys.Survey, n float64, at time.Time) *surveys.Response {
	return &surveys.Response{
		Survey: s.ID, Version: s.Version, Number: s.Number, Language: "ru", Started: at, Seconds: 9,
		Answers: []surveys.Answer{{Question: "smile", Value: surveys.Number(n), Tenths: 31}},
	}
}

func TestSavedResponseOpensAtTheCollector(t *testing.T) {
	b, s := mustBench(t), mustLoad(t, "exit-poll")
	var ids []string
	for n := range 3 {
		b.now = b.now.Add(time.Second)
		id, err := b.rec.Save(s, response(s, float64(n+1), b.now))
		if err != nil {
			t.Fatal(err)
		}
		if id.Version() != 7 {
			t.Errorf("answer_id %s is of version %d", id, id.Version())
		}
		ids = append(ids, id.String())
	}
	bodies, batch := b.opened(t)
	if len(bodies) != 3 || len(batch.Sessions) != 1 {
		t.Fatalf("%d records under %d sessions", len(bodies), len(batch.Sessions))
	}
	for i, body := range bodies {
		if n, _ := body.Response.Answers[0].Value.Float(); int(n) != i+1 || batch.Records[i].AnswerID.String() != ids[i] {
			t.Errorf("record %d is %s: %+v", i, batch.Records[i].AnswerID, body.Response)
		}
		if c := body.Clock; c.Offset != 1500 || !c.OffsetKnown || c.Monotonic != int64(i+1)*1000 {
			t.Errorf("clock of record %d: %+v", i, c)
		}
	}
}

func TestStaffAnswersTellTheDayAlone(t *testing.T) {
	b, s := mustBench(t), mustLoad(t, "staff")
	id, err := b.rec.Save(s, response(s, 2, b.now))
	if err != nil {
		t.Fatal(err)
	}
	if id.Version() != 4 {
		t.Errorf("the answer_id of a staff answer is of version %d, which tells its time", id.Version())
	}
	bodies, _ := b.opened(t)
	day := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	c := bodies[0].Clock
	if !bodies[0].Response.Started.Equal(day) || !c.Wall.Equal(day) || c.Monotonic != 0 || c.Boot != "" || c.OffsetKnown {
		t.Errorf("a staff answer tells %s, %+v", bodies[0].Response.Started, c)
	}
}

func TestQuotasCountTheVisitorsTheyMean(t *testing.T) {
	b := mustBench(t)
	const quotas = "quotas: [{code: all, limit: 5}, {code: glad, when: \"${smile} = 4\", limit: 2}]\npages:"
	s, err := surveys.Load("lobby.yaml", []byte(strings.NewReplacer("KIND", "poll", "pages:", quotas).Replace(source)))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []float64{4, 1, 4} {
		if _, err := b.rec.Save(s, response(s, n, b.now)); err != nil {
			t.Fatal(err)
		}
	}
	for code, want := range map[string]int{"all": 3, "glad": 2, "none": 0} {
		if got := b.rec.Completed("lobby", code); got != want {
			t.Errorf("the quota %s has %d, not %d", code, got, want)
		}
	}
}

func TestTicketIsUsedOnceOnATerminalAcrossRestarts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox.bolt")
	_, public, err := wire.NewSealingKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := surveys.Load("lobby.yaml", []byte(strings.NewReplacer("KIND", "test", "pages:", "test: {pass_mark: 50, tickets: true}\npages:").Replace(source)))
	if err != nil {
		t.Fatal(err)
	}
	const ticket, another = "1234567894", "0000005724"
	for start := range 2 {
		box, err := outbox.Open(path, outbox.Options{})
		if err != nil {
			t.Fatal(err)
		}
		rec := recorder.New(recorder.Config{Outbox: box, Recipients: wire.Recipients{Collector: public}})
		if got := rec.TicketUsed("lobby", ticket); got != (start > 0) {
			t.Errorf("start %d: the ticket counts as used: %v", start, got)
		}
		if start == 0 {
			r := response(s, 4, time.Now())
			r.Ticket = ticket
			if _, err := rec.Save(s, r); err != nil {
				t.Fatal(err)
			}
		}
		if !rec.TicketUsed("lobby", ticket) || rec.TicketUsed("lobby", another) || rec.TicketUsed("hall", ticket) {
			t.Error("another ticket is used, or that of another test")
		}
		if err := box.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
