package surveys_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"otklik/surveys"
)

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
		"has a ticket, and":      func(r *surveys.Response) { r.Ticket = "1234567894" },
		"does not keep those":    func(r *surveys.Response) { r.Partial = true },
		"came -1 tenths":         func(r *surveys.Response) { r.Gap = -1 },
		"beside the glass":       func(r *surveys.Response) { r.Tap = surveys.Tap{500, 1001} },
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
			if !ok && q.Kind.Traits().HasValue {
				a.Outcome = surveys.Skipped
			}
			r.Answers = append(r.Answers, a)
		}
		if err := s.CheckResponse(&r); err != nil {
			t.Fatal(err)
		}
	})
}
