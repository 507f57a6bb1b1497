package screen

import (
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
