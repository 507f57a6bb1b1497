package visit_test

import (
	"strings"
	"testing"
	"time"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

func TestEaseHoldsForOneVisitAndLosesNothing(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}, Ease: visit.Ease{Lowered: true}})
	if v := l.view(); v.Ease != (visit.Ease{Lowered: true}) {
		t.Fatalf("while nobody is here the glass is %+v", v.Ease)
	}
	wanted := visit.Ease{Text: 1, Contrast: true, LeftHanded: true}
	l.do(wanted)
	l.do(visit.Aloud{On: true})
	l.do(visit.Start{})
	l.do(visit.Answer{Value: surveys.String("client")})
	l.do(visit.Skip{})
	l.do(visit.Edit{Value: surveys.String("Не потерять")})
	l.do(visit.ShowEase{})
	if v := l.view(); v.Screen != visit.Easing {
		t.Fatalf("asked for the settings, the glass shows %s", v.Screen)
	}
	l.do(visit.ShowLanguages{})
	l.do(visit.ShowEase{})
	l.do(visit.Speak{Language: "en"})
	l.do(visit.Ease{Text: 9, Contrast: true})
	l.do(visit.Back{})
	v := l.view()
	if text, _ := v.Value.Text(); v.Screen != visit.Question || text != "Не потерять" || v.Language != "en" {
		t.Fatalf("back from the settings: %+v", v)
	}
	if v.Ease != (visit.Ease{Text: 2, Contrast: true}) {
		t.Errorf("the glass is %+v", v.Ease)
	}
	if l.do(visit.Next{}) == nil {
		t.Fatal("nothing to store")
	}
	l.do(visit.Saved{})
	if v := l.view(); v.Screen != visit.Thanks || v.Ease.Text != 2 || !v.Aloud {
		t.Errorf("the thanks are not in the visitor's letters: %+v", v)
	}
	l.do(visit.Finish{})
	if v := l.view(); v.Screen != visit.Attract || v.Ease != (visit.Ease{Lowered: true}) || v.Aloud {
		t.Errorf("the next visitor meets %+v, read aloud: %v", v.Ease, v.Aloud)
	}
}

func TestEaseChosenBySomebodyWhoDidNotBeginIsTakenBack(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
	l.do(visit.Ease{Contrast: true})
	if d := l.Deadline(l.now); d.Sub(l.now) != 45*time.Second {
		t.Fatalf("taken back after %s", d.Sub(l.now))
	}
	l.now = l.Deadline(l.now)
	l.Handle(visit.Tick{}, l.now)
	if v := l.view(); v.Ease != (visit.Ease{}) {
		t.Errorf("left behind: %+v", v.Ease)
	}
	if d := l.Deadline(l.now); !d.IsZero() {
		t.Error("the attract screen asks to be woken")
	}
}

func TestSlowerQuestionsAndLargerLettersWaitLonger(t *testing.T) {
	const one = `
id: one
number: 1
kind: poll
languages: [ru]
title: {ru: "Один"}
pages:
  - questions:
      - {code: q, kind: KIND, text: {ru: "Вопрос?"}}
      - {code: end, kind: information, text: {ru: "Конец"}}
`
	for _, c := range []struct {
		kind string
		text int
		want time.Duration
	}{
		{"smiley", 0, 10 * time.Second},
		{"smiley", 1, 15 * time.Second},
		{"smiley", 2, 20 * time.Second},
		{"information", 0, 20 * time.Second},
		{"long-text, max_length: 90", 0, 20 * time.Second},
		{"long-text, max_length: 90", 2, 40 * time.Second},
		{"date", 0, 15 * time.Second},
	} {
		s := mustLoad(t, strings.Replace(one, "KIND", c.kind, 1))
		l := newLobby(visit.Config{Surveys: []*surveys.Survey{s}, Idle: 10 * time.Second})
		l.do(visit.Start{})
		l.do(visit.Ease{Text: c.text})
		if got := l.Deadline(l.now).Sub(l.now); got != c.want {
			t.Errorf("%s with letters %d waits %s, not %s", c.kind, c.text, got, c.want)
		}
		l.do(visit.Aloud{On: true})
		if got := l.Deadline(l.now).Sub(l.now); got != 2*c.want {
			t.Errorf("%s, read aloud, waits %s, not %s", c.kind, got, 2*c.want)
		}
	}
}
