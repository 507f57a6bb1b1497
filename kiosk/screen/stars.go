package screen

import (
	"strconv"

	"fyne.io/fyne/v2"
)

// stars paints five stars; those up to the answer are full.
func stars(p *page, body rect) {
	value, _ := p.answered()
	words := p.ends(p.own(p.view.Question.Low, "stars.low"), p.own(p.view.Question.High, "stars.high"))
	foot := words.height()
	h := min(body.h-foot-p.Unit, max(p.Row*1.3, (p.Width-2*p.Margin)/5))
	if !p.Portrait {
		h = min(body.h-foot-p.Unit, p.Row*1.8)
	}
	p.over = p.over || h < p.Target
	y := body.bottom() - foot - p.Unit - h
	for i, r := range p.columns(5, y, h, p.Gap) {
		n := i + 1
		idle, held := p.card(n == value)
		name := "star-off"
		if n <= value && !p.discreet {
			name = "star-on"
		}
		side := min(r.w, r.h) * 0.62
		star := p.art(name, rect{(r.w - side) / 2, (r.h - side) / 2, side, side})
		p.touch("star:"+strconv.Itoa(n), r, idle, held, []fyne.CanvasObject{star}, p.tell(answer(n)))
	}
	p.paintEnds(y+h+p.Unit, words)
}
