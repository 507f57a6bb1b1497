package screen

import (
	"strconv"

	"fyne.io/fyne/v2"
)

// smiley paints four faces with words, the best at the left.
func smiley(p *page, body rect) {
	value, has := p.answered()
	columns, rows := 4, 1
	if p.Portrait && p.Text > 0 && p.narrow(p.Answer, p.Gap) || p.narrow(p.Least, p.Gap) { // two rows rather than smaller letters
		columns, rows = 2, 2
	}
	h := max(p.Row*1.5, (p.Width-2*p.Margin)/4*1.3, p.faceWords(p.columns(columns, 0, 0, p.Gap)[0].w)+p.Target*1.1+p.Unit*5)
	if !p.Portrait {
		h = max(p.Row*2, p.Height*0.3, p.faceWords(p.columns(4, 0, 0, p.Gap)[0].w)+p.Row*1.6)
	}
	h = min(h, (body.h-float32(rows-1)*p.Gap)/float32(rows))
	p.over = p.over || h < p.Target
	y := body.bottom() - float32(rows)*h - float32(rows-1)*p.Gap
	for i := range 4 {
		r := p.columns(columns, y+float32(i/columns)*(h+p.Gap), h, p.Gap)[i%columns]
		n := 4 - i
		idle, held := p.card(has && value == n)
		p.touch("face:"+strconv.Itoa(n), r, idle, held, p.face(n, r), p.tell(answer(n)))
	}
}

// narrow reports whether a word of a face is wider than one of four tiles.
func (p *page) narrow(size, gap float32) bool {
	width := p.columns(4, 0, 0, gap)[0].w - 2*p.Unit
	for n := 1; n <= 4; n++ {
		if measure(p.Say("face."+strconv.Itoa(n)), size, bold) > width {
			return true
		}
	}
	return false
}

// face is a face over its word, inside a tile of the size of r.
func (p *page) face(n int, r rect) []fyne.CanvasObject {
	if r.w > 2.5*r.h {
		return p.faceBeside(n, r)
	}
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

// faceCell is a face over its word in a tile of a row of answers, as large as r.
func (p *page) faceCell(n int, r rect) []fyne.CanvasObject {
	if _, beside := p.faceGrid(); beside {
		return p.faceBeside(n, r)
	}
	word := p.faceWord(n, r.w)
	p.over = p.over || word.broken
	side := r.h - p.faceRowWords(r.w) - p.Unit
	objects := []fyne.CanvasObject{p.art("face-"+strconv.Itoa(n), rect{(r.w - side) / 2, p.Unit * 0.6, side, side})}
	return append(objects, word.at(p.Unit/2, r.h-word.height()-p.Unit*0.2, r.w-p.Unit, fyne.TextAlignCenter, p.Ink)...)
}

// faceBeside is a face at the left of its word, in a tile that is wide and low.
func (p *page) faceBeside(n int, r rect) []fyne.CanvasObject {
	side := p.faceSide(r.h)
	word := fit(p.Say("face."+strconv.Itoa(n)), p.Answer, p.Least, bold, r.w-side-p.Unit*4, 1)
	p.over = p.over || word.broken || side < p.Target*0.6
	wide := word.width()
	if columns, _ := p.faceGrid(); columns == 1 { // the faces stand one under another
		wide = max(wide, p.faceWidest())
	}
	x := (r.w - side - p.Unit*1.5 - wide) / 2
	face := p.art("face-"+strconv.Itoa(n), rect{x, (r.h - side) / 2, side, side})
	return append([]fyne.CanvasObject{face}, word.at(x+side+p.Unit*1.5, (r.h-word.height())/2, word.width(), fyne.TextAlignLeading, p.Ink)...)
}

// faceGrid is how many faces stand side by side in a row of answers, and whether each stands beside its word or over it: a
// word is never smaller than what can be read, and never broken where another arrangement has room for it.
func (p *page) faceGrid() (columns int, beside bool) {
	if !p.narrow(p.Least, p.Apart) {
		return 4, false
	}
	half := p.columns(2, 0, 0, p.Apart)[0].w
	switch longest := p.faceWidest(); {
	case longest <= half-p.faceSide(p.faceLine())-p.Unit*4:
		return 2, true
	case longest <= half-p.Unit:
		return 2, false
	}
	return 1, true
}

// faceWidest is how wide the widest of the four words is in the least letters.
func (p *page) faceWidest() (widest float32) {
	for n := 1; n <= 4; n++ {
		widest = max(widest, measure(p.Say("face."+strconv.Itoa(n)), p.Least, bold))
	}
	return widest
}

// faceLine is the height of a face beside its word, faceSide the side of a face in a tile of a height.
func (p *page) faceLine() float32               { return max(p.Target, p.faceWord(1, p.Width).height()+p.Unit) }
func (p *page) faceSide(height float32) float32 { return min(height-p.Unit*1.5, p.Target*1.5) }

// faceRows is how high the tiles of four faces are together.
func (p *page) faceRows() float32 {
	columns, beside := p.faceGrid()
	side := max(p.Target*0.62, p.Row*0.5)
	if columns == 2 {
		side = max(side, p.Target*0.9)
	}
	h := side + p.faceRowWords(p.columns(columns, 0, 0, p.Apart)[0].w) + p.Unit
	if beside {
		h = p.faceLine()
	}
	return h*float32(4/columns) + p.Apart*float32(4/columns-1)
}

// facePlaces are the places of four faces in r, which is as high as faceRows says.
func (p *page) facePlaces(r rect) (places []rect) {
	columns, _ := p.faceGrid()
	rows := 4 / columns
	h := (r.h - p.Apart*float32(rows-1)) / float32(rows)
	for row := range rows {
		places = append(places, p.columns(columns, r.y+float32(row)*(h+p.Apart), h, p.Apart)...)
	}
	return places
}

// faceRowWords is the height of the highest of the four words.
func (p *page) faceRowWords(width float32) (highest float32) {
	for n := 1; n <= 4; n++ {
		highest = max(highest, p.faceWord(n, width).height())
	}
	return highest
}

func (p *page) faceWord(n int, width float32) paragraph {
	return fit(p.Say("face."+strconv.Itoa(n)), max(p.Least, p.Answer*0.8), p.Least, bold, width-p.Unit, 1)
}
