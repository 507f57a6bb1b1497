package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"otklik/kiosk/keyboard"
	"otklik/kiosk/visit"
)

// heldKey is a key of a real keyboard that is down: it counts once, however long. What a scanner types counts only where
// something is written.
type heldKey struct {
	name  fyne.KeyName
	done  bool
	shift bool
	sign  time.Time // when the last sign was typed where nothing is written
}

// warned reports whether the warning is on the glass: any key answers it.
func (s *Stage) warned() bool { return s.panel == nil && s.view.Warning > 0 }

// burst is how near to each other signs come that no hand types: a scanner, which works as a keyboard, reads something.
const burst = 50 * time.Millisecond

// scanned reports whether a sign or a key now comes too soon after the sign before to be typed.
func (s *Stage) scanned() bool { return s.now().Sub(s.down.sign) < burst }

// TypedRune takes a letter of a real keyboard: it writes where something is written; a digit moves the focus on a scale.
func (s *Stage) TypedRune(r rune) {
	switch writes := s.state.keyboard != nil; {
	case !s.has || s.warned() || s.tooSoon():
	case writes && (r != ' ' || s.focus.name == ""):
		s.focusOn("") // Enter goes on, instead of pressing the key that had the focus
		s.state.keyboard.Write(r)
		s.write()
	case writes || s.panel != nil || r == ' ': // with a space Fyne tells of a key too
	default:
		read := s.scanned()
		s.down.sign = s.now()
		switch {
		case read:
			s.focusOn("") // its first digit moved it
		case r >= '0' && r <= '9':
			s.digit(int(r - '0'))
		}
	}
}

// KeyDown takes a key that goes down. Tab moves the focus; Fyne keeps it from TypedKey.
func (s *Stage) KeyDown(e *fyne.KeyEvent) {
	switch e.Name {
	case desktop.KeyShiftLeft, desktop.KeyShiftRight:
		s.down.shift = true
	case fyne.KeyTab:
		switch {
		case !s.has:
		case s.warned():
			s.send(visit.Continue{})
		case s.down.shift:
			s.advance(-1)
		default:
			s.advance(1)
		}
	default:
		s.down.name, s.down.done = e.Name, false
	}
}

// KeyUp takes a key that goes up.
func (s *Stage) KeyUp(e *fyne.KeyEvent) {
	switch e.Name {
	case desktop.KeyShiftLeft, desktop.KeyShiftRight:
		s.down.shift = false
	case s.down.name:
		s.down.name, s.down.done = "", false
	}
}

// again reports whether a key that acts is only held down.
func (s *Stage) again(name fyne.KeyName) bool {
	if s.down.name != name {
		return false
	}
	was := s.down.done
	s.down.done = true
	return was
}

// arrows are the directions of the keys that move the focus.
var arrows = map[fyne.KeyName][2]float32{
	fyne.KeyUp: {0, -1}, fyne.KeyDown: {0, 1}, fyne.KeyLeft: {-1, 0}, fyne.KeyRight: {1, 0},
}

// TypedKey takes a service key of a real keyboard.
func (s *Stage) TypedKey(e *fyne.KeyEvent) {
	to, arrow := arrows[e.Name]
	switch writes := s.state.keyboard != nil; {
	case !s.has:
	case s.warned():
		s.send(visit.Continue{})
	case s.tooSoon() && !arrow: // which only moves the focus
	case arrow && strings.HasSuffix(s.focus.name, "slider") && to[0] != 0: // it is moved itself; up, down and Tab leave it
		s.tap(strings.TrimSuffix(s.focus.name, "slider") + map[float32]string{-1: "minus", 1: "plus"}[to[0]])
	case arrow:
		s.steer(to[0], to[1])
	case e.Name == fyne.KeyBackspace && writes:
		s.state.keyboard.Press(keyboard.Key{Action: keyboard.Backspace})
		s.write()
	case e.Name == fyne.KeyReturn, e.Name == fyne.KeyEnter, e.Name == fyne.KeySpace && s.focus.name != "":
		switch {
		case s.again(e.Name):
		case !writes && s.panel == nil && s.scanned(): // it ends what was read
		case s.focus.name != "":
			s.press()
		case s.panel != nil:
			s.panelTouched("enter")
		default:
			s.tap("next", "continue", "begin", "finish", "start:"+s.view.Language)
		}
	case e.Name != fyne.KeyEscape || s.again(e.Name):
	case s.panel != nil:
		s.panelTouched("escape")
	case !s.tap("back"): // which on a page of a question leads to the page before
		s.send(visit.Back{})
	}
}

// scales are the names of targets that digits lead to, before what each stands for.
var scales = []string{"face:", "star:", "agree:"}

// digit moves the focus to a degree of the scale asked for: 1 is the first as one reads. From 0 to 10 it is the one that
// shows the digit, and 10 is 1 and then 0. Nothing is answered before Enter.
func (s *Stage) digit(n int) {
	if s.view.Screen != visit.Question {
		return
	}
	var degrees []string
	for _, t := range s.reading() {
		if slices.ContainsFunc(scales, func(scale string) bool { return strings.HasPrefix(t.Name, scale) }) {
			degrees = append(degrees, t.Name)
		}
	}
	name := fmt.Sprint("nps:", n)
	if n == 0 && s.focus.name == "nps:1" {
		name = "nps:10"
	}
	if n > 0 && n <= len(degrees) {
		name = degrees[n-1]
	}
	if slices.ContainsFunc(s.targets, func(t Target) bool { return t.Name == name }) {
		s.focusOn(name)
	}
}

// tap does what the first of the named targets on the screen does, and reports whether there is one.
func (s *Stage) tap(names ...string) bool {
	for _, n := range names {
		for i, t := range s.targets {
			if t.Name == n {
				t := s.tiles()[i]
				t.do(fyne.NewPos(t.Size().Width/2, t.Size().Height/2))
				return true
			}
		}
	}
	return false
}

// tiles returns the tiles of the targets, in their order.
func (s *Stage) tiles() []*tile {
	var tiles []*tile
	for _, o := range s.root.Objects {
		if t, ok := o.(*tile); ok {
			tiles = append(tiles, t)
		}
	}
	return tiles
}
