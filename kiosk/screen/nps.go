package screen

import (
	"strconv"

	"fyne.io/fyne/v2"
)

// nps paints 0 to 10: in one row, in two where one would be too narrow, or in three.
func nps(p *page, body rect) {
	value, has := p.answered()
	rows := []int{11}
	if p.Portrait || p.columns(11, 0, 0, max(p.Gap*0.7, p.Apart))[0].w < p.Target {
		rows = []int{6, 5}
	}
	if p.columns(6, 0, 0, max(p.Gap, p.Apart))[0].w < p.Target {
		rows = []int{4, 4, 3}
	}
	words := p.ends("0 — "+p.own(p.view.Question.Low, "nps.low"), "10 — "+p.own(p.view.Question.High, "nps.high"))
	foot := words.height()
	h := min(p.Row, (body.h-foot-p.Unit-float32(len(rows)-1)*p.Gap)/float32(len(rows)))
	p.over = p.over || h < p.Target
	y := body.bottom() - foot - p.Unit - float32(len(rows))*h - float32(len(rows)-1)*p.Gap
	n := 0
	gap := p.Gap
	if !p.Portrait {
		gap = max(p.Gap*0.7, p.Apart)
	}
	for _, count := range rows {
		for _, r := range p.columns(rows[0], y, h, gap)[:count] {
			idle, held := p.card(has && value == n)
			p.touch("nps:"+strconv.Itoa(n), r, idle, held,
				p.label(strconv.Itoa(n), p.Answer*1.2, bold, rect{0, 0, r.w, r.h}, 1, fyne.TextAlignCenter, p.Ink), p.tell(answer(n)))
			n++
		}
		y += h + p.Gap
	}
	p.paintEnds(body.bottom()-foot, words)
}
