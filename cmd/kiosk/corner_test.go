package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/google/uuid"

	"otklik/kiosk/glass"
	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
	"otklik/sync/agent"
	"otklik/sync/wire"
)

// marker is what visitors write; the service corner must never show it.
const marker = "zqmarkerqz"

const commentSurvey = `
id: lobby
number: 1
kind: suggestion
languages: [ru, tt, en]
title: {ru: "Предложения", tt: "Тәкъдимнәр", en: "Suggestions"}
pages:
  - questions:
      - {code: say, kind: short-text, max_length: 40, text: {ru: "Что улучшить?", tt: "Нәрсәне яхшыртырга?", en: "What can be better?"}}
`

// mustTerminal is an enrolled terminal in a folder, whose collector nobody reaches.
func mustTerminal(t *testing.T, dir string) *terminal {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signing, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, sealing, err := wire.NewSealingKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(agent.Identity{
		Terminal: uuid.New(), Origin: wire.Origin{1}, URL: "http://127.0.0.1:9", Key: key, SigningKey: signing, SealingKey: sealing,
	})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "identity.json"), data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := openTerminal(dir, "", func(wire.TerminalConfig, []*surveys.Survey) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := terminal.box.Close(); err != nil {
			t.Error(err)
		}
	})
	return terminal
}

// lobby is the glass of a terminal with its service corner, in a window of the test driver.
type lobby struct {
	t      *testing.T
	dir    string
	window fyne.Window
	glass  *glass.Glass
	corner *corner
	shown  chan screen.Painted
	now    screen.Painted
}

// oneThread is Fyne's app for tests with a thread of its own, as a real window has: the driver for tests runs what
// goroutines hand over right where they are, several at once.
type oneThread struct {
	fyne.App
	driver threadDriver
}

func (o oneThread) Driver() fyne.Driver { return o.driver }

type threadDriver struct {
	fyne.Driver
	work  chan func()
	ended chan struct{} // the test is over; nothing is done any more
}

func (d threadDriver) DoFromGoroutine(f func(), wait bool) {
	if !wait {
		d.work <- f
		return
	}
	done := make(chan struct{})
	d.work <- func() { defer close(done); f() }
	select {
	case <-done:
	case <-d.ended:
	}
}

// mustThread gives the test such an app.
func mustThread(t *testing.T) {
	app := test.NewTempApp(t)
	d := threadDriver{app.Driver(), make(chan func(), 10_000), make(chan struct{})} // more than is ever handed over at once
	fyne.SetCurrentApp(oneThread{app, d})
	end := make(chan struct{})
	go func() {
		defer close(d.ended)
		for {
			select {
			case f := <-d.work:
				f()
			case <-end:
				return
			}
		}
	}()
	t.Cleanup(func() { // timers of the glass may still fire; the next test has a thread of its own
		close(end)
		<-d.ended
	})
}

func mustLobby(t *testing.T) *lobby {
	t.Helper()
	mustThread(t)
	l := &lobby{t: t, dir: t.TempDir(), window: test.NewTempWindow(t, nil), shown: make(chan screen.Painted, 1000)}
	survey, err := surveys.Load("lobby.yaml", []byte(commentSurvey))
	if err != nil {
		t.Fatal(err)
	}
	behind := &behind{t: mustTerminal(t, l.dir)}
	offer := &offer{dir: l.dir, show: func(v visit.Config) { l.glass.Configure(v) }}
	hash, err := wire.HashPIN("482915")
	if err == nil {
		err = savePIN(l.dir, hash)
	}
	if err != nil {
		t.Fatal(err)
	}
	first := offer.begin(visit.Config{Surveys: []*surveys.Survey{survey}, Unseen: time.Nanosecond})
	l.glass = glass.New(glass.Config{
		Brand: theme.MustBrand(theme.Default), Seed: func() uint64 { return 1 }, Visit: first, Save: behind.save, Repair: behind.repair,
		RepairEvery: time.Second, Painted: func(p screen.Painted) { l.shown <- p },
	})
	l.corner = newCorner(l.dir, behind, offer, func() {})
	fyne.DoAndWait(func() {
		l.corner.attach(l.glass)
		l.glass.Open(l.window)
		l.window.Resize(fyne.NewSize(1280, 800))
	})
	l.await("attract")
	return l
}

func (l *lobby) await(name string) {
	l.t.Helper()
	for {
		select {
		case l.now = <-l.shown:
			if strings.HasPrefix(l.now.Screen, name) {
				return
			}
		case <-time.After(time.Minute):
			l.t.Fatalf("no %s; the last screen was %s", name, l.now.Screen)
		}
	}
}

