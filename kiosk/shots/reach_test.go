package shots_test

import (
	"fmt"
	"slices"
	"testing"

	"otklik/kiosk/screen"
	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
)

// strays is how far the attract screen moves against letters that burn in, in millimetres of the largest display.
const strays = 3

// Once lowered, whatever can be touched stands within the bottom 60 cm on every screen of every shipped survey, and still fits;
// and wherever the display is higher than that, the screen of ease offers it.
func TestLoweredControlsAreWithinReachOnEveryScreen(t *testing.T) {
	brand := theme.MustBrand(theme.Default)
	for _, d := range []theme.Display{
		{Width: 1080, Height: 1920, Inches: 31.5},
		{Width: 1080, Height: 1920, Inches: 43},
		{Width: 1080, Height: 1920, Inches: 55},
		{Width: 1920, Height: 1080, Inches: 55},
	} {
		offered := false
		for _, s := range library(t) {
			for letters := range theme.TextSizes {
				options := []shots.Option{shots.Branded(brand), shots.Eased(theme.Ease{Lowered: true, Text: letters}), shots.Coarse()}
				if s.ID != "every-kind" {
					options = append(options, shots.Alone())
				}
				err := shots.Render(s, s.Languages[0], d, func(shot shots.Shot) error {
					offered = offered || slices.ContainsFunc(shot.Targets, func(k screen.Target) bool { return k.Name == "ease:lower" })
					where := fmt.Sprintf("%s %s letters %d %s", d, s.ID, letters, shot.Name)
					for _, k := range shot.Targets {
						if above := (float64(d.Height) - float64(k.Y)) / d.PixelsPerMM(); above > theme.LoweredReach+strays && k.Name != "start" {
							t.Errorf("%s: %s begins %.0f mm above the foot", where, k.Name, above)
						}
					}
					for _, m := range shots.Measure(shot, d.Guess()) {
						t.Errorf("%s: %s", where, m)
					}
					return nil
				}, options...)
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		if !offered {
			t.Errorf("%s: nobody is offered to lower the controls", d)
		}
	}
}
