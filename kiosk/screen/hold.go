package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"otklik/kiosk/theme"
	"otklik/kiosk/words"
)

// Hold, in the look of a brand, is what visitors see while the glass is restarted: a sentence in each language and nothing to touch.
func Hold(display theme.Display, brand *theme.Brand) fyne.CanvasObject {
	return container.New(&holdLayout{display, brand}, container.NewWithoutLayout())
}

type holdLayout struct {
	display theme.Display
	brand   *theme.Brand
}

func (l *holdLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 240) }

func (l *holdLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	display := l.display
	display.Width, display.Height = int(size.Width), int(size.Height)
	p := &page{
		Metrics: theme.NewMetrics(display, theme.Ease{}, l.brand.CapHeight), Palette: l.brand.Palette, Speaker: words.In(words.Fallback),
		house: l.brand, pictures: map[string]fyne.Resource{}, gallery: &gallery{},
	}
	ground := canvas.NewRectangle(p.Paper)
	place(ground, rect{0, 0, p.Width, p.Height})
	p.add(ground)
	p.brand(false)
	width, space := p.Width-2*p.Margin, p.Unit*3
	var sentences []paragraph
	height := -space
	for i, lang := range words.Languages {
		size, style := p.Answer, regular
		if i == 0 {
			size, style = p.Question, bold
		}
		t := fit(words.In(lang).Say("hold.text"), size, p.Answer, style, width, 3)
		sentences = append(sentences, t)
		height += t.height() + space
	}
	y := (p.Height - height) / 2
	for i, t := range sentences {
		c := p.Secondary
		if i == 0 {
			c = p.Ink
		}
		y = p.text(t, p.Margin, y, width, fyne.TextAlignLeading, c) + space
	}
	inside := objects[0].(*fyne.Container)
	inside.Objects = p.objects
	inside.Resize(size)
	inside.Refresh()
}
