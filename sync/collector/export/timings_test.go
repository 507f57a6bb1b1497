package export_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/export"
	"otklik/sync/collector/store/storetest"
)

// with is a survey file with more lines under its kind.
func with(source []byte, lines string) []byte {
	kind := bytes.Index(source, []byte("\nkind:")) + 1
	end := kind + bytes.IndexByte(source[kind:], '\n') + 1
	return slices.Concat(source[:end], []byte(lines+"\n"), source[end:])
}

func TestCSVHasTheSecondsOfEachQuestionWhenAskedTo(t *testing.T) {
	s := collectortest.NewStore(t)
	v := collectortest.Publish(t, s, collectortest.All1)
	took := func(tenths int, a surveys.Answer) surveys.Answer { a.Tenths = tenths; return a }
	collectortest.Respond(t, s, storetest.Enrolled(t, s, "Зал", "Левый"), 1, v,
		took(42, collectortest.Said("mood", surveys.Number(4))), took(300, collectortest.Skip("who")),
		took(7, collectortest.Said("parts", rowsOf("staff", surveys.Number(2)))), collectortest.Said("sum", surveys.Number(1)))
	plain := mustTable(t, s, "all", export.Options{})
	table := mustTable(t, s, "all", export.Options{Timings: true, Outcomes: true, Semicolon: true})
	row := cells(table, 1)
	for head, want := range map[string]string{
		"mood/seconds": "4,2", "who/seconds": "30", "parts/seconds": "0,7", "again/seconds": "", "mood": "4", "seconds": "40",
	} {
		if got, ok := row[head]; !ok || got != want {
			t.Errorf("%s: %q (%v), want %q", head, got, ok, want)
		}
	}
	for _, no := range []string{"sum/seconds", "window/seconds", "bye/seconds", "gap", "tap_x", "partial"} {
		if slices.Contains(table[0], no) {
			t.Errorf("there is a column %s", no)
		}
	}
	if i := slices.Index(table[0], "mood"); !slices.Equal(table[0][i:i+3], []string{"mood", "mood/outcome", "mood/seconds"}) {
		t.Errorf("beside mood: %v", table[0][i:i+3])
	}
	rest := slices.DeleteFunc(slices.Clone(table[0]), func(c string) bool {
		return strings.HasSuffix(c, "/seconds") || strings.HasSuffix(c, "/outcome") && c != "order/Q/outcome"
	})
	if !slices.Equal(rest, plain[0]) {
		t.Errorf("the other columns are\n%v\nwithout the option\n%v", rest, plain[0])
	}
	before := table[0]
	collectortest.Publish(t, s, collectortest.All2)
	if after := mustTable(t, s, "all", export.Options{Timings: true, Outcomes: true})[0]; !slices.Equal(after[:len(before)], before) ||
		!slices.Contains(after, "queue/seconds") {
		t.Errorf("version 2 moved columns:\n%v\n%v", before, after)
	}
	if ru := mustTable(t, s, "all", export.Options{Timings: true, Header: "ru"})[0]; !slices.Contains(ru, "Оцените по частям / секунд") {
		t.Errorf("in Russian: %v", ru)
	}
}

const smiley = `id: visit
number: 1
kind: poll
languages: [ru]
title: {ru: Как прошёл визит}
pages:
  - questions:
      - {code: gap, kind: smiley, text: {ru: Как вас встретили?}}
`

