package ingest_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/export"
	"otklik/sync/collector/results"
	"otklik/sync/wire"
)

// answered is a response to a survey of mood, who and more that ended after mood.
func (m *terminal) answered(seq uint64, s *surveys.Survey, partial bool) wire.Record {
	m.t.Helper()
	body := m.body(seq, "")
	r := &body.Response
	r.Survey, r.Version, r.Number, r.Partial = s.ID, s.Version, s.Number, partial
	r.Audience, r.Answers = "", []surveys.Answer{{Question: "mood", Value: surveys.Number(4), Tenths: 25}}
	if !partial {
		r.Audience = "employer"
		r.Answers = append(r.Answers, collectortest.Said("who", surveys.String("employer")), collectortest.Skip("again"))
	}
	record, err := m.sealer.Seal(seq, m.answerID(seq), body)
	if err != nil {
		m.t.Fatal(err)
	}
	return record
}

func TestPartialResponseFromTheTerminalToTheFigures(t *testing.T) {
	c := mustCollector(t)
	source := bytes.Replace(collectortest.Visit1, []byte("id: visit"), []byte("id: kept\npartial: true"), 1)
	kept := collectortest.Publish(t, c.store, source)
	m := mustTerminal(t, c, "Левый")
	wantVerdicts(t, m.send(m.batch(m.answered(1, kept, true), m.answered(2, kept, false), m.answered(3, c.survey, true),
		m.answered(4, c.survey, false))), wire.Stored, wire.Stored, wire.Quarantined, wire.Stored)

	sum, err := results.New(c.store).Survey(t.Context(), "kept")
	if err != nil {
		t.Fatal(err)
	}
	if sum.Responses != 2 || sum.Partial != 1 {
		t.Errorf("%d responses, %d partial", sum.Responses, sum.Partial)
	}
	for _, q := range sum.Questions {
		want := map[string][2]int{"mood": {2, 0}, "who": {1, 0}, "again": {0, 1}}[q.Code]
		if got := [2]int{q.Answered, q.Skipped}; got != want {
			t.Errorf("%s: answered, skipped %v, want %v", q.Code, got, want)
		}
	}
	for _, a := range sum.Audiences {
		if n := map[string]int{"employer": 1}[a.Code]; a.N != n {
			t.Errorf("audience %s: %d, want %d", a.Code, a.N, n)
		}
	}
	header, rows := csvOf(t, c, "kept")
	if at := slices.Index(header, "partial"); at < 0 || rows[0][at] != "yes" || rows[1][at] != "" {
		t.Errorf("rows %v under %v", rows, header)
	}
	if header, _ := csvOf(t, c, "visit"); slices.Contains(header, "partial") {
		t.Error("a survey that keeps no partial responses has their column")
	}
	var lines strings.Builder
	if _, err := export.JSONL(t.Context(), c.store, "kept", &lines); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(lines.String(), `"partial":true`); n != 1 || strings.Count(lines.String(), `"t":25`) != 2 {
		t.Errorf("%d lines say partial: %s", n, lines.String())
	}
}
