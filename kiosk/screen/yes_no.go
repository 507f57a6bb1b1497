package screen

import (
	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// yesNo paints two large answers side by side.
func yesNo(p *page, body rect) {
	code, _ := p.view.Value.Text()
	h := min(body.h, p.Row*1.6)
	for i, r := range p.columns(2, body.bottom()-h, h, p.Gap) {
		c := []string{"yes", "no"}[i]
		idle, held := p.card(c == code)
		p.touch("choice:"+c, r, idle, held,
			p.label(p.Say(c), p.Answer*1.3, bold, rect{0, 0, r.w, r.h}, 1, fyne.TextAlignCenter, p.Ink),
			p.tell(visit.Answer{Value: surveys.String(c)}))
	}
}
