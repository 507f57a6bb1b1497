package glass_test

import (
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/glass"
	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

const source = `
id: lobby
number: 1
kind: poll
languages: [ru]
title: {ru: "Опрос"}
pages:
  - questions:
      - {code: smile, kind: smiley, text: {ru: "Как вас приняли?"}}
`

// lobby is a glass in a window of the test driver.
type lobby struct {
	t      *testing.T
	window fyne.Window
	shown  chan screen.Painted
	now    screen.Painted
	save   chan error // what the next Save returns, when it is told
	saved  chan *surveys.Response
	repair chan error
}

func mustLobby(t *testing.T) *lobby {
	t.Helper()
	test.NewTempApp(t)
	s, err := surveys.Load("lobby.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	l := &lobby{
		t: t, window: test.NewTempWindow(t, nil), shown: make(chan screen.Painted, 100),
		save: make(chan error), saved: make(chan *surveys.Response, 1), repair: make(chan error),
	}
	g := glass.New(glass.Config{
		Brand: theme.MustBrand(theme.Default), Seed: func() uint64 { return 1 },
		Visit: visit.Config{Surveys: []*surveys.Survey{s}, Unseen: time.Nanosecond},
		Save: func(_ *surveys.Survey, r *surveys.Response) error {
			l.saved <- r
			return <-l.save
		},
		Repair: func() error { return <-l.repair }, RepairEvery: time.Millisecond,
		Painted: func(p screen.Painted) { l.shown <- p },
	})
	g.Open(l.window)
	l.window.Resize(fyne.NewSize(1280, 800))
	l.await("attract")
	return l
}

func (l *lobby) await(name string) {
	l.t.Helper()
	for {
		select {
		case l.now = <-l.shown:
			if l.now.Screen == name {
				return
			}
		case <-time.After(time.Minute):
			l.t.Fatalf("no %s; the last screen was %s", name, l.now.Screen)
		}
	}
}

func (l *lobby) tap(name string) {
	l.t.Helper()
	for _, p := range l.now.Targets {
		if p.Name == name {
			fyne.DoAndWait(func() { test.TapCanvas(l.window.Canvas(), fyne.NewPos(p.X+p.W/2, p.Y+p.H/2)) })
			return
		}
	}
	l.t.Fatalf("no %s on %s", name, l.now.Screen)
}

func TestNobodyIsThankedBeforeTheAnswerIsDurable(t *testing.T) {
	l := mustLobby(t)
	l.tap("start:ru")
	l.await("question-smile")
	l.tap("face:3")
	r := <-l.saved // Save runs, and has not returned
	if n, _ := r.Answers[0].Value.Float(); n != 3 {
		t.Errorf("saved %+v", r)
	}
	for len(l.shown) > 0 {
		if p := <-l.shown; p.Screen == "thanks" {
			t.Fatal("thanked while the answer was being stored")
		}
	}
	l.save <- nil
	l.await("thanks")
	l.tap("finish")
	l.await("attract")
}

func TestAnAnswerThatCannotBeStoredPutsTheTerminalOutOfServiceUntilRepaired(t *testing.T) {
	l := mustLobby(t)
	l.tap("start:ru")
	l.await("question-smile")
	l.tap("face:1")
	<-l.saved
	l.save <- errors.New("the disk is gone")
	l.await("out-of-service")
	l.repair <- errors.New("still gone")
	l.repair <- nil
	l.await("attract")
}
