package export_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/export"
	"otklik/sync/collector/store/storetest"
)

func mustTable(t *testing.T, src export.Source, survey string, o export.Options) [][]string {
	t.Helper()
	var out bytes.Buffer
	if _, err := export.CSV(t.Context(), src, survey, o, &out); err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(&out)
	if o.Semicolon {
		r.Comma = ';'
	}
	table, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func rowsOf(pairs ...any) surveys.Value {
	var rows []surveys.RowValue
	for i := 0; i < len(pairs); i += 2 {
		v, ok := pairs[i+1].(surveys.Value)
		if !ok {
			v = surveys.String(pairs[i+1].(string))
		}
		rows = append(rows, surveys.RowValue{Row: pairs[i].(string), Value: v})
	}
	return surveys.Rows(rows...)
}

// everything is a good answer to each question of version 1.
func everything() []surveys.Answer {
	said, n, s := collectortest.Said, surveys.Number, surveys.String
	return []surveys.Answer{
		said("mood", n(4)), said("stars", n(5)), said("advise", n(0)), said("effort", n(7)), said("who", s("seeker")),
		said("why", surveys.Codes("staff")), said("place", s("desk")), said("district", s("other")),
		said("order", surveys.Codes("outcome", "speed")), said("parts", rowsOf("staff", n(1), "hall", n(4))),
		said("often", rowsOf("call", "daily")), said("again", s("yes")), said("comfort", n(-0.5)), said("minutes", n(12.5)),
		said("day", s("2026-02-28")), said("hour", s("09:05")), said("moment", s("2026-02-28T09:05")), said("word", s("-да")), said("comment", s("=1+1\nда")),
		said("phone", s("+79172345678")), said("email", s("+roza@example.ru")), said("agree", s("yes")),
		said("sign", s("M1 2L3 4")), said("sum", n(4.5)), said("window", s("@12")),
	}
}

const meta = "response_id,survey,version,terminal,site,language,audience,started,submitted,seconds,"

const all1 = meta + "score,score_max,passed,mood,stars,advise,effort,who,why,why/staff,why/hiring,why/speed,why/nothing," +
	"place,district,order,order/speed,order/price,order/Q/outcome,parts/staff,parts/hall,often/visit,often/call,again,comfort," +
	"minutes,day,hour,moment,word,comment,phone,email,agree,sign,sum,window"

func TestCSVOfEveryKindInTwoVersions(t *testing.T) {
	s := collectortest.NewStore(t)
	v1 := collectortest.Publish(t, s, collectortest.All1)
	terminal := storetest.Enrolled(t, s, "Зал", "Левый")
	collectortest.Respond(t, s, terminal, 1, v1, everything()...)
	collectortest.Respond(t, s, terminal, 2, v1, collectortest.Said("who", surveys.String("employer")), collectortest.Skip("order"),
		collectortest.Said("why", surveys.Codes()))
	before := mustTable(t, s, "all", export.Options{})
	v2 := collectortest.Publish(t, s, collectortest.All2)
	collectortest.Respond(t, s, terminal, 3, v2, collectortest.Said("queue", surveys.Number(7)),
		collectortest.Said("why", surveys.Codes("coffee")), collectortest.Said("order", surveys.Codes("people", "price", "speed")),
		collectortest.Said("parts", rowsOf("toilet", surveys.Number(2))))
	after := mustTable(t, s, "all", export.Options{})

	id := func(seq uint64) string { return collectortest.AnswerID(terminal, seq).String() }
	want := []string{
		strings.ReplaceAll(all1, ",", "|") + "|queue|why/coffee|order/people|parts/toilet",
		id(1) + "|all|1|Левый|Зал|ru||2026-03-02 09:29:36|2026-03-02 09:30:16|40|" +
			"4|4|1|4|5|0|7|seeker|staff|1||0|0|desk|other|outcome speed|2||1|1|4||daily|yes|-0.5|12.5|2026-02-28|09:05|2026-02-28T09:05|" +
			"'-да|'=1+1\nда|'+79172345678|'+roza@example.ru|yes|M1 2L3 4|4.5|'@12||||",
		id(2) + "|all|1|Левый|Зал|ru||2026-03-02 09:29:37|2026-03-02 09:30:17|40|" +
			"0|4|0|||||employer||0|0|0|0|" + strings.Repeat("|", 27),
		id(3) + "|all|2|Левый|Зал|ru||2026-03-02 09:29:38|2026-03-02 09:30:18|40|" +
			"0|4|0||||||coffee|0||0|0|||people price speed|3|2||||||||||||||||||||7|1|1|2",
	}
	for i, row := range after {
		if got := strings.Join(row, "|"); got != want[i] {
			t.Errorf("row %d\n got %s\nwant %s", i, got, want[i])
		}
		if i < len(before) && !slices.Equal(row[:len(before[i])], before[i]) {
			t.Errorf("row %d moved when version 2 came", i)
		}
	}
	if excel := mustTable(t, s, "all", export.Options{Semicolon: true}); cells(excel, 1)["minutes"] != "12,5" || cells(excel, 1)["order"] != "outcome speed" {
		t.Errorf("with semicolons: %v", cells(excel, 1))
	}
}

func TestCSVTellsOutcomesApart(t *testing.T) {
	s := collectortest.NewStore(t)
	v := collectortest.Publish(t, s, collectortest.All1)
	terminal := storetest.Enrolled(t, s, "Зал", "Левый")
	collectortest.Respond(t, s, terminal, 1, v, collectortest.Skip("mood"), surveys.Answer{Question: "who", Outcome: surveys.Declined},
		surveys.Answer{Question: "minutes", Outcome: surveys.TimedOut}, surveys.Answer{Question: "parts", Outcome: surveys.Declined},
		collectortest.Said("order", surveys.Codes("outcome")), collectortest.Said("why", surveys.Codes()))
	table := mustTable(t, s, "all", export.Options{Outcomes: true})
	row := cells(table, 1)
	if len(row) != len(table[0]) {
		t.Errorf("%d columns have %d names", len(table[0]), len(row))
	}
	for head, want := range map[string]string{
		"mood/outcome": "skipped", "who/outcome": "declined", "minutes/outcome": "timed-out", "parts/outcome": "declined",
		"order/outcome": "answered", "order/Q/outcome": "1", "why/outcome": "answered", "stars/outcome": "", "mood": "", "parts/staff": "",
	} {
		if got, ok := row[head]; !ok || got != want {
			t.Errorf("%s: %q (%v), want %q", head, got, ok, want)
		}
	}
	if _, ok := row["bye/outcome"]; ok {
		t.Error("a page that asks nothing has an outcome")
	}
	ru := mustTable(t, s, "all", export.Options{Header: "ru", Outcomes: true})[0]
	for _, head := range []string{"Баллы", "Сдан", "Оцените по частям / Зал", "Оцените по частям / исход", "Что важнее? / Итог"} {
		if !slices.Contains(ru, head) {
			t.Errorf("no column %q in %q", head, ru)
		}
	}
}

// Whatever people type, in every kind that is typed, no cell of it starts like a formula.
func TestCSVRunsNoFormulaOfAnyKind(t *testing.T) {
	s := collectortest.NewStore(t)
	v := collectortest.Publish(t, s, collectortest.All1)
	terminal := storetest.Enrolled(t, s, "Зал", "Левый")
	starts := []string{"=1", "+1", "-1", "@SUM(A1)", "\t1", "\r1", "\n1", "＝1", "＋1", "－1", "＠1"}
	free := []string{"word", "comment", "phone", "email", "window", "sum", "sign", "day", "hour", "moment"}
	for i, text := range starts {
		var answers []surveys.Answer
		for _, q := range free {
			answers = append(answers, collectortest.Said(q, surveys.String(text)))
		}
		collectortest.Respond(t, s, terminal, uint64(i+1), v, answers...)
	}
	table := mustTable(t, s, "all", export.Options{})
	for i, text := range starts {
		for _, q := range free {
			// The writer of CSV drops a carriage return of its own.
			if got := cells(table, i+1)[q]; got != "'"+strings.Trim(text, "\r") {
				t.Errorf("%s: %q became %q", q, text, got)
			}
		}
	}
}

func TestUnpublishedVersionsOfEveryKindHaveColumns(t *testing.T) {
	s := collectortest.NewStore(t)
	collectortest.Publish(t, s, collectortest.All1)
	lost, err := surveys.Load("lost.yaml", collectortest.All2)
	if err != nil {
		t.Fatal(err)
	}
	collectortest.Respond(t, s, storetest.Enrolled(t, s, "Зал", "Левый"), 1, lost, collectortest.Said("parts", rowsOf("toilet", surveys.Number(3))),
		collectortest.Said("order", surveys.Codes("people", "price")), collectortest.Said("queue", surveys.Number(5)))
	table := mustTable(t, s, "all", export.Options{})
	if got, want := strings.Join(table[0], ","), all1+",order/people,parts/toilet,queue"; got != want {
		t.Errorf("columns\n got %s\nwant %s", got, want)
	}
	if row := cells(table, 1); row["parts/toilet"] != "3" || row["order/people"] != "1" || row["order/price"] != "2" || row["score"] != "" {
		t.Errorf("%v", row)
	}
}

func TestAnonymousExportTellsNobodyApart(t *testing.T) {
	s := collectortest.NewStore(t)
	v := collectortest.Publish(t, s, bytes.Replace(collectortest.Visit1, []byte("kind: exit-poll"), []byte("kind: staff"), 1))
	left := storetest.Enrolled(t, s, "Зал", "Левый-терминал")
	far := storetest.Enrolled(t, s, "Филиал", "Дальний-терминал")
	for seq := uint64(1); seq <= 4; seq++ {
		collectortest.Respond(t, s, left, seq, v, collectortest.Said("mood", surveys.Number(1)))
	}
	_, csvErr := export.CSV(t.Context(), s, "visit", export.Options{}, io.Discard)
	_, jsonErr := export.JSONL(t.Context(), s, "visit", io.Discard)
	for _, err := range []error{csvErr, jsonErr, export.Ready(t.Context(), s, "visit")} {
		if !errors.Is(err, export.ErrTooFew) || !strings.Contains(fmt.Sprint(err), "has 4") {
			t.Errorf("four responses: %v", err)
		}
	}
	collectortest.Respond(t, s, left, 5, v, collectortest.Said("mood", surveys.Number(1)))
	if err := export.Ready(t.Context(), s, "visit"); err != nil {
		t.Errorf("five responses: %v", err)
	}
	if row := cells(mustTable(t, s, "visit", export.Options{}), 1); row["terminal"] != "" || row["site"] != "Зал" || row["submitted"] != "2026-03-02" || row["mood"] != "1" {
		t.Errorf("five responses: %v", row)
	}
	// One response from another site: its row would be the one without a site, so none has one.
	collectortest.Respond(t, s, far, 6, v, collectortest.Said("mood", surveys.Number(4)))
	table := mustTable(t, s, "visit", export.Options{})
	for i := 1; i < len(table); i++ {
		row := cells(table, i)
		if row["site"] != "" || row["language"] != "ru" || i > 1 && row["response_id"] < table[i-1][0] {
			t.Errorf("row %d: %v", i, row)
		}
	}
	var out bytes.Buffer
	if n, err := export.JSONL(t.Context(), s, "visit", &out); err != nil || n != 6 {
		t.Fatalf("%d lines, %v", n, err)
	}
	for _, telling := range []string{"терминал", "Зал", "Филиал", left.ID.String(), "origin", "seq", "mono", "09:"} {
		if strings.Contains(out.String(), telling) {
			t.Errorf("the lines tell %q", telling)
		}
	}
	if n := strings.Count(out.String(), `"language":"ru"`); n != 6 {
		t.Errorf("%d of 6 lines have the language of all", n)
	}
	// The only one who answers in Tatar is told by no format; nor are the others' languages, by which that one's shows.
	collectortest.RespondAs(t, s, left, 7, v, func(r *surveys.Response) { r.Language = "tt" }, collectortest.Said("mood", surveys.Number(4)))
	out.Reset()
	if n, err := export.JSONL(t.Context(), s, "visit", &out); err != nil || n != 7 || strings.Contains(out.String(), `"language":"tt"`) ||
		strings.Contains(out.String(), `"language":"ru"`) {
		t.Errorf("%d lines, %v: %s", n, err, out.String())
	}
	for i := range 7 {
		if got := cells(mustTable(t, s, "visit", export.Options{}), i+1)["language"]; got != "" {
			t.Errorf("row %d is in %q", i+1, got)
		}
	}
}
