package screen_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/keyboard"
	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
)

// folded are displays whose keyboards have no room for the familiar rows.
var folded = []theme.Display{
	{Width: 1280, Height: 800, Inches: 8},
	{Width: 1080, Height: 1920, Inches: 8},
	{Width: 480, Height: 800, Inches: 8},
	{Width: 1080, Height: 1920, Inches: 10.1},
	{Width: 1080, Height: 1920, Inches: 13.3},
}

// mustFolded is a glass of a display on the last page of a question, in Tatar, whose keyboard has the most keys.
func mustFolded(t *testing.T, d theme.Display, code string) *glass {
	t.Helper()
	_, s := mustEveryKind(t, 1, 1)
	test.NewTempApp(t)
	g := &glass{t: t, canvas: software.NewCanvas()}
	g.stage = screen.NewStage(d, theme.MustBrand(theme.Default), func(e visit.Event) { g.events = append(g.events, e) }, nil)
	g.canvas.SetPadded(false)
	g.canvas.SetContent(g.stage.Content())
	g.canvas.Resize(fyne.NewSize(float32(d.Width), float32(d.Height)))
	g.view = visit.View{
		Screen: visit.Question, Shown: 1, Language: "tt", Languages: s.Languages, Survey: s, Question: s.Question(code),
		Text: s.Question(code).Text["tt"], CanSkip: true, CanNext: true,
	}
	g.stage.Show(g.view)
	for range 3 {
		if !g.there("key:backspace") { // the question has a page of its own
			g.tap("next")
		}
	}
	return g
}

// The keys that lead to other layouts move nothing but keys, and no key leaves the place of the keyboard.
func TestAnotherLayoutMovesNothingElse(t *testing.T) {
	for _, d := range folded {
		g := mustFolded(t, d, "say")
		still := func() (others []screen.Target, top, foot float32) {
			top = float32(d.Height)
			for _, k := range g.stage.Targets() {
				if !strings.HasPrefix(k.Name, "key:") {
					others = append(others, k)
					continue
				}
				top, foot = min(top, k.Y), max(foot, k.Y+k.H)
			}
			return others, top, foot
		}
		others, top, foot := still()
		layouts := map[string]bool{}
		for _, press := range []string{"digits", "language", "language", "language", "digits", "digits", "language"} {
			if !g.there("key:" + press) {
				press = "digits" // Tatar has its other languages behind them where it has the least room
			}
			g.tap("key:" + press)
			layouts[fmt.Sprint(g.stage.Targets())] = true
			now, above, under := still()
			if !slices.Equal(now, others) || max(above-top, top-above, under-foot, foot-under) > 1 {
				t.Errorf("%s: after %s the keyboard stands from %v to %v, before from %v to %v, among %v, before %v", d, press, above, under,
					top, foot, now, others)
			}
		}
		if len(layouts) < 4 {
			t.Errorf("%s: %d layouts were shown", d, len(layouts))
		}
	}
}

// Tab and arrows lead to every key of a keyboard that is folded, and out of it.
func TestEveryKeyOfAFoldedKeyboardIsReachedByKeys(t *testing.T) {
	for _, d := range folded {
		for _, code := range []string{"say", "mail", "people"} {
			g := mustFolded(t, d, code)
			g.reachAll(fmt.Sprintf("%s on %s", code, d))
		}
	}
}

// A panel that waits strays against letters that burn in, and its keys stay on the glass.
func TestKeysOfAWaitingPanelStayOnTheGlass(t *testing.T) {
	for _, d := range folded {
		for _, by := range []float32{-2, 2} {
			g := mustFolded(t, d, "say")
			g.stage.SetScene(screen.Scene{Shift: fyne.NewDelta(by, by)})
			g.stage.ShowPanel(&screen.Panel{
				Name: "enrol-code", Language: "ru", Board: keyboard.NewPad(keyboard.AddressPad, "", 99), Waiting: true,
			}, func(string) {})
			for _, k := range g.stage.Targets() {
				if k.X < 0 || k.Y < 0 || k.X+k.W > float32(d.Width) || k.Y+k.H > float32(d.Height) {
					t.Errorf("%s strayed by %v mm: %+v leaves the glass", d, by, k)
				}
			}
		}
	}
}
