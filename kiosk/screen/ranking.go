package screen

import (
	"slices"
	"strconv"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// ranking paints the choices; touching them one after another gives each its place, and touching one again takes its place
// away and moves the others up.
func ranking(p *page, body rect) {
	placed, _ := p.view.Value.List()
	top := p.view.Question.Top
	if top == 0 {
		top = len(p.view.Choices)
	}
	var lines []line
	for _, c := range p.view.Choices {
		i := slices.Index(placed, c.Code)
		next := slices.Clone(placed)
		switch {
		case i >= 0:
			next = slices.Delete(next, i, i+1)
		case len(placed) < top:
			next = append(next, c.Code)
		}
		l := line{"choice:" + c.Code, p.word(c), i >= 0, square, p.tell(visit.Edit{Value: surveys.Codes(next...)}), ""}
		if i >= 0 {
			l.badge = strconv.Itoa(i + 1)
		}
		lines = append(lines, l)
	}
	p.list(body, lines)
}
