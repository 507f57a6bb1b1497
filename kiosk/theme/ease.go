package theme

// Ease is what a visitor changes to make the glass easier to use; nothing else changes place.
type Ease struct {
	// Text is the size of the letters: 0 normal, 1 large, 2 largest. Others are taken for the nearest.
	Text int
	// Contrast is high contrast.
	Contrast bool
	// Lowered brings everything that can be touched within the bottom 60 cm of the display.
	Lowered bool
	// LeftHanded mirrors what a hand reaches for: Next at the left, Back at the right, signs behind the words.
	LeftHanded bool
}

// LoweredReach is how far above the foot of the display a lowered control may begin, in millimetres. On a display that is no
// higher everybody reaches everything.
const LoweredReach = 600

// text are the steps of the letters: how much larger than drawn, and the least view of capitals in degrees.
var text = []struct{ scale, chrome, view, chromeView float64 }{
	{1, 1, 0.5, 0.36},
	{1.3, 1.15, 0.7, 0.45},
	{1.6, 1.3, 0.8, 0.5},
}

// TextSizes is the number of steps of Ease.Text.
var TextSizes = len(text)
