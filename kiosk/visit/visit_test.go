package visit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

const source = `
id: lobby
number: 1
kind: exit-poll
languages: [ru, en]
title: {ru: "Опрос", en: "Poll"}
pages:
  - questions:
      - code: who
        kind: single-choice
        required: true
        text: {ru: "Кто вы?", en: "Who are you?"}
        choices:
          - {code: client, text: {ru: "Клиент", en: "Client"}}
          - {code: employer, text: {ru: "Работодатель", en: "Employer"}}
  - pick: 1
    questions:
      - {code: a, kind: smiley, text: {ru: "А?", en: "A?"}}
      - {code: b, kind: smiley, text: {ru: "Б?", en: "B?"}}
  - relevance: ${who} = 'employer'
    questions:
      - {code: staff, kind: nps, text: {ru: "Посоветуете?", en: "Recommend?"}}
  - questions:
      - {code: comment, kind: short-text, max_length: 60, text: {ru: "Что ещё?", en: "What else?"}}
`

func mustLoad(t testing.TB, source string) *surveys.Survey {
	t.Helper()
	s, err := surveys.Load("lobby.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// lobby is a machine with a clock of its own.
type lobby struct {
	*visit.Machine
	now time.Time
}

func newLobby(cfg visit.Config) *lobby {
	now := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	return &lobby{visit.New(cfg, func() uint64 { return 7 }, now), now}
}

// do sends an event one second after the last one.
func (l *lobby) do(e visit.Event) *surveys.Response {
	l.now = l.now.Add(time.Second)
	return l.Handle(e, l.now)
}

func (l *lobby) view() visit.View { return l.View(l.now) }

func TestVisitFromAttractToThanks(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
	if got := l.view().Screen; got != visit.Attract {
		t.Fatalf("a new machine shows %s", got)
	}
	l.do(visit.Start{Language: "en"})
	l.do(visit.Answer{Value: surveys.String("employer")})
	l.do(visit.Answer{Value: surveys.Number(1)})
	l.do(visit.Answer{Value: surveys.Number(9)})
	l.do(visit.Edit{Value: surveys.String("A long wait")})
	if v := l.view(); !v.Last || !v.CanNext || v.CanSkip {
		t.Fatalf("the last question, answered, offers %+v", v)
	}
	r := l.do(visit.Next{})
	if r == nil {
		t.Fatal("the last Next gave no response")
	}
	if l.view().Screen == visit.Thanks {
		t.Fatal("thanked before the response was stored")
	}
	if r.Language != "en" || r.Survey != "lobby" || r.Seconds != 5 || len(r.Answers) != 4 || r.Seed != 7 {
		t.Errorf("response: %+v", r)
	}
	l.do(visit.Saved{})
	if got := l.view().Screen; got != visit.Thanks {
		t.Fatalf("after Saved: %s", got)
	}
	l.do(visit.Finish{})
	if v := l.view(); v.Screen != visit.Attract || v.Language != "ru" || v.Survey != nil {
		t.Errorf("after the visit: %+v", v)
	}
}

func TestGoingBackKeepsAnswersAndDropsThoseThatBecomeIrrelevant(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
	l.do(visit.Start{})
	l.do(visit.Answer{Value: surveys.String("employer")})
	l.do(visit.Skip{})
	l.do(visit.Answer{Value: surveys.Number(9)})
	l.do(visit.Back{})
	if n, _ := l.view().Value.Float(); n != 9 {
		t.Fatalf("going back shows %v, not the answer given", l.view().Value)
	}
	l.do(visit.Back{})
	l.do(visit.Back{})
	l.do(visit.Answer{Value: surveys.String("client")})
	l.do(visit.Skip{})
	r := l.do(visit.Skip{})
	if r == nil {
		t.Fatalf("no response; on the glass: %+v", l.view())
	}
	for _, a := range r.Answers {
		if a.Question == "staff" {
			t.Errorf("the answer %v to a question that became irrelevant was kept", a)
		}
	}
}

func TestRequiredQuestionIsNotSkipped(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
	l.do(visit.Start{})
	for _, e := range []visit.Event{visit.Skip{}, visit.Next{}, visit.Answer{Value: surveys.String("nobody")}} {
		l.do(e)
		if v := l.view(); v.Question == nil || v.Question.Code != "who" {
			t.Fatalf("%T left the required question for %+v", e, v)
		}
	}
}

func TestIdleVisitIsWarnedThenForgotten(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}, Idle: 30 * time.Second})
	l.do(visit.Start{Language: "en"})
	for extension := range 12 {
		l.now = l.Deadline(l.now)
		l.Handle(visit.Tick{}, l.now)
		if l.view().Warning < 20*time.Second {
			t.Fatalf("extension %d: the warning leaves %s", extension, l.view().Warning)
		}
		l.do(visit.Continue{})
		if v := l.view(); v.Warning != 0 || v.Screen != visit.Question {
			t.Fatalf("extension %d: Continue gave %+v", extension, v)
		}
	}
	l.now = l.Deadline(l.now)
	l.Handle(visit.Tick{}, l.now)
	for left := 20; left > 0; left-- {
		if got := l.view().Warning; got != time.Duration(left)*time.Second {
			t.Fatalf("the countdown shows %s, not %d s", got, left)
		}
		l.now = l.Deadline(l.now)
		l.Handle(visit.Tick{}, l.now)
	}
	if v := l.view(); v.Screen != visit.Attract || v.Language != "ru" {
		t.Errorf("after the countdown: %+v", v)
	}
	if d := l.Deadline(l.now); !d.IsZero() {
		t.Errorf("the attract screen asks to be woken at %s", d)
	}
}

