package screen

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

const shortPoll = `
id: kept
number: 1
kind: poll
languages: [ru, en]
title: {ru: "Опрос", en: "Poll"}
pages:
  - questions:
      - {code: smile, kind: smiley, text: {ru: "Как вас приняли?", en: "How did we receive you?"}}
      - {code: again, kind: smiley, text: {ru: "А в прошлый раз?", en: "And last time?"}}
      - {code: say, kind: short-text, max_length: 40, text: {ru: "Что ещё?", en: "What else?"}}
`

// mustStage is a stage of a size, and the survey to show on it; what it sends is appended to events.
func mustStage(t *testing.T, display theme.Display, events *[]visit.Event) (*Stage, *surveys.Survey) {
	t.Helper()
	test.NewTempApp(t)
	s, err := surveys.Load("kept.yaml", []byte(shortPoll))
	if err != nil {
		t.Fatal(err)
	}
	stage := NewStage(display, theme.MustBrand(theme.Default), func(e visit.Event) { *events = append(*events, e) }, nil)
	stage.Content().Resize(fyne.NewSize(float32(display.Width), float32(display.Height)))
	return stage, s
}

// under returns the tile of a target, as the driver finds it under a finger.
func (s *Stage) under(name string) *tile {
	i := slices.IndexFunc(s.targets, func(t Target) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return s.tiles()[i]
}

// However often a screen is painted under a finger, by a count-down, another message, the time or a letter, the touch
// counts: Fyne delivers it only if the object under the finger is still the one that it came down on.
func TestATouchOutlivesTheRepaintsOfItsScreen(t *testing.T) {
	var events []visit.Event
	stage, s := mustStage(t, theme.Display{Width: 1280, Height: 800, Inches: 10.1}, &events)
	view := visit.View{Language: "ru", Languages: s.Languages, Surveys: []*surveys.Survey{s}, Shown: 1}
	asked := view
	asked.Screen, asked.Survey, asked.Question, asked.Text = visit.Question, s, s.Question("say"), "Что ещё?"
	for _, c := range []struct {
		name, target string
		view         visit.View
		change       func(*visit.View)
	}{
		{"the warning counts down", "continue", func() visit.View { v := asked; v.Warning, v.WarningOf = 20e9, 20e9; return v }(), func(v *visit.View) { v.Warning -= time.Second }},
		{"the pause counts down", "undo", func() visit.View {
			v := asked
			v.Screen, v.Question, v.Value, v.Left = visit.Pause, s.Question("smile"), surveys.Number(3), 3*time.Second
			return v
		}(), func(v *visit.View) { v.Left -= time.Second }},
		{"a letter is written", "key:а", asked, func(v *visit.View) { v.Value = surveys.String("А") }},
		{"a message turns", "start:ru", func() visit.View { v := view; v.Screen = visit.Attract; return v }(), nil},
		{"a message turns beside faces", "face:3", func() visit.View {
			v := view
			v.Screen, v.Invited, v.Text = visit.Attract, s.Question("smile"), "Как вас приняли?"
			return v
		}(), nil},
		{"an improvement ends", "start:en", func() visit.View {
			v := view
			v.Screen, v.Improvements = visit.Attract, []surveys.Text{{"ru": "Стулья"}}
			return v
		}(), func(v *visit.View) { v.Improvements = nil }},
	} {
		c.view.Shown = uint64(10 * (len(events) + 1))
		stage.SetScene(Scene{})
		stage.Show(c.view)
		pressed := stage.under(c.target)
		if pressed == nil {
			t.Fatalf("%s: no %s among %v", c.name, c.target, stage.targets)
		}
		before := stage.root.Objects[len(stage.root.Objects)-1]
		pressed.MouseDown(&desktop.MouseEvent{})
		for n := range 2 {
			if c.change != nil {
				c.change(&c.view)
				stage.Show(c.view)
			} else {
				stage.SetScene(Scene{Message: n + 1, Clock: fmt.Sprint("9:4", n), Shift: fyne.NewDelta(0.5, float32(n))})
			}
		}
		if stage.root.Objects[len(stage.root.Objects)-1] == before {
			t.Fatalf("%s: nothing was painted", c.name)
		}
		if pressed.ground.FillColor != pressed.held.fill || pressed.ground.StrokeColor != pressed.held.edge {
			t.Errorf("%s: the press shows no more", c.name)
		}
		if stage.under(c.target) != pressed {
			t.Errorf("%s: another %s is under the finger", c.name, c.target)
			continue
		}
		n := len(events)
		pressed.MouseUp(&desktop.MouseEvent{})
		pressed.Tapped(&fyne.PointEvent{})
		if len(events) != n+1 {
			t.Errorf("%s: the touch gave %v", c.name, events[n:])
		}
	}
}

// What another screen shows in the same place is something else: a finger that came down before is not meant for it.
func TestATouchDoesNotReachTheNextScreen(t *testing.T) {
	var events []visit.Event
	stage, s := mustStage(t, theme.Display{Width: 1280, Height: 800, Inches: 10.1}, &events)
	view := visit.View{Screen: visit.Question, Shown: 1, Language: "ru", Languages: s.Languages, Survey: s, Question: s.Question("smile"), Text: "Как вас приняли?"}
	stage.Show(view)
	pressed := stage.under("face:3")
	pressed.MouseDown(&desktop.MouseEvent{})
	for _, change := range []func(){
		func() { view.Question, view.Text = s.Question("again"), "А в прошлый раз?" },
		func() { view.Language = "en" },
		func() { view.Warning, view.WarningOf = 20e9, 20e9 },
		func() { view.Warning, view.WarningOf = 0, 0 },
	} {
		before := slices.Clone(stage.tiles())
		change()
		view.Shown++
		stage.Show(view)
		for _, old := range before {
			if slices.Contains(stage.tiles(), old) {
				t.Fatalf("%s is still the same on %s", old.name, name(view))
			}
		}
	}
	stage.ShowPanel(&Panel{Name: "pin", Language: "ru", Foot: []PanelKey{{Name: "back", Text: "Назад"}}}, func(string) {})
	if slices.Contains(stage.tiles(), pressed) {
		t.Error("the panel for staff has an answer of the visit on it")
	}
}

// A finger that slides off shows nothing pressed behind it, one that comes back does, and the next press starts anew.
func TestAPressThatSlidesOffLeavesNothingPressed(t *testing.T) {
	var events []visit.Event
	stage, s := mustStage(t, theme.Display{Width: 1280, Height: 800, Inches: 10.1}, &events)
	stage.Show(visit.View{Screen: visit.Question, Shown: 1, Language: "ru", Languages: s.Languages, Survey: s, Question: s.Question("smile"), Text: "Как?"})
	x := stage.under("face:3")
	shows := func(when string, held bool) {
		t.Helper()
		if got := x.ground.FillColor == x.held.fill; got != held {
			t.Errorf("%s: shown as pressed: %v", when, got)
		}
	}
	down := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	x.MouseIn(&desktop.MouseEvent{})
	shows("a pointer over it", false)
	x.MouseDown(down)
	shows("pressed", true)
	x.MouseOut()
	shows("slid off", false)
	x.MouseIn(down)
	shows("back again", true)
	x.MouseOut()
	x.MouseIn(&desktop.MouseEvent{})
	shows("back after it was let go elsewhere", false)
	stage.Show(func() visit.View { v := stage.view; v.Value = surveys.Number(1); return v }())
	shows("painted anew", false)
}

// A finger that came down before its screen can have been seen gives nothing, though it leaves later; the next one does.
func TestATouchIsJudgedByWhenTheFingerCameDown(t *testing.T) {
	var events []visit.Event
	stage, s := mustStage(t, theme.Display{Width: 1280, Height: 800, Inches: 10.1}, &events)
	early := true
	stage.SetUnseen(func() bool { return early })
	stage.Show(visit.View{Screen: visit.Question, Shown: 1, Language: "ru", Languages: s.Languages, Survey: s, Question: s.Question("say"), Text: "Что?"})
	x := stage.under("key:а")
	x.MouseDown(&desktop.MouseEvent{})
	early = false
	x.MouseUp(&desktop.MouseEvent{})
	x.Tapped(&fyne.PointEvent{})
	early = true
	stage.TypedRune('б')
	stage.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	if text := stage.state.keyboard.Text(); len(events) > 0 || text != "" {
		t.Fatalf("touches meant for the screen before gave %v and wrote %q", events, text)
	}
	early = false
	x.MouseDown(&desktop.MouseEvent{})
	x.Tapped(&fyne.PointEvent{})
	if text := stage.state.keyboard.Text(); text != "А" {
		t.Errorf("the next touch wrote %q", text)
	}
}
