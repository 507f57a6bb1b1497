package screen

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"

	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
)

// What a window is cleared with needs no painting; what it is not cleared with is painted.
func TestTheGroundIsPaintedWhereTheWindowHasAnother(t *testing.T) {
	var events []visit.Event
	stage, s := mustStage(t, theme.Display{Width: 1280, Height: 800, Inches: 10.1}, &events)
	brand := theme.MustBrand(theme.Default)
	asked := visit.View{Screen: visit.Question, Shown: 1, Language: "ru", Languages: s.Languages, Survey: s, Question: s.Question("smile"), Text: "Как?"}
	contrast := asked
	contrast.Shown, contrast.Ease.Contrast = 2, true
	for _, c := range []struct {
		name  string
		theme fyne.Theme
		view  visit.View
		want  color.Color
	}{
		{"a window", WindowTheme(brand), asked, color.Transparent},
		{"a window, in high contrast", WindowTheme(brand), contrast, brand.Contrast.Paper},
		{"a picture", Theme(brand), asked, brand.Palette.Paper},
	} {
		fyne.CurrentApp().Settings().SetTheme(c.theme)
		stage.Show(visit.View{Screen: visit.Closed, Language: "ru", Survey: s})
		stage.Show(c.view)
		if got := stage.root.Objects[0].(*base).ground.FillColor; got != c.want {
			t.Errorf("%s: the ground is painted %v, not %v", c.name, got, c.want)
		}
	}
}

// Each part of a colour comes through Fyne's clearing, which divides it by 255² and has OpenGL round it to a byte.
func TestAWindowIsClearedWithTheColourItself(t *testing.T) {
	for v := range 256 {
		r, _, _, a := cleared{R: uint8(v), A: 255}.RGBA()
		if got := uint8(float32(r)/float32(255*255)*255 + 0.5); int(got) != v || a != 255*255 {
			t.Errorf("%d comes out as %d of %d", v, got, a)
		}
	}
}
