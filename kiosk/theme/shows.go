package theme

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"strings"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

const (
	// drawnSide is the side of the square that a picture is measured in, in pixels.
	drawnSide = 64
	// notable is the share of what a picture covers that must stand out from its ground.
	notable = 0.1
)

// Shows says what is wrong with a picture, which CheckSVG found no fault with, in the colours of the palette on grounds of the given
// roles: on each of them at least one colour that covers a tenth of the picture must have the contrast of a sign.
func (p Palette) Shows(svg []byte, grounds ...string) error {
	covered, all, err := p.covered(svg)
	if err != nil {
		return err
	}
	for _, role := range grounds {
		ground, _ := p.Role(role)
		seen, most, best := false, color.NRGBA{}, 0.0
		for c, n := range covered {
			seen = seen || float64(n) >= notable*float64(all) && Contrast(c, ground) >= Sign
			if n > covered[most] || n == covered[most] && Contrast(c, ground) > best {
				most, best = c, Contrast(c, ground)
			}
		}
		if !seen {
			return fmt.Errorf("it does not show on %s: %s, which covers most of it, has a contrast of %.2f:1; a colour that covers a tenth needs %.1f:1",
				role, p.roleIn(svg, most), best, Sign)
		}
	}
	return nil
}

// covered counts the pixels of each colour of a picture, without those that are only in part of it.
func (p Palette) covered(svg []byte) (colours map[color.NRGBA]int, all int, err error) {
	drawing, err := oksvg.ReadIconStream(bytes.NewReader(p.Paint(svg)))
	if err != nil {
		return nil, 0, err
	}
	field := image.NewNRGBA(image.Rect(0, 0, drawnSide, drawnSide))
	drawing.SetTarget(0, 0, drawnSide, drawnSide)
	drawing.Draw(rasterx.NewDasher(drawnSide, drawnSide, rasterx.NewScannerGV(drawnSide, drawnSide, field, field.Bounds())), 1)
	colours = map[color.NRGBA]int{}
	for i := range drawnSide * drawnSide {
		if c := field.NRGBAAt(i%drawnSide, i/drawnSide); c.A == 0xff {
			colours[c]++
			all++
		}
	}
	if all == 0 {
		return nil, 0, fmt.Errorf("it covers no pixel of %d by %d", drawnSide, drawnSide)
	}
	return colours, all, nil
}

// roleIn is the name of the role in a picture that has a colour.
func (p Palette) roleIn(svg []byte, c color.NRGBA) string {
	for _, m := range rolePattern.FindAllSubmatch(svg, -1) {
		if role, _ := p.Role(string(m[1])); role == c {
			return string(m[1])
		}
	}
	return hex(c)
}

// groundsOf are the roles that an icon of the program lies on, by the beginning of its name; the others lie on paper.
var groundsOf = []struct {
	prefix  string
	grounds []string
}{
	{"arrow", []string{"card", "tint"}},
	{"backspace", []string{"quiet", "tint"}},
	{"check", []string{"accent"}},
	{"ease", []string{"quiet", "tint"}},
	{"face-", []string{"card", "tint"}},
	{"more", []string{"card", "tint"}},
	{"scene-closed", []string{"veil"}},
	{"scene-", nil}, // decoration: words beside it say it all
	{"shift", []string{"quiet", "tint"}},
	{"star-", []string{"card", "tint"}},
}

func iconGrounds(name string) []string {
	for _, g := range groundsOf {
		if strings.HasPrefix(name, g.prefix) {
			return g.grounds
		}
	}
	return []string{"paper"}
}
