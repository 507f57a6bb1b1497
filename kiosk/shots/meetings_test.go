package shots_test

import (
	"fmt"
	"image/color"
	"regexp"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
)

// Least contrasts: of text, of large text and of signs and outlines (WCAG 2.2, 1.4.3 and 1.4.11).
const textContrast, signContrast = 4.5, 3

// ground is a place with a colour that other things are painted on.
type ground struct {
	x, y, w, h float32
	colours    []color.NRGBA // two of a gradient
}

// meetings paints a screen in its mind and says which colours that meet cannot be told apart: text and pictures over the
// fill beneath them, outlines beside what is inside and outside.
func meetings(shot shots.Shot, d theme.Display) (wrong []string) {
	var grounds []ground
	beneath := func(x, y float32) []color.NRGBA {
		for _, g := range slices.Backward(grounds) {
			if x >= g.x && y >= g.y && x <= g.x+g.w && y <= g.y+g.h {
				return g.colours
			}
		}
		return nil
	}
	check := func(what string, c color.NRGBA, under []color.NRGBA, least float64) {
		for _, u := range under {
			if !told(shot.Colours, c, u) {
				wrong = append(wrong, fmt.Sprintf("%s: %s on %s is not among the pairs of a palette", what, hex(c), hex(u)))
			}
			if got := theme.Contrast(c, u); got < least {
				wrong = append(wrong, fmt.Sprintf("%s: %s on %s has a contrast of %.2f:1, less than %.1f:1", what, hex(c), hex(u), got, least))
			}
		}
	}
	var walk func(o fyne.CanvasObject, at fyne.Position)
	walk = func(o fyne.CanvasObject, at fyne.Position) {
		at = at.Add(o.Position())
		x, y, w, h := at.X, at.Y, o.Size().Width, o.Size().Height
		middle := func() []color.NRGBA { return beneath(x+w/2, y+h/2) }
		switch o := o.(type) {
		case *canvas.Text:
			check(fmt.Sprintf("%q", o.Text), opaque(o.Color), middle(), textContrast)
		case *canvas.Rectangle:
			fill, edge := opaque(o.FillColor), opaque(o.StrokeColor)
			outside := beneath(x-1, y+h/2)
			if o.StrokeWidth > 0 && edge.A > 0 {
				check("outline", edge, outside, signContrast)
			}
			if fill.A > 0 {
				grounds = append(grounds, ground{x, y, w, h, []color.NRGBA{fill}})
			}
		case *canvas.LinearGradient:
			grounds = append(grounds, ground{x, y, w, h, []color.NRGBA{opaque(o.StartColor), opaque(o.EndColor)}})
		case *canvas.Circle:
			grounds = append(grounds, ground{x, y, w, h, []color.NRGBA{opaque(o.FillColor)}})
		case *canvas.Arc:
			check("arc", opaque(o.FillColor), beneath(x-1, y), signContrast)
		case *canvas.Line:
			check("line", opaque(o.StrokeColor), middle(), signContrast)
		case *canvas.Image:
			if o.Resource != nil && !decoration.MatchString(o.Resource.Name()) {
				pictureMeets(o, middle(), check)
			}
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c, at)
			}
		case fyne.Widget:
			for _, c := range o.CreateRenderer().Objects() {
				walk(c, at)
			}
		}
	}
	walk(shot.Content, fyne.Position{})
	return wrong
}

// told reports whether a palette says that one colour meets the other.
func told(p theme.Palette, on, under color.NRGBA) bool {
	return slices.ContainsFunc(theme.Pairs, func(pair theme.Pair) bool {
		a, _ := p.Role(pair.On)
		b, _ := p.Role(pair.Under)
		return a == on && b == under
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
			check(o.Resource.Name(), c, under, signContrast)
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
