package surveys_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"otklik/surveys"
)

func TestCheckKnowsTheValuesOfEachKind(t *testing.T) {
	choices := []surveys.Choice{{Code: "a"}, {Code: "b"}, {Code: "none", Exclusive: true}}
	n, s, list := surveys.Number, surveys.String, surveys.Codes
	var nothing surveys.Value
	for _, c := range []struct {
		q         surveys.Question
		good, bad []surveys.Value
	}{
		{surveys.Question{Kind: surveys.Smiley}, []surveys.Value{n(1), n(4)},
			[]surveys.Value{n(0), n(5), n(2.5), n(math.NaN()), n(math.Inf(1)), s("4"), list("4"), nothing}},
		{surveys.Question{Kind: surveys.Stars}, []surveys.Value{n(1), n(5)}, []surveys.Value{n(0), n(6)}},
		{surveys.Question{Kind: surveys.NPS}, []surveys.Value{n(0), n(10)}, []surveys.Value{n(-1), n(11)}},
		{surveys.Question{Kind: surveys.Agreement}, []surveys.Value{n(1), n(5)}, []surveys.Value{n(0), n(6), nothing}},
		{surveys.Question{Kind: surveys.SingleChoice, Choices: choices}, []surveys.Value{s("a"), s("none")},
			[]surveys.Value{s("c"), s(""), list("a"), n(1), nothing}},
		{surveys.Question{Kind: surveys.YesNo}, []surveys.Value{s("yes"), s("no")}, []surveys.Value{s("да"), n(1), nothing}},
		{surveys.Question{Kind: surveys.MultipleChoice, Choices: choices}, []surveys.Value{list(), list("a"), list("a", "b"), list("none")},
			[]surveys.Value{list("b", "a"), list("a", "a"), list("a", "none"), list("c"), s("a"), nothing}},
		{surveys.Question{Kind: surveys.MultipleChoice, Choices: choices, Required: true}, []surveys.Value{list("b")}, []surveys.Value{list()}},
		{surveys.Question{Kind: surveys.ShortText, MaxLength: 5}, []surveys.Value{s("д"), s("өөөөө"), s("а\nб"), s(" ")},
			[]surveys.Value{s(""), s("шестьх"), s("\xff"), s("а\tб"), s("а\rб"), s("\x00"), s("\u0085"), n(1), list("a"), nothing}},
		{surveys.Question{Kind: surveys.Information}, []surveys.Value{nothing}, []surveys.Value{n(1), s("a"), list()}},
		{surveys.Question{}, nil, []surveys.Value{nothing, n(1)}},
	} {
		c.q.Code = "q"
		for _, v := range c.good {
			if err := c.q.Check(v); err != nil {
				t.Errorf("%+v is refused: %v", v, err)
			}
		}
		for _, v := range c.bad {
			if err := c.q.Check(v); err == nil || !strings.HasPrefix(err.Error(), "question q (") {
				t.Errorf("%s accepts %+v (%v)", c.q.Kind, v, err)
			}
		}
	}
}

func TestErrorsOfCheckDoNotRepeatWhatWasTyped(t *testing.T) {
	const typed = "Меня зовут Роза"
	q := surveys.Question{Code: "q", Kind: surveys.Smiley}
	for _, kind := range []surveys.QuestionKind{surveys.Smiley, surveys.SingleChoice, surveys.YesNo, surveys.ShortText, surveys.Information} {
		q.Kind = kind
		if err := q.Check(surveys.String(typed)); err == nil || strings.Contains(err.Error(), "Роза") {
			t.Errorf("%s: %v", kind, err)
		}
	}
	q.Kind = surveys.MultipleChoice
	if err := q.Check(surveys.Codes(typed)); err == nil || strings.Contains(err.Error(), "Роза") {
		t.Error(err)
	}
}

// response is a good one to the good survey.
func response(s *surveys.Survey) surveys.Response {
	return surveys.Response{
		Survey: s.ID, Version: s.Version, Number: s.Number, Language: "tt", Audience: "employers",
		Answers: []surveys.Answer{
			{Question: "who", Value: surveys.String("employer"), Tenths: 21},
			{Question: "face", Value: surveys.Number(2)},
			{Question: "words", Outcome: surveys.Skipped},
		},
	}
}

func TestCheckResponseNamesWhatIsWrong(t *testing.T) {
	s, err := surveys.Load("demo.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(r *surveys.Response){
		"":                       func(*surveys.Response) {},
		`to survey "other"`:      func(r *surveys.Response) { r.Survey = "other" },
		`version "0"`:            func(r *surveys.Response) { r.Version = "0" },
		"number 2, not to demo":  func(r *surveys.Response) { r.Number = 2 },
		`is in "en"`:             func(r *surveys.Response) { r.Language = "en" },
		`the audience "nobody"`:  func(r *surveys.Response) { r.Audience = "nobody" },
		"took -1 seconds":        func(r *surveys.Response) { r.Seconds = -1 },
		`the question "whom"`:    func(r *surveys.Response) { r.Answers[0].Question = "whom" },
		"who is answered twice":  func(r *surveys.Response) { r.Answers[1] = r.Answers[0] },
		"5 is not a whole":       func(r *surveys.Response) { r.Answers[1].Value = surveys.Number(5) },
		"no value is not":        func(r *surveys.Response) { r.Answers[1].Value = surveys.Value{} },
		"words was skipped and":  func(r *surveys.Response) { r.Answers[2].Value = surveys.String("а") },
		"who was skipped, and":   func(r *surveys.Response) { r.Answers[0] = surveys.Answer{Question: "who", Outcome: surveys.Skipped} },
		`unknown outcome "lost"`: func(r *surveys.Response) { r.Answers[2].Outcome = "lost" },
		"for -1 tenths":          func(r *surveys.Response) { r.Answers[2].Tenths = -1 },
	} {
		r := response(s)
		change(&r)
		switch err := s.CheckResponse(&r); {
		case want == "" && err != nil:
			t.Errorf("a good response is refused: %v", err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("wanted %q, got %v", want, err)
		}
	}
}

// TestEveryVisitMakesAGoodResponse plays drawn visits as the glass does and holds the responses against CheckResponse.
func TestEveryVisitMakesAGoodResponse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSurvey(t)
		seed, answers := rapid.Uint64().Draw(t, "seed"), drawAnswers(t, s)
		s.Prune(answers, seed)
		r := surveys.Response{Survey: s.ID, Version: s.Version, Number: s.Number, Language: "ru", Audience: s.AudienceOf(answers), Seed: seed}
		for _, q := range s.Path(answers, seed) {
			v, ok := answers[q.Code]
			a := surveys.Answer{Question: q.Code, Value: v}
			if !ok {
				a.Outcome = surveys.Skipped
			}
			r.Answers = append(r.Answers, a)
		}
		if err := s.CheckResponse(&r); err != nil {
			t.Fatal(err)
		}
	})
}
