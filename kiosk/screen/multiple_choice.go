package screen

import (
	"slices"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// multipleChoice paints the choices; a touch on one chooses it or takes it back.
func multipleChoice(p *page, body rect) {
	chosen, _ := p.view.Value.List()
	has := func(c surveys.Choice) bool { return slices.Contains(chosen, c.Code) }
	p.list(body, p.choices(square, has, func(c surveys.Choice) visit.Event {
		return visit.Edit{Value: surveys.Codes(toggle(p.view.Question, chosen, c)...)}
	}))
}

// toggle returns the codes chosen after a touch on c, in the order of the choices: an exclusive choice stands alone.
func toggle(q *surveys.Question, chosen []string, c surveys.Choice) []string {
	had := slices.Contains(chosen, c.Code)
	var codes []string
	for _, other := range q.Choices {
		switch {
		case other.Code == c.Code:
			if !had {
				codes = append(codes, other.Code)
			}
		case slices.Contains(chosen, other.Code) && !c.Exclusive && !other.Exclusive:
			codes = append(codes, other.Code)
		}
	}
	return codes
}
