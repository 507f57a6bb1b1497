package screen

import (
	"image/color"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

func TestPicturesThatLeftTheGlassAreGivenBack(t *testing.T) {
	test.NewTempApp(t)
	face, icon, stays := canvas.NewImageFromImage(nil), canvas.NewImageFromImage(nil), canvas.NewImageFromImage(nil)
	ground := canvas.NewVerticalGradient(color.Black, color.White)
	button := newTile(look{}, look{}, []fyne.CanvasObject{canvas.NewText("Хорошо", color.Black), face}, func() {})
	before := []fyne.CanvasObject{ground, canvas.NewRectangle(color.White), button, container.NewWithoutLayout(icon, stays)}
	after := []fyne.CanvasObject{ground, newTile(look{}, look{}, []fyne.CanvasObject{stays}, func() {})}
	if got, want := gone(before, after), []fyne.CanvasObject{face, icon}; !slices.Equal(got, want) {
		t.Errorf("given back: %v, want the face and the icon %v", got, want)
	}
}
