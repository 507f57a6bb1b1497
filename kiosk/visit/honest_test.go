package visit_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

const faces = `
id: faces
number: 1
kind: exit-poll
languages: [ru]
title: {ru: "Как прошло?"}
pages:
  - questions:
      - {code: mood, kind: smiley, text: {ru: "Как прошло?"}}
`

func TestTheOneAnswerOfAShortPollCanBeTakenBack(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, faces)}})
	l.do(visit.Start{})
	if r := l.do(visit.Answer{Value: surveys.Number(1), Tap: surveys.Tap{900, 600}}); r != nil {
		t.Fatal("stored at once")
	}
	if v := l.view(); v.Screen != visit.Pause || v.Left != 3*time.Second {
		t.Fatalf("after the tap: %s for %s", v.Screen, v.Left)
	}
	l.do(visit.Back{})
	if v := l.view(); v.Screen != visit.Question || v.Question.Code != "mood" {
		t.Fatalf("taken back: %+v", v)
	}
	l.do(visit.Answer{Value: surveys.Number(4), Tap: surveys.Tap{100, 600}})
	var r *surveys.Response
	for range 3 {
		if r != nil {
			t.Fatal("stored before its time")
		}
		l.now = l.Deadline(l.now)
		r = l.Handle(visit.Tick{}, l.now)
	}
	if r == nil {
		t.Fatal("not stored when the time was over")
	}
	if n, _ := r.Answers[0].Value.Float(); n != 4 || r.Tap != (surveys.Tap{100, 600}) || r.Gap != 0 {
		t.Errorf("stored %+v", r)
	}
	l.Handle(visit.Saved{}, l.now)
	l.do(visit.Finish{})
	l.do(visit.Start{})
	l.do(visit.Answer{Value: surveys.Number(2)})
	r = l.do(visit.Finish{})
	if r == nil {
		t.Fatal("done at once is not stored at once")
	}
	if r.Gap != 20 || !r.Tap.IsZero() {
		t.Errorf("two seconds after the visit before: gap %d, tap %v", r.Gap, r.Tap)
	}
	if err := mustLoad(t, faces).CheckResponse(r); err != nil {
		t.Error(err)
	}
}

func TestAnonymousShortPollTellsNothingOfItsTaps(t *testing.T) {
	s := mustLoad(t, strings.Replace(faces, "kind: exit-poll", "kind: exit-poll\nanonymous: true", 1))
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{s}})
	for range 2 {
		l.do(visit.Start{})
		l.do(visit.Answer{Value: surveys.Number(1), Tap: surveys.Tap{900, 600}})
		r := l.do(visit.Finish{})
		if r == nil || r.Gap != 0 || !r.Tap.IsZero() {
			t.Fatalf("recorded %+v", r)
		}
		l.do(visit.Saved{})
		l.do(visit.Finish{})
	}
}

// idleOut lets the visit time out and returns what is to be stored.
func idleOut(l *lobby) (r *surveys.Response) {
	for l.view().Screen != visit.Attract {
		l.now = l.Deadline(l.now)
		r = l.Handle(visit.Tick{}, l.now)
	}
	return r
}

func TestWhatSomebodyAnsweredWhoWentAwayIsKeptOnlyIfTheSurveySaysSo(t *testing.T) {
	for _, keeps := range []bool{false, true} {
		text := source
		if keeps {
			text = strings.Replace(source, "kind: exit-poll", "kind: exit-poll\npartial: true", 1)
		}
		s := mustLoad(t, text)
		l := newLobby(visit.Config{Surveys: []*surveys.Survey{s}})
		l.do(visit.Start{})
		l.do(visit.Answer{Value: surveys.String("employer")})
		l.do(visit.Skip{})
		r := idleOut(l)
		if !keeps {
			if r != nil {
				t.Errorf("kept %+v", r)
			}
			continue
		}
		if r == nil || !r.Partial {
			t.Fatalf("not kept: %+v", r)
		}
		got := []string{}
		for _, a := range r.Answers {
			got = append(got, a.Question+":"+string(a.Outcome))
		}
		if len(got) != 2 || got[0] != "who:" || !slices.Contains([]string{"a:skipped", "b:skipped"}, got[1]) {
			t.Errorf("kept %v, want who and the face that was skipped", got)
		}
		if err := s.CheckResponse(r); err != nil {
			t.Error(err)
		}
		// Nobody is thanked, and nobody begins before it is stored.
		l.do(visit.Start{})
		if v := l.view(); v.Screen != visit.Attract {
			t.Fatalf("a visit began while the one before was being stored: %s", v.Screen)
		}
		l.Configure(visit.Config{Surveys: []*surveys.Survey{s}}, l.now)
		l.do(visit.Start{})
		if v := l.view(); v.Screen != visit.Attract {
			t.Fatalf("a new configuration let a visit begin while the one before was being stored: %s", v.Screen)
		}
		l.do(visit.Saved{})
		l.do(visit.Start{})
		if v := l.view(); v.Screen != visit.Question || !v.Value.IsZero() {
			t.Errorf("the next visit begins with %+v", v)
		}
	}
}

func TestNothingIsKeptOfSomebodyWhoAnsweredNothing(t *testing.T) {
	s := mustLoad(t, strings.Replace(source, "kind: exit-poll", "kind: exit-poll\npartial: true", 1))
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{s}})
	l.do(visit.Start{})
	if r := idleOut(l); r != nil {
		t.Errorf("kept %+v", r)
	}
}
