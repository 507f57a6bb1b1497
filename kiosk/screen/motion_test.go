package screen_test

import (
	"image"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"otklik/assets"
	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
)

// film is a driver whose animations stand still until they are told to go on.
type film struct {
	fyne.Driver
	started, stopped []*fyne.Animation
}

func (f *film) StartAnimation(a *fyne.Animation) { f.started = append(f.started, a) }
func (f *film) StopAnimation(a *fyne.Animation)  { f.stopped = append(f.stopped, a) }

// cinema is an app with a film for a driver, and a setting for whoever wants no motion.
type cinema struct {
	fyne.App
	film  *film
	still bool
}

type seats struct {
	fyne.Settings
	still bool
}

func (s seats) ShowAnimations() bool { return !s.still }

func (c *cinema) Driver() fyne.Driver     { return c.film }
func (c *cinema) Settings() fyne.Settings { return seats{c.App.Settings(), c.still} }

// mustThank shows the thanks on a stage after a question.
func mustThank(t *testing.T, brand *theme.Brand, contrast bool) (*screen.Stage, software.WindowlessCanvas, visit.View) {
	t.Helper()
	asked := mustGlass(t, "smile").view
	stage := screen.NewStage(theme.Display{}, brand, func(visit.Event) {}, nil)
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(stage.Content())
	c.Resize(fyne.NewSize(1280, 800))
	asked.Ease.Contrast = contrast
	stage.Show(asked)
	thanks := visit.View{
		Screen: visit.Thanks, Shown: 2, Language: "ru", Languages: asked.Languages, Survey: asked.Survey, Stays: 6 * time.Second,
		Ease: asked.Ease,
	}
	return stage, c, thanks
}

// The tick of the thanks is drawn within 300 ms and nothing else of the screen waits for it or changes with it; it stops when the
// screen goes, and does not begin again when the same screen is painted anew.
func TestTheTickOfTheThanksIsDrawnOnceAndStopsWithItsScreen(t *testing.T) {
	stage, c, thanks := mustThank(t, theme.MustBrand(theme.Default), false)
	stage.Show(thanks)
	whole := c.Capture()

	stage, c, thanks = mustThank(t, theme.MustBrand(theme.Default), false)
	f := &film{Driver: fyne.CurrentApp().Driver()}
	fyne.SetCurrentApp(&cinema{App: fyne.CurrentApp(), film: f})
	stage.Show(thanks)
	if len(f.started) != 1 || f.started[0].Duration > 300*time.Millisecond || f.started[0].RepeatCount != 0 {
		t.Fatalf("started %v", f.started)
	}
	tick := f.started[0]
	missing := -1
	for _, done := range []float32{0, 0.3, 0.6, 0.9, 1} {
		tick.Tick(done)
		shown := c.Capture()
		n := differing(shown, whole)
		if missing >= 0 && n >= missing {
			t.Errorf("at %.1f %d pixels of the tick are missing, before it were %d", done, n, missing)
		}
		if missing = n; done == 0 {
			if n < 200 {
				t.Fatalf("at the beginning %d pixels are missing", n)
			}
			if within := differences(shown, whole); within.Dx() > 200 || within.Dy() > 200 {
				t.Errorf("more than the tick is missing: %v", within)
			}
		}
	}
	if missing != 0 {
		t.Errorf("at the end %d pixels are missing", missing)
	}
	thanks.Stays = 5 * time.Second
	thanks.Ease.Text, thanks.Shown = 1, 3
	stage.Show(thanks)
	if len(f.started) != 1 {
		t.Errorf("painted anew, it begins again: %d", len(f.started))
	}

	stage, _, thanks = mustThank(t, theme.MustBrand(theme.Default), false)
	f = &film{Driver: fyne.CurrentApp().Driver()}
	fyne.SetCurrentApp(&cinema{App: fyne.CurrentApp(), film: f})
	stage.Show(thanks)
	f.started[0].Tick(0.2)
	next := thanks
	next.Screen, next.Shown = visit.NotAsked, 3
	stage.Show(next)
	if len(f.stopped) != 1 || f.stopped[0] != f.started[0] || len(f.started) != 1 {
		t.Errorf("the next screen: started %d, stopped %d", len(f.started), len(f.stopped))
	}
}

// Where motion is not wanted, and where the tick is not where the product draws it, the thanks stand still.
func TestTheThanksStandStillWhereMotionIsNotWanted(t *testing.T) {
	source, err := fs.ReadFile(assets.Brands(), "otklik/brand.yaml")
	if err != nil {
		t.Fatal(err)
	}
	own, err := theme.ReadBrand(fstest.MapFS{
		"brand.yaml":       {Data: source},
		"scene-thanks.svg": {Data: assets.Icon("tick")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name            string
		brand           *theme.Brand
		contrast, still bool
		want            int
	}{
		{"as it is", theme.MustBrand(theme.Default), false, false, 1},
		{"another brand", theme.MustBrand("work-of-russia"), false, false, 1},
		{"high contrast", theme.MustBrand(theme.Default), true, false, 0},
		{"no motion", theme.MustBrand(theme.Default), false, true, 0},
		{"a picture of the brand's own", own, false, false, 0},
	} {
		stage, _, thanks := mustThank(t, c.brand, c.contrast)
		f := &film{Driver: fyne.CurrentApp().Driver()}
		fyne.SetCurrentApp(&cinema{App: fyne.CurrentApp(), film: f, still: c.still})
		stage.Show(thanks)
		if len(f.started) != c.want {
			t.Errorf("%s: %d motions", c.name, len(f.started))
		}
	}
	test.NewTempApp(t)
}

// differences is where two pictures differ.
func differences(a, b image.Image) (all image.Rectangle) {
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if a.At(x, y) != b.At(x, y) {
				all = all.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return all
}
