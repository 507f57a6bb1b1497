package screen

import (
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"otklik/kiosk/theme"
)

// Theme is Fyne's theme with the faces of a brand; the app that shows a stage wears it, so that Fyne measures and draws
// with the same letters.
func Theme(b *theme.Brand) fyne.Theme {
	t := faces{Theme: fynetheme.DefaultTheme()}
	if b.Regular != nil {
		t.regular, t.bold = fyne.NewStaticResource("regular.ttf", b.Regular), fyne.NewStaticResource("bold.ttf", b.Bold)
	}
	return t
}

// WindowTheme is Theme for an app with a window on a display: what Fyne clears a window with is the ground of the brand's
// screens, which they need not paint, see page.base.
func WindowTheme(b *theme.Brand) fyne.Theme { return grounded{Theme(b), cleared(b.Palette.Paper)} }

type grounded struct {
	fyne.Theme
	ground cleared
}

// Color returns Fyne's colours but for the ground.
func (g grounded) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if name == fynetheme.ColorNameBackground {
		return g.ground
	}
	return g.Theme.Color(name, variant)
}

// cleared is a colour that comes out as it is when Fyne clears a window with it. Fyne takes 255² for the most that RGBA
// returns, which is 65535, and would make any other colour lighter by a hundredth.
type cleared color.NRGBA

// RGBA is image/color's, out of 255².
func (c cleared) RGBA() (r, g, b, a uint32) {
	return uint32(c.R) * 255, uint32(c.G) * 255, uint32(c.B) * 255, uint32(c.A) * 255
}

type faces struct {
	fyne.Theme
	regular, bold fyne.Resource
}

// Font returns the brand's own face where it has one.
func (f faces) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case f.regular == nil:
		return f.Theme.Font(style)
	case style.Bold:
		return f.bold
	}
	return f.regular
}

// measure returns the width of a line in pixels, as it will be drawn.
func measure(text string, size float32, style fyne.TextStyle) float32 {
	box, _ := fyne.CurrentApp().Driver().RenderedTextSize(text, size, style, face(text, style))
	return box.Width
}

// face is the one face that a text is drawn with, where it has all the letters: Fyne then loads no other. Else it is nil, and
// Fyne looks through its fonts for emoji and signs, which take a good ten megabytes, and those of the system.
func face(text string, style fyne.TextStyle) fyne.Resource {
	font := fyne.CurrentApp().Settings().Theme().Font(style)
	known, ok := alphabets.Load(font)
	if !ok {
		known, _ = alphabets.LoadOrStore(font, theme.NewAlphabet(font.Content()))
	}
	if !known.(*theme.Alphabet).Writes(text) {
		return nil
	}
	return font
}

var alphabets sync.Map // of the faces in use, by resource
