//go:build ignore

// Command emptywindow shows a full-screen window of Fyne's with nothing in it: what the glass is compared with. It is
// built with the module of the product, so that both have the same Fyne.
package main

import (
	"os"

	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

func main() {
	_ = os.Setenv("FYNE_SCALE", "1")
	_ = os.Setenv("FYNE_PLATFORM", "x11")
	w := app.NewWithID("ru.otklik.emptywindow").NewWindow("")
	w.SetPadded(false)
	w.SetContent(canvas.NewRectangle(theme.Color(theme.ColorNameBackground)))
	w.SetFullScreen(true)
	w.ShowAndRun()
}
