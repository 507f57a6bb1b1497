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

// list paints lines at the foot of body: in one column in portrait, in landscape in one or two, whichever shows more. All
// rows are as high as the longest words need. What does not fit is turned to by a last line «Ещё варианты»: the glass
// never scrolls.
func (p *page) list(body rect, lines []line) {
	columns, least, h := 1, float32(0), float32(0)
	room := 0
	for n := 1; n <= 2; n++ {
		if n == 2 && (p.Portrait || len(lines) < 2) {
			break
		}
		narrowest, wanted, broken := p.rows(lines, p.columns(n, 0, 0, p.Gap)[0].w)
		fits := max(1, int((body.h+p.Gap)/(narrowest+p.Gap))) * n
		if n == 1 || !broken && min(fits, len(lines)) >= min(room, len(lines)) {
			columns, least, h, room = n, narrowest, wanted, fits
		}
	}
	p.over = p.over || body.h < least
	if len(lines) > room {
		p.over = p.over || p.level == airy || room < 2 || room < fewShown && p.level < top // with less around them more may fit
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

// fewShown is how many entries of a long list are too few to be shown while something less needed stands on the glass.
const fewShown = 4

// rows returns how high rows of a width must be for the words of every line, how high they want to be, and whether a
// word is wider than a row.
func (p *page) rows(lines []line, width float32) (least, wanted float32, broken bool) {
	least, wanted = p.Target, p.Row
	for _, l := range append(slices.Clone(lines), line{text: p.Say("more")}) {
		t := p.optionText(l.text, width)
		least, wanted, broken = max(least, t.height()+p.Unit), max(wanted, t.height()+p.Unit), broken || t.broken
	}
	return least, wanted, broken
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
