package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/export"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

func mustCSV(t *testing.T, src export.Source, o export.Options) (text string, table [][]string) {
	t.Helper()
	var out bytes.Buffer
	n, err := export.CSV(t.Context(), src, "visit", o, &out)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\uFEFF")))
	if o.Semicolon {
		r.Comma = ';'
	}
	if table, err = r.ReadAll(); err != nil {
		t.Fatal(err)
	}
	if len(table) != n+1 {
		t.Errorf("said %d rows, wrote %d lines", n, len(table))
	}
	return out.String(), table
}

// cells returns a row by the heads of its columns.
func cells(table [][]string, row int) map[string]string {
	m := make(map[string]string)
	for i, head := range table[0] {
		m[head] = table[row][i]
	}
	return m
}

func TestCSVKeepsColumnsOverVersions(t *testing.T) {
	s := collectortest.NewStore(t)
	v1 := collectortest.Publish(t, s, collectortest.Visit1)
	terminal := storetest.Enrolled(t, s, "Зал, первый", "=Левый")
	collectortest.Respond(t, s, terminal, 1, v1,
		collectortest.Said("mood", surveys.Number(4)), collectortest.Said("who", surveys.String("seeker")),
		collectortest.Said("why", surveys.Codes("staff", "speed")), collectortest.Said("advise", surveys.Number(10)),
		collectortest.Said("stars", surveys.Number(5)), collectortest.Said("clear", surveys.Number(2)),
		collectortest.Said("again", surveys.String("yes")), collectortest.Said("comment", surveys.String("Долго,\nно \"вежливо\"")))
	collectortest.Respond(t, s, terminal, 2, v1, collectortest.Skip("mood"), collectortest.Said("why", surveys.Codes()))
	_, before := mustCSV(t, s, export.Options{})

	v2 := collectortest.Publish(t, s, collectortest.Visit2)
	collectortest.Respond(t, s, terminal, 3, v2,
		collectortest.Said("queue", surveys.String("no")), collectortest.Said("why", surveys.Codes("comfort")))
	text, after := mustCSV(t, s, export.Options{})

	old := []string{
		"response_id", "survey", "version", "terminal", "site", "language", "audience", "started", "submitted", "seconds",
		"mood", "who", "why", "why/staff", "why/speed", "why/nothing", "advise", "stars", "clear", "again", "comment",
	}
	if !slices.Equal(before[0], old) {
		t.Errorf("columns of version 1: %v", before[0])
	}
	if want := append(slices.Clone(old), "queue", "why/comfort"); !slices.Equal(after[0], want) {
		t.Errorf("columns of both: %v", after[0])
	}
	for i := range before {
		if i > 0 && !slices.Equal(after[i][:len(old)], before[i]) {
			t.Errorf("row %d moved:\n%v\n%v", i, before[i], after[i])
		}
	}
	first := strings.Join(after[1], "|")
	if want := collectortest.AnswerID(terminal, 1).String() + "|visit|1|'=Левый|Зал, первый|ru||2026-03-02 09:29:36|" +
		"2026-03-02 09:30:16|40|4|seeker|staff speed|1|1|0|10|5|2|yes|Долго,\nно \"вежливо\"||"; first != want {
		t.Errorf("row 1\n%s\n%s", first, want)
	}
	for i, want := range map[int]map[string]string{
		2: {"mood": "", "why": "", "why/staff": "0", "why/speed": "0", "why/nothing": "0", "advise": ""},
		3: {"version": "2", "queue": "no", "why": "comfort", "why/comfort": "1", "why/staff": "0", "why/speed": "", "mood": ""},
	} {
		row := cells(after, i)
		for head, cell := range want {
			if row[head] != cell {
				t.Errorf("row %d, %s: %q, want %q", i, head, row[head], cell)
			}
		}
	}
	if strings.Count(strings.ReplaceAll(text, "\r\n", ""), "\n") != 0 {
		t.Error("a line does not end by CR LF")
	}
}

func TestCSVHeaderInALanguage(t *testing.T) {
	s := collectortest.NewStore(t)
	collectortest.Publish(t, s, collectortest.Visit1)
	collectortest.Publish(t, s, collectortest.Visit2)
	for language, want := range map[string][]string{
		"ru": {"Ответ", "Как вас встретили?", "Что понравилось, а что нет? / Скорость", "Пришлось ли ждать?"},
		"en": {"Response", "Как вас встретили?", "What did you like? / The speed", "Rate the hall"},
		"tt": {"Җавап", "Как вас встретили?"},
	} {
		text, table := mustCSV(t, s, export.Options{Header: language, BOM: true, Semicolon: true})
		if !strings.HasPrefix(text, "\xEF\xBB\xBF"+want[0]+";") {
			t.Errorf("%s starts %.20q", language, text)
		}
		for _, head := range want {
			if !slices.Contains(table[0], head) {
				t.Errorf("%s: no column %q in %q", language, head, table[0])
			}
		}
	}
}

