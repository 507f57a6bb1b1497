package theme_test

import (
	"image/color"
	"math"
	"testing"

	"otklik/kiosk/theme"
)

// pairs are the colours that meet on the glass, with the least contrast each pair needs: 4.5 for text, 3 for outlines and
// signs (WCAG 2.2, 1.4.3 and 1.4.11).
func pairs(p theme.Palette) map[string]struct {
	a, b  color.NRGBA
	least float64
} {
	return map[string]struct {
		a, b  color.NRGBA
		least float64
	}{
		"text on paper":                {p.Ink, p.Paper, 7},
		"text on cards":                {p.Ink, p.Card, 7},
		"text on what is chosen":       {p.Ink, p.Tint, 7},
		"hints on paper":               {p.Secondary, p.Paper, 4.5},
		"hints on cards":               {p.Secondary, p.Card, 4.5},
		"Next":                         {p.OnAccent, p.Accent, 4.5},
		"invitation, top":              {p.OnHero, p.HeroTop, 4.5},
		"invitation, foot":             {p.OnHero, p.HeroFoot, 4.5},
		"warning":                      {p.OnHero, p.Ink, 7},
		"outline of cards on paper":    {p.Edge, p.Paper, 3},
		"outline of cards":             {p.Edge, p.Card, 3},
		"outline of what is chosen":    {p.Accent, p.Paper, 3},
		"progress on what is to come":  {p.Accent, p.Track, 3},
		"tick of the thanks":           {p.Good, p.Paper, 3},
		"sign of trouble":              {p.Alarm, p.Paper, 3},
		"pressed Next against at rest": {p.HeroFoot, p.OnAccent, 4.5},
	}
}

func TestColoursThatMeetCanBeToldApart(t *testing.T) {
	for name, pair := range pairs(theme.Paper) {
		if got := theme.Contrast(pair.a, pair.b); got < pair.least {
			t.Errorf("%s: %.2f:1, less than %.1f:1", name, got, pair.least)
		}
	}
}

func TestContrastFollowsItsDefinition(t *testing.T) {
	for _, c := range []struct {
		a, b uint32
		want float64
	}{{0x000000, 0xffffff, 21}, {0x777777, 0xffffff, 4.48}, {0x14202e, 0xf6f7f5, 15.3}, {0xffffff, 0x0b5cad, 6.7}} {
		if got := theme.Contrast(theme.RGB(c.a), theme.RGB(c.b)); math.Abs(got-c.want) > 0.05 {
			t.Errorf("%06x on %06x: %.2f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

// Capitals fill at least half a degree of view at the distance people stand at: 3.5 mm at 400 mm, 5.2 mm at 600 mm.
func TestLettersAreHighEnoughToBeRead(t *testing.T) {
	for _, d := range []theme.Display{
		{Width: 1080, Height: 1920, Inches: 32},
		{Width: 1280, Height: 800, Inches: 10.1},
		{Width: 800, Height: 480, Inches: 7},
		{Width: 1920, Height: 1080, Inches: 15.6},
		{Width: 2560, Height: 1600, Inches: 12.4},
		{Width: 1024, Height: 600},
	} {
		m, d := theme.NewMetrics(d), d.Guess()
		least := 3.49
		if d.Distance == 600 {
			least = 5.23
		}
		for name, size := range map[string]float32{"question": m.Question, "answer": m.Answer} {
			if got := float64(size) * 0.714 / d.PixelsPerMM(); got < least {
				t.Errorf("%dx%d %.1f″: capitals of the %s are %.2f mm, less than %.2f", d.Width, d.Height, d.Inches, name, got, least)
			}
		}
	}
}