// tap taps the target of that name on the screen as it is now and waits for the next screen.
func (l *lobby) tap(name, next string) {
	l.t.Helper()
	tapped := false
	fyne.DoAndWait(func() { // nothing is painted meanwhile
		for len(l.shown) > 0 {
			l.now = <-l.shown
		}
		for _, p := range l.now.Targets {
			if p.Name == name {
				tapped = true
				test.TapCanvas(l.window.Canvas(), fyne.NewPos(p.X+p.W/2, p.Y+p.H/2))
				return
			}
		}
	})
	if !tapped {
		l.t.Fatalf("no %s on %s: %v", name, l.now.Screen, l.now.Targets)
	}
	l.await(next)
}

// words are all the texts on the canvas.
func (l *lobby) words() string {
	var all []string
	fyne.DoAndWait(func() {
		for _, o := range test.LaidOutObjects(l.window.Content()) {
			if text, ok := o.(*canvas.Text); ok {
				all = append(all, text.Text)
			}
		}
	})
	return strings.Join(all, "\n")
}

func (l *lobby) write(text string) {
	for _, r := range text {
		fyne.DoAndWait(func() { l.window.Canvas().OnTypedRune()(r) })
		l.await("question-say")
	}
	if !strings.Contains(strings.ToLower(l.words()), text) {
		l.t.Fatalf("the glass does not show what is written, so this test would find nothing: %s", l.words())
	}
}

func TestServiceCornerShowsNoAnswer(t *testing.T) {
	l := mustLobby(t)
	l.tap("start:ru", "question-say")
	l.write(marker)
	l.tap("next", "thanks")
	l.tap("finish", "attract")
	l.tap("start:ru", "question-say") // and one who goes away in the middle
	l.write(marker)
	l.tap("back", "attract")

	fyne.DoAndWait(func() { l.corner.corner.Open("en") })
	l.await("service-pin")
	for _, digit := range "482915" {
		l.tap("key:"+string(digit), "service-pin")
	}
	if words := l.words(); strings.Contains(words, "482915") {
		t.Errorf("the PIN is on the glass: %s", words)
	}
	l.tap("open", "service-menu")
	pages := 0
	for _, page := range []string{"state", "network", "survey", "rescue", "touch", "display", "sound", "brightness"} {
		l.tap(page, "service-"+page)
		// what was painted, not what is there meanwhile: the targets are of that
		for strings.Contains(strings.Join(l.now.Texts, "\n"), "Looking…") {
			l.await("service-" + page)
		}
		for range 6 {
			pages++
			if words := l.words(); strings.Contains(strings.ToLower(words), marker) {
				t.Errorf("%s shows an answer: %s", page, words)
			}
			more := ""
			for _, p := range l.now.Targets {
				if p.Name == "turn" || p.Name == "more" || strings.HasPrefix(p.Name, "pick:") {
					more = p.Name
				}
			}
			if more == "" {
				break
			}
			l.tap(more, "service-"+page)
		}
		l.tap("back", "service-menu")
	}
	if pages < 10 {
		t.Errorf("only %d pages were seen", pages)
	}
	if s, err := l.corner.behind.get().box.Stats(); err != nil || s.Queued != 1 {
		t.Errorf("the outbox holds %+v, %v", s, err)
	}
	l.tap("back", "attract")

	folder := t.TempDir()
	name, answers, err := l.corner.Rescue(folder)
	if err != nil || answers != 1 {
		t.Fatal(answers, err)
	}
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil || strings.Contains(strings.ToLower(string(data)), marker) {
		t.Errorf("the rescue file holds an open answer, %v", err)
	}
	identity, err := agent.LoadIdentity(l.corner.dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := wire.NewBundleReader(bytes.NewReader(data), func(id uuid.UUID) (ed25519.PublicKey, error) {
		if id != identity.Terminal {
			t.Errorf("the bundle is of terminal %s", id)
		}
		return identity.Key.Public().(ed25519.PublicKey), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	batch, _, err := r.Next()
	if err != nil || len(batch.Records) != 1 || len(batch.Sessions) != 1 || batch.Origin != l.corner.behind.get().box.Origin() {
		t.Errorf("the batch is %+v, %v", batch, err)
	}
	if _, _, err := r.Next(); err != io.EOF || r.End.Records != 1 {
		t.Errorf("the end is %+v, %v", r.End, err)
	}
	if all, _ := filepath.Glob(filepath.Join(folder, "*")); len(all) != 2 {
		t.Errorf("the medium has %v", all)
	}
	if _, _, err := l.corner.Rescue(filepath.Join(folder, "gone")); err == nil {
		t.Error("a medium that is gone took the answers")
	}
}
