package shots_test

import (
	"fmt"
	"io/fs"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/assets"
	"otklik/kiosk/screen"
	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
	"otklik/surveys"
)

// everyKind is a survey with one question of each kind.
const everyKind = "testdata/every-kind.yaml"

var displays = []theme.Display{
	{Width: 1080, Height: 1920, Inches: 32},
	{Width: 1080, Height: 1920, Inches: 21.5},
	{Width: 1280, Height: 800, Inches: 10.1},
	{Width: 1920, Height: 1080, Inches: 21.5},
	{Width: 800, Height: 480, Inches: 7},
	{Width: 2560, Height: 1600, Inches: 12.4},
}

func library(t *testing.T) []*surveys.Survey {
	t.Helper()
	names, err := fs.Glob(assets.Surveys(), "*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal("no questionnaires", err)
	}
	kinds, err := os.ReadFile(everyKind)
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string][]byte{everyKind: kinds}
	for _, name := range names {
		if sources[name], err = fs.ReadFile(assets.Surveys(), name); err != nil {
			t.Fatal(err)
		}
	}
	var all []*surveys.Survey
	for name, source := range sources {
		s, err := surveys.Load(name, source)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// On every screen of every shipped survey, in three languages and on every display: what can be touched is wide enough
// for a finger and apart from its neighbours, words stay on the glass and within what they are written on, and no two
// of them overlap.
func TestEveryScreenFitsItsDisplay(t *testing.T) {
	for _, s := range library(t) {
		for _, d := range displays {
			for _, lang := range s.Languages {
				where := fmt.Sprintf("%s %s %dx%d %.1f″", s.ID, lang, d.Width, d.Height, d.Inches)
				err := shots.Render(s, lang, d, func(shot shots.Shot) error {
					checkTargets(t, where+" "+shot.Name, d, shot.Targets)
					checkWords(t, where+" "+shot.Name, d, shot.Content)
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// Least sizes in millimetres: 12 and 3, under 8 inches 9 and 2.
func checkTargets(t *testing.T, where string, d theme.Display, targets []screen.Target) {
	t.Helper()
	side, gap := 12.0, 3.0
	if d.Inches < 8 {
		side, gap = 9, 2
	}
	mm := d.PixelsPerMM()
	for i, a := range targets {
		if a.X < 0 || a.Y < 0 || a.X+a.W > float32(d.Width) || a.Y+a.H > float32(d.Height) {
			t.Errorf("%s: %s leaves the glass: %+v", where, a.Name, a)
		}
		if w, h := float64(a.W)/mm, float64(a.H)/mm; w < side-0.1 || h < side-0.1 {
			t.Errorf("%s: %s measures %.1f × %.1f mm, less than %.0f", where, a.Name, w, h, side)
		}
		for _, b := range targets[i+1:] {
			if a.Name == "start" {
				continue // the ground of the attract screen, under the keys
			}
			if between := float64(apart(a, b)) / mm; between < gap-0.05 {
				t.Errorf("%s: %s and %s are %.1f mm apart, less than %.0f", where, a.Name, b.Name, between, gap)
			}
		}
	}
}

// apart is the wider of the gaps between two places, in pixels; negative where they overlap.
func apart(a, b screen.Target) float32 {
	return max(b.X-a.X-a.W, a.X-b.X-b.W, b.Y-a.Y-a.H, a.Y-b.Y-b.H)
}

// written is a line of words on the glass.
type written struct {
	text       string
	x, y, w, h float32
}

func checkWords(t *testing.T, where string, d theme.Display, content fyne.CanvasObject) {
	t.Helper()
	var all []written
	var walk func(o fyne.CanvasObject, at fyne.Position, on *written)
	walk = func(o fyne.CanvasObject, at fyne.Position, on *written) {
		at = at.Add(o.Position())
		switch o := o.(type) {
		case *canvas.Text:
			// the letters, without the air that the font has above and below them
			air := o.Size().Height * 0.2
			w := written{o.Text, at.X, at.Y + air, o.Size().Width, o.Size().Height - 2*air}
			if on != nil && (w.x < on.x || w.y < on.y || w.x+w.w > on.x+on.w || w.y+w.h > on.y+on.h) {
				t.Errorf("%s: %q does not fit the place it is written on", where, w.text)
			}
			all = append(all, w)
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c, at, on)
			}
		case fyne.Widget:
			tile := &written{"", at.X, at.Y, o.Size().Width, o.Size().Height}
			for _, c := range o.CreateRenderer().Objects() {
				walk(c, at, tile)
			}
		}
	}
	walk(content, fyne.Position{}, nil)
	for i, a := range all {
		if a.x < 0 || a.y < 0 || a.x+a.w > float32(d.Width)+0.5 || a.y+a.h > float32(d.Height) {
			t.Errorf("%s: %q leaves the glass", where, a.text)
		}
		for _, b := range all[i+1:] {
			if max(b.x-a.x-a.w, a.x-b.x-b.w, b.y-a.y-a.h, a.y-b.y-b.h) < -1 {
				t.Errorf("%s: %q and %q overlap", where, a.text, b.text)
			}
		}
	}
}

func TestPicturesShowWhatIsThere(t *testing.T) {
	s := library(t)[0]
	n := 0
	err := shots.Render(s, "ru", displays[2], func(shot shots.Shot) error {
		picture := shot.Capture()
		if got := picture.Bounds().Size(); got.X != 1280 || got.Y != 800 {
			t.Errorf("%s is %v", shot.Name, got)
		}
		colours := map[string]bool{}
		for y := 0; y < 800; y += 4 {
			for x := 0; x < 1280; x += 4 {
				colours[fmt.Sprint(picture.At(x, y))] = true
			}
		}
		if len(colours) < 10 {
			t.Errorf("%s shows %d colours: it is empty", shot.Name, len(colours))
		}
		n++
		return nil
	})
	if err != nil || n < 10 {
		t.Errorf("%d pictures, %v", n, err)
	}
}