func TestBounceOfATapDoesNotAnswerTheNextQuestion(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
	l.do(visit.Start{})
	l.do(visit.Answer{Value: surveys.String("client")})
	l.Handle(visit.Answer{Value: surveys.Number(4)}, l.now.Add(100*time.Millisecond))
	if v := l.view(); v.Question.Kind != surveys.Smiley || !v.Value.IsZero() {
		t.Errorf("a bounce 100 ms later answered: %+v", v)
	}
}

func TestFailedSaveThanksNobody(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
	l.do(visit.Start{})
	l.do(visit.Answer{Value: surveys.String("client")})
	l.do(visit.Skip{})
	l.do(visit.Skip{})
	l.do(visit.SaveFailed{})
	l.do(visit.Start{})
	if got := l.view().Screen; got != visit.OutOfService {
		t.Fatalf("after a failed save: %s", got)
	}
	l.do(visit.Saved{})
	if got := l.view().Screen; got != visit.OutOfService {
		t.Fatalf("a late Saved shows %s", got)
	}
	l.do(visit.Recovered{})
	if got := l.view().Screen; got != visit.Attract {
		t.Errorf("after the repair: %s", got)
	}
}

// Whoever could not be thanked is told so in the language and the letters chosen; then they are forgotten, by time or by the
// repair, and nobody who went away is told anything.
func TestAFailedSaveIsToldInTheVisitorsWords(t *testing.T) {
	eased := visit.Ease{Text: 2, Contrast: true}
	fail := func() *lobby {
		l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
		l.do(visit.Start{Language: "en"})
		l.do(eased)
		l.do(visit.Aloud{On: true})
		l.do(visit.Answer{Value: surveys.String("client")})
		l.do(visit.Skip{})
		l.do(visit.Skip{})
		l.do(visit.SaveFailed{})
		if v := l.view(); v.Screen != visit.OutOfService || v.Language != "en" || v.Ease != eased || !v.Aloud || v.Survey != nil {
			t.Fatalf("told: %+v", v)
		}
		return l
	}
	home := func(when string, v visit.View, want visit.Screen) {
		t.Helper()
		if v.Screen != want || v.Language != "ru" || v.Ease != (visit.Ease{}) || v.Aloud {
			t.Errorf("%s: %s in %s with %+v, aloud %v", when, v.Screen, v.Language, v.Ease, v.Aloud)
		}
	}
	l := fail()
	if d := l.Deadline(l.now).Sub(l.now); d != 4*45*time.Second {
		t.Errorf("somebody who listens and reads the largest letters is told for %s", d)
	}
	l.now = l.Deadline(l.now)
	shown := l.view().Shown
	l.Handle(visit.Tick{}, l.now)
	home("when that time is over", l.view(), visit.OutOfService)
	if d := l.Deadline(l.now); !d.IsZero() || l.view().Shown == shown {
		t.Errorf("then the glass changes: %v, and once more at %v", l.view().Shown != shown, d)
	}
	l = fail()
	l.do(visit.Recovered{})
	home("after the repair", l.view(), visit.Attract)

	l = newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, strings.Replace(source, "kind: exit-poll", "kind: exit-poll\npartial: true", 1))}})
	l.do(visit.Start{Language: "en"})
	l.do(eased)
	l.do(visit.Answer{Value: surveys.String("client")})
	if idleOut(l) == nil {
		t.Fatal("nothing to store of somebody who went away")
	}
	l.do(visit.SaveFailed{})
	home("after somebody went away", l.view(), visit.OutOfService)
}

