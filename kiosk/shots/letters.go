package shots

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/kiosk/theme"
)

// Least views of capitals in degrees (EN 301 549, 5.1.4): of what is asked and answered in each size of the letters, and
// of everything else.
var leastViews = []float64{0.5, 0.7, 0.8}

const leastView = 0.35

// aside are the names of keys that are small on purpose: those of languages and of the ease bar, of which the second have an
// icon, and a screen that says them in larger words.
var aside = regexp.MustCompile(`^(lang|start|ease)`)

// measureLetters says which words are too small. The words of the question and of keys are what is asked and answered; those
// aside are not.
func measureLetters(shot Shot, d theme.Display) (wrong []string) {
	tile := 0
	mm, capHeight := d.PixelsPerMM(), shot.CapHeight
	if capHeight == 0 { // the bundled face
		capHeight = theme.CapHeight
	}
	check := func(t *canvas.Text, target string) {
		least := leastView
		line := strings.TrimSuffix(t.Text, "-") // of a word that is hyphenated
		asked := target == "" && t.TextStyle.Bold && slices.ContainsFunc(shot.Asks, func(words string) bool { return strings.Contains(words, line) })
		if asked || target != "" && !aside.MatchString(target) {
			least = leastViews[shot.Ease.Text]
		}
		high := float64(t.TextSize) * capHeight / mm
		if view := 2 * math.Atan(high/2/d.Distance) * 180 / math.Pi; view < least-0.001 {
			wrong = append(wrong, fmt.Sprintf("capitals of %q are %.2f mm high, %.2f° of view, less than %.2f°", t.Text, high, view, least))
		}
	}
	var walk func(o fyne.CanvasObject, target string)
	walk = func(o fyne.CanvasObject, target string) {
		switch o := o.(type) {
		case *canvas.Text:
			check(o, target)
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c, target)
			}
		case fyne.Widget:
			if _, tappable := o.(fyne.Tappable); tappable {
				target = shot.Targets[tile].Name
				tile++
			}
			for _, c := range o.CreateRenderer().Objects() {
				walk(c, target)
			}
		}
	}
	walk(shot.Content, "")
	return wrong
}
