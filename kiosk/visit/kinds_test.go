package visit_test

import (
	"testing"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

const kinds = `
id: kinds
number: 1
kind: suggestion
languages: [ru]
title: {ru: "Разное"}
pages:
  - questions:
      - {code: window, kind: hidden, source: window, text: {ru: "Окно"}}
      - {code: call, kind: phone, required: true, text: {ru: "Ваш номер?"}}
      - {code: age, kind: number, min: 0, max: 120, decline: true, constraint: . >= 14, constraint_message: {ru: "С 14 лет"}, text: {ru: "Ваш возраст?"}}
      - {code: days, kind: slider, min: 0, max: 10, step: 1, default: 3, text: {ru: "Сколько дней?"}}
      - {code: twice, kind: calculated, calculation: "${days} * 2", text: {ru: "Вдвое"}}
`

func TestAnswersThatDoNotFitAreNamedAndKeptOnTheGlass(t *testing.T) {
	l := newLobby(visit.Config{
		Surveys: []*surveys.Survey{mustLoad(t, kinds)}, Known: map[string]string{"window": "A-12"},
	})
	l.do(visit.Start{})
	if v := l.view(); v.Question.Code != "call" || !v.CanNext || v.CanSkip {
		t.Fatalf("the first screen is %+v", v)
	}
	problem := func(want visit.Problem) {
		t.Helper()
		if got := l.view().Problem; got != want {
			t.Errorf("the glass names %q, not %q", got, want)
		}
	}
	l.do(visit.Next{})
	problem(visit.Unanswered)
	l.do(visit.Edit{Value: surveys.String("12")})
	problem(visit.NoProblem)
	l.do(visit.Next{})
	problem(visit.Invalid)
	if text, _ := l.view().Value.Text(); text != "12" {
		t.Errorf("what was written is gone: %q", text)
	}
	l.do(visit.Edit{Value: surveys.String("+79172345678")})
	l.do(visit.Next{})
	l.do(visit.Edit{Value: surveys.Number(9)})
	l.do(visit.Next{})
	problem(visit.Unfit)
	l.do(visit.Edit{Value: surveys.Value{}})
	if v := l.view(); !v.CanDecline {
		t.Errorf("nothing offers to decline: %+v", v)
	}
	l.do(visit.Decline{})
	if n, _ := l.view().Value.Float(); n != 3 {
		t.Errorf("the default shows %v", l.view().Value)
	}
	r := l.do(visit.Next{})
	if r == nil {
		t.Fatal("no response")
	}
	want := []surveys.Answer{
		{Question: "window", Value: surveys.String("A-12")},
		{Question: "call", Value: surveys.String("+79172345678")},
		{Question: "age", Outcome: surveys.Declined},
		{Question: "days", Value: surveys.Number(3)},
		{Question: "twice", Value: surveys.Number(6)},
	}
	if len(r.Answers) != len(want) {
		t.Fatalf("answers: %+v", r.Answers)
	}
	for i, a := range r.Answers {
		if a.Question != want[i].Question || !a.Value.Equal(want[i].Value) || a.Outcome != want[i].Outcome {
			t.Errorf("answer %d is %+v, want %+v", i, a, want[i])
		}
	}
	if err := mustLoad(t, kinds).CheckResponse(r); err != nil {
		t.Error(err)
	}
}
