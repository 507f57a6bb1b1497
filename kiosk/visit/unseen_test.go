package visit_test

import (
	"fmt"
	"testing"
	"time"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// unseen is how long a screen cannot have been seen, by default.
const unseen = 150 * time.Millisecond

// A touch within 150 ms of a screen was meant for the one before, one that came later for this one, whatever it does.
func TestATouchCountsOnceItsScreenCanHaveBeenSeen(t *testing.T) {
	first := visit.Answer{Value: surveys.Number(3)}
	for _, c := range []struct {
		name, next string // the question that stands there after the first touch
		touch      visit.Event
		counted    func(visit.View) bool
	}{
		{
			"a face", `{code: b, kind: smiley, text: {ru: "Б?"}}`,
			visit.Answer{Value: surveys.Number(2)},
			func(v visit.View) bool { return v.Question.Code == "end" },
		},
		{
			"a choice of several", `{code: b, kind: multiple-choice, text: {ru: "Б?"}, choices: [{code: x, text: {ru: "Да"}}, {code: y, text: {ru: "Нет"}}]}`,
			visit.Edit{Value: surveys.Codes("x")},
			func(v visit.View) bool { return !v.Value.IsZero() },
		},
		{
			"a place in an order", `{code: b, kind: ranking, text: {ru: "Б?"}, choices: [{code: x, text: {ru: "Да"}}, {code: y, text: {ru: "Нет"}}]}`,
			visit.Edit{Value: surveys.Codes("y")},
			func(v visit.View) bool { return !v.Value.IsZero() },
		},
		{
			"a slider", `{code: b, kind: slider, min: 0, max: 10, step: 1, text: {ru: "Б?"}}`,
			visit.Edit{Value: surveys.Number(4)},
			func(v visit.View) bool { return !v.Value.IsZero() },
		},
		{
			"a letter", `{code: b, kind: short-text, max_length: 9, text: {ru: "Б?"}}`,
			visit.Edit{Value: surveys.String("г")},
			func(v visit.View) bool { return !v.Value.IsZero() },
		},
		{
			"a digit", `{code: b, kind: number, min: 0, max: 10, text: {ru: "Б?"}}`,
			visit.Edit{Value: surveys.Number(4)},
			func(v visit.View) bool { return !v.Value.IsZero() },
		},
		{
			"a row", `{code: b, kind: matrix, scale: smiley, text: {ru: "Б?"}, rows: [{code: r, text: {ru: "Зал"}}, {code: s, text: {ru: "Стойка"}}]}`,
			visit.Edit{Value: surveys.Rows(surveys.RowValue{Row: "r", Value: surveys.Number(2)})},
			func(v visit.View) bool { return !v.Value.IsZero() },
		},
	} {
		source := `
id: two
number: 1
kind: poll
languages: [ru]
title: {ru: "Два"}
pages:
  - questions:
      - {code: a, kind: smiley, text: {ru: "А?"}}
      - ` + c.next + `
      - {code: end, kind: information, text: {ru: "Конец"}}
`
		l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
		l.do(visit.Start{})
		l.do(first)
		appeared := l.now
		for _, after := range []time.Duration{0, 40 * time.Millisecond, unseen - 1} {
			l.Handle(c.touch, appeared.Add(after))
			if v := l.View(appeared.Add(after)); c.counted(v) {
				t.Fatalf("%s, touched %s after its question appeared, counted", c.name, after)
			}
		}
		l.Handle(c.touch, appeared.Add(unseen))
		if v := l.View(appeared.Add(unseen)); !c.counted(v) {
			t.Errorf("%s, touched %s after its question appeared, did not count", c.name, unseen)
		}
	}
}

// Until it is painted nobody sees a screen: what was touched meanwhile was meant for the one before.
func TestAScreenIsSeenFromWhenItWasPainted(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
	l.do(visit.Start{})
	painted := l.now.Add(time.Second)
	l.Appeared(painted)
	touch := visit.Answer{Value: surveys.String("client")}
	if l.Handle(touch, painted.Add(unseen-1)); l.View(painted).Question.Code != "who" || !l.Unseen(painted.Add(unseen-1)) {
		t.Error("a touch that waited for a slow painting counted")
	}
	if l.Handle(touch, painted.Add(unseen)); l.View(painted).Question.Code == "who" || l.Unseen(painted.Add(2*unseen)) {
		t.Error("a touch on what could be seen did not count")
	}
}

// Letters come as fast as somebody types them, and what is turned to is new to whoever turned.
func TestAScreenThatStaysTakesFastLetters(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
	l.do(visit.Start{})
	l.do(visit.Answer{Value: surveys.String("client")})
	l.do(visit.Skip{})
	l.now = l.now.Add(time.Second)
	for n, text := range []string{"г", "га", "газ"} {
		l.Handle(visit.Edit{Value: surveys.String(text)}, l.now.Add(time.Duration(n)*20*time.Millisecond))
		if got, _ := l.view().Value.Text(); got != text {
			t.Errorf("%d letters in %d ms: %q", n+1, n*20, got)
		}
	}
	l.do(visit.Turned{})
	l.Handle(visit.Edit{Value: surveys.String("другой")}, l.now.Add(unseen-1))
	if got, _ := l.view().Value.Text(); got != "газ" {
		t.Errorf("the second tap on a page that was turned wrote %q", got)
	}
}

// The second tap on «Продолжить», or on what changes the letters, is not meant for what stands there then.
func TestTheSecondTapOnTheWarningOrOnLettersIsForNothing(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
	l.do(visit.Start{})
	l.now = l.Deadline(l.now)
	l.Handle(visit.Tick{}, l.now)
	l.now = l.now.Add(10 * time.Millisecond) // somebody who was about to touch when it came: that is enough
	l.Handle(visit.Continue{}, l.now)
	l.Handle(visit.Answer{Value: surveys.String("client")}, l.now.Add(unseen-1))
	if v := l.view(); v.Warning != 0 || v.Question.Code != "who" {
		t.Errorf("after a double tap on the warning: %s of %s, warning %s", v.Question.Code, v.Screen, v.Warning)
	}
	l.do(visit.Ease{Text: 1})
	l.Handle(visit.Ease{Text: 2}, l.now.Add(unseen-1))
	if got := l.view().Ease.Text; got != 1 {
		t.Errorf("a double tap on the letters made them %d", got)
	}
}

// Whoever reads slowly reads the last screen slowly too, and has as much longer to take an answer back.
func TestLastScreensWaitForWhoReadsSlowly(t *testing.T) {
	for _, c := range []struct {
		ease  visit.Ease
		aloud bool
		times time.Duration // in halves
	}{{visit.Ease{}, false, 2}, {visit.Ease{Text: 1}, false, 3}, {visit.Ease{Text: 2}, false, 4}, {visit.Ease{}, true, 4}, {visit.Ease{Text: 2}, true, 8}} {
		name := fmt.Sprintf("letters %d, aloud %v", c.ease.Text, c.aloud)
		l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, faces)}})
		l.do(c.ease)
		l.do(visit.Aloud{On: c.aloud})
		l.do(visit.Start{})
		l.do(visit.Answer{Value: surveys.Number(3)})
		if v := l.view(); v.Screen != visit.Pause || v.Left != 3*time.Second*c.times/2 {
			t.Errorf("%s: on %s %s are left", name, v.Screen, v.Left)
		}
		l.do(visit.Finish{})
		l.do(visit.Saved{})
		if d := l.Deadline(l.now).Sub(l.now); l.view().Screen != visit.Thanks || d != 6*time.Second*c.times/2 {
			t.Errorf("%s: %s stays for %s", name, l.view().Screen, d)
		}
		l.now = l.Deadline(l.now).Add(-time.Millisecond)
		if l.Handle(visit.Tick{}, l.now); l.view().Screen != visit.Thanks {
			t.Errorf("%s: thanked for less", name)
		}
		l.now = l.now.Add(time.Millisecond)
		if l.Handle(visit.Tick{}, l.now); l.view().Screen != visit.Attract {
			t.Errorf("%s: thanked for longer: %s", name, l.view().Screen)
		}
	}
}
