package shots_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
	"otklik/surveys"
)

// pictured has a picture with each question: of the map, which is wider than high.
const pictured = `id: pictured
number: 1
kind: poll
languages: [ru]
title: {ru: Схема зала}
pages:
  - questions:
      - {code: where, kind: information, image: map.png, text: {ru: Так будет устроен новый зал}}
      - {code: mood, kind: smiley, image: map.png, text: {ru: Как вам новая схема зала?}}
      - code: what
        kind: multiple-choice
        image: map.png
        text: {ru: Что из этого вам пригодится?}
        hint: {ru: Можно выбрать несколько.}
        choices: [{code: desk, text: {ru: Стойка}}, {code: sofa, text: {ru: Диваны у окна}}, {code: print, text: {ru: Принтер}}, {code: play, text: {ru: Детский уголок}}, {code: none, text: {ru: Ничего}}]
      - {code: why, kind: short-text, image: map.png, text: {ru: Чего на схеме не хватает?}}
images:
  map.png: `

var mapped = color.NRGBA{200, 30, 120, 255}

func mustPictured(t *testing.T) *surveys.Survey {
	t.Helper()
	drawing := image.NewNRGBA(image.Rect(0, 0, 600, 300))
	for i := range drawing.Pix {
		drawing.Pix[i] = []byte{mapped.R, mapped.G, mapped.B, mapped.A}[i%4]
	}
	var file bytes.Buffer
	if err := png.Encode(&file, drawing); err != nil {
		t.Fatal(err)
	}
	s, err := surveys.Load("pictured.yaml", []byte(pictured+base64.StdEncoding.EncodeToString(file.Bytes())+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The picture of a question is on the glass with its words, large enough to be made out, on every display and with the
// largest letters; and the answers still fit.
func TestPictureOfAQuestionIsShownOnEveryDisplay(t *testing.T) {
	s := mustPictured(t)
	for _, d := range displays {
		for letters := range theme.TextSizes {
			shown := map[string]bool{}
			err := shots.Render(s, "ru", d, func(shot shots.Shot) error {
				where := fmt.Sprintf("%s at %dx%d %.0f″ letters %d", shot.Name, d.Width, d.Height, d.Inches, letters)
				for _, m := range shots.Measure(shot, d) {
					t.Errorf("%s: %s", where, m)
				}
				for _, size := range photographs(shot.Content) {
					large := size.Height >= float32(d.Height)/10 && size.Width >= float32(d.Width)/10 // the logo is small
					shown[shot.Question] = shown[shot.Question] || large
				}
				return nil
			}, shots.Eased(theme.Ease{Text: letters}), shots.Coarse())
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range s.Questions() {
				if !shown[q.Code] {
					t.Errorf("%dx%d %.0f″ letters %d: %s is asked without its picture, or it is too small", d.Width, d.Height, d.Inches, letters, q.Code)
				}
			}
		}
	}
}

// photographs returns the sizes of all pictures in a content that are no icons.
func photographs(o fyne.CanvasObject) (sizes []fyne.Size) {
	switch o := o.(type) {
	case *canvas.Image:
		if o.Image != nil {
			sizes = append(sizes, o.Size())
		}
	case *fyne.Container:
		for _, c := range o.Objects {
			sizes = append(sizes, photographs(c)...)
		}
	}
	return sizes
}
