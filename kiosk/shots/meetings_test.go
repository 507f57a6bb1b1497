package shots_test

import (
	"fmt"
	"image/color"
	"regexp"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
)

// ground is a place with a colour that other things are painted on.
type ground struct {
	x, y, w, h float32
	colours    []color.NRGBA // two of a gradient
}

// meeting finds which colours that meet on a screen cannot be told apart, as it paints the screen in its mind.
type meeting struct {
	palette theme.Palette
	width   float32
	grounds []ground
	wrong   []string
}

// meetings says what is wrong with a screen: at rest, with each of its tiles under a finger, and with the focus on each.
func meetings(shot shots.Shot, d theme.Display) []string {
	m := &meeting{palette: shot.Colours, width: float32(d.Width)}
	m.walk(shot.Content, fyne.Position{})
	if shot.Focus != nil {
		for _, t := range shot.Targets {
			if t.Name == "start" { // which takes no focus
				continue
			}
			shot.Focus(t.Name)
			m.ring(shot.Content)
		}
		shot.Focus("")
	}
	return m.wrong
}

// beneath are the colours painted last at a place.
func (m *meeting) beneath(x, y float32) []color.NRGBA {
	for _, g := range slices.Backward(m.grounds) {
		if x >= g.x && y >= g.y && x <= g.x+g.w && y <= g.y+g.h {
			return g.colours
		}
	}
	return nil
}

// check has something painted on each of the colours under it.
func (m *meeting) check(what string, c color.NRGBA, under []color.NRGBA, least float64) {
	for _, u := range under {
		m.any(what, []color.NRGBA{c}, u, least)
	}
}

// any has one of the colours of something, such as its ground and its outline, stand out from what is under it.
func (m *meeting) any(what string, colours []color.NRGBA, under color.NRGBA, least float64) {
	said := ""
	for _, c := range colours {
		got := theme.Contrast(c, under)
		switch {
		case got >= least && told(m.palette, c, under, least):
			return
		case got >= least:
			said += fmt.Sprintf("; %s on %s is not among the pairs of a palette that need %.1f:1", hex(c), hex(under), least)
		default:
			said += fmt.Sprintf("; %s on %s has a contrast of %.2f:1, less than %.1f:1", hex(c), hex(under), got, least)
		}
	}
	m.wrong = append(m.wrong, what+said)
}

// shape has a filled shape stand out from what is around it and under it, by its ground or by its outline. Where it has the
// colour of what is under it, both are one shape.
func (m *meeting) shape(what string, at fyne.Position, size fyne.Size, fill, edge color.NRGBA) {
	x, y, w, h := at.X, at.Y, size.Width, size.Height
	if fill.A > 0 && w < m.width {
		var colours, under []color.NRGBA
		for _, c := range []color.NRGBA{edge, fill} {
			if c.A > 0 {
				colours = append(colours, c)
			}
		}
		for _, u := range slices.Concat(m.beneath(x+w/2, y+h/2), m.beneath(x-1, y+h/2), m.beneath(x+w/2, y-1)) {
			if u != fill && !slices.Contains(under, u) {
				under = append(under, u)
			}
		}
		if len(under) == 0 && edge.A == 0 {
			m.wrong = append(m.wrong, fmt.Sprintf("%s of %s does not show", what, hex(fill)))
		}
		for _, u := range under {
			m.any(what, colours, u, theme.Sign)
		}
	}
	if edge.A > 0 && edge != fill && slices.Contains(m.beneath(x-1, y+h/2), fill) { // the outline alone makes the shape
		m.check(what, edge, []color.NRGBA{fill}, theme.Sign)
	}
	if fill.A > 0 {
		m.grounds = append(m.grounds, ground{x, y, w, h, []color.NRGBA{fill}})
	}
}

func (m *meeting) walk(o fyne.CanvasObject, at fyne.Position) {
	if !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	x, y, w, h := at.X, at.Y, o.Size().Width, o.Size().Height
	middle := func() []color.NRGBA { return m.beneath(x+w/2, y+h/2) }
	outline := func(c color.Color, width float32) color.NRGBA {
		if width == 0 {
			return color.NRGBA{}
		}
		return opaque(c)
	}
	switch o := o.(type) {
	case *canvas.Text:
		m.check(fmt.Sprintf("%q", o.Text), opaque(o.Color), middle(), theme.Aim)
	case *canvas.Rectangle:
		m.shape("rectangle", at, o.Size(), opaque(o.FillColor), outline(o.StrokeColor, o.StrokeWidth))
	case *canvas.Circle:
		m.shape("circle", at, o.Size(), opaque(o.FillColor), outline(o.StrokeColor, o.StrokeWidth))
	case *canvas.LinearGradient:
		m.grounds = append(m.grounds, ground{x, y, w, h, []color.NRGBA{opaque(o.StartColor), opaque(o.EndColor)}})
	case *canvas.Arc:
		m.check("arc", opaque(o.FillColor), slices.Concat(m.beneath(x-1, y), middle()), theme.Sign)
	case *canvas.Line:
		m.check("line", opaque(o.StrokeColor), middle(), theme.Sign)
	case *canvas.Image:
		if o.Resource != nil && !decoration.MatchString(o.Resource.Name()) {
			pictureMeets(o, middle(), m.check)
		}
	case *fyne.Container:
		for _, c := range o.Objects {
			m.walk(c, at)
		}
	case fyne.Widget:
		m.pressed(o, at)
		for _, c := range o.CreateRenderer().Objects() {
			m.walk(c, at)
		}
	}
}