func TestConfigurationWaitsForTheEndOfAVisit(t *testing.T) {
	l := newLobby(visit.Config{Unenrolled: true})
	if got := l.view().Screen; got != visit.Unenrolled {
		t.Fatalf("unenrolled: %s", got)
	}
	l.Configure(visit.Config{}, l.now)
	if got := l.view().Screen; got != visit.NoSurvey {
		t.Fatalf("enrolled, without a survey: %s", got)
	}
	l.Configure(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}}, l.now)
	l.do(visit.Start{})
	l.Configure(visit.Config{}, l.now)
	if got := l.view().Screen; got != visit.Question {
		t.Fatalf("a new configuration ended a visit: %s", got)
	}
	l.do(visit.Back{})
	if got := l.view().Screen; got != visit.NoSurvey {
		t.Errorf("after the visit: %s", got)
	}
}

// No sequence of touches, backs, waits and failures lets anything of one visit reach the next, thanks anybody before the
// response is stored, or gives a response that the survey refuses.
func TestNothingOfAVisitReachesTheNext(t *testing.T) {
	s := mustLoad(t, source)
	second := mustLoad(t, strings.Replace(faces, "id: faces", "id: other", 1))
	kept := mustLoad(t, strings.Replace(source, "kind: exit-poll", "kind: exit-poll\npartial: true", 1))
	group := mustLoad(t, strings.Replace(sharing, "kind: exit-poll", "kind: exit-poll\npartial: true", 1))
	rapid.Check(t, func(rt *rapid.T) {
		offered := []*surveys.Survey{rapid.SampledFrom([]*surveys.Survey{s, kept, group}).Draw(rt, "survey")}
		if rapid.Bool().Draw(rt, "menu") {
			offered = append(offered, second)
		}
		l := newLobby(visit.Config{Surveys: offered})
		visitor := 0
		var pending *surveys.Response
		saved := false
		canary := func(n int) string { return fmt.Sprintf("visitor-%d-said", n) }
		for range rapid.IntRange(1, 80).Draw(rt, "steps") {
			e := event(rt, canary(visitor))
			if _, done := e.(visit.Saved); done {
				saved = pending != nil
			}
			l.now = l.now.Add(time.Duration(rapid.IntRange(0, 30000).Draw(rt, "ms")) * time.Millisecond)
			broken := l.view().Screen == visit.OutOfService
			r := l.Handle(e, l.now)
			if r != nil {
				pending, saved = r, false
				if err := offered[0].CheckResponse(r); err != nil && r.Survey == offered[0].ID {
					rt.Fatalf("a response that its survey refuses: %v", err)
				}
			}
			v := l.view()
			if v.Screen == visit.Thanks && !saved {
				rt.Fatal("thanked without a stored response")
			}
			seen := fmt.Sprintf("%+v %+v %+v", v.Value, v.Group, r)
			for earlier := range visitor {
				if strings.Contains(seen, canary(earlier)) {
					rt.Fatalf("visitor %d meets what visitor %d said: %s", visitor, earlier, seen)
				}
			}
			if v.Screen == visit.Attract || v.Screen == visit.Thanks || v.Screen == visit.OutOfService {
				if !v.Value.IsZero() || v.Question != nil || v.Group != nil {
					rt.Fatalf("%s still holds %+v", v.Screen, v)
				}
				if broken && v.Screen == visit.Attract && (v.Ease != (visit.Ease{}) || v.Aloud) {
					rt.Fatalf("the glass is still %+v", v.Ease)
				}
				if v.Screen != visit.Thanks {
					visitor, pending, saved = visitor+1, nil, false
				}
			}
		}
	})
}

