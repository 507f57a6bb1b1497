package screen_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

const source = `
id: lobby
number: 1
kind: poll
languages: [ru, en]
title: {ru: "Опрос", en: "Poll"}
pages:
  - questions:
      - {code: smile, kind: smiley, text: {ru: "Как вас приняли?", en: "How did we receive you?"}}
      - code: which
        kind: multiple-choice
        text: {ru: "Что было удобно?", en: "What was convenient?"}
        choices:
          - {code: a, text: {ru: "Зал", en: "The hall"}}
          - {code: b, text: {ru: "Часы работы", en: "Opening hours"}}
          - {code: none, exclusive: true, text: {ru: "Ничего", en: "Nothing"}}
      - {code: say, kind: short-text, max_length: 40, text: {ru: "Что ещё?", en: "What else?"}}
`

// glass is a stage on a canvas in memory that a test taps like a visitor.
type glass struct {
	t      *testing.T
	stage  *screen.Stage
	canvas software.WindowlessCanvas
	events []visit.Event
	view   visit.View
}

func mustGlass(t *testing.T, code string) *glass {
	t.Helper()
	test.NewTempApp(t)
	s, err := surveys.Load("lobby.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	g := &glass{t: t, canvas: software.NewCanvas()}
	g.stage = screen.NewStage(theme.Display{}, theme.MustBrand(theme.Default), func(e visit.Event) {
		switch e.(type) {
		case visit.Touched, visit.Turned: // say nothing of an answer
		default:
			g.events = append(g.events, e)
		}
	}, nil)
	g.canvas.SetPadded(false)
	g.canvas.SetContent(g.stage.Content())
	g.canvas.Resize(fyne.NewSize(1280, 800))
	g.view = visit.View{
		Screen: visit.Question, Shown: 1, Language: "ru", Languages: s.Languages, Survey: s, Question: s.Question(code), CanSkip: true,
		Choices: s.Question(code).Choices,
	}
	g.stage.Show(g.view)
	return g
}

// tap touches the middle of a target and returns the event it gave.
func (g *glass) tap(name string) visit.Event {
	g.t.Helper()
	for _, target := range g.stage.Targets() {
		if target.Name == name {
			before := len(g.events)
			test.TapCanvas(g.canvas, fyne.NewPos(target.X+target.W/2, target.Y+target.H/2))
			if len(g.events) == before {
				return nil
			}
			return g.events[len(g.events)-1]
		}
	}
	g.t.Fatalf("no target %s among %v", name, g.stage.Targets())
	return nil
}

// give shows the value that an event gave, as the visit would.
func (g *glass) give(e visit.Event) {
	g.view.Value = e.(visit.Edit).Value
	g.stage.Show(g.view)
}

func TestASurveyThatCannotBeShownIsNamed(t *testing.T) {
	s, err := surveys.Load("lobby.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	if err := screen.Shows(s); err != nil {
		t.Error(err)
	}
	s.Questions()[1].Kind = "hologram"
	if err := screen.Shows(s); err == nil || !strings.Contains(err.Error(), "which, of the kind hologram") {
		t.Errorf("a question that no screen can show gave %v", err)
	}
}

func TestOneTapAnswersWithAFace(t *testing.T) {
	g := mustGlass(t, "smile")
	e, ok := g.tap("face:2").(visit.Answer)
	if n, _ := e.Value.Float(); !ok || n != 2 {
		t.Errorf("the face «Так себе» gave %#v", g.events)
	}
	if _, ok := g.tap("back").(visit.Back); !ok {
		t.Errorf("Back gave %#v", g.events)
	}
	if e, _ := g.tap("lang:en").(visit.Speak); e.Language != "en" {
		t.Errorf("EN gave %#v", g.events)
	}
}

func TestNoneOfTheseTakesTheOthersAway(t *testing.T) {
	g := mustGlass(t, "which")
	for _, step := range []struct{ tap, want string }{
		{"choice:b", "b"},
		{"choice:a", "a b"},
		{"choice:none", "none"},
		{"choice:b", "b"},
		{"choice:b", ""},
	} {
		g.give(g.tap(step.tap))
		codes, _ := g.view.Value.List()
		if got := strings.Join(codes, " "); got != step.want {
			t.Fatalf("after %s: %q, want %q", step.tap, got, step.want)
		}
	}
}

func TestKeysOfTheGlassAndRealKeysWriteOneText(t *testing.T) {
	g := mustGlass(t, "say")
	g.tap("key:ж")
	g.tap("key:space")
	g.stage.TypedRune('д')
	g.stage.TypedRune('ы')
	g.stage.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	g.tap("key:и")
	last := g.events[len(g.events)-1].(visit.Edit)
	if got, _ := last.Value.Text(); got != "Ж ди" {
		t.Errorf("wrote %q", got)
	}
	g.tap("key:language")
	g.tap("key:x")
	last = g.events[len(g.events)-1].(visit.Edit)
	if got, _ := last.Value.Text(); got != "Ж диx" {
		t.Errorf("after the language key: %q", got)
	}
	g.view.Value, g.view.CanNext, g.view.CanSkip = last.Value, true, false
	g.stage.Show(g.view)
	g.stage.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if _, ok := g.events[len(g.events)-1].(visit.Next); !ok {
		t.Errorf("Enter gave %#v", g.events[len(g.events)-1])
	}
}

func TestAnotherVisitStartsWithAnEmptyText(t *testing.T) {
	g := mustGlass(t, "say")
	g.tap("key:ж")
	g.stage.Show(visit.View{Screen: visit.Attract, Shown: 2, Language: "ru", Languages: g.view.Languages, Surveys: []*surveys.Survey{g.view.Survey}})
	g.view.Shown, g.view.Value = 3, surveys.Value{}
	g.stage.Show(g.view)
	g.tap("key:а")
	last := g.events[len(g.events)-1].(visit.Edit)
	if got, _ := last.Value.Text(); got != "А" {
		t.Errorf("the next visitor's text is %q", got)
	}
}
