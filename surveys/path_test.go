package surveys_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"otklik/surveys"
)

// drawSurvey draws a survey: pages of all kinds of questions, some drawn by lot or shown together, with conditions on
// earlier questions and on choices.
func drawSurvey(t *rapid.T) *surveys.Survey {
	var b strings.Builder
	b.WriteString("id: drawn\nnumber: 1\nkind: test\nlanguages: [ru]\ntitle: {ru: А}\npages:\n")
	var conditions []string // on the questions so far
	n := 0
	room := map[surveys.QuestionKind]int{ // how many more of the kinds with large values fit into a response
		surveys.Signature: 1, surveys.LongText: 2, surveys.Email: 2, surveys.Calculated: 2, surveys.Hidden: 2,
	}
	condition := func(known []string) string {
		c := rapid.SampledFrom(known).Draw(t, "condition")
		if rapid.Bool().Draw(t, "two") {
			c += rapid.SampledFrom([]string{" and ", " or "}).Draw(t, "join") + rapid.SampledFrom(known).Draw(t, "second")
		}
		return c
	}
	relevance := func(indent string, known []string) {
		if len(known) > 0 && rapid.IntRange(0, 2).Draw(t, "conditional") > 0 {
			fmt.Fprintf(&b, "%srelevance: \"%s\"\n", indent, condition(known))
		}
	}
	for range rapid.IntRange(1, 5).Draw(t, "pages") {
		b.WriteString("  -\n")
		before := slices.Clone(conditions)
		relevance("    ", before)
		size := rapid.IntRange(1, 4).Draw(t, "size")
		pick := rapid.IntRange(0, size).Draw(t, "pick")
		random, together := rapid.Bool().Draw(t, "random"), rapid.Bool().Draw(t, "together")
		if pick > 0 {
			fmt.Fprintf(&b, "    pick: %d\n", pick)
		}
		if random {
			b.WriteString("    order: random\n")
		}
		fmt.Fprintf(&b, "    together: %v\n    questions:\n", together)
		kinds := slices.DeleteFunc(slices.Clone(surveys.QuestionKinds), func(k surveys.QuestionKind) bool {
			traits := k.Traits()
			return together && traits.HasScreen && !traits.Together || (random || pick > 0) && !traits.HasScreen
		})
		for range size {
			code := fmt.Sprintf("q%d", n)
			n++
			kind := rapid.SampledFrom(kinds).Draw(t, "kind")
			if left, large := room[kind]; large && left == 0 {
				kind = surveys.Smiley
			} else if large {
				room[kind]--
			}
			fmt.Fprintf(&b, "      - code: %s\n        kind: %s\n        text: {ru: А}\n", code, kind)
			known := conditions
			if pick > 0 || random {
				known = before
			}
			relevance("        ", known)
			y := samples[kind].yaml
			if kind.Traits().HasChoices {
				if len(known) > 0 && rapid.Bool().Draw(t, "filter") {
					y = strings.Replace(y, "code: a,", `code: a, when: "`+condition(known)+`",`, 1)
					y = strings.Replace(y, "code: b,", `code: b, when: "`+condition(known)+`",`, 1)
					y = strings.Replace(y, "code: other,", `code: other, when: "`+condition(known)+`",`, 1)
				}
				if rapid.Bool().Draw(t, "random choices") {
					y += ", order: random"
				}
			}
			if y != "" {
				for _, key := range splitKeys(y) {
					fmt.Fprintf(&b, "        %s\n", key)
				}
			}
			for _, c := range samples[kind].conditions {
				conditions = append(conditions, strings.ReplaceAll(c, "Q", code))
			}
		}
	}
	return mustLoad(t, b.String())
}

// splitKeys cuts the keys of a sample apart, which stand in flow style.
func splitKeys(y string) []string {
	var keys []string
	depth, start, quoted := 0, 0, false
	for i, c := range y {
		if c == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		switch c {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
			if depth == 0 {
				keys, start = append(keys, strings.TrimSpace(y[start:i])), i+1
			}
		}
	}
	return append(keys, strings.TrimSpace(y[start:]))
}

// drawValue draws a valid answer, or no value for an information page.
func drawValue(t *rapid.T, q *surveys.Question) surveys.Value {
	return rapid.SampledFrom(samples[q.Kind].good).Draw(t, q.Code)
}

