package glass

import (
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

const faces = `
id: faces
number: 1
kind: poll
languages: [ru]
title: {ru: "Опрос"}
pages:
  - questions:
      - {code: a, kind: smiley, text: {ru: "А?"}}
      - {code: b, kind: smiley, text: {ru: "Б?"}}
      - {code: c, kind: smiley, text: {ru: "В?"}}
`

// A display that draws slowly leaves touches waiting: those that came before the frame was there were meant for the screen
// before, however late they are delivered, and the least time to see it runs from the frame.
func TestTouchesThatWaitedForASlowDisplayDoNotCount(t *testing.T) {
	test.NewTempApp(t)
	s, err := surveys.Load("faces.yaml", []byte(faces))
	if err != nil {
		t.Fatal(err)
	}
	window := test.NewTempWindow(t, nil)
	synctest.Test(t, func(t *testing.T) {
		told := 0
		var g *Glass
		g = New(Config{
			Brand: theme.MustBrand(theme.Default), Seed: func() uint64 { return 1 }, Visit: visit.Config{Surveys: []*surveys.Survey{s}},
			Painted: func(screen.Painted) {
				if told++; g != nil && g.drawing {
					t.Error("a screen was told of before its frame was there")
				}
			},
		})
		g.Open(window)
		window.Resize(fyne.NewSize(1280, 800))
		time.Sleep(time.Second)
		if g.unseen() || told == 0 {
			t.Fatal("a touch on a screen that stands there does not count")
		}
		g.handle(visit.Start{})
		g.drawing = true // as on a display whose frame takes a second
		time.Sleep(time.Second)
		for when, drawn := range map[string]func(){"before the frame": func() {}, "after that of another screen": func() { g.drawn(g.seen - 1) }} {
			if drawn(); !g.unseen() {
				t.Errorf("%s a touch counts", when)
			}
		}
		g.drawn(g.seen)
		if !g.unseen() {
			t.Error("a touch that was delivered just after the frame counts")
		}
		if time.Sleep(150 * time.Millisecond); g.unseen() {
			t.Error("a touch on a frame that could be seen does not count")
		}
		for g.machine.View(time.Now()).Warning == 0 {
			time.Sleep(time.Second)
			synctest.Wait()
		}
		if g.drawing = true; g.unseen() {
			t.Error("a touch does not count on the warning")
		}
		g.timer.Stop()
		g.scenes.Stop()
	})
}