func TestCSVRunsNoFormula(t *testing.T) {
	s := collectortest.NewStore(t)
	v := collectortest.Publish(t, s, collectortest.Visit1)
	terminal := storetest.Enrolled(t, s, "Зал", "Левый")
	texts := []string{"=1+1", "+7 900", "-1", "@SUM(A1)", "\tx", "\nx", "＝1", "＋1", "－1", "＠x", "'quoted", "1=1", "a-b"}
	for i, text := range texts {
		collectortest.Respond(t, s, terminal, uint64(i+1), v,
			collectortest.Said("comment", surveys.String(text)), collectortest.Said("advise", surveys.Number(0)))
	}
	_, table := mustCSV(t, s, export.Options{})
	for i, text := range texts {
		want := text
		if i < 10 {
			want = "'" + text
		}
		if row := cells(table, i+1); row["comment"] != want || row["advise"] != "0" {
			t.Errorf("%q became %q, advise %q", text, row["comment"], row["advise"])
		}
	}
}

func TestCSVHasColumnsForVersionsNeverPublishedHere(t *testing.T) {
	s := collectortest.NewStore(t)
	collectortest.Publish(t, s, collectortest.Visit1)
	terminal := storetest.Enrolled(t, s, "Зал", "Левый")
	lost, err := surveys.Load("lost.yaml", collectortest.Visit2)
	if err != nil {
		t.Fatal(err)
	}
	collectortest.Respond(t, s, terminal, 1, lost,
		collectortest.Said("queue", surveys.String("no")), collectortest.Said("why", surveys.Codes("comfort", "staff")))
	_, table := mustCSV(t, s, export.Options{})
	if got := table[0][len(table[0])-2:]; !slices.Equal(got, []string{"queue", "why/comfort"}) {
		t.Errorf("last columns: %v", got)
	}
	row := cells(table, 1)
	if row["queue"] != "no" || row["why/comfort"] != "1" || row["why/staff"] != "1" || row["why/speed"] != "" {
		t.Errorf("row: %v", row)
	}
}

func TestCSVColumnsDifferWhateverQuestionsAreCalled(t *testing.T) {
	s := collectortest.NewStore(t)
	source := bytes.Replace(collectortest.Visit1, []byte("code: stars"), []byte("code: terminal"), 1)
	source = bytes.Replace(source, []byte("code: why"), []byte("code: site"), 1)
	v := collectortest.Publish(t, s, source)
	collectortest.Respond(t, s, storetest.Enrolled(t, s, "Зал", "Левый"), 1, v,
		collectortest.Said("terminal", surveys.Number(5)), collectortest.Said("site", surveys.Codes("speed")))
	_, table := mustCSV(t, s, export.Options{})
	row := cells(table, 1)
	if len(row) != len(table[0]) || row["terminal"] != "Левый" || row["Q/terminal"] != "5" || row["Q/site/speed"] != "1" {
		t.Errorf("%d columns, %d names: %v", len(table[0]), len(row), row)
	}
}

func TestCSVTimesInAZone(t *testing.T) {
	s := collectortest.NewStore(t)
	v := collectortest.Publish(t, s, collectortest.Visit1)
	collectortest.Respond(t, s, storetest.Enrolled(t, s, "Зал", "Левый"), 1, v)
	_, table := mustCSV(t, s, export.Options{Location: time.FixedZone("MSK", 3*60*60)})
	if got := cells(table, 1)["submitted"]; got != "2026-03-02 12:30:16" {
		t.Errorf("submitted %s", got)
	}
}

func TestUnknownSurvey(t *testing.T) {
	s := collectortest.NewStore(t)
	if _, err := export.CSV(t.Context(), s, "visit", export.Options{}, io.Discard); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("CSV: %v", err)
	}
	if _, err := export.JSONL(t.Context(), s, "visit", io.Discard); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("JSON lines: %v", err)
	}
}

func TestJSONLLosesNothing(t *testing.T) {
	s := collectortest.NewStore(t)
	v := collectortest.Publish(t, s, collectortest.Visit1)
	terminal := storetest.Enrolled(t, s, "Зал", "Левый")
	const comment = "=cmd <b>&amp;\u2028"
	for seq := uint64(1); seq <= 300; seq++ {
		collectortest.Respond(t, s, terminal, seq, v, collectortest.Skip("mood"), collectortest.Said("comment", surveys.String(comment)))
	}
	var out bytes.Buffer
	n, err := export.JSONL(t.Context(), s, "visit", &out)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if n != 300 || len(lines) != 300 {
		t.Fatalf("said %d rows, wrote %d lines, want 300", n, len(lines))
	}
	kept, err := s.LatestResponses(t.Context(), "visit", 300)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range lines {
		var got struct {
			Response string
			Seq      uint64
			Site     string
			Body     json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		want := kept[len(kept)-1-i]
		if got.Response != want.AnswerID.String() || got.Seq != want.Seq || got.Site != "Зал" || !bytes.Equal(got.Body, want.Body) {
			t.Fatalf("line %d: %s", i, line)
		}
		var body wire.Body
		if err := json.Unmarshal(got.Body, &body); err != nil {
			t.Fatal(err)
		}
		if text, _ := body.Response.Answers[1].Value.Text(); text != comment {
			t.Fatalf("comment %q", text)
		}
	}
}

func TestToFileLeavesTheOldOneWhenItFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	if err := export.ToFile(path, func(w io.Writer) error { _, err := io.WriteString(w, "old"); return err }); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	err := export.ToFile(path, func(w io.Writer) error { io.WriteString(w, "half"); return stop })
	if !errors.Is(err, stop) || !strings.Contains(err.Error(), path) {
		t.Errorf("%v", err)
	}
	text, err := os.ReadFile(path)
	files, _ := os.ReadDir(dir)
	if err != nil || string(text) != "old" || len(files) != 1 {
		t.Errorf("%q, %v, %d files", text, err, len(files))
	}
}
