package screen

import (
	"strings"

	"fyne.io/fyne/v2"

	"otklik/assets"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// pictureChoice paints the choices as cards with a picture over the words; one touch answers. A picture that neither the
// survey nor the program has leaves the words alone, larger.
func pictureChoice(p *page, body rect) {
	code, _ := p.view.Value.Text()
	choices := p.view.Choices
	columns := min(len(choices), 4)
	if p.Portrait {
		columns = min(len(choices), 2)
	}
	rows := (len(choices) + columns - 1) / columns
	if p.level >= close && p.worded(columns) {
		singleChoice(p, body) // words matter more than pictures
		return
	}
	h := min((body.h-float32(rows-1)*p.Gap)/float32(rows), p.Row*2.6)
	y := body.bottom() - float32(rows)*h - float32(rows-1)*p.Gap
	for i, c := range choices {
		r := p.columns(columns, y+float32(i/columns)*(h+p.Gap), h, p.Gap)[i%columns]
		idle, held := p.card(c.Code == code)
		p.touch("choice:"+c.Code, r, idle, held, p.picture(c, r), p.tell(visit.Answer{Value: surveys.String(c.Code)}))
	}
}

// worded reports whether the words of a choice are wider than a card.
func (p *page) worded(columns int) bool {
	width := p.columns(columns, 0, 0, p.Gap)[0].w - 2*p.Unit
	for _, c := range p.view.Choices {
		if fit(p.word(c), p.Answer, p.Least, bold, width, 2).broken {
			return true
		}
	}
	return false
}

// picture is a choice's picture over its words, inside a tile of the size of r.
func (p *page) picture(c surveys.Choice, r rect) []fyne.CanvasObject {
	inside := rect{p.Unit, 0, r.w - 2*p.Unit, r.h}
	words := fit(p.word(c), p.Answer, p.Least, bold, inside.w, 2)
	side := min(r.w*0.5, r.h-words.height()-p.Unit*4)
	space := (r.h - side - words.height()) / 3
	shown := p.illustration(c.Image, rect{(r.w - side) / 2, space, side, side})
	if shown == nil || side < p.Answer {
		return p.label(p.word(c), p.Answer, bold, inside, 2, fyne.TextAlignCenter, p.Ink)
	}
	return append([]fyne.CanvasObject{shown}, words.at(inside.x, 2*space+side, inside.w, fyne.TextAlignCenter, p.Ink)...)
}

// illustration is a picture of the survey or an icon of the product at a place, nil when there is none of that name.
func (p *page) illustration(name string, at rect) fyne.CanvasObject {
	if drawn := p.album.show(name, int(max(at.w, at.h))); drawn != nil {
		return p.gallery.hang(drawn, at)
	}
	if name == "" || strings.Contains(name, ".") || !assets.HasIcon(name) {
		return nil
	}
	return p.art(name, at)
}
