// Package theme holds the measures and colours of the glass: sizes follow the display's physical size, so that a target
// is wide enough for a finger and a letter high enough to be read, whatever the resolution.
package theme

import (
	"fmt"
	"math"
)

// Display is the screen a terminal has.
type Display struct {
	Width, Height int // pixels
	// Inches is the diagonal; 0 takes a guess from the resolution (see Guess).
	Inches float64
	// Distance is from the eye to the glass in millimetres; 0 takes 400 for tablets under 15 inches and 600 for stands.
	Distance float64
}

// usualInches are the diagonals that displays of a resolution usually have in lobbies.
var usualInches = []struct {
	width, height int
	inches        float64
}{
	{800, 480, 7},
	{1024, 600, 10.1},
	{1280, 800, 10.1},
	{1366, 768, 15.6},
	{1920, 1080, 21.5},
	{1080, 1920, 32},
	{1920, 1200, 10.1},
	{2560, 1600, 12.4},
	{3840, 2160, 43},
}

// Guess fills in a missing diagonal and a missing viewing distance.
func (d Display) Guess() Display {
	if d.Inches <= 0 {
		d.Inches = math.Hypot(float64(d.Width), float64(d.Height)) / 110 // a common desktop monitor's pixels per inch
		for _, u := range usualInches {
			if u.width == d.Width && u.height == d.Height {
				d.Inches = u.inches
			}
		}
	}
	if d.Distance <= 0 {
		d.Distance = 600
		if d.Inches < 15 {
			d.Distance = 400
		}
	}
	return d
}

// String writes the display as shots.ParseDisplay reads it: "1080x1920@32", pixels and inches.
func (d Display) String() string {
	return fmt.Sprintf("%dx%d@%g", d.Width, d.Height, math.Round(d.Inches*10)/10)
}

// PixelsPerMM returns how many pixels one millimetre has.
func (d Display) PixelsPerMM() float64 {
	return math.Hypot(float64(d.Width), float64(d.Height)) / (d.Inches * 25.4)
}

// Metrics are the sizes of everything on the glass, in pixels.
type Metrics struct {
	Ease
	Width, Height float32
	Portrait      bool
	// MM is the length of one millimetre.
	MM float32

	Margin float32 // outer margin
	Unit   float32 // the grid; spaces are whole numbers of it
	Gap    float32 // between answers
	Target float32 // least side of anything that can be touched
	Apart  float32 // least space between two of them
	Row    float32 // height of an answer row
	Nav    float32 // height of Back and Next
	Bar    float32 // height of the ease bar
	Radius float32 // of answers
	Stroke float32 // outline of what can be touched
	Strong float32 // outline of what is pressed or chosen

	Reach float32 // nothing that can be touched begins above it; 0 unless the controls are lowered

	// Text sizes (em).
	Display  float32 // the invitation and the thanks
	Question float32
	Answer   float32
	Hint     float32
	Chrome   float32
	// Least is the smallest em that a question or an answer may be written with, LeastHint that of anything else.
	Least, LeastHint float32
}

// CapHeight is the height of capitals of the bundled Noto Sans, in em.
const CapHeight = 0.714

// sketch are the proportions of one orientation, drawn for a display of the given height (landscape) or width (portrait).
type sketch struct {
	side                                    float64
	margin, gap, row, nav, bar, radius      float64
	display, question, answer, hint, chrome float64
}

var (
	portraitSketch = sketch{
		side: 1080, margin: 72, gap: 32, row: 128, nav: 116, bar: 92, radius: 28,
		display: 96, question: 68, answer: 38, hint: 34, chrome: 28,
	}
	landscapeSketch = sketch{
		side: 800, margin: 72, gap: 20, row: 84, nav: 76, bar: 76, radius: 18,
		display: 64, question: 46, answer: 28, hint: 23, chrome: 20,
	}
)

// Least physical sizes: targets and gaps in millimetres, on displays of smallInches and more and on smaller ones. The
// least view of letters (EN 301 549, 5.1.4) is in text.
const (
	smallInches           = 8
	leastTarget, leastGap = 12, 3
	smallTarget, smallGap = 9, 2
)

// NewMetrics computes the sizes for a display, with the ease that a visitor asked for and a font whose capitals are
// capHeight em high; 0 takes CapHeight.
func NewMetrics(d Display, ease Ease, capHeight float64) Metrics {
	d = d.Guess()
	ease.Text = min(max(ease.Text, 0), len(text)-1)
	if capHeight <= 0 {
		capHeight = CapHeight
	}
	letters := text[ease.Text]
	m := Metrics{Ease: ease, Width: float32(d.Width), Height: float32(d.Height), Portrait: d.Height > d.Width}
	s, scale := landscapeSketch, float64(d.Height)/landscapeSketch.side
	if m.Portrait {
		s, scale = portraitSketch, float64(d.Width)/portraitSketch.side
	}
	mm := d.PixelsPerMM()
	target, gap := leastTarget*mm, leastGap*mm
	if d.Inches < smallInches {
		target, gap = smallTarget*mm, smallGap*mm
	}
	// em whose capitals fill a view of so many degrees at the viewing distance
	em := func(degrees float64) float64 { return 2 * d.Distance * math.Tan(degrees*math.Pi/360) * mm / capHeight }
	px := func(v, least float64) float32 { return float32(math.Ceil(max(v*scale, least))) }

	m.MM = float32(mm)
	m.Unit = px(8, 0)
	m.Margin = px(s.margin, 0)
	if !m.Portrait {
		m.Margin = float32(math.Round(float64(d.Width) / 18))
	}
	if ease.Text > 0 {
		m.Margin = float32(math.Round(float64(m.Margin) * 0.6)) // larger letters need the width
	}
	if ease.Lowered {
		m.Reach = max(0, m.Height-float32(math.Floor(LoweredReach*mm)))
	}
	m.Target = float32(math.Ceil(target)) + 1 // places are rounded to whole pixels
	m.Apart = float32(math.Ceil(gap)) + 1
	m.Gap = max(px(s.gap, 0), m.Apart)
	m.Radius = px(s.radius, 0)
	m.Stroke = max(1, float32(math.Round(2*scale)))
	m.Strong = max(3, float32(math.Round(4*scale)))
	m.Least = px(0, em(letters.view))
	m.LeastHint = px(0, em(letters.chromeView))
	m.Question = px(s.question*letters.scale, em(letters.view))
	m.Answer = px(s.answer*letters.scale, em(letters.view))
	m.Hint = px(s.hint*letters.scale, em(letters.chromeView))
	m.Chrome = px(s.chrome*letters.chrome, em(letters.chromeView))
	m.Display = max(px(s.display*letters.scale, 0), m.Question)
	line := m.Answer * 1.4
	m.Row = max(px(s.row, 0), m.Target, line)
	m.Nav = max(px(s.nav, 0), m.Target, line)
	m.Bar = max(px(s.bar, 0), m.Target)
	return m
}