// pressed has a tile show how it looks under a finger. Nothing is tapped: the finger never leaves it.
func (m *meeting) pressed(o fyne.Widget, at fyne.Position) {
	t, ok := o.(desktop.Mouseable)
	if _, tile := o.(fyne.Tappable); !ok || !tile {
		return
	}
	before := len(m.grounds)
	t.MouseDown(&desktop.MouseEvent{})
	for _, c := range o.CreateRenderer().Objects() {
		m.walk(c, at)
	}
	t.MouseUp(&desktop.MouseEvent{})
	m.grounds = m.grounds[:before]
}

// ring has one of the two lines of the focus stand out from what it lies on, and both from each other.
func (m *meeting) ring(content fyne.CanvasObject) {
	lines := content.(*fyne.Container).Objects
	lines = lines[len(lines)-1].(*fyne.Container).Objects
	if len(lines) != 2 {
		m.wrong = append(m.wrong, fmt.Sprintf("the focus has %d lines", len(lines)))
		return
	}
	outer, inner := lines[0].(*canvas.Rectangle), lines[1].(*canvas.Rectangle)
	at, size := outer.Position(), outer.Size()
	for _, under := range m.beneath(at.X+outer.StrokeWidth/2, at.Y+size.Height/2) {
		m.any("focus", []color.NRGBA{opaque(outer.StrokeColor), opaque(inner.StrokeColor)}, under, theme.Sign)
	}
	m.check("focus", opaque(inner.StrokeColor), []color.NRGBA{opaque(outer.StrokeColor)}, theme.Sign)
}

// told reports whether a palette says that two colours meet, and that they need so much contrast in any brand.
func told(p theme.Palette, on, under color.NRGBA, least float64) bool {
	return slices.ContainsFunc(theme.Pairs, func(pair theme.Pair) bool {
		a, _ := p.Role(pair.On)
		b, _ := p.Role(pair.Under)
		or, either := p.Role(pair.Or)
		return (a == on && b == under || a == under && b == on || either && or == on && b == under) && pair.Least >= min(least, theme.Text)
	})
}

// Every pair of colours that meets on a screen of any kind, in each brand and in its high contrast, is among those that a brand
// is checked for when it is read.
func TestEveryPairOfColoursThatMeetsIsChecked(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range theme.Brands() {
		brand := theme.MustBrand(name)
		for _, contrast := range []bool{false, true} {
			for _, d := range []theme.Display{{Width: 1080, Height: 1920}, {Width: 1280, Height: 800}} {
				for _, s := range library(t) {
					if s.ID != "every-kind" && s.ID != "knowledge-test" && s.ID != "event-follow-up" {
						continue
					}
					err := shots.Render(s, "ru", d, func(shot shots.Shot) error {
						for _, m := range meetings(shot, d) {
							if !seen[m] {
								t.Errorf("%s, contrast %v, %s: %s", name, contrast, shot.Name, m)
							}
							seen[m] = true
						}
						return nil
					}, shots.Branded(brand), shots.Eased(theme.Ease{Contrast: contrast}), shots.Coarse())
					if err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

// decoration are pictures that say nothing which words beside them do not say.
var decoration = regexp.MustCompile(`^scene-`)

var (
	element = regexp.MustCompile(`<(?:path|circle)[^>]*>`)
	fillOf  = regexp.MustCompile(`fill="(#[0-9a-f]{6})"`)
	edgeOf  = regexp.MustCompile(`stroke="(#[0-9a-f]{6})"`)
)

// pictureMeets checks a sign: its first shape against the ground, the others against the first where they are painted
// over it.
func pictureMeets(o *canvas.Image, under []color.NRGBA, check func(string, color.NRGBA, []color.NRGBA, float64)) {
	for i, e := range element.FindAllString(string(o.Resource.Content()), -1) {
		fill, edge := fillOf.FindStringSubmatch(e), edgeOf.FindStringSubmatch(e)
		visible := edge
		if visible == nil {
			visible = fill
		}
		c := rgb(visible[1])
		if !slices.Contains(under, c) || i == 0 { // a shape in the colour of what is under it cuts the sign out
			check(o.Resource.Name(), c, under, theme.Sign)
		}
		if fill != nil && (i == 0 || slices.Contains(under, rgb(fill[1]))) {
			under = []color.NRGBA{rgb(fill[1])}
		}
	}
}

func rgb(s string) color.NRGBA {
	var v uint32
	_, _ = fmt.Sscanf(s, "#%x", &v)
	return theme.RGB(v)
}

func opaque(c color.Color) color.NRGBA {
	if c == nil {
		return color.NRGBA{}
	}
	return color.NRGBAModel.Convert(c).(color.NRGBA)
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
