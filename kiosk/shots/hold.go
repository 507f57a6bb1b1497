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
	app := test.NewApp()
	defer app.Quit()
	app.Settings().SetTheme(screen.Theme(brand))
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(screen.Hold(display, brand))
	c.Resize(fyne.NewSize(float32(display.Width), float32(display.Height)))
	return c.Capture()
}
