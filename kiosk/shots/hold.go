package shots

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
)

// Hold renders what visitors see while the glass is restarted. Fyne's own app must not run in the same process.
func Hold(display theme.Display, brand *theme.Brand) image.Image {
	wear(brand, false)
	return held(look{display: display, brand: brand}).Capture()
}

// worn is the app of the last shots and the brand whose letters it wears: another one would read the fonts anew.
var worn struct {
	app   fyne.App
	brand *theme.Brand
}

// coarse is the share of their pixels that pictures are drawn in which nobody looks at.
const coarse = 0.1

// wear gives Fyne an app without a display, in the letters of a brand.
func wear(brand *theme.Brand, unseen bool) {
	if worn.app == nil || worn.app != fyne.CurrentApp() || worn.brand != brand {
		worn.app, worn.brand = test.NewApp(), brand
		worn.app.Settings().SetTheme(screen.Theme(brand))
	}
	scale := float32(1)
	if unseen {
		scale = coarse
	}
	for _, w := range worn.app.Driver().AllWindows() {
		if c, ok := w.Canvas().(software.WindowlessCanvas); ok {
			c.SetScale(scale)
		}
	}
}
