package screen

import (
	"strconv"

	"fyne.io/fyne/v2"
)

// smiley paints four faces with words, the best at the left.
func smiley(p *page, body rect) {
	value, has := p.answered()
	h := min(body.h, max(p.Row*1.5, (p.Width-2*p.Margin)/4*1.3))
	if !p.Portrait {
		h = min(body.h, max(p.Row*2, p.Height*0.3))
	}
	for i, r := range p.columns(4, body.bottom()-h, h, p.Gap) {
		n := 4 - i
		idle, held := p.card(has && value == n)
		p.touch("face:"+strconv.Itoa(n), r, idle, held, p.face(n, r), p.tell(answer(n)))
	}
}

// face is a face over its word, inside a tile of the size of r.
func (p *page) face(n int, r rect) []fyne.CanvasObject {
	pad := p.Unit
	word := fit(p.Say("face."+strconv.Itoa(n)), p.Answer, p.Answer*0.7, bold, r.w-2*pad, 1)
	side := min(r.w*0.66, r.h-word.height()-p.Unit*5)
	space := (r.h - side - word.height()) / 3
	objects := []fyne.CanvasObject{p.art("face-"+strconv.Itoa(n), rect{(r.w - side) / 2, space, side, side})}
	return append(objects, word.at(pad, r.h-word.height()-space*0.9, r.w-2*pad, fyne.TextAlignCenter, p.Ink)...)
}
