package simulate_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/surveys"
	"otklik/surveys/simulate"
)

var visitor = simulate.Visitor{
	Began: time.Date(2026, 3, 14, 11, 20, 0, 0, time.FixedZone("MSK", 3*60*60)),
	Known: map[string]string{"site": "Зал", "window": "A-12"},
}

// all are the surveys that ship and those with every kind of question, by the names of their files.
func all(t *testing.T) map[string]*surveys.Survey {
	t.Helper()
	files, err := filepath.Glob("../../assets/surveys/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no surveys: %v", err)
	}
	files = append(files, "../../kiosk/shots/testdata/every-kind.yaml", "../xlsform/testdata/everything.yaml")
	loaded := map[string]*surveys.Survey{"narrow.yaml": mustLoad(t, "narrow.yaml", []byte(narrow))}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		loaded[filepath.Base(file)] = mustLoad(t, file, source)
	}
	return loaded
}

func mustLoad(t *testing.T, name string, source []byte) *surveys.Survey {
	t.Helper()
	s, err := surveys.Load(name, source)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const narrow = `
id: narrow
number: 1
kind: satisfaction
partial: true
languages: [ru]
title: {ru: "Узко"}
pages:
  - questions:
      - {code: code, kind: number, required: true, constraint: . = 41973, text: {ru: "Код"}}
      - {code: word, kind: short-text, max_length: 9, required: true, constraint: ". = 'сезам'", text: {ru: "Слово"}}
      - {code: born, kind: date, required: true, constraint: . <= today(), text: {ru: "День"}}
      - code: liked
        kind: multiple-choice
        required: true
        text: {ru: "Что?"}
        choices:
          - {code: hall, text: {ru: "Зал"}}
          - {code: staff, text: {ru: "Люди"}}
          - {code: none, exclusive: true, text: {ru: "Ничего"}}
      - code: most
        kind: single-choice
        required: true
        text: {ru: "Больше всего?"}
        choices:
          - {code: hall, when: "selected(${liked}, 'hall')", text: {ru: "Зал"}}
          - {code: staff, when: "selected(${liked}, 'staff')", text: {ru: "Люди"}}
      - {code: price, kind: number, decimals: 2, min: 0, max: 10, required: true, relevance: "${most} = 'hall'", text: {ru: "Цена"}}
      - {code: half, kind: calculated, calculation: "${price} div 2", text: {ru: "Половина"}}
      - {code: window, kind: hidden, source: window, text: {ru: "Окно"}}
      - {code: sign, kind: signature, decline: true, text: {ru: "Подпись"}}
`

func TestEveryResponseIsOneThatTheGlassCouldHaveTaken(t *testing.T) {
	for name, s := range all(t) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				seed := rapid.Uint64().Draw(t, "seed")
				r, err := visitor.Respond(s, rand.New(rand.NewPCG(seed, 1)))
				if err != nil {
					t.Fatal(err)
				}
				if err := s.CheckResponse(r); err != nil {
					t.Fatal(err)
				}
				holdsToThePath(t, s, r)
				again, err := visitor.Respond(s, rand.New(rand.NewPCG(seed, 1)))
				if err != nil || !reflect.DeepEqual(r, again) {
					t.Fatalf("the same seed gave another response: %+v, %+v (%v)", r, again, err)
				}
			})
		})
	}
}

// holdsToThePath goes the visitor's way again: each question with a value on it was passed, in order, and each answer fits
// those before.
func holdsToThePath(t *rapid.T, s *surveys.Survey, r *surveys.Response) {
	rules := surveys.Visit{Survey: s, Seed: r.Seed, Began: visitor.Began}
	answers := surveys.Answers{}
	for _, a := range r.Answers {
		q := s.Question(a.Question)
		if a.Outcome != surveys.Answered {
			continue
		}
		if q.Kind.Traits().HasScreen {
			if err := rules.Check(q, a.Value, answers); err != nil {
				t.Fatal(err)
			}
		}
		answers[a.Question] = a.Value
	}
	var path, passed []string
	for _, q := range rules.Path(answers) {
		if q.Kind.Traits().HasValue {
			path = append(path, q.Code)
		}
	}
	for _, a := range r.Answers {
		passed = append(passed, a.Question)
	}
	if got, want := strings.Join(passed, " "), strings.Join(path, " "); got != want && !r.Partial {
		t.Fatalf("the response passed %s, the path is %s", got, want)
	}
}

func TestEveryQuestionIsAnsweredAndLeftSooner(t *testing.T) {
	for name, s := range all(t) {
		answered, partial := map[string]int{}, 0
		random := rand.New(rand.NewPCG(7, 7))
		for range 400 {
			r, err := visitor.Respond(s, random)
			if err != nil {
				t.Fatal(err)
			}
			if r.Partial {
				partial++
			}
			for _, a := range r.Answers {
				if a.Outcome == surveys.Answered {
					answered[a.Question]++
				}
			}
		}
		for _, q := range s.Questions() {
			if q.Kind.Traits().HasScreen && q.Kind.Traits().HasValue && answered[q.Code] == 0 {
				t.Errorf("%s: nobody of 400 answered %s (%s)", name, q.Code, q.Kind)
			}
		}
		if s.Partial != (partial > 0) {
			t.Errorf("%s: %d of 400 left before the end", name, partial)
		}
	}
}

func TestAQuestionThatTakesNoAnswerIsNamed(t *testing.T) {
	s := mustLoad(t, "shut.yaml", []byte(strings.Replace(narrow, ". = 41973", ". < 0", 1)))
	_, err := visitor.Respond(s, rand.New(rand.NewPCG(1, 1)))
	if err == nil || !strings.Contains(err.Error(), "survey narrow") || !strings.Contains(err.Error(), "question code") {
		t.Errorf("a required question without a right answer: %v", err)
	}
}
