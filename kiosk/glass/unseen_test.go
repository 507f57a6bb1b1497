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

// A display that draws slowly leaves touches waiting: those that came before their screen was painted, or before its frame
// was there, were meant for the one before, however late they are delivered.
func TestTouchesThatWaitedForASlowDisplayDoNotCount(t *testing.T) {
	test.NewTempApp(t)
	s, err := surveys.Load("faces.yaml", []byte(faces))
	if err != nil {
		t.Fatal(err)
	}
	window := test.NewTempWindow(t, nil)
	synctest.Test(t, func(t *testing.T) {
		slow := time.Duration(0)
		g := New(Config{
			Brand: theme.MustBrand(theme.Default), Seed: func() uint64 { return 1 }, Visit: visit.Config{Surveys: []*surveys.Survey{s}},
			Painted: func(screen.Painted) { time.Sleep(slow) },
		})
		g.Open(window)
		window.Resize(fyne.NewSize(1280, 800))
		face := visit.Answer{Value: surveys.Number(3)}
		on := func(code string) {
			t.Helper()
			if v := g.machine.View(time.Now()); v.Question == nil || v.Question.Code != code {
				t.Fatalf("on %s %v, not on %s", v.Screen, v.Question, code)
			}
		}
		time.Sleep(time.Second)
		slow = time.Second
		g.handle(visit.Start{})
		on("a")
		g.handle(face)
		on("a")
		slow = 0
		time.Sleep(time.Second)
		g.handle(face)
		on("b")
		g.machine.Appeared(time.Now().Add(-time.Second)) // its frame took so long
		if !g.unseen() {
			t.Error("a touch that waited for the frame counts")
		}
		time.Sleep(2 * queued)
		synctest.Wait()
		if g.unseen() {
			t.Error("a touch on a frame that is there does not count")
		}
		g.timer.Stop()
		g.scenes.Stop()
	})
}
