package screen

import (
	"image/color"
	"math"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/kiosk/visit"
)

// The focus is for people who cannot touch the glass: a ring round the target that Enter would touch. It is shown once a key
// moved it, and goes with the next touch. Tab goes through the targets in reading order, with the on-screen keyboard as one
// stop; arrows go to the nearest target in their direction, into the keyboard and out of it again. A new screen has no focus:
// nothing is answered by an Enter that was meant for the screen before.

// focus is the target that Enter touches.
type focus struct {
	name string // "" for none
	last string // the on-screen key that had it last
}

// isKey reports whether a target is a key of the on-screen keyboard.
func isKey(name string) bool { return strings.HasPrefix(name, "key:") }

// Focus returns the name of the target that Enter would touch, "" for none.
func (s *Stage) Focus() string { return s.focus.name }

// SetFocus moves the focus to the target of a name, "" takes it away.
func (s *Stage) SetFocus(name string) { s.focusOn(name) }

// reading are the targets that take the focus, line by line. The ground of the attract screen is none: the keys on it do
// the same.
func (s *Stage) reading() []Target {
	targets := slices.DeleteFunc(slices.Clone(s.targets), func(t Target) bool { return t.Name == "start" })
	middle := func(t Target) float32 { return t.Y + t.H/2 }
	slices.SortStableFunc(targets, func(a, b Target) int { return int(middle(a) - middle(b)) })
	for from := 0; from < len(targets); {
		to := from + 1
		for to < len(targets) && middle(targets[to]) < targets[from].Y+targets[from].H {
			to++
		}
		slices.SortStableFunc(targets[from:to], func(a, b Target) int { return int(a.X - b.X) })
		from = to
	}
	return targets
}

// stops are the targets that Tab goes through: of the on-screen keyboard the key that had the focus last, or its first.
func (s *Stage) stops() []Target {
	var stops []Target
	at := -1
	for _, t := range s.reading() {
		switch {
		case !isKey(t.Name):
			stops = append(stops, t)
		case at < 0:
			at = len(stops)
			stops = append(stops, t)
		case t.Name == s.focus.last:
			stops[at] = t
		}
	}
	return stops
}

// focused returns the target that has the focus.
func (s *Stage) focused() (Target, bool) {
	for _, t := range s.targets {
		if t.Name == s.focus.name {
			return t, true
		}
	}
	return Target{}, false
}

// advance moves the focus by one stop; from none to the first or the last.
func (s *Stage) advance(by int) {
	stops := s.stops()
	if len(stops) == 0 {
		return
	}
	i := slices.IndexFunc(stops, func(t Target) bool { return t.Name == s.focus.name })
	switch {
	case i < 0 && by > 0:
		i = 0
	case i < 0:
		i = len(stops) - 1
	default:
		i = (i + by + len(stops)) % len(stops)
	}
	s.focusOn(stops[i].Name)
}

// steer moves the focus to the nearest target in a direction. Where there is none it stays.
func (s *Stage) steer(dx, dy float32) {
	from, ok := s.focused()
	if !ok {
		s.advance(1)
		return
	}
	best, least := "", float32(math.Inf(1))
	for _, t := range s.reading() {
		// how far its nearer edge is ahead, and how far it lies aside
		ahead := dx*(t.X+t.W/2-from.X-from.W/2) + dy*(t.Y+t.H/2-from.Y-from.H/2)
		if ahead < 1 || t.Name == from.Name {
			continue
		}
		across := max(0, t.X-from.X-from.W, from.X-t.X-t.W)
		gap, aside := across, max(0, t.Y-from.Y-from.H, from.Y-t.Y-t.H)
		if dy != 0 {
			gap, aside = aside, across
		}
		if aside > 0 && (gap == 0 || dx != 0) {
			continue // beside, not ahead; left and right keep to the line
		}
		if far := gap + 4*aside + ahead/8; far < least {
			best, least = t.Name, far
		}
	}
	if best != "" {
		s.focusOn(best)
	}
}

// focusOn shows the focus on a target, "" takes it away.
func (s *Stage) focusOn(name string) {
	if s.focus.name == name {
		return
	}
	s.focus.name = name
	if isKey(name) {
		s.focus.last = name
	}
	s.ring()
	s.readFocus()
	s.tellPainted()
}

// press does what the target under the focus does.
func (s *Stage) press() { s.tap(s.focus.name) }

// ring paints the focus, or takes it away. It has two lines, one of which stands out from any ground.
func (s *Stage) ring() {
	if s.frame == nil {
		return
	}
	s.frame.Objects = nil
	if t, ok := s.focused(); ok {
		p := s.page()
		outer, inner := p.Ink, p.Paper
		switch {
		case s.warned(), s.dark:
			outer, inner = p.OnVeil, p.Veil
		case s.panel == nil && s.view.Screen == visit.Attract:
			outer, inner = p.OnHero, p.HeroTop
		}
		stroke := max(p.Strong, float32(math.Ceil(float64(p.MM*0.7))))
		room := p.Apart / 2 // half of the space that every target has around it
		line := func(out, width float32, c color.Color) fyne.CanvasObject {
			box := canvas.NewRectangle(color.Transparent)
			box.StrokeColor, box.StrokeWidth, box.CornerRadius = c, width, min(p.Radius, t.H/2)+out
			x, y := max(0, t.X-out), max(0, t.Y-out) // a key may stand at the very edge of a small glass
			place(box, rect{x, y, min(p.Width, t.X+t.W+out) - x, min(p.Height, t.Y+t.H+out) - y})
			return box
		}
		s.frame.Objects = []fyne.CanvasObject{
			line(max(room, stroke), stroke, outer), line(max(room, stroke)-stroke, stroke*0.75, inner),
		}
	}
	s.frame.Refresh()
}
