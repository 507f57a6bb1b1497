package shots

import (
	"fmt"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
)

// Displays are the sizes that terminals and tablets in lobbies commonly have.
var Displays = []theme.Display{
	{Width: 1080, Height: 1920, Inches: 32},
	{Width: 1920, Height: 1080, Inches: 21.5},
	{Width: 1280, Height: 800, Inches: 10.1},
	{Width: 2560, Height: 1600, Inches: 12.4},
	{Width: 800, Height: 480, Inches: 7},
}

// Least sizes of what is touched, in millimetres; on displays under smallInches less is enough.
const (
	leastTarget, leastGap = 12, 3
	smallTarget, smallGap = 9, 2
	smallInches           = 8
)

// Measure says what is wrong with a screen on the display it was rendered for, nothing when all is well: what can be
// touched is wide enough for a finger and apart from its neighbours; words stay on the glass and within what they are
// written on, are not cut off, and stand over no words, pictures or keys that are not theirs; neither do pictures; capitals are
// high enough for the distance they are read from.
func Measure(shot Shot, d theme.Display) []string {
	d = d.Guess()
	wrong := append(measureTargets(shot.Targets, d), measureThings(shot, d)...)
	return append(wrong, measureLetters(shot, d)...)
}

func measureTargets(targets []screen.Target, d theme.Display) (wrong []string) {
	side, gap := float64(leastTarget), float64(leastGap)
	if d.Inches < smallInches {
		side, gap = smallTarget, smallGap
	}
	mm := d.PixelsPerMM()
	for i, a := range targets {
		if a.Name == "start" {
			continue // the ground of the attract screen, under the keys
		}
		if a.X < 0 || a.Y < 0 || a.X+a.W > float32(d.Width) || a.Y+a.H > float32(d.Height) {
			wrong = append(wrong, fmt.Sprintf("%s leaves the glass", a.Name))
		}
		if w, h := float64(a.W)/mm, float64(a.H)/mm; w < side-0.1 || h < side-0.1 {
			wrong = append(wrong, fmt.Sprintf("%s measures %.1f × %.1f mm, less than %.0f", a.Name, w, h, side))
		}
		for _, b := range targets[i+1:] {
			if b.Name == "start" {
				continue
			}
			if between := float64(apart(a, b)) / mm; between < gap-0.05 {
				wrong = append(wrong, fmt.Sprintf("%s and %s are %.1f mm apart, less than %.0f", a.Name, b.Name,
					between, gap))
			}
		}
	}
	return wrong
}

// apart is the wider of the gaps between two places, in pixels; negative where they overlap.
func apart(a, b screen.Target) float32 {
	return max(b.X-a.X-a.W, a.X-b.X-b.W, b.Y-a.Y-a.H, a.Y-b.Y-b.H)
}
