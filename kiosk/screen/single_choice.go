package screen

import (
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// singleChoice paints the choices; a touch on one is the answer.
func singleChoice(p *page, body rect) {
	code, _ := p.view.Value.Text()
	p.list(body, p.choices(single, func(c surveys.Choice) bool { return c.Code == code }, func(c surveys.Choice) visit.Event {
		return visit.Answer{Value: surveys.String(c.Code)}
	}))
}
