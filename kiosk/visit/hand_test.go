package visit_test

import (
	"strings"
	"testing"
	"time"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// touchAll are touches of one hand: all within a tenth of a second.
func touchAll(l *lobby, events ...visit.Event) (stored []*surveys.Response) {
	l.now = l.now.Add(time.Second)
	for _, e := range events {
		if r := l.Handle(e, l.now); r != nil {
			stored = append(stored, r)
		}
		l.now = l.now.Add(100 * time.Millisecond / time.Duration(len(events)))
	}
	return stored
}

func face(n float64, x int) visit.Event {
	return visit.Answer{Value: surveys.Number(n), Tap: surveys.Tap{x, 600}}
}

// A palm touches several faces at once: the first counts, and what comes next is neither answered nor sent off by it.
func TestAPalmGivesOneAnswer(t *testing.T) {
	second := strings.Replace(faces, "pages:", "pages:\n  - questions:\n      - {code: first, kind: smiley, text: {ru: \"Сначала?\"}}", 1)
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, second)}})
	l.do(visit.Start{})
	if r := touchAll(l, face(3, 400), face(2, 600), face(1, 900)); r != nil {
		t.Fatalf("a palm stored %+v", r)
	}
	if v := l.view(); v.Question.Code != "mood" || !v.Value.IsZero() {
		t.Fatalf("after a palm on the first question: %s with %v", v.Question.Code, v.Value)
	}
	l.do(visit.Back{})
	if n, _ := l.view().Value.Float(); n != 3 {
		t.Errorf("the palm's answer is %v, not that of its first touch", n)
	}

	l = newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, faces)}})
	l.do(visit.Start{})
	if r := touchAll(l, face(2, 600), visit.Finish{}, visit.Back{}, face(1, 900), visit.Finish{}); r != nil {
		t.Fatalf("a palm stored %+v", r)
	}
	if v := l.view(); v.Screen != visit.Pause {
		t.Fatalf("after a palm on a poll of one question: %s", v.Screen)
	}
	r := touchAll(l, visit.Finish{}, visit.Finish{}, visit.Back{})
	if len(r) != 1 {
		t.Fatalf("two taps on the last key stored %d responses", len(r))
	}
	if n, _ := r[0].Answers[0].Value.Float(); n != 2 {
		t.Errorf("stored %v", n)
	}
}

// Whoever taps twice means it once: the choice stays chosen, and a choice taken away stays away.
func TestADoubleTapOnAChoiceCountsOnce(t *testing.T) {
	const many = `
id: many
number: 1
kind: poll
languages: [ru]
title: {ru: "Что?"}
pages:
  - questions:
      - code: what
        kind: multiple-choice
        text: {ru: "Что пригодилось?"}
        choices: [{code: a, text: {ru: "Стойка"}}, {code: b, text: {ru: "Принтер"}}]
      - {code: end, kind: information, text: {ru: "Конец"}}
`
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, many)}})
	l.do(visit.Start{})
	want := func(when string, codes ...string) {
		t.Helper()
		got, _ := l.view().Value.List()
		if strings.Join(got, " ") != strings.Join(codes, " ") {
			t.Errorf("%s: chosen are %q, want %q", when, got, codes)
		}
	}
	a, ab, b, none := visit.Edit{Value: surveys.Codes("a")}, visit.Edit{Value: surveys.Codes("a", "b")}, visit.Edit{Value: surveys.Codes("b")}, visit.Edit{Value: surveys.Codes()}
	touchAll(l, a, none, none)
	want("three taps on one", "a")
	touchAll(l, ab)
	want("another one", "a", "b")
	touchAll(l, b, ab)
	want("two taps on one that was chosen", "b")
	l.do(none)
	want("a tap on purpose")
	touchAll(l, a, ab)
	want("two choices in quick succession", "a", "b")
}

// Whoever needs time has it, in the letters and the language that were asked for; the next visitor meets none of these.
func TestAVisitIsProlongedMoreThanTenTimes(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
	home := l.view()
	l.do(visit.Start{})
	l.do(visit.Speak{Language: "en"})
	eased := visit.Ease{Text: 2, Contrast: true, Lowered: true, LeftHanded: true}
	l.do(eased)
	l.do(visit.Answer{Value: surveys.String("employer")})
	code := l.view().Question.Code
	for n := range 12 {
		l.now = l.Deadline(l.now)
		l.Handle(visit.Tick{}, l.now)
		v := l.view()
		if v.Warning < 20*time.Second || v.WarningOf < 20*time.Second {
			t.Fatalf("warning %d is of %s", n+1, v.Warning)
		}
		l.now = l.now.Add(v.Warning - 2*time.Second)
		l.Handle(visit.Tick{}, l.now)
		l.do(visit.Continue{})
		v = l.view()
		if v.Screen != visit.Question || v.Question.Code != code || v.Warning != 0 || v.Ease != eased || v.Language != "en" {
			t.Fatalf("prolonged for the %d. time: %+v", n+1, v)
		}
	}
	idleOut(l)
	if v := l.view(); v.Ease != home.Ease || v.Language != home.Language {
		t.Errorf("after a visit that timed out the next visitor meets %+v in %s", v.Ease, v.Language)
	}
}

// On a screen of several questions nothing goes on by itself, so a double tap lands on the same key, or on what came to stand
// there, and a palm on several: the first touch counts, and the screen stays.
func TestAHandOnAScreenOfSeveralQuestionsCountsOnce(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, sharing)}})
	l.do(visit.Start{})
	l.do(visit.Answer{Value: surveys.Number(2)})
	want := func(when, items string) {
		t.Helper()
		if got := group(l.view()); got != items {
			t.Errorf("%s: %s, want %s", when, got, items)
		}
	}
	mood := func(n float64) visit.Event { return visit.Answer{Question: "mood", Value: surveys.Number(n)} }
	came := func(code string) visit.Event { return visit.Answer{Question: "came", Value: surveys.String(code)} }
	what := func(codes ...string) visit.Event {
		return visit.Edit{Question: "what", Value: surveys.Codes(codes...)}
	}
	decline := visit.Decline{Question: "mood"}
	want("at first", "came= mood= when= what=")
	touchAll(l, mood(3), mood(2), came("no"), visit.Next{})
	want("a palm on two faces, a key and Next", "came= mood=3 when= what=")
	touchAll(l, came("no"), decline, visit.Next{})
	want("a tap under which another question came", "came=no why= mood=3 when= what=")
	touchAll(l, what("a"), what(), what())
	want("three taps on a choice", "came=no why= mood=3 when= what=a")
	touchAll(l, what("a", "b"), what("a"))
	want("two taps on another one", "came=no why= mood=3 when= what=a,b")
	l.do(what("a"))
	want("one on purpose", "came=no why= mood=3 when= what=a")
	l.do(decline)
	l.Handle(decline, l.now.Add(250*time.Millisecond))
	want("declined by a slow double tap", "came=no why= mood=- when= what=a")
	l.do(decline)
	want("taken back on purpose", "came=no why= mood= when= what=a")
}
