package screen_test

import (
	"fmt"
	"image"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// overt are the kinds whose answer shows even on a discreet glass, and why.
var overt = map[surveys.QuestionKind]string{
	surveys.ShortText:   "written",
	surveys.LongText:    "written",
	surveys.Phone:       "written",
	surveys.Email:       "written",
	surveys.NumberEntry: "written",
	surveys.Date:        "written",
	surveys.Time:        "written",
	surveys.DateTime:    "written",
	surveys.Signature:   "drawn",
	surveys.Slider:      "set by how it looks",
}

// unlike are two answers to a question that differ in one thing.
func unlike(q *surveys.Question) (a, b surveys.Value) {
	if low, high, ok := q.Scale(); ok {
		return surveys.Number(float64(low)), surveys.Number(float64(high))
	}
	switch q.Kind {
	case surveys.YesNo, surveys.Consent:
		return surveys.String(surveys.Yes), surveys.String(surveys.No)
	case surveys.MultipleChoice, surveys.Ranking:
		return surveys.Codes(q.Choices[0].Code), surveys.Codes(q.Choices[1].Code)
	case surveys.Matrix:
		if q.RowKind == surveys.SingleChoice {
			a, b = surveys.String(q.Choices[0].Code), surveys.String(q.Choices[1].Code)
		} else {
			low, high, _ := q.Items()[0].Scale()
			a, b = surveys.Number(float64(low)), surveys.Number(float64(high))
		}
		row := func(v surveys.Value) surveys.Value {
			return surveys.Rows(surveys.RowValue{Row: q.Rows[0].Code, Value: v})
		}
		return row(a), row(b)
	}
	return surveys.String(q.Choices[0].Code), surveys.String(q.Choices[1].Code)
}

// Of every kind, alone on the screen and with others: from behind the visitor two answers look the same, for they differ in
// marks of a millimetre or two; no key shows that it is touched; and without the setting both is otherwise.
func TestNoKindOfQuestionTellsItsAnswerOnADiscreetGlass(t *testing.T) {
	test.NewTempApp(t)
	display := theme.Display{Width: 1280, Height: 800, Inches: 10.1}
	_, s := mustEveryKind(t, 1280, 800)
	mm := display.PixelsPerMM()
	limit := int(2 * 4 * 4 * mm * mm) // the answer that is there and the one that is not, each a mark of at most 4 × 4 mm
	for _, discreet := range []bool{true, false} {
		stage := screen.NewStage(display, theme.MustBrand(theme.Default), func(visit.Event) {}, nil)
		stage.SetDiscreet(discreet)
		glass := software.NewCanvas()
		glass.SetPadded(false)
		glass.SetContent(stage.Content())
		glass.Resize(fyne.NewSize(1280, 800))
		shown := uint64(0)
		picture := func(v visit.View) image.Image {
			shown++
			v.Shown = shown
			stage.Show(v)
			return glass.Capture()
		}
		compare := func(name string, a, b visit.View) {
			t.Helper()
			if n := differing(picture(a), picture(b)); (n <= limit) != discreet {
				t.Errorf("discreet %v: two answers to %s differ in %d pixels; marks may have %d", discreet, name, n, limit)
			}
			if pressed := flashes(stage); discreet && len(pressed) > 0 || !discreet && len(pressed) == 0 {
				t.Errorf("discreet %v: on %s these show that they are touched: %v", discreet, name, pressed)
			}
		}
		for _, q := range s.Questions() {
			if !q.Kind.Traits().HasScreen || !q.Kind.Traits().HasValue || overt[q.Kind] != "" {
				continue
			}
			v := visit.View{
				Screen: visit.Question, Language: "ru", Languages: s.Languages, Survey: s, Question: q, Choices: q.Choices, Text: q.Text["ru"], CanNext: true,
			}
			a, b := v, v
			a.Value, b.Value = unlike(q)
			compare(fmt.Sprint(q.Kind, " ", q.Code), a, b)
		}
		for _, page := range s.Pages {
			if !page.Shared() {
				continue
			}
			items := func(of *surveys.Question, value surveys.Value, declined bool) visit.View {
				v := visit.View{
					Screen: visit.Question, Language: "ru", Languages: s.Languages, Survey: s, Question: page.Questions[0], Text: page.Questions[0].Text["ru"], CanNext: true,
				}
				for _, q := range page.Questions {
					i := visit.Item{Question: q, Text: q.Text["ru"], Choices: q.Choices, CanDecline: q.Decline}
					if q == of {
						i.Value, i.Declined = value, declined
					}
					v.Group = append(v.Group, i)
				}
				return v
			}
			for _, q := range page.Questions[:2] { // those that have place on the first part
				a, b := unlike(q)
				compare("of several "+q.Code, items(q, a, false), items(q, b, false))
				if q.Decline {
					compare("of several, declined "+q.Code, items(q, a, false), items(q, surveys.Value{}, true))
				}
			}
		}
	}
}

// differing counts the pixels in which two pictures differ so much that an eye sees it.
func differing(a, b image.Image) (n int) {
	box := a.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			ar, ag, ab, _ := a.At(x, y).RGBA()
			br, bg, bb, _ := b.At(x, y).RGBA()
			far := func(p, q uint32) bool { return max(p, q)-min(p, q) > 0x0600 }
			if far(ar, br) || far(ag, bg) || far(ab, bb) {
				n++
			}
		}
	}
	return n
}

// flashes names the targets whose ground changes while a finger is on them.
func flashes(stage *screen.Stage) (names []string) {
	tiles := slices.DeleteFunc(slices.Clone(stage.Content().(*fyne.Container).Objects[1:]), func(o fyne.CanvasObject) bool { // after the ground
		_, mouse := o.(desktop.Mouseable)
		_, tap := o.(fyne.Tappable)
		return !mouse || !tap
	})
	for i, o := range tiles {
		ground := o.(fyne.Widget).CreateRenderer().Objects()[0].(*fyne.Container).Objects[0].(*canvas.Rectangle)
		fill, edge, stroke := ground.FillColor, ground.StrokeColor, ground.StrokeWidth
		o.(desktop.Mouseable).MouseDown(&desktop.MouseEvent{})
		if fill != ground.FillColor || edge != ground.StrokeColor || stroke != ground.StrokeWidth {
			names = append(names, stage.Targets()[i].Name)
		}
		o.(desktop.Mouseable).MouseUp(&desktop.MouseEvent{})
	}
	return names
}
