package screen_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/kiosk/words"
	"otklik/surveys"
)

// Whoever stands behind the visitor does not see which face is touched: nothing of the glass changes under the finger, while
// the answer is stored, or while it can be taken back. Without the setting each of these shows it.
func TestADiscreetGlassDoesNotShowWhatIsTouched(t *testing.T) {
	const poll = `
id: faces
number: 1
kind: exit-poll
languages: [ru]
title: {ru: "Как прошло?"}
pages:
  - questions:
      - {code: mood, kind: smiley, text: {ru: "Как прошло?"}}
`
	said := words.In("ru").Say("face.2")
	for _, discreet := range []bool{false, true} {
		test.NewTempApp(t)
		for _, questions := range []int{1, 2} {
			source := poll
			if questions == 2 {
				source += "      - {code: last, kind: smiley, text: {ru: \"И в целом?\"}}\n"
			}
			s, err := surveys.Load("faces.yaml", []byte(source))
			if err != nil {
				t.Fatal(err)
			}
			now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
			m := visit.New(visit.Config{Surveys: []*surveys.Survey{s}}, func() uint64 { return 1 }, now)
			var stage *screen.Stage
			var shown screen.Painted
			paintings, stored := 0, 0
			send := func(e visit.Event) {
				now = now.Add(time.Second)
				if m.Handle(e, now) != nil {
					stored++
				}
				stage.Show(m.View(now))
			}
			stage = screen.NewStage(theme.Display{Width: 1280, Height: 800, Inches: 10.1}, theme.MustBrand(theme.Default), send,
				func(p screen.Painted) { shown = p; paintings++ })
			stage.SetDiscreet(discreet)
			stage.Content().Resize(fyne.NewSize(1280, 800))
			send(visit.Start{})
			for n := range questions {
				at := slices.IndexFunc(stage.Targets(), func(x screen.Target) bool { return x.Name == "face:2" })
				var tiles []desktop.Mouseable
				for _, o := range stage.Content().(*fyne.Container).Objects[1:] { // after the ground
					if tile, ok := o.(desktop.Mouseable); ok {
						tiles = append(tiles, tile)
					}
				}
				if at < 0 || at >= len(tiles) {
					t.Fatalf("on %s is no face among %v", shown.Screen, stage.Targets())
				}
				ground := tiles[at].(fyne.Widget).CreateRenderer().Objects()[0].(*fyne.Container).Objects[0].(*canvas.Rectangle)
				fill, edge, stroke := ground.FillColor, ground.StrokeColor, ground.StrokeWidth
				tiles[at].MouseDown(&desktop.MouseEvent{})
				if changed := fill != ground.FillColor || edge != ground.StrokeColor || stroke != ground.StrokeWidth; changed == discreet {
					t.Errorf("discreet %v: a finger on a face changes it: %v", discreet, changed)
				}
				tiles[at].MouseUp(&desktop.MouseEvent{})
				before := paintings
				tiles[at].(fyne.Tappable).Tapped(&fyne.PointEvent{})
				switch {
				case questions == 1:
					if told := strings.Contains(strings.Join(shown.Texts, " "), said); shown.Screen != "pause" || told == discreet {
						t.Errorf("discreet %v: on %s the answer is told: %v", discreet, shown.Screen, told)
					}
				case n == 1:
					if changed := paintings > before; stored != 1 || changed == discreet {
						t.Errorf("discreet %v: %d stored; the glass changed meanwhile: %v", discreet, stored, changed)
					}
				}
			}
			if questions == 2 {
				if send(visit.Saved{}); shown.Screen != "thanks" {
					t.Errorf("discreet %v: after it was stored the glass shows %s", discreet, shown.Screen)
				}
			}
		}
	}
}
