package screen_test

import (
	"image"
	"io/fs"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"otklik/assets"
	"otklik/assets/console"
	"otklik/kiosk/theme"
)

// drawnFace is a face as somebody sees it who sees no colours: high contrast paints all four alike.
func drawnFace(t *testing.T, n int) image.Image {
	t.Helper()
	const side = 120
	svg := theme.HighContrast.Paint(assets.Icon("face-" + strconv.Itoa(n)))
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(canvas.NewImageFromResource(fyne.NewStaticResource("grey-"+strconv.Itoa(n)+".svg", svg)))
	c.Resize(fyne.NewSize(side, side))
	return c.Capture()
}

// Brow and mouth differ from face to face: each band of two faces has pixels that differ by half the way from ground to line.
func TestFacesDifferWithoutColour(t *testing.T) {
	test.NewTempApp(t)
	bands := map[string][2]int{"brows": {15, 40}, "mouth": {55, 90}} // of a hundred from the top
	for a := 1; a <= 4; a++ {
		for b := a + 1; b <= 4; b++ {
			one, other := drawnFace(t, a), drawnFace(t, b)
			size := one.Bounds().Size()
			for name, band := range bands {
				differ := 0
				for y := size.Y * band[0] / 100; y < size.Y*band[1]/100; y++ {
					for x := range size.X {
						r1, g1, b1, _ := one.At(x, y).RGBA()
						r2, g2, b2, _ := other.At(x, y).RGBA()
						if off := int(r1+g1+b1) - int(r2+g2+b2); max(off, -off) > 3*0xffff/4 {
							differ++
						}
					}
				}
				if least := size.X * size.Y / 150; differ < least {
					t.Errorf("the %s of faces %d and %d differ in %d pixels, fewer than %d", name, a, b, differ, least)
				}
			}
		}
	}
}

// The console shows the faces that the glass shows.
func TestConsoleHasTheFacesOfTheGlass(t *testing.T) {
	for n := 1; n <= 4; n++ {
		name := "face-" + strconv.Itoa(n)
		want := theme.MustBrand(theme.Default).Palette.Paint(assets.Icon(name))
		got, err := fs.ReadFile(console.Static(), "icons/"+name+".svg")
		if err != nil || string(got) != string(want) {
			t.Errorf("%s: %v\n%s\nthe glass shows\n%s", name, err, got, want)
		}
	}
}

// Wherever faces are answers, each has its word on the same key.
func TestEachFaceHasItsWord(t *testing.T) {
	words := []string{"Плохо", "Так себе", "Хорошо", "Отлично"}
	for _, code := range []string{"smile", "parts"} {
		g := mustKind(t, code)
		for letters := range theme.TextSizes {
			for _, d := range []theme.Display{{Width: 1080, Height: 1920}, {Width: 1280, Height: 800}, {Width: 800, Height: 480}} {
				e := mustEased(t, d, theme.Ease{Text: letters}, g.view)
				if e.painted.Split { // the question comes first, then its answers
					e.stage.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
				}
				said := strings.Join(e.painted.Texts, "|")
				for _, w := range words {
					if strings.Count(said, w) < 1 {
						t.Errorf("%s on %v, letters %d: no «%s» in %s", code, d, letters, w, said)
					}
				}
			}
		}
	}
}