// drawAnswers answers about half of all questions, on the path or not, and some that the survey does not have.
func drawAnswers(t *rapid.T, s *surveys.Survey) surveys.Answers {
	answers := surveys.Answers{}
	for _, q := range s.Questions() {
		if rapid.Bool().Draw(t, "answer "+q.Code) {
			answers[q.Code] = drawValue(t, q)
		}
	}
	if rapid.Bool().Draw(t, "stranger") {
		answers["stranger"] = surveys.Number(1)
	}
	return answers
}

func TestPruneLeavesThePathAsItWasAndNothingOffIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSurvey(t)
		answers, seed := drawAnswers(t, s), rapid.Uint64().Draw(t, "seed")
		given := maps.Clone(answers)
		before := codes(s.Path(answers, seed))
		if !maps.EqualFunc(answers, given, surveys.Value.Equal) {
			t.Fatal("Path changes the answers")
		}
		s.Prune(answers, seed)
		if after := codes(s.Path(answers, seed)); !slices.Equal(before, after) {
			t.Fatalf("the path was %v and is %v after Prune", before, after)
		}
		visit := surveys.Visit{Survey: s, Seed: seed}
		for code, v := range given {
			q, on := s.Question(code), slices.Contains(before, code)
			want := v
			switch {
			case !on:
				want = surveys.Value{}
			case q.Kind == surveys.Calculated:
				want = surveys.Number(2)
			case q.Kind.Traits().HasChoices:
				want = offered(v, visit.Choices(q, answers))
			}
			if kept := answers[code]; !kept.Equal(want) {
				t.Fatalf("of the path %v, the answer %+v to %s is %+v, not %+v", before, v, code, kept, want)
			}
		}
		once := maps.Clone(answers)
		if s.Prune(answers, seed); !maps.EqualFunc(answers, once, surveys.Value.Equal) {
			t.Fatal("a second Prune changes the answers")
		}
	})
}

// offered is what is left of an answer when only the choices are offered.
func offered(v surveys.Value, choices []surveys.Choice) surveys.Value {
	has := func(code string) bool {
		return slices.ContainsFunc(choices, func(c surveys.Choice) bool { return c.Code == code })
	}
	if code, ok := v.Text(); ok && !has(code) {
		return surveys.Value{}
	}
	if codes, ok := v.List(); ok && len(codes) > 0 {
		left := slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return !has(code) })
		if len(left) == 0 {
			return surveys.Value{}
		}
		return surveys.Codes(left...)
	}
	return v
}

func TestPathFollowsTheOrderOfTheSurveyWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSurvey(t)
		seed := rapid.Uint64().Draw(t, "seed")
		answers := drawAnswers(t, s)
		path := s.Path(answers, seed)
		screens := surveys.Visit{Survey: s, Seed: seed}.Screens(answers)
		if len(screens) > s.LongestPath() {
			t.Fatalf("%d screens are shown, more than the longest path of %d", len(screens), s.LongestPath())
		}
		shown := slices.DeleteFunc(slices.Clone(path), func(q *surveys.Question) bool { return !q.Kind.Traits().HasScreen })
		if !slices.Equal(slices.Concat(screens...), shown) {
			t.Fatalf("the screens %v do not show the path %v", screens, codes(path))
		}
		last := -1
		for _, q := range path {
			i := slices.IndexFunc(s.Pages, func(p surveys.Page) bool { return slices.Contains(p.Questions, q) })
			at := 1000 * i
			if !s.Pages[i].Random {
				at += slices.Index(s.Pages[i].Questions, q)
			}
			if at < last || at == last && !s.Pages[i].Random {
				t.Fatalf("the path %v leaves the order of the survey at %s", codes(path), q.Code)
			}
			last = at
		}
		for _, page := range s.Pages {
			n := 0
			for _, q := range page.Questions {
				if slices.Contains(path, q) {
					n++
				}
			}
			if page.Pick > 0 && n > page.Pick {
				t.Fatalf("%d questions of a page with pick %d are asked", n, page.Pick)
			}
		}
	})
}