// However somebody touches a page of several questions, forth and back: a response of it is one that its survey takes, and
// nothing that is required is passed over.
func TestAnyWayThroughAPageOfSeveralQuestions(t *testing.T) {
	s := mustLoad(t, sharing)
	ended := false
	rapid.Check(t, func(rt *rapid.T) {
		l := newLobby(visit.Config{Surveys: []*surveys.Survey{s}})
		l.do(visit.Start{})
		l.do(visit.Answer{Value: surveys.Number(2)})
		var r *surveys.Response
		for range 400 { // enough for many to come to the end
			e := event(rt, "said")
			switch e.(type) {
			case visit.Answer, visit.Edit, visit.Next, visit.Skip, visit.Back, visit.Decline:
				r = l.do(e)
			}
			v := l.view()
			if v.CanSkip && v.CanNext || len(v.Group) > 0 && !v.CanSkip && !v.CanNext {
				rt.Fatalf("the page offers %+v", v)
			}
			if r != nil {
				break
			}
		}
		if r == nil {
			return
		}
		ended = true
		if err := s.CheckResponse(r); err != nil {
			rt.Fatalf("%s: %v", recorded(r), err)
		}
	})
	if !ended {
		t.Error("nobody came to the end")
	}
}

func event(rt *rapid.T, canary string) visit.Event {
	events := []visit.Event{
		visit.Start{},
		visit.Start{Language: "en"},
		visit.ShowLanguages{},
		visit.ShowEase{},
		visit.Aloud{On: true},
		visit.Ease{Text: 2, LeftHanded: true},
		visit.Speak{Language: "en"},
		visit.Speak{Language: "xx"},
		visit.ChooseSurvey{ID: "lobby"},
		visit.ChooseSurvey{ID: "other"},
		visit.Next{},
		visit.Skip{},
		visit.Back{},
		visit.Continue{},
		visit.Finish{},
		visit.Saved{},
		visit.SaveFailed{},
		visit.Recovered{},
		visit.Tick{},
		visit.Tick{},
		visit.Answer{Value: surveys.String("employer")},
		visit.Answer{Value: surveys.String("client")},
		visit.Answer{Value: surveys.Number(2)},
		visit.Answer{Value: surveys.Number(99)},
		visit.Edit{Value: surveys.String(canary)},
		visit.Edit{Value: surveys.String(canary + "!")},
		visit.Edit{Value: surveys.Codes()},
		visit.Answer{Question: "came", Value: surveys.String("yes")},
		visit.Answer{Question: "came", Value: surveys.String("no")},
		visit.Answer{Question: "mood", Value: surveys.Number(2)},
		visit.Answer{Question: "mood", Value: surveys.Number(99)},
		visit.Edit{Question: "why", Value: surveys.String(canary)},
		visit.Edit{Question: "why", Value: surveys.String("")},
		visit.Edit{Question: "when", Value: surveys.String("2026-01")},
		visit.Edit{Question: "when", Value: surveys.String("2026-01-02")},
		visit.Decline{},
		visit.Decline{Question: "mood"},
	}
	return rapid.SampledFrom(events).Draw(rt, "event")
}
