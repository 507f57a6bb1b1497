package theme_test

import (
	"math"
	"testing"

	fynetheme "fyne.io/fyne/v2/theme"

	"otklik/kiosk/theme"
)

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

// Capitals fill at least half a degree of view at the distance people stand at, and 0.7 in large text: 3.5 and 4.9 mm at
// 400 mm, 5.2 and 7.3 mm at 600 mm. They are measured in the bundled font itself.
func TestLettersAreHighEnoughToBeRead(t *testing.T) {
	capHeight, err := theme.CheckFont(fynetheme.DefaultTextBoldFont().Content())
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(capHeight-theme.CapHeight) > 0.001 {
		t.Errorf("capitals of the bundled font are %.3f em, not %.3f", capHeight, theme.CapHeight)
	}
	for _, d := range []theme.Display{
		{Width: 1080, Height: 1920, Inches: 32},
		{Width: 1280, Height: 800, Inches: 10.1},
		{Width: 800, Height: 480, Inches: 7},
		{Width: 1920, Height: 1080, Inches: 15.6},
		{Width: 2560, Height: 1600, Inches: 12.4},
		{Width: 1024, Height: 600},
	} {
		for size, least := range []map[float64]float64{{400: 3.49, 600: 5.23}, {400: 4.88, 600: 7.33}, {400: 5.58, 600: 8.37}} {
			m, d := theme.NewMetrics(d, theme.Ease{Text: size}, 0), d.Guess()
			for name, em := range map[string]float32{"question": m.Question, "answer": m.Answer, "least": m.Least} {
				if got := float64(em) * capHeight / d.PixelsPerMM(); got < least[d.Distance] {
					t.Errorf("%dx%d %.1f″, size %d: capitals of the %s are %.2f mm, less than %.2f",
						d.Width, d.Height, d.Inches, size, name, got, least[d.Distance])
				}
			}
		}
	}
}

// A visitor on wheels reaches 60 cm up a totem; a display that is lower stays as it is.
func TestLoweredControlsStayWithinReach(t *testing.T) {
	lowered := theme.Ease{Lowered: true}
	totem := theme.Display{Width: 1080, Height: 1920, Inches: 55}
	m := theme.NewMetrics(totem, lowered, 0)
	if got := (m.Height - m.Reach) / m.MM; got < 590 || got > 600.5 {
		t.Errorf("on a totem controls begin %.1f mm above the foot, not 600", got)
	}
	if m := theme.NewMetrics(totem, theme.Ease{}, 0); m.Reach != 0 {
		t.Errorf("nothing was asked for, and controls begin at %.0f", m.Reach)
	}
	if m := theme.NewMetrics(theme.Display{Width: 1280, Height: 800, Inches: 10.1}, lowered, 0); m.Reach != 0 {
		t.Errorf("a tablet was lowered to %.0f", m.Reach)
	}
}