func TestBurstOfTapsIsToldApart(t *testing.T) {
	s := collectortest.NewStore(t)
	v := collectortest.Publish(t, s, []byte(smiley))
	terminal := storetest.Enrolled(t, s, "Зал", "Левый")
	tapped := func(gap int, tap surveys.Tap) func(*surveys.Response) {
		return func(r *surveys.Response) { r.Gap, r.Tap = gap, tap }
	}
	collectortest.RespondAs(t, s, terminal, 1, v, tapped(0, surveys.Tap{}), collectortest.Said("gap", surveys.Number(4)))
	collectortest.RespondAs(t, s, terminal, 2, v, tapped(13, surveys.Tap{0, 640}), collectortest.Said("gap", surveys.Number(1)))
	_, table := mustCSV(t, s, export.Options{Timings: true})
	for i, want := range []string{"||||4|", "|1.3|0|640|1|"} {
		row := cells(table, i+1)
		got := strings.Join([]string{"", row["gap"], row["tap_x"], row["tap_y"], row["Q/gap"], row["Q/gap/seconds"]}, "|")
		if got != want {
			t.Errorf("row %d: %s, want %s", i+1, got, want)
		}
	}
	if _, table := mustCSV(t, s, export.Options{}); slices.Contains(table[0], "gap") || cells(table, 2)["Q/gap"] != "1" {
		t.Errorf("without the option: %v", table[0])
	}

	// Once a version promised that nobody can be told apart, nothing says any more what came right after what.
	promised := with(bytes.Replace([]byte(smiley), []byte("number: 1"), []byte("number: 2"), 1), "anonymous: true")
	v2 := collectortest.Publish(t, s, promised)
	for seq := uint64(3); seq <= 6; seq++ {
		collectortest.Respond(t, s, terminal, seq, v2, collectortest.Said("gap", surveys.Number(1)))
	}
	if _, table := mustCSV(t, s, export.Options{Timings: true}); slices.Contains(table[0], "gap") {
		t.Errorf("an anonymous survey: %v", table[0])
	}
	var out bytes.Buffer
	if _, err := export.JSONL(t.Context(), s, "visit", &out); err != nil || strings.Contains(out.String(), `"tap"`) || strings.Contains(out.String(), `"gap":13`) {
		t.Errorf("the lines of an anonymous survey, %v: %s", err, out.String())
	}
}

func TestPartialResponsesAreMarked(t *testing.T) {
	s := collectortest.NewStore(t)
	v1 := collectortest.Publish(t, s, collectortest.Visit1)
	terminal := storetest.Enrolled(t, s, "Зал", "Левый")
	collectortest.Respond(t, s, terminal, 1, v1, collectortest.Said("mood", surveys.Number(4)))
	_, before := mustCSV(t, s, export.Options{})
	if slices.Contains(before[0], "partial") {
		t.Errorf("no version keeps partial responses: %v", before[0])
	}
	v2 := collectortest.Publish(t, s, with(collectortest.Visit2, "partial: true"))
	gone := func(r *surveys.Response) { r.Partial = true }
	collectortest.RespondAs(t, s, terminal, 2, v2, gone, collectortest.Said("mood", surveys.Number(1)))
	collectortest.Respond(t, s, terminal, 3, v2, collectortest.Said("mood", surveys.Number(2)))
	_, after := mustCSV(t, s, export.Options{})
	for i, want := range []string{"", "yes", ""} {
		if got, ok := cells(after, i+1)["partial"]; !ok || got != want {
			t.Errorf("row %d: partial is %q (%v), want %q", i+1, got, ok, want)
		}
	}
	if !slices.Equal(after[0][:len(before[0])], before[0]) {
		t.Errorf("the column moved others: %v", after[0])
	}
	for language, want := range map[string]string{"ru": "Не закончен", "tt": "Тәмамланмаган", "en": "Not finished"} {
		if _, table := mustCSV(t, s, export.Options{Header: language}); !slices.Contains(table[0], want) {
			t.Errorf("%s: %v", language, table[0])
		}
	}
}

// A version that was lost with an old backup had the key: its responses still say that they are partial.
func TestPartialResponsesToALostVersionAreMarked(t *testing.T) {
	s := collectortest.NewStore(t)
	collectortest.Publish(t, s, collectortest.Visit1)
	lost, err := surveys.Load("lost.yaml", with(collectortest.Visit2, "partial: true"))
	if err != nil {
		t.Fatal(err)
	}
	gone := func(r *surveys.Response) { r.Partial = true }
	collectortest.RespondAs(t, s, storetest.Enrolled(t, s, "Зал", "Левый"), 1, lost, gone,
		surveys.Answer{Question: "queue", Value: surveys.String("no"), Tenths: 11})
	if row := cells(mustTable(t, s, "visit", export.Options{Timings: true}), 1); row["partial"] != "yes" || row["queue/seconds"] != "1.1" {
		t.Errorf("%v", row)
	}
}
