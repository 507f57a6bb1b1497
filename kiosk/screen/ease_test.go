package screen_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// eased is a stage on a display, with what it painted and what was said to it.
type eased struct {
	stage   *screen.Stage
	painted screen.Painted
	events  []visit.Event
}

func mustEased(t *testing.T, d theme.Display, e theme.Ease, v visit.View) *eased {
	t.Helper()
	g := &eased{}
	g.stage = screen.NewStage(d, theme.MustBrand(theme.Default), func(e visit.Event) { g.events = append(g.events, e) },
		func(p screen.Painted) { g.painted = p })
	v.Ease = visit.Ease(e)
	g.stage.Content().Resize(fyne.NewSize(float32(d.Width), float32(d.Height)))
	g.stage.Show(v)
	return g
}

// key returns a place on the glass by its name.
func (g *eased) key(t *testing.T, name string) screen.Target {
	t.Helper()
	for _, k := range g.painted.Targets {
		if k.Name == name {
			return k
		}
	}
	t.Fatalf("no %s on %s: %v", name, g.painted.Screen, g.painted.Targets)
	return screen.Target{}
}

func TestLoweredControlsAreWithinSixtyCentimetres(t *testing.T) {
	view := mustGlass(t, "which").view
	totem := theme.Display{Width: 1080, Height: 1920, Inches: 55}
	for range 12 { // a list that would fill the glass
		view.Choices = append(view.Choices, surveys.Choice{Code: "x", Text: surveys.Text{"ru": "Ещё что-нибудь"}})
	}
	highest := func(e theme.Ease) (mm float64) {
		for _, k := range mustEased(t, totem, e, view).painted.Targets {
			mm = max(mm, float64(1920-k.Y)/totem.PixelsPerMM())
		}
		return mm
	}
	if got := highest(theme.Ease{}); got < 700 {
		t.Fatalf("the test proves nothing: the highest control begins %.0f mm above the foot", got)
	}
	if got := highest(theme.Ease{Lowered: true}); got > 600 {
		t.Errorf("lowered, the highest control begins %.0f mm above the foot", got)
	}
}

func TestLeftHandFindsNextAtTheLeft(t *testing.T) {
	view := mustGlass(t, "which").view
	tablet := theme.Display{Width: 1280, Height: 800}
	right, left := mustEased(t, tablet, theme.Ease{}, view), mustEased(t, tablet, theme.Ease{LeftHanded: true}, view)
	for _, name := range []string{"back", "skip"} {
		a, b := right.key(t, name), left.key(t, name)
		if mirrored := 1280 - a.X - a.W; b.X < mirrored-1 || b.X > mirrored+1 {
			t.Errorf("%s is at %.0f, mirrored it would be at %.0f", name, b.X, mirrored)
		}
	}
}

// A question that leaves no room for its keyboard has pages of its own, which Next and Back turn, then come the answers.
func TestQuestionTooLongForItsKeyboardIsReadFirst(t *testing.T) {
	view := mustGlass(t, "say").view
	view.Text = strings.Repeat("Расскажите, пожалуйста, о вашем визите подробнее. ", 8)
	g := mustEased(t, theme.Display{Width: 800, Height: 480}, theme.Ease{Text: 1}, view)
	read := ""
	for turn := 0; ; turn++ {
		if turn > 5 {
			t.Fatal("the keyboard never came")
		}
		read += strings.Join(g.painted.Texts, " ") + " "
		if strings.Contains(g.painted.Screen, "question") && len(g.painted.Targets) > 20 {
			break
		}
		if k := g.key(t, "next"); k.W == 0 {
			t.Fatal("no way on")
		}
		g.stage.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	if got := strings.Count(read, "визите"); got != 8 {
		t.Errorf("%d of 8 sentences were on the glass: %s", got, read)
	}
	for _, e := range g.events {
		if e != (visit.Turned{}) {
			t.Errorf("reading said %#v to the visit", e)
		}
	}
}

func TestAttractScreenAsksItsQuestionAndTurnsItsMessages(t *testing.T) {
	g := mustGlass(t, "smile")
	s := g.view.Survey
	view := visit.View{Screen: visit.Attract, Shown: 5, Language: "ru", Languages: s.Languages, Surveys: []*surveys.Survey{s}}
	waiting := mustEased(t, theme.Display{Width: 1280, Height: 800}, theme.Ease{}, view)
	first := strings.Join(waiting.painted.Texts, " ")
	waiting.stage.SetScene(screen.Scene{Message: 1, Clock: "9:41", Shift: fyne.NewDelta(1, 0.5)})
	second := strings.Join(waiting.painted.Texts, " ")
	if first == second || !strings.Contains(second, "9:41") || strings.Contains(second, "Опрос") {
		t.Errorf("the scene did not change: %s\n%s", first, second)
	}
	view.Shown, view.Invited, view.Text = 6, s.Question("smile"), "Как вас приняли?"
	asking := mustEased(t, theme.Display{Width: 1280, Height: 800}, theme.Ease{}, view)
	for _, name := range []string{"face:4", "face:1", "start:en", "start"} {
		asking.key(t, name)
	}
	if got := strings.Join(asking.painted.Texts, " "); !strings.Contains(got, "Как вас приняли?") {
		t.Errorf("the attract screen says %s", got)
	}
}
