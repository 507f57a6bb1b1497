package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

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
	p.entry(line{name, text, chosen, s, tapped, ""}, r)
}

// entry paints a line of a list.
func (p *page) entry(l line, r rect) {
	idle, held := p.card(l.chosen)
	idle.dot = false // the sign alone has it
	side := p.signSide()
	place := rect{p.Unit * 2.5, (r.h - side) / 2, side, side}
	words := p.optionIndent()
	if p.LeftHanded {
		place.x, words = r.w-place.x-side, p.Unit*2.5
	}
	objects := p.sign(l.sign, l.chosen && l.badge == "", place)
	switch {
	case l.badge != "" && p.discreet:
		objects = append(objects, p.label(l.badge, p.LeastHint, regular, place, 1, fyne.TextAlignCenter, p.Secondary)...)
	case l.badge != "":
		box := canvas.NewRectangle(p.Accent)
		box.CornerRadius = side * 0.22
		box.Move(fyne.NewPos(round(place.x), round(place.y)))
		box.Resize(fyne.NewSize(round(side), round(side)))
		objects = append([]fyne.CanvasObject{box}, p.label(l.badge, max(p.Least, side*0.62), bold, place, 1, fyne.TextAlignCenter, p.OnAccent)...)
	}
	t := p.optionText(l.text, r.w)
	objects = append(objects, t.at(words, (r.h-t.height())/2, t.width(), fyne.TextAlignLeading, p.Ink)...)
	p.touch(l.name, r, idle, held, objects, l.tapped)
}

// optionText are the words of an option in a list of the given width.
func (p *page) optionText(text string, width float32) paragraph {
	return fit(text, p.Answer, max(p.Least, p.Answer*0.8), bold, width-p.optionIndent()-p.Unit*1.5, 2)
}

// signSide is the side of the sign in front of an option, optionIndent where its words begin.
func (p *page) signSide() float32     { return p.Answer * 1.2 }
func (p *page) optionIndent() float32 { return p.Unit*2.5 + p.signSide() + p.Unit*2 }

func (p *page) sign(s sign, chosen bool, r rect) []fyne.CanvasObject {
	if s == arrow || s == more {
		return []fyne.CanvasObject{p.art(map[sign]string{arrow: "arrow", more: "more"}[s], r)}
	}
	radius := r.w / 2
	if s == square {
		radius = r.w * 0.22
	}
	box := canvas.NewRectangle(p.Card)
	box.StrokeColor, box.StrokeWidth, box.CornerRadius = p.Edge, p.Stroke*1.2, radius
	place(box, r)
	switch {
	case !chosen:
		return []fyne.CanvasObject{box}
	case p.discreet:
		return []fyne.CanvasObject{box, p.dot(r)}
	}
	box.FillColor, box.StrokeColor = p.Accent, p.Accent
	inner := rect{r.x + r.w*0.3, r.y + r.h*0.3, r.w * 0.4, r.h * 0.4}
	if s == square {
		return []fyne.CanvasObject{box, p.art("check", rect{r.x + r.w*0.14, r.y + r.h*0.14, r.w * 0.72, r.h * 0.72})}
	}
	dot := canvas.NewRectangle(p.OnAccent)
	dot.CornerRadius = inner.w / 2
	place(dot, inner)
	return []fyne.CanvasObject{box, dot}
}
