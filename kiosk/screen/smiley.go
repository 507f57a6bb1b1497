package screen

import (
	"strconv"

	"fyne.io/fyne/v2"
)

// smiley paints four faces with words, the best at the left.
func smiley(p *page, body rect) {
	value, has := p.answered()
	columns, rows := 4, 1
	if p.Portrait && p.Text > 0 && p.narrow() { // larger faces in two rows rather than smaller letters
		columns, rows = 2, 2
	}
	h := max(p.Row*1.5, (p.Width-2*p.Margin)/4*1.3)
	if !p.Portrait {
		h = max(p.Row*2, p.Height*0.3, p.faceWords(p.columns(4, 0, 0, p.Gap)[0].w)+p.Row*1.6)
	}
	h = min(h, (body.h-float32(rows-1)*p.Gap)/float32(rows))
	y := body.bottom() - float32(rows)*h - float32(rows-1)*p.Gap
	for i := range 4 {
		r := p.columns(columns, y+float32(i/columns)*(h+p.Gap), h, p.Gap)[i%columns]
		n := 4 - i
		idle, held := p.card(has && value == n)
		p.touch("face:"+strconv.Itoa(n), r, idle, held, p.face(n, r), p.tell(answer(n)))
	}
}

// narrow reports whether a word of a face is wider than one of four tiles.
func (p *page) narrow() bool {
	width := p.columns(4, 0, 0, p.Gap)[0].w - 2*p.Unit
	for n := 1; n <= 4; n++ {
		if fyne.MeasureText(p.Say("face."+strconv.Itoa(n)), p.Answer, bold).Width > width {
			return true
		}
	}
	return false
}

// face is a face over its word, inside a tile of the size of r.
func (p *page) face(n int, r rect) []fyne.CanvasObject {
	pad := p.Unit
	word := fit(p.Say("face."+strconv.Itoa(n)), p.Answer, p.Least, bold, r.w-2*pad, 1)
	highest := p.faceWords(r.w)
	side := min(r.w*0.66, r.h-highest-min(p.Unit*5, r.h*0.14))
	p.over = p.over || word.broken || side < p.Target*0.6
	space := (r.h - side - highest) / 3
	objects := []fyne.CanvasObject{p.art("face-"+strconv.Itoa(n), rect{(r.w - side) / 2, space, side, side})}
	return append(objects, word.at(pad, r.h-highest/2-word.height()/2-space*0.9, r.w-2*pad, fyne.TextAlignCenter, p.Ink)...)
}

// faceWords is the height of the highest of the four words under the faces: the faces are of one size.
func (p *page) faceWords(width float32) (highest float32) {
	for n := 1; n <= 4; n++ {
		highest = max(highest, fit(p.Say("face."+strconv.Itoa(n)), p.Answer, p.Least, bold, width-2*p.Unit, 1).height())
	}
	return highest
}
