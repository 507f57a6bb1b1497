package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"otklik/surveys"
	"otklik/surveys/lint"
)

func mustLoad(t *testing.T, source string) *surveys.Survey {
	t.Helper()
	s, err := surveys.Load("poll.yaml", []byte(source))
	if err != nil {
		t.Fatalf("%v in\n%s", err, source)
	}
	return s
}

// numbered gives a version its number.
func numbered(n int, source string) string {
	return strings.Replace(source, "number: 1", fmt.Sprintf("number: %d", n), 1)
}

const (
	level  = "code: q, kind: agreement, levels: 5, text: {ru: Мне помогли}"
	rows   = "code: m, kind: matrix, scale: stars, text: {ru: Оцените}, rows: [{code: r, text: {ru: Зал}}, {code: s, text: {ru: Шум}}]"
	slider = "code: q, kind: slider, max: 10, text: {ru: Сколько?}"
)

func edit(source string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(source)
}

func TestCompareSaysWhatAVersionDoesToTheColumns(t *testing.T) {
	for name, c := range map[string]struct{ before, after, want string }{
		"nothing but words": {pages(who), edit(pages(who), "Кто вы?", "А вы кто?"), ""},
		"a question comes":  {pages(who), pages(who, face), "note column-added face"},
		"a question goes":   {pages(who, face), pages(who), "note column-kept face"},
		"information comes": {pages(who), pages(who, "code: i, kind: information, text: {ru: Спасибо}"), ""},
		"a choice comes": {
			pages(who), edit(pages(who), "}]", "}, {code: c, text: {ru: Сосед}}]"),
			"note choice-added who",
		},
		"a choice goes": {
			pages(many), edit(pages(many), "{code: y, text: {ru: Два}}, ", ""),
			"note choice-removed many",
		},
		"a row comes": {
			pages(rows), edit(pages(rows), "Шум}}]", "Шум}}, {code: t, text: {ru: Свет}}]"),
			"note row-added m",
		},
		"a row goes": {
			pages(rows), edit(pages(rows), ", {code: s, text: {ru: Шум}}", ""),
			"note row-removed m",
		},
		"another kind":      {pages(face), edit(pages(face), "smiley", "stars"), "error kind-changed face"},
		"another scale":     {pages(level), edit(pages(level), "levels: 5", "levels: 7"), "error scale-changed q"},
		"another row scale": {pages(rows), edit(pages(rows), "scale: stars", "scale: nps"), "error scale-changed m"},
		"more row levels": {pages(edit(rows, "stars", "agreement")), pages(edit(rows, "stars",
			"agreement, levels: 7")), "error scale-changed m"},
		"a scale turned": {pages(face), pages(face + ", reversed: true"), "error scale-changed face"},
		"a row turned": {
			pages(rows), edit(pages(rows), "{code: r,", "{code: r, reversed: true,"),
			"error scale-changed m",
		},
		"a longer slider": {pages(slider), edit(pages(slider), "max: 10", "max: 20"), "error scale-changed q"},
		"a number let go": {pages(number), edit(pages(number), "120", "130"), ""},
		"a question's code": {
			pages(face), edit(pages(face), "Как вас встретили?", "Удобно ли парковаться?"),
			"warning code-reused face",
		},
		"a choice's code":   {pages(who), edit(pages(who), "Хозяин", "Прохожий"), "warning code-reused who"},
		"a choice in words": {pages(who), edit(pages(who), "Хозяин", "Я хозяин дома"), ""},
		"the same in English": {english("smiley", "Как визит?", "How was your visit?"), english("smiley", "Удобно?",
			"How did your visit go?"), ""},
	} {
		before := mustLoad(t, c.before)
		var got []string
		for _, change := range lint.Compare(mustLoad(t, numbered(2, c.after)), []*surveys.Survey{before}) {
			got = append(got, fmt.Sprintf("%s %s %s", change.Severity, change.Rule, change.Question))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

func TestComparePublishesNothingTwice(t *testing.T) {
	one, two := mustLoad(t, pages(who)), mustLoad(t, numbered(2, pages(face)))
	if got := lint.Compare(one, nil); got != nil {
		t.Errorf("the first version: %v", got)
	}
	if got := lint.Compare(one, []*surveys.Survey{one, two}); got != nil {
		t.Errorf("a version that is published: %v", got)
	}
	got := lint.Compare(mustLoad(t, edit(pages(who), "Кто", "А кто")), []*surveys.Survey{one, two})
	if len(got) == 0 || got[0].Rule != "number-not-raised" || !strings.Contains(got[0].Message, `raise "number" to 3`) {
		t.Errorf("%v", got)
	}
	// A code is looked for in every version, not in the latest alone.
	got = lint.Compare(mustLoad(t, numbered(3, edit(pages(who), "single-choice", "dropdown"))), []*surveys.Survey{
		one,
		two,
	})
	if len(got) == 0 || got[0].Rule != "kind-changed" || !strings.Contains(got[0].Message, "in number 1") {
		t.Errorf("%v", got)
	}
	r := check(t, numbered(3, pages(who)), lint.Options{Published: []*surveys.Survey{one, two}})
	if len(r.Findings) != 2 || r.Findings[0].Rule != "column-kept" || r.Findings[1].Rule != "column-back" {
		t.Errorf("%v", r.Findings)
	}
}
