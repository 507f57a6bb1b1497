package screen_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// A screen that is painted again and again with the keys it had looks as one that is painted for the first time.
func TestARepaintedScreenLooksLikeANewOne(t *testing.T) {
	test.NewTempApp(t)
	_, s := mustEveryKind(t, 1280, 800)
	glass := func() (*screen.Stage, software.WindowlessCanvas) {
		stage := screen.NewStage(theme.Display{Width: 1280, Height: 800, Inches: 10.1}, theme.MustBrand(theme.Default), func(visit.Event) {}, nil)
		c := software.NewCanvas()
		c.SetPadded(false)
		c.SetContent(stage.Content())
		c.Resize(fyne.NewSize(1280, 800))
		return stage, c
	}
	asked := func(code string) visit.View {
		q := s.Question(code)
		return visit.View{
			Screen: visit.Question, Shown: 1, Language: "ru", Languages: s.Languages, Survey: s, Question: q, Choices: q.Choices, Text: q.Text["ru"],
		}
	}
	attract := visit.View{Screen: visit.Attract, Shown: 1, Language: "ru", Languages: s.Languages, Surveys: []*surveys.Survey{s}}
	warned := asked("smile")
	warned.Warning, warned.WarningOf = 20*time.Second, 20*time.Second
	for _, c := range []struct {
		name        string
		first, then visit.View
		do          func(*screen.Stage)
	}{
		{"the warning", warned, func() visit.View { v := warned; v.Warning = 7 * time.Second; return v }(), nil},
		{"ticks", asked("which"), func() visit.View {
			v := asked("which")
			v.Value, v.CanNext = surveys.Codes(v.Choices[0].Code, v.Choices[1].Code), true
			return v
		}(), nil},
		{"a letter", asked("say"), asked("say"), func(stage *screen.Stage) { stage.TypedRune('д') }},
		{"the scene", attract, attract, func(stage *screen.Stage) {
			stage.SetScene(screen.Scene{Message: 1, Clock: "9:41", Shift: fyne.NewDelta(-1, 0.5)})
		}},
	} {
		kept, a := glass()
		kept.Show(c.first)
		before := a.Capture()
		kept.Show(c.then)
		if c.do != nil {
			c.do(kept)
		}
		fresh, b := glass()
		if c.do != nil {
			if c.name == "a letter" {
				fresh.Show(c.first) // the letter needs its keyboard
			}
			c.do(fresh)
		}
		again := c.then
		again.Shown = 2
		fresh.Show(again)
		got, want := a.Capture(), b.Capture()
		if differing(before, want) == 0 {
			t.Fatalf("%s changes nothing", c.name)
		}
		if n := differing(got, want); n > 0 {
			t.Errorf("%s: %d pixels differ from those of a new screen", c.name, n)
		}
	}
}
