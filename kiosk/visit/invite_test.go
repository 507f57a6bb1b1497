package visit_test

import (
	"strings"
	"testing"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

const invites = `
id: faces
number: 1
kind: poll
languages: [ru, en]
title: {ru: "Опрос", en: "Poll"}
pages:
  - questions:
      - {code: smile, kind: smiley, text: {ru: "Как вас приняли?", en: "How did we receive you?"}}
      - {code: comment, kind: short-text, max_length: 60, text: {ru: "Что ещё?", en: "What else?"}}
`

func TestFirstTouchOnAFaceOfTheAttractScreenIsTheAnswer(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, invites)}})
	v := l.view()
	if v.Invited == nil || v.Invited.Code != "smile" || v.Text != "Как вас приняли?" {
		t.Fatalf("the attract screen asks %+v, %q", v.Invited, v.Text)
	}
	l.do(visit.Answer{Value: surveys.Number(3)})
	if v = l.view(); v.Question == nil || v.Question.Code != "comment" || v.Invited != nil {
		t.Fatalf("after a face: %+v", v)
	}
	l.do(visit.Back{})
	if n, _ := l.view().Value.Float(); n != 3 {
		t.Errorf("the answer given on the attract screen is %v", l.view().Value)
	}
	l.do(visit.Next{})
	r := l.do(visit.Skip{})
	if r == nil || len(r.Answers) != 2 || r.Answers[0].Question != "smile" {
		t.Errorf("the response is %+v", r)
	}
}

func TestAttractScreenAsksOnlyWhatEverybodyIsAskedFirst(t *testing.T) {
	one := mustLoad(t, invites)
	other := mustLoad(t, strings.Replace(invites, "id: faces", "id: other", 1))
	for name, offered := range map[string][]*surveys.Survey{
		"two surveys":              {one, other},
		"a choice first":           {mustLoad(t, source)},
		"a sample":                 {mustLoad(t, strings.Replace(invites, "pages:", "sample: {every: 2}\npages:", 1))},
		"a first page that varies": {mustLoad(t, strings.Replace(invites, "  - questions:", "  - pick: 1\n    questions:", 1))},
	} {
		l := newLobby(visit.Config{Surveys: offered})
		if v := l.view(); v.Screen != visit.Attract || v.Invited != nil {
			t.Errorf("%s: %s asks %+v", name, v.Screen, v.Invited)
		}
		l.do(visit.Answer{Value: surveys.Number(3)})
		if v := l.view(); v.Screen != visit.Attract || v.Question != nil {
			t.Errorf("%s: an answer to nothing led to %s", name, v.Screen)
		}
	}
}

func TestAnswerThatIsNoneLeavesNothingOnTheAttractScreen(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, invites)}})
	l.do(visit.Answer{Value: surveys.Number(9)})
	if v := l.view(); v.Screen != visit.Question || v.Problem == visit.NoProblem {
		t.Errorf("a face that is not there led to %+v", v)
	}
}
