package screen_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// mustNarrow shows what another glass shows on a display, in the largest letters, and leads to the page of the answers.
func mustNarrow(t *testing.T, g *glass, d theme.Display, language string) (*glass, *screen.Painted) {
	t.Helper()
	shown := &screen.Painted{}
	n := &glass{t: t, canvas: software.NewCanvas(), view: g.view}
	n.stage = screen.NewStage(d, theme.MustBrand(theme.Default), func(e visit.Event) {
		if _, turned := e.(visit.Turned); !turned {
			n.events = append(n.events, e)
		}
	}, func(p screen.Painted) { *shown = p })
	n.canvas.SetPadded(false)
	n.canvas.SetContent(n.stage.Content())
	n.canvas.Resize(fyne.NewSize(float32(d.Width), float32(d.Height)))
	n.view.Ease.Text, n.view.Language = 2, language
	n.view.Text = n.view.Question.Text.In(language)
	n.view.Group = slices.Clone(n.view.Group)
	for i, item := range n.view.Group {
		n.view.Group[i].Text = item.Question.Text.In(language)
	}
	n.stage.Show(n.view)
	return n, shown
}

// Eight rows of keys leave no room for a long choice in the largest letters. A key lists what was found in their place, and a
// touch on the field brings them back.
func TestASearchListsWhatItFoundWhereTheKeysLeaveNoRoom(t *testing.T) {
	g, shown := mustNarrow(t, mustKind(t, "district"), theme.Display{Width: 1080, Height: 1920, Inches: 8}, "ru")
	g.tap("search")
	for range 3 {
		if !g.shows("key:") {
			g.tap("next") // the question has a page of its own
		}
	}
	if g.shows("choice:") || !g.shows("found") {
		t.Fatalf("on the glass are %v", g.stage.Targets())
	}
	g.tap("key:м")
	g.tap("found")
	if g.shows("key:") || !g.shows("choice:mende") || !g.shows("choice:mamadysh") || g.shows("choice:avto") || !slices.Contains(shown.Texts, "М") {
		t.Errorf("what was found shows as %q", shown.Texts)
	}
	g.tap("search")
	if g.tap("key:е"); !slices.Contains(shown.Texts, "Ме") {
		t.Errorf("the keys came back to %q", shown.Texts)
	}
	g.tap("found")
	if e := g.tap("choice:mende"); e == nil || !e.(visit.Answer).Value.Equal(surveys.String("mende")) {
		t.Errorf("a touch on it gives %v", e)
	}
	g.tap("search")
	g.tap("key:а")
	for _, r := range "ббб" {
		g.stage.TypedRune(r)
	}
	if g.shows("found") {
		t.Error("nothing was found, and a key offers to show it")
	}
}

// Eleven degrees with words at their ends find no room among other questions on a small glass in the largest letters: they have it
// to themselves, and the line that leads to them says what was answered.
func TestAScaleWithoutRoomAmongOthersOpens(t *testing.T) {
	g, shown := mustNarrow(t, mustShare(t, "u_nps"), theme.Display{Width: 800, Height: 480, Inches: 8}, "tt")
	g.tap("item:u_nps:open")
	for range 3 {
		if !g.shows("nps:") {
			g.tap("next")
		}
	}
	if e := g.tap("nps:7"); e == nil || e.(visit.Answer).Question != "u_nps" {
		t.Fatalf("a touch on it gives %v", e)
	}
	g.item(0)
	if !g.shows("item:u_nps:open") || !strings.Contains(strings.Join(shown.Texts, " "), "7 / 10") {
		t.Errorf("what was answered shows as %q", shown.Texts)
	}
}

// A narrow glass in the largest letters has no room for keys that say which part of a consent comes next: Next and Back turn the
// parts, and Back on the first leads to the question.
func TestNextAndBackTurnTheFullTextOfAConsent(t *testing.T) {
	g := mustKind(t, "agree_data")
	var all []string
	for i := range 60 {
		all = append(all, fmt.Sprintf("слово%d", i))
	}
	survey := *g.view.Survey
	q, terms := *g.view.Question, *g.view.Question.Consent
	terms.Statement = surveys.Text{"ru": strings.Join(all, " ")}
	q.Consent = &terms
	g.view.Survey, g.view.Question, g.view.Screen = &survey, &q, visit.Statement
	g, shown := mustNarrow(t, g, theme.Display{Width: 1080, Height: 1920, Inches: 7}, "ru")
	read := strings.Join(shown.Texts, " ")
	parts := 1
	for ; g.shows("next"); parts++ {
		g.tap("next")
		read += " " + strings.Join(shown.Texts, " ")
	}
	for _, word := range all {
		if strings.Count(read+" ", word+" ") != 1 {
			t.Errorf("%s is not read once in %q", word, read)
		}
	}
	for range parts - 1 {
		if e := g.tap("back"); e != nil {
			t.Errorf("back gives %v before the first part", e)
		}
	}
	if e := g.tap("back"); parts < 3 || e != (visit.Back{}) {
		t.Errorf("back gives %v on the first of %d parts", e, parts)
	}
}

// What is wrong with a number is said beside its pad where the clock of a test, the field and the keys take all the height.
func TestWhatIsWrongIsSaidBesideThePad(t *testing.T) {
	g := mustKind(t, "people")
	g.view.Problem, g.view.Clock.Test = visit.Invalid, visit.Countdown{Left: 60e9, Of: 600e9}
	g, _ = mustNarrow(t, g, theme.Display{Width: 800, Height: 480, Inches: 8}, "ru")
	for range 3 {
		if !g.shows("key:") {
			g.tap("next")
		}
	}
	keys := g.stage.Targets()
	first := keys[slices.IndexFunc(keys, func(k screen.Target) bool { return k.Name == "key:1" })]
	said := false
	for _, o := range g.stage.Content().(*fyne.Container).Objects {
		words, ok := o.(*canvas.Text)
		if !ok || !strings.Contains(words.Text, "0…500") {
			continue
		}
		if said = true; words.Position().X+words.Size().Width > first.X || words.Position().Y < first.Y {
			t.Errorf("it stands at %v, %v wide, the first key at %v, %v", words.Position(), words.Size().Width, first.X, first.Y)
		}
	}
	if !said {
		t.Error("it is not said")
	}
}
