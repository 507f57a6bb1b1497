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

// ends are the words at the two ends of a scale, measured.
type ends struct{ low, high paragraph }

func (e ends) height() float32 { return max(e.low.height(), e.high.height()) }

func (p *page) ends(low, high string) ends {
	half := p.Width/2 - p.Margin - p.Gap
	return ends{fit(low, p.Hint, p.LeastHint, regular, half, 1), fit(high, p.Hint, p.LeastHint, regular, half, 1)}
}

// paintEnds paints them below y.
func (p *page) paintEnds(y float32, e ends) {
	half, ink := p.Width/2-p.Margin-p.Gap, p.Secondary
	if p.bright {
		ink = p.OnHero
	}
	p.text(e.low, p.Margin, y, half, fyne.TextAlignLeading, ink)
	p.text(e.high, p.Width-p.Margin-half, y, half, fyne.TextAlignTrailing, ink)
}

// own returns the author's word, or the product's own where there is none.
func (p *page) own(t surveys.Text, key string) string {
	if s := t.In(p.view.Language, p.view.Survey.Languages...); s != "" {
		return s
	}
	return p.Say(key)
}
