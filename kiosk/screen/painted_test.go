package screen_test

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
)

// What is reported of a screen has the words beside its tiles and those on them: a test that looks for what an earlier
// visitor wrote must see both.
func TestPaintedTellsEveryWordOnTheGlass(t *testing.T) {
	g := mustKind(t, "say")
	var painted screen.Painted
	stage := screen.NewStage(theme.Display{}, theme.MustBrand(theme.Default), func(visit.Event) {}, func(p screen.Painted) { painted = p })
	stage.Content().Resize(fyne.NewSize(1280, 800))
	stage.Show(g.view)
	for _, want := range []string{"Не пишите имя и телефон", "Назад", "Ф"} {
		if !slices.Contains(painted.Texts, want) {
			t.Errorf("the glass shows %q, what is told of it is %q", want, painted.Texts)
		}
	}
}
