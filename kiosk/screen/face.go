package screen

import (
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
