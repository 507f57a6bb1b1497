package screen_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
)

// A window manager can make the window of the glass as small as it likes for a moment. What is painted then is no use to
// anybody, but it must be painted: a glass that hangs there does not come back when the window does.
func TestNoWindowIsTooSmallToBePainted(t *testing.T) {
	for _, kind := range []string{"say", "parts", "star", "order", "day", "tell"} {
		g := mustKind(t, kind)
		stage := screen.NewStage(theme.Display{}, theme.MustBrand(theme.Default), func(visit.Event) {}, nil)
		stage.Show(g.view)
		for _, size := range []fyne.Size{{Width: 320, Height: 240}, {Width: 40, Height: 900}, {Width: 1, Height: 1}, {Width: 900, Height: 8}} {
			stage.Content().Resize(size)
		}
	}
}
