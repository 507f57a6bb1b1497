package shots_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
)

// sizes are diagonals, in inches, that displays of a resolution are sold with beside those of displays. Thirteen Tatar
// letters in a row, each 12 mm wide and 3 mm apart, take 20 cm: narrower displays of 8 inches and more are left out.
var sizes = map[[2]int][]float64{
	{1280, 800}:  {7, 12.1},
	{1080, 1920}: {24, 27},
	{1920, 1080}: {13.3, 15.6, 24, 32},
	{2560, 1600}: {10.1, 13.3, 30},
}

// The screens of every kind of question fit the displays of each resolution in every language, whatever their size. With OTKLIK_SIZES=all
// those of every shipped survey are measured too.
func TestEveryKindFitsDisplaysOfAllSizes(t *testing.T) {
	all := os.Getenv("OTKLIK_SIZES") == "all"
	for _, s := range library(t) {
		if !all && s.ID != "every-kind" {
			continue
		}
		languages := s.Languages
		for size, diagonals := range sizes {
			for _, inches := range diagonals {
				d := theme.Display{Width: size[0], Height: size[1], Inches: inches}
				for i, e := range eases {
					if !all && i > 0 && !slices.Contains([]float64{7, 27, 30}, inches) {
						continue
					}
					for _, lang := range languages {
						where := fmt.Sprintf("%s %s %dx%d %.1f″ %s", s.ID, lang, d.Width, d.Height, d.Inches, e.name)
						err := shots.Render(s, lang, d, func(shot shots.Shot) error {
							for _, m := range append(shots.Measure(shot, d), meetings(shot, d)...) {
								t.Errorf("%s %s: %s", where, shot.Name, m)
							}
							return nil
						}, shots.Branded(theme.MustBrand(e.brand)), shots.Eased(e.ease), shots.Coarse())
						if err != nil {
							t.Fatal(err)
						}
					}
				}
			}
		}
	}
}
