package screen

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// answered returns the number that is the answer so far.
func (p *page) answered() (int, bool) {
	n, ok := p.view.Value.Float()
	return int(n), ok
}

func answer(n int) visit.Event { return visit.Answer{Value: surveys.Number(float64(n))} }

// ends paints the words at the two ends of a scale below y and returns their bottom.
func (p *page) ends(y float32, low, high string) {
	half := p.Width/2 - p.Margin - p.Gap
	p.text(fit(low, p.Hint, p.Hint*0.8, regular, half, 1), p.Margin, y, half, fyne.TextAlignLeading, p.Secondary)
	p.text(fit(high, p.Hint, p.Hint*0.8, regular, half, 1), p.Width-p.Margin-half, y, half, fyne.TextAlignTrailing, p.Secondary)
}

// own returns the author's word, or the product's own where there is none.
func (p *page) own(t surveys.Text, key string) string {
	if s := t.In(p.view.Language, p.view.Survey.Languages...); s != "" {
		return s
	}
	return p.Say(key)
}

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
	objects := []fyne.CanvasObject{icon("face-"+strconv.Itoa(n), rect{(r.w - side) / 2, space, side, side})}
	return append(objects, word.at(pad, r.h-word.height()-space*0.9, r.w-2*pad, fyne.TextAlignCenter, p.Ink)...)
}

// stars paints five stars; those up to the answer are full.
func stars(p *page, body rect) {
	value, _ := p.answered()
	foot := p.Hint * linePitch
	h := min(body.h-foot-p.Unit, max(p.Row*1.3, (p.Width-2*p.Margin)/5))
	if !p.Portrait {
		h = min(body.h-foot-p.Unit, p.Row*1.8)
	}
	y := body.bottom() - foot - p.Unit - h
	for i, r := range p.columns(5, y, h, p.Gap) {
		n := i + 1
		idle, held := p.card(n == value)
		name := "star-off"
		if n <= value {
			name = "star-on"
		}
		side := min(r.w, r.h) * 0.62
		star := icon(name, rect{(r.w - side) / 2, (r.h - side) / 2, side, side})
		p.touch("star:"+strconv.Itoa(n), r, idle, held, []fyne.CanvasObject{star}, p.tell(answer(n)))
	}
	p.ends(y+h+p.Unit, p.own(p.view.Question.Low, "stars.low"), p.own(p.view.Question.High, "stars.high"))
}

// nps paints 0 to 10: in one row, or in two where one would be too narrow.
func nps(p *page, body rect) {
	value, has := p.answered()
	rows := []int{11}
	if p.Portrait {
		rows = []int{6, 5}
	}
	foot := p.Hint * linePitch
	h := min(p.Row, (body.h-foot-p.Unit-float32(len(rows)-1)*p.Gap)/float32(len(rows)))
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
	p.ends(body.bottom()-foot, "0 — "+p.own(p.view.Question.Low, "nps.low"), "10 — "+p.own(p.view.Question.High, "nps.high"))
}

// agreement paints five degrees in words: a list in portrait, a row in landscape.
func agreement(p *page, body rect) {
	value, has := p.answered()
	word := func(n int) string { return p.Say("agreement." + strconv.Itoa(n)) }
	if p.Portrait {
		h := min(p.Row, (body.h-4*p.Gap)/5)
		y := body.bottom() - 5*h - 4*p.Gap
		for n := 5; n >= 1; n-- {
			p.option("agree:"+strconv.Itoa(n), word(n), rect{body.x, y, body.w, h}, has && value == n, single, p.tell(answer(n)))
			y += h + p.Gap
		}
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

// yesNo paints two large answers side by side.
func yesNo(p *page, body rect) {
	code, _ := p.view.Value.Text()
	h := min(body.h, p.Row*1.6)
	for i, r := range p.columns(2, body.bottom()-h, h, p.Gap) {
		c := []string{"yes", "no"}[i]
		idle, held := p.card(c == code)
		p.touch("choice:"+c, r, idle, held,
			p.label(p.Say(c), p.Answer*1.3, bold, rect{0, 0, r.w, r.h}, 1, fyne.TextAlignCenter, p.Ink),
			p.tell(visit.Answer{Value: surveys.String(c)}))
	}
}

// sign is the mark in front of an option.
type sign int

const (
	single sign = iota // round: one can be chosen
	square             // square: several can be chosen
	arrow              // leads on
	more               // turns to more of the same
)

// option is one line of a list: a sign that shows whether it is chosen, and words.
func (p *page) option(name, text string, r rect, chosen bool, s sign, tapped func()) {
	idle, held := p.card(chosen)
	side := p.signSide()
	objects := p.sign(s, chosen, rect{p.Unit * 2.5, (r.h - side) / 2, side, side})
	t := p.optionText(text, r.w)
	objects = append(objects, t.at(p.optionIndent(), (r.h-t.height())/2, t.width(), fyne.TextAlignLeading, p.Ink)...)
	p.touch(name, r, idle, held, objects, tapped)
}

// optionText are the words of an option in a list of the given width.
func (p *page) optionText(text string, width float32) paragraph {
	return fit(text, p.Answer, p.Answer*0.9, bold, width-p.optionIndent()-p.Unit*1.5, 2)
}

// signSide is the side of the sign in front of an option, optionIndent where its words begin.
func (p *page) signSide() float32     { return p.Answer * 1.2 }
func (p *page) optionIndent() float32 { return p.Unit*2.5 + p.signSide() + p.Unit*2 }

func (p *page) sign(s sign, chosen bool, r rect) []fyne.CanvasObject {
	if s == arrow || s == more {
		return []fyne.CanvasObject{icon(map[sign]string{arrow: "arrow", more: "more"}[s], r)}
	}
	radius := r.w / 2
	if s == square {
		radius = r.w * 0.22
	}
	box := canvas.NewRectangle(p.Card)
	box.StrokeColor, box.StrokeWidth, box.CornerRadius = p.Edge, p.Stroke*1.2, radius
	place(box, r)
	if !chosen {
		return []fyne.CanvasObject{box}
	}
	box.FillColor, box.StrokeColor = p.Accent, p.Accent
	inner := rect{r.x + r.w*0.3, r.y + r.h*0.3, r.w * 0.4, r.h * 0.4}
	if s == square {
		return []fyne.CanvasObject{box, icon("check", rect{r.x + r.w*0.14, r.y + r.h*0.14, r.w * 0.72, r.h * 0.72})}
	}
	dot := canvas.NewRectangle(p.OnAccent)
	dot.CornerRadius = inner.w / 2
	place(dot, inner)
	return []fyne.CanvasObject{box, dot}
}