// TestAnsweringForwardChangesNothingBehind walks a visit from its first question to its last: what stands before the
// question being answered stays on the path, and progress never shrinks.
func TestAnsweringForwardChangesNothingBehind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSurvey(t)
		seed, answers := rapid.Uint64().Draw(t, "seed"), surveys.Answers{}
		progress, shown := 0.0, 0
		var done []string
		for i := 0; ; i++ {
			path := codes(s.Path(answers, seed))
			if i > len(path) || !slices.Equal(path[:i], done) {
				t.Fatalf("the path was %v so far and is now %v", done, path)
			}
			if i == len(path) {
				return
			}
			if q := s.Question(path[i]); q.Kind.Traits().HasScreen {
				p := s.Progress(answers, seed, path[i])
				together := slices.ContainsFunc(s.Pages, func(p surveys.Page) bool { return p.Together && slices.Contains(p.Questions, q) })
				if p < progress || p >= 1 || p == progress && shown > 0 && !together {
					t.Fatalf("the progress of %s is %v after %v", path[i], p, progress)
				}
				progress = p
				shown++
			}
			if rapid.IntRange(0, 3).Draw(t, "skip") > 0 {
				answers[path[i]] = drawValue(t, s.Question(path[i]))
			}
			done = append(done, path[i])
		}
	})
}

func TestAnswersOfABranchLeftBehindCountAsAbsent(t *testing.T) {
	s, err := surveys.Load("demo.yaml", []byte(good+`  - relevance: ${words} = 'да'
    questions:
      - {code: more, kind: yes-no, text: {ru: Ещё?, tt: Тагынмы?}}
`))
	if err != nil {
		t.Fatal(err)
	}
	var seed uint64 // one that picks words, for an employer
	answers := surveys.Answers{"who": surveys.String("employer"), "face": surveys.Number(1), "words": surveys.String("да")}
	for !slices.Contains(codes(s.Path(answers, seed)), "words") {
		seed++
	}
	if got, want := codes(s.Path(answers, seed)), []string{"who", "face", "words", "more"}; !slices.Equal(got, want) {
		t.Fatalf("the path is %v", got)
	}
	answers["who"] = surveys.String("job_seeker")
	if got, want := codes(s.Path(answers, seed)), []string{"who", "face", "why"}; !slices.Equal(got, want) {
		t.Errorf("with words off the path, it is %v", got)
	}
	if got := s.AudienceOf(answers); got != "" {
		t.Errorf("a job seeker is of the audience %q", got)
	}
	s.Prune(answers, seed)
	if _, ok := answers["words"]; ok || len(answers) != 2 {
		t.Errorf("pruned, the answers are %v", answers)
	}
}

// TestLotsNeverChange holds what terminals already in the field draw: the collector must draw the same for them.
func TestLotsNeverChange(t *testing.T) {
	s := exitPoll(t)
	answers := surveys.Answers{"who": surveys.String("employer")}
	for seed, want := range map[uint64]string{
		0:          "partner_response useful_answers easy_documents personal_services comfort_hours",
		1:          "partner_response useful_hiring easy_vacancies personal_services comfort_reception",
		1 << 40:    "partner_response useful_hiring easy_documents personal_services comfort_hours",
		^uint64(0): "partner_work useful_answers easy_documents personal_needs comfort_reception",
	} {
		var items []string
		for _, q := range s.Path(answers, seed) {
			if q.Group > 0 {
				items = append(items, q.Code)
			}
		}
		if got := strings.Join(items, " "); got != want {
			t.Errorf("seed %d draws %s, and drew %s", seed, got, want)
		}
	}
}

func TestProgressOfAQuestionOffThePathIsZero(t *testing.T) {
	s := exitPoll(t)
	for _, code := range []string{"situation", "reason", "stranger", ""} {
		if p := s.Progress(surveys.Answers{"who": surveys.String("employer")}, 1, code); p != 0 {
			t.Errorf("%q: %v", code, p)
		}
	}
}

// BenchmarkPath measures the relevance of a survey of a hundred questions, each with a condition, all answered.
func BenchmarkPath(b *testing.B) {
	var y strings.Builder
	y.WriteString("id: long\nnumber: 1\nkind: test\nlanguages: [ru]\ntitle: {ru: А}\npages:\n  - questions:\n")
	answers := surveys.Answers{}
	for i := range 100 {
		fmt.Fprintf(&y, "      - code: q%d\n        kind: smiley\n        text: {ru: А}\n", i)
		if i > 0 {
			fmt.Fprintf(&y, "        relevance: ${q%d} <= 3 and (${q%d} + 1 > 2 or not(${q0} = ''))\n", i-1, i/2)
		}
		answers[fmt.Sprintf("q%d", i)] = surveys.Number(2)
	}
	s, err := surveys.Load("long.yaml", []byte(y.String()))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if len(s.Path(answers, 1)) != 100 {
			b.Fatal("not all are asked")
		}
	}
}
