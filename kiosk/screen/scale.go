package screen

import (
	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// answered returns the number that is the answer so far.
func (p *page) answered() (int, bool) {
	n, ok := p.view.Value.Float()
	return int(n), ok
}

func answer(n int) visit.Event { return visit.Answer{Value: surveys.Number(float64(n))} }

// ends paints the words at the two ends of a scale below y and returns their bottom.
func (p *page) ends(y float32, low, high string) {
	half := p.Width/2 - p.Margin - p.Gap
	p.text(fit(low, p.Hint, p.Hint*0.8, regular, half, 1), p.Margin, y, half, fyne.TextAlignLeading, p.Secondary)
	p.text(fit(high, p.Hint, p.Hint*0.8, regular, half, 1), p.Width-p.Margin-half, y, half, fyne.TextAlignTrailing, p.Secondary)
}

// own returns the author's word, or the product's own where there is none.
func (p *page) own(t surveys.Text, key string) string {
	if s := t.In(p.view.Language, p.view.Survey.Languages...); s != "" {
		return s
	}
	return p.Say(key)
}
