package screen_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// key presses and releases a key, as Fyne's driver tells it.
func (g *glass) key(name fyne.KeyName) {
	e := &fyne.KeyEvent{Name: name}
	g.stage.KeyDown(e)
	if name != fyne.KeyTab { // Fyne keeps Tab to itself
		g.stage.TypedKey(e)
	}
	g.stage.KeyUp(e)
}

// mustEveryKind is a glass of one size, to show any question of the survey with every kind.
func mustEveryKind(t *testing.T, width, height float32) (*glass, *surveys.Survey) {
	t.Helper()
	test.NewTempApp(t)
	source, err := os.ReadFile("../shots/testdata/every-kind.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := surveys.Load("every-kind.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	g := &glass{t: t, canvas: software.NewCanvas()}
	g.stage = screen.NewStage(theme.Display{}, theme.MustBrand(theme.Default), func(e visit.Event) { g.events = append(g.events, e) }, nil)
	g.canvas.SetPadded(false)
	g.canvas.SetContent(g.stage.Content())
	g.canvas.Resize(fyne.NewSize(width, height))
	return g, s
}

// ask shows a question anew.
func (g *glass) ask(s *surveys.Survey, q *surveys.Question, shown uint64) {
	g.view = visit.View{
		Screen: visit.Question, Shown: 2*shown + 1, Language: "ru", Languages: s.Languages, Survey: s, Question: q, Choices: q.Choices,
		Text: q.Text["ru"], CanSkip: !q.Required,
	}
	g.stage.Show(visit.View{Screen: visit.Attract, Shown: 2 * shown, Language: "ru", Languages: s.Languages, Surveys: []*surveys.Survey{s}})
	g.stage.Show(g.view)
}

// On the screen of every kind, by any keys: the focus is on something that is there, Tab leaves the on-screen keyboard with
// its next press, Tab and arrows reach every target from wherever they are, and Enter does what a touch does.
func TestEveryTargetOfEveryKindIsUsedByKeysAlone(t *testing.T) {
	moves := []fyne.KeyName{fyne.KeyTab, fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight}
	for _, size := range []fyne.Size{{Width: 1080, Height: 1920}, {Width: 1280, Height: 800}, {Width: 800, Height: 480}} {
		g, s := mustEveryKind(t, size.Width, size.Height)
		shown := uint64(1)
		for _, q := range s.Questions() {
			if !q.Kind.Traits().HasScreen {
				continue
			}
			shown++
			g.ask(s, q, shown)
			if g.stage.Focus() != "" {
				t.Fatalf("%s has the focus on %s before any key", q.Code, g.stage.Focus())
			}
			g.reachAll(fmt.Sprintf("%s at %v", q.Code, size))
			rapid.Check(t, func(rt *rapid.T) {
				for range rapid.IntRange(1, 40).Draw(rt, "moves") {
					if name := rapid.SampledFrom(moves).Draw(rt, "key"); g.stage.Focus() != "slider" || name == fyne.KeyTab {
						g.key(name)
					}
					if !g.there(g.stage.Focus()) {
						rt.Fatalf("%s: the focus is on %q", q.Code, g.stage.Focus())
					}
				}
				g.key(fyne.KeyTab)
				if before := g.stage.Focus(); strings.HasPrefix(before, "key:") {
					if g.key(fyne.KeyTab); strings.HasPrefix(g.stage.Focus(), "key:") {
						rt.Fatalf("%s: Tab on %s leads to %s", q.Code, before, g.stage.Focus())
					}
				}
			})
			for _, target := range slices.Clone(g.stage.Targets()) {
				shown++
				g.ask(s, q, shown)
				byTouch := g.does(func() { g.tap(target.Name) })
				if g.stage.Focus() != "" {
					t.Fatalf("%s: a touch leaves the focus on %s", q.Code, g.stage.Focus())
				}
				shown++
				g.ask(s, q, shown)
				g.lead(target.Name)
				byKey := g.does(func() { g.key(fyne.KeyReturn) })
				if byTouch != byKey {
					t.Errorf("%s: a touch on %s gives %s, Enter gives %s", q.Code, target.Name, byTouch, byKey)
				}
			}
		}
	}
}

// does says what f leads to: the event, without the place of the touch, or the words on the glass.
func (g *glass) does(f func()) string {
	n := len(g.events)
	f()
	if len(g.events) == n {
		return fmt.Sprint(g.stage.Targets())
	}
	e := g.events[len(g.events)-1]
	if a, ok := e.(visit.Answer); ok {
		a.Tap = surveys.Tap{}
		e = a
	}
	return fmt.Sprintf("%#v", e)
}

func (g *glass) there(name string) bool {
	return slices.ContainsFunc(g.stage.Targets(), func(t screen.Target) bool { return t.Name == name })
}

// reachAll walks over the screen by keys until no new target is found, and says which were never met.
func (g *glass) reachAll(where string) {
	g.t.Helper()
	met := map[string]bool{}
	for i := range 3 * len(g.stage.Targets()) {
		g.key(fyne.KeyTab)
		met[g.stage.Focus()] = true
		if i < len(g.stage.Targets()) || !strings.HasPrefix(g.stage.Focus(), "key:") {
			continue
		}
		for range 12 { // over the keys, a line at a time
			for _, to := range []fyne.KeyName{fyne.KeyRight, fyne.KeyLeft} {
				for range 20 {
					g.key(to)
					met[g.stage.Focus()] = true
				}
			}
			g.key(fyne.KeyDown)
			met[g.stage.Focus()] = true
		}
		if strings.HasPrefix(g.stage.Focus(), "key:") {
			g.t.Fatalf("%s: Down does not lead out of the keyboard", where)
		}
	}
	for _, target := range g.stage.Targets() {
		if !met[target.Name] {
			g.t.Fatalf("%s: no key leads to %s", where, target.Name)
		}
	}
}

// lead brings the focus to a target: by Tab, and by arrows over the keys.
func (g *glass) lead(name string) {
	g.t.Helper()
	for range 2 * len(g.stage.Targets()) {
		g.key(fyne.KeyTab)
		if !strings.HasPrefix(name, "key:") || !strings.HasPrefix(g.stage.Focus(), "key:") {
			if g.stage.Focus() == name {
				return
			}
			continue
		}
		for range 6 {
			for _, to := range []fyne.KeyName{fyne.KeyRight, fyne.KeyLeft} {
				for range 20 {
					if g.stage.Focus() == name {
						return
					}
					g.key(to)
				}
			}
			g.key(fyne.KeyDown)
		}
	}
	g.t.Fatalf("no way to %s", name)
}

// A digit leads to a degree of the scale, counted as one reads, or to the number that it is; Enter answers.
func TestDigitsLeadToTheDegreesOfAScale(t *testing.T) {
	g, s := mustEveryKind(t, 1280, 800)
	now := time.Date(2026, 1, 15, 9, 41, 0, 0, time.UTC)
	g.stage.SetClock(func() time.Time { now = now.Add(100 * time.Millisecond); return now })
	for i, c := range []struct{ code, keys, focus string }{
		{"smile", "1", "face:4"},
		{"smile", "4", "face:1"},
		{"smile", "42", "face:3"},
		{"star", "5", "star:5"},
		{"agree", "1", "agree:5"},
		{"recommend", "1", "nps:1"},
		{"recommend", "10", "nps:10"},
		{"recommend", "0", "nps:0"},
		{"recommend", "17", "nps:7"},
		{"smile", "7", ""},
		{"smile", "0", ""},
		{"which", "1", ""},
	} {
		g.ask(s, s.Question(c.code), uint64(100+i))
		n := len(g.events)
		for _, r := range c.keys {
			g.stage.TypedRune(r)
		}
		if len(g.events) != n || g.stage.Focus() != c.focus {
			t.Errorf("%s: %s answered %v, and the focus is on %q", c.code, c.keys, g.events[n:], g.stage.Focus())
		}
		if c.focus == "" {
			continue
		}
		g.key(fyne.KeyReturn)
		a, _ := g.events[len(g.events)-1].(visit.Answer)
		value, _ := a.Value.Float()
		if len(g.events) != n+1 || !strings.HasSuffix(c.focus, fmt.Sprint(":", value)) {
			t.Errorf("%s: Enter on %s gave %v", c.code, c.focus, g.events[n:])
		}
	}
	first := s.Question("smile")
	g.stage.Show(visit.View{
		Screen: visit.Attract, Shown: 1000, Language: "ru", Languages: s.Languages, Surveys: []*surveys.Survey{s}, Invited: first, Text: first.Text["ru"],
	})
	n := len(g.events)
	g.stage.TypedRune('1')
	if len(g.events) != n || g.stage.Focus() != "" {
		t.Errorf("a digit where nobody is asked gave %v, and the focus %s", g.events[n:], g.stage.Focus())
	}
}

// A scanner that works as a keyboard types faster than hands and ends with Enter: what it reads answers nothing and begins
// nothing, and the next key counts again.
func TestWhatAScannerReadsAnswersNothing(t *testing.T) {
	g, s := mustEveryKind(t, 1280, 800)
	now := time.Date(2026, 1, 15, 9, 41, 0, 0, time.UTC)
	g.stage.SetClock(func() time.Time { now = now.Add(20 * time.Millisecond); return now })
	scan := func(text string) {
		for _, r := range text {
			g.stage.TypedRune(r)
		}
		g.key(fyne.KeyReturn)
		now = now.Add(time.Second)
	}
	for i, code := range []string{"smile", "star", "agree", "recommend", "which"} {
		g.ask(s, s.Question(code), uint64(100+i))
		n := len(g.events)
		for _, text := range []string{"4607001234561", "OTKLIK-7", "31", "5"} {
			if scan(text); len(g.events) != n || g.stage.Focus() != "" && text != "5" {
				t.Errorf("%s: scanning %s gave %v, and the focus %s", code, text, g.events[n:], g.stage.Focus())
			}
		}
	}
	g.stage.Show(visit.View{Screen: visit.Attract, Shown: 1000, Language: "ru", Languages: s.Languages, Surveys: []*surveys.Survey{s}})
	n := len(g.events)
	if scan("4607001234561"); len(g.events) != n {
		t.Errorf("a scanner began a visit: %v", g.events[n:])
	}
	if g.key(fyne.KeyReturn); len(g.events) != n+1 {
		t.Errorf("after it Enter gave %v", g.events[n:])
	}
	g.ask(s, s.Question("say"), 2000)
	scan("460")
	if text, _ := g.events[len(g.events)-1].(visit.Edit); len(g.events) == n+1 || !text.Value.Equal(surveys.String("460")) {
		t.Errorf("where something is written a scanner gave %v", g.events[n+1:])
	}
}

func TestAKeyThatIsHeldCountsOnce(t *testing.T) {
	g, s := mustEveryKind(t, 1280, 800)
	g.ask(s, s.Question("which"), 1)
	g.key(fyne.KeyTab)
	n := len(g.events)
	enter := &fyne.KeyEvent{Name: fyne.KeyReturn}
	g.stage.KeyDown(enter)
	for range 9 { // the driver repeats a key that is held
		g.stage.TypedKey(enter)
	}
	g.stage.KeyUp(enter)
	if len(g.events) != n+1 {
		t.Errorf("Enter, held, counted %d times", len(g.events)-n)
	}
	g.key(fyne.KeySpace)
	if len(g.events) != n+2 {
		t.Error("Space did not choose")
	}
	g.stage.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	g.key(fyne.KeyTab)
	if first := g.stage.Targets()[0]; g.stage.Focus() == first.Name {
		t.Errorf("Shift-Tab went forward to %s", first.Name)
	}
}

func TestAnotherScreenHasNoFocusAndTheWarningTakesAnyKey(t *testing.T) {
	g, s := mustEveryKind(t, 1280, 800)
	g.ask(s, s.Question("smile"), 1)
	g.key(fyne.KeyTab)
	if g.stage.Focus() != "face:4" {
		t.Fatalf("reading begins at %s", g.stage.Focus())
	}
	g.ask(s, s.Question("star"), 2)
	n := len(g.events)
	g.key(fyne.KeyReturn)
	if g.stage.Focus() != "" || len(g.events) != n {
		t.Errorf("the next screen has the focus on %q, and Enter gave %v", g.stage.Focus(), g.events[n:])
	}
	g.view.Warning = 20e9
	g.stage.Show(g.view)
	for _, name := range []fyne.KeyName{fyne.KeyTab, fyne.KeyDown, fyne.KeyEscape, fyne.KeyReturn} {
		g.key(name)
		if _, ok := g.events[len(g.events)-1].(visit.Continue); !ok {
			t.Errorf("%s during the warning gave %#v", name, g.events[len(g.events)-1])
		}
	}
}

func TestTypedWordsKeepEnterForNext(t *testing.T) {
	g, s := mustEveryKind(t, 1280, 800)
	g.ask(s, s.Question("say"), 1)
	for !strings.HasPrefix(g.stage.Focus(), "key:") {
		g.key(fyne.KeyTab)
	}
	g.stage.TypedRune('д')
	g.stage.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	g.stage.TypedRune(' ')
	g.stage.TypedRune('а')
	e, _ := g.events[len(g.events)-1].(visit.Edit)
	if text, _ := e.Value.Text(); text != "д а" {
		t.Fatalf("wrote %q", text)
	}
	g.view.CanNext, g.view.CanSkip, g.view.Value = true, false, e.Value
	g.stage.Show(g.view)
	g.key(fyne.KeyReturn)
	if _, ok := g.events[len(g.events)-1].(visit.Next); !ok {
		t.Errorf("Enter gave %#v", g.events[len(g.events)-1])
	}
}
