package export_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/surveys"
	"otklik/surveys/lint"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/export"
	"otklik/sync/collector/fleet"
	"otklik/sync/collector/store/storetest"
)

// draft is a survey that an author keeps changing: the codes of its questions, each with the codes of its choices or rows.
type draft struct {
	number    int
	questions []drafted
}

type drafted struct {
	code  string
	kind  surveys.QuestionKind
	parts []string
}

// changing are the kinds of the draft's questions.
var changing = []surveys.QuestionKind{surveys.SingleChoice, surveys.MultipleChoice, surveys.Ranking, surveys.Matrix, surveys.Smiley, surveys.ShortText}

func (d *draft) source() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "id: changing\nnumber: %d\nkind: exit-poll\nlanguages: [ru]\ntitle: {ru: Опрос}\npages:\n  - questions:\n", d.number)
	for _, q := range d.questions {
		fmt.Fprintf(&b, "      - {code: %s, kind: %s, text: {ru: Вопрос %s}", q.code, q.kind, q.code)
		key := ""
		switch {
		case q.kind == surveys.Matrix:
			key = "scale: stars, rows"
		case q.kind.Traits().HasChoices:
			key = "choices"
		}
		if key != "" {
			fmt.Fprintf(&b, ", %s: [", key)
			for _, p := range q.parts {
				fmt.Fprintf(&b, "{code: %s, text: {ru: Часть %s}}, ", p, p)
			}
			b.WriteString("]")
		}
		b.WriteString("}\n")
	}
	return []byte(b.String())
}

// edit makes the next version: questions and their parts come, go and change places.
func (d *draft) edit(t *rapid.T) {
	d.number++
	for range rapid.IntRange(1, 4).Draw(t, "edits") {
		i := rapid.IntRange(0, len(d.questions)-1).Draw(t, "question")
		q := &d.questions[i]
		q.parts = slices.Clone(q.parts)
		fresh := fmt.Sprintf("n%d_%d", d.number, rapid.IntRange(0, 9).Draw(t, "code"))
		switch rapid.SampledFrom([]string{"add", "drop", "swap", "ask", "forget"}).Draw(t, "edit") {
		case "add":
			if !slices.Contains(q.parts, fresh) {
				q.parts = slices.Insert(q.parts, rapid.IntRange(0, len(q.parts)).Draw(t, "at"), fresh)
			}
		case "drop":
			if len(q.parts) > 2 {
				at := rapid.IntRange(0, len(q.parts)-1).Draw(t, "at")
				q.parts = slices.Delete(q.parts, at, at+1)
			}
		case "swap":
			slices.Reverse(q.parts)
		case "ask":
			if !slices.ContainsFunc(d.questions, func(q drafted) bool { return q.code == fresh }) {
				kind := rapid.SampledFrom(changing).Draw(t, "kind")
				d.questions = slices.Insert(slices.Clone(d.questions), i, drafted{fresh, kind, []string{"a", "b", "c"}})
			}
		case "forget":
			if len(d.questions) > 1 {
				d.questions = slices.Delete(slices.Clone(d.questions), i, i+1)
			}
		}
	}
}

// However an author changes a survey, publishing takes it, what was answered to earlier versions stays valid and stays in
// its columns, and every column that comes was told.
func TestNoEditOfASurveyShiftsAColumn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := collectortest.NewStore(t)
		f := fleet.New(s, bytes.Repeat([]byte{7}, 32), bytes.Repeat([]byte{8}, 32), func() time.Time { return collectortest.Now })
		terminal := storetest.Enrolled(t, s, "Зал", "Левый")
		chance := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		d := draft{number: 1}
		for i, kind := range changing {
			d.questions = append(d.questions, drafted{fmt.Sprintf("q%d", i), kind, []string{"a", "b", "c"}})
		}
		var before [][]string
		var given []surveys.Response
		seq := uint64(0)
		for range rapid.IntRange(2, 4).Draw(rt, "versions") {
			done, err := f.Publish(t.Context(), "changing.yaml", d.source())
			if err != nil || !done.Fresh {
				rt.Fatalf("%v\n%s", err, d.source())
			}
			for range 2 {
				seq++
				said := collectortest.Walk(done.Survey, seq, chance)
				collectortest.Respond(t, s, terminal, seq, done.Survey, said...)
				given = append(given, surveys.Response{
					Survey: done.Survey.ID, Version: done.Survey.Version, Number: done.Survey.Number, Language: "ru", Answers: said,
				})
			}
			after := mustTable(t, s, "changing", export.Options{})
			for i, row := range before {
				if !slices.Equal(after[i][:len(row)], row) {
					rt.Fatalf("row %d moved\nfrom %v\nto   %v\nby %s", i, row, after[i], d.source())
				}
			}
			if before != nil {
				for _, column := range after[0][len(before[0]):] {
					question, _, _ := strings.Cut(column, "/")
					told := func(word string) bool {
						return slices.ContainsFunc(done.Changes, func(c lint.Change) bool { return strings.Contains(c.Message, word) })
					}
					if !told("column "+column+" ") && !told("column "+question+" ") {
						rt.Fatalf("the column %s came and was not told: %v", column, done.Changes)
					}
				}
			}
			before = after
			versions, err := f.Versions(t.Context(), "changing")
			if err != nil {
				rt.Fatal(err)
			}
			for i := range given {
				if err := versions[given[i].Number-1].CheckResponse(&given[i]); err != nil {
					rt.Fatalf("an answer to number %d: %v", given[i].Number, err)
				}
			}
			d.edit(rt)
		}
	})
}
