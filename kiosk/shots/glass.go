package shots

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/screen"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// glass is a stage on a canvas in memory and the machine behind it, with a clock that stands still between steps.
type glass struct {
	machine *visit.Machine
	stage   *screen.Stage
	ease    visit.Ease
	canvas  fyne.Canvas
	now     time.Time
	painted screen.Painted
	// posed says that the view shown is none of the machine's: what is touched changes the page at most. told says that a
	// touch wanted more than that.
	posed, told bool
	question    string   // the code of the question shown, when it is not the machine that shows it
	asks        []string // what is asked there, to be read from afar
	response    *surveys.Response
	plain       bool // it is painted in the palette of a brand, whatever a visitor asked for
}

func newGlass(cfg visit.Config, l look) *glass {
	g := &glass{ease: visit.Ease(l.ease), now: time.Date(2026, 1, 15, 9, 41, 0, 0, time.UTC)}
	cfg.Ease = visit.Ease(l.ease)
	g.machine = visit.New(cfg, func() uint64 { return 1 }, g.now)
	send := func(e visit.Event) {
		switch _, turned := e.(visit.Turned); {
		case turned: // what is shown is not always the machine's
		case g.posed:
			g.told = true
		default:
			g.do(e)
		}
	}
	g.stage = screen.NewStage(l.display, l.brand, send, func(p screen.Painted) { g.painted = p })
	if l.voice != nil {
		g.stage.SetVoice(l.voice)
	}
	g.canvas = software.NewCanvas()
	g.canvas.(interface{ SetPadded(bool) }).SetPadded(false)
	g.canvas.SetContent(g.stage.Content())
	g.canvas.(interface{ Resize(fyne.Size) }).Resize(fyne.NewSize(float32(l.display.Width), float32(l.display.Height)))
	return g
}

// show shows a view that no machine made, with what the visitor asked for.
func (g *glass) show(v visit.View) {
	v.Ease, g.posed = g.ease, true
	g.stage.Show(v)
}

// do sends an event a second later than the last one and paints what follows.
func (g *glass) do(e visit.Event) {
	g.now = g.now.Add(time.Second)
	if r := g.machine.Handle(e, g.now); r != nil {
		g.response = r
	}
	g.stage.Show(g.machine.View(g.now))
}

// touch touches the middle of a target; it reports whether there is one.
func (g *glass) touch(name string) bool {
	for _, t := range g.painted.Targets {
		if t.Name == name {
			test.TapCanvas(g.canvas, fyne.NewPos(t.X+t.W/2, t.Y+t.H/2))
			return true
		}
	}
	return false
}

// turns are the keys that turn to another page of a screen. Some of them leave the screen at its last page.
var turns = []string{"more", "next", "turn"}

// turn turns to the next page of the screen; it reports whether there is one.
func (g *glass) turn() bool {
	for _, key := range turns {
		g.told = false
		if g.touch(key) && !g.told {
			return true
		}
	}
	return false
}

// pages renders the screen shown, every other page of it, and what opens on them without leaving the screen: the digits of a
// keyboard, the search of a long list, one question of several.
func (g *glass) pages(name string, shoot func(*glass, string) error) error {
	return g.walk(name, func() bool { return false }, shoot)
}

// walk is pages; it ends where the screen was left for another.
func (g *glass) walk(name string, left func() bool, shoot func(*glass, string) error) error {
	seen := map[string]bool{}
	for n := 1; ; n++ {
		all := fmt.Sprint(g.painted.Targets, g.painted.Texts)
		if seen[all] || left() {
			break
		}
		seen[all] = true
		page := name
		if n > 1 {
			page = fmt.Sprintf("%s-%d", name, n)
		}
		if err := shoot(g, page); err != nil {
			return err
		}
		for _, t := range g.painted.Targets {
			item, one := strings.CutSuffix(t.Name, ":open")
			if !one || !g.touch(t.Name) {
				continue
			}
			if err := g.walk(page+"-"+strings.TrimPrefix(item, "item:"), g.shared, shoot); err != nil {
				return err
			}
			for range 99 { // it may stand on a later page of the question
				if !g.shared() {
					g.touch("back")
				}
			}
		}
		if g.touch("key:digits") {
			if err := shoot(g, page+"-digits"); err != nil {
				return err
			}
			g.touch("key:digits")
		}
		if !g.turn() {
			break
		}
	}
	if !g.touch("search") {
		return nil
	}
	if err := g.walk(name+"-search", left, shoot); err != nil || left() {
		return err
	}
	if g.touch("found") {
		if err := g.list(name+"-search-found", shoot); err != nil {
			return err
		}
		g.touch("search")
	}
	g.stage.TypedRune('%')
	return shoot(g, name+"-search-none")
}

// list renders the pages of what a search found.
func (g *glass) list(name string, shoot func(*glass, string) error) error {
	first := fmt.Sprint(g.painted.Targets)
	for n := 1; ; n++ {
		if err := shoot(g, fmt.Sprintf("%s-%d", name, n)); err != nil {
			return err
		}
		if !g.touch("more") || fmt.Sprint(g.painted.Targets) == first {
			return nil
		}
	}
}

// shared reports whether one of several questions can be opened on the screen.
func (g *glass) shared() bool {
	return slices.ContainsFunc(g.painted.Targets, func(t screen.Target) bool { return strings.HasSuffix(t.Name, ":open") })
}
