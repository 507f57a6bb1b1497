package screen

import (
	"slices"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// line is one entry of a list.
type line struct {
	name, text string
	chosen     bool
	sign       sign
	tapped     func()
	badge      string // stands in the sign of a line that is chosen; "" for the sign's own mark
}

func (p *page) choices(s sign, chosen func(surveys.Choice) bool, event func(surveys.Choice) visit.Event) []line {
	var lines []line
	for _, c := range p.view.Choices {
		lines = append(lines, line{
			"choice:" + c.Code, p.word(c), chosen(c), s, p.tell(event(c)), "",
		})
	}
	return lines
}

// word is what a choice says.
func (p *page) word(c surveys.Choice) string {
	return c.Text.In(p.view.Language, p.view.Survey.Languages...)
}

// list paints lines at the foot of body: one column in portrait, two in landscape. All rows are as high as the longest
// words need. What does not fit is turned to by a last line «Ещё варианты»: the glass never scrolls.
func (p *page) list(body rect, lines []line) {
	columns := 1
	if !p.Portrait && len(lines) > 1 {
		columns = 2
	}
	width := p.columns(columns, 0, 0, p.Gap)[0].w
	least, h := p.Target, p.Row
	for _, l := range lines {
		words := p.optionText(l.text, width).height() + p.Unit
		least, h = max(least, words), max(h, words)
	}
	if room := max(1, int((body.h+p.Gap)/(least+p.Gap))) * columns; len(lines) > room {
		lines = p.turn(lines, max(1, room-1))
	}
	rows := (len(lines) + columns - 1) / columns
	h = min(h, (body.h-float32(rows-1)*p.Gap)/float32(rows))
	y := body.bottom() - float32(rows)*h - float32(rows-1)*p.Gap
	for i, l := range lines {
		r := p.columns(columns, y+float32(i/columns)*(h+p.Gap), h, p.Gap)[i%columns]
		p.entry(l, r)
	}
}

// turn returns the part of a long list that is shown now, and the line that turns to the next part.
func (p *page) turn(lines []line, room int) []line {
	parts := (len(lines) + room - 1) / room
	part := p.state.turned % parts
	shown := slices.Clone(lines[part*room : min(len(lines), (part+1)*room)])
	return append(shown, line{name: "more", text: p.Say("more"), sign: more, tapped: func() {
		p.state.turned = part + 1
		p.redraw()
	}})
}
