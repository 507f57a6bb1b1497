package screen

import (
	"strconv"

	"fyne.io/fyne/v2"
)

// agreement paints five degrees in words: a list in portrait, a row in landscape.
func agreement(p *page, body rect) {
	value, has := p.answered()
	if levels := p.view.Question.Levels; levels != 0 && levels != 5 {
		p.degrees(body, levels, value)
		return
	}
	word := func(n int) string { return p.Say("agreement." + strconv.Itoa(n)) }
	if p.Portrait || p.crowded(word) {
		p.agreementList(body, word, value, has)
		return
	}
	h := min(body.h, p.Row*1.9)
	for i, r := range p.columns(5, body.bottom()-h, h, p.Gap) {
		n := 5 - i
		idle, held := p.card(has && value == n)
		inside := rect{p.Unit, 0, r.w - 2*p.Unit, r.h}
		p.touch("agree:"+strconv.Itoa(n), r, idle, held,
			p.label(word(n), p.Answer, bold, inside, 2, fyne.TextAlignCenter, p.Ink), p.tell(answer(n)))
	}
}

// degrees paints a scale of another number of degrees than five, such as the seven of the customer effort score: numbers,
// with words at the ends, in as many rows as make each wide enough for a finger.
func (p *page) degrees(body rect, levels, value int) {
	q := p.view.Question
	words := p.ends("1 — "+p.own(q.Low, "agreement.1"), strconv.Itoa(levels)+" — "+p.own(q.High, "agreement.5"))
	foot := words.height()
	gap, rows := max(p.Gap*0.7, p.Apart), 1
	columns := func() int { return (levels + rows - 1) / rows }
	for rows < levels && p.columns(columns(), 0, 0, gap)[0].w < p.Target {
		rows++
	}
	h := min(p.Row, (body.h-foot-p.Unit-float32(rows-1)*p.Gap)/float32(rows))
	p.over = p.over || h < p.Target
	y := body.bottom() - foot - p.Unit - float32(rows)*h - float32(rows-1)*p.Gap
	for i := range levels {
		n, r := i+1, p.columns(columns(), y+float32(i/columns())*(h+p.Gap), h, gap)[i%columns()]
		idle, held := p.card(value == n)
		p.touch("agree:"+strconv.Itoa(n), r, idle, held,
			p.label(strconv.Itoa(n), p.Answer*1.2, bold, rect{0, 0, r.w, r.h}, 1, fyne.TextAlignCenter, p.Ink), p.tell(answer(n)))
	}
	p.paintEnds(body.bottom()-foot, words)
}

// crowded reports whether five words side by side would be smaller than answers may be, or in three lines.
func (p *page) crowded(word func(int) string) bool {
	width := p.columns(5, 0, 0, p.Gap)[0].w - 2*p.Unit
	for n := 1; n <= 5; n++ {
		if t := fit(word(n), p.Answer, p.Least, bold, width, 2); t.broken || len(t.lines) > 2 {
			return true
		}
	}
	return false
}

// agreementList paints the degrees one under another.
func (p *page) agreementList(body rect, word func(int) string, value int, has bool) {
	var lines []line
	for n := 5; n >= 1; n-- {
		lines = append(lines, line{"agree:" + strconv.Itoa(n), word(n), has && value == n, single, p.tell(answer(n)), ""})
	}
	p.list(body, lines)
}
