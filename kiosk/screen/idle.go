package screen

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/kiosk/visit"
)

// idle paints the warning in place of the screen, so that nobody else reads what was there: the seconds left, what will
// happen, and one large key.
func idle(p *page) {
	p.fill(rect{0, 0, p.Width, p.Height}, p.Veil, 0)
	seconds := int((p.view.Warning + time.Second - 1) / time.Second)
	what := p.Count("idle.text", seconds)
	if p.view.HandsIn {
		what = p.Count("exam.idle", seconds)
	}
	word := p.Say("idle.continue")
	h := p.Nav * 1.3
	w := min(max(p.buttonWidth(word)*1.3, p.Width*0.4), p.Width-2*p.Margin)
	room := rect{p.Margin, p.top(), p.Width - 2*p.Margin, min(p.Height*0.62, p.foot()-h-p.Unit*3) - p.top()}
	if p.Portrait {
		room.y, room.h = p.Height*0.2, p.Height*0.4
	}
	side := min(room.h*0.4, p.Target*2.6)
	if p.Portrait {
		side = p.Width * 0.26
	} else {
		room.y, room.h = room.y+p.Unit*2, room.h-p.Unit*2
	}
	p.ring(rect{(p.Width - side) / 2, room.y, side, side}, seconds)
	room.y, room.h = room.y+side+p.Unit, room.h-side-p.Unit
	p.compose(room, fyne.TextAlignCenter,
		part{text: p.Say("idle.title"), size: p.Display, least: p.Least, style: bold, lines: 2, ink: p.OnVeil},
		part{text: what, size: p.Answer, least: p.LeastHint, style: regular, lines: 3, ink: p.OnVeil, space: p.Unit * 2})
	idle := look{fill: p.Card, edge: p.OnVeil, stroke: p.Stroke, radius: h / 2}
	held := look{fill: p.Tint, edge: p.OnVeil, stroke: p.Strong, radius: h / 2}
	p.touch("continue", rect{(p.Width - w) / 2, room.bottom() + p.Unit*2, w, h}, idle, held,
		p.label(word, p.Answer, bold, rect{h / 5, 0, w - h*2/5, h}, 1, fyne.TextAlignCenter, p.Ink), p.tell(visit.Continue{}))
}

// ring shows how much of the countdown is left, as a ring that empties clockwise around the number of seconds.
func (p *page) ring(r rect, seconds int) {
	whole := max(p.view.WarningOf, time.Duration(seconds)*time.Second, time.Second)
	left := float32(time.Duration(seconds)*time.Second) / float32(whole)
	arc := func(from, to, hole float32) {
		a := canvas.NewArc(from, to, hole, p.OnVeil)
		place(a, r)
		p.add(a)
	}
	arc(0, 360, 0.97) // what is over is a line: a shape says it in any palette
	arc(360*(1-left), 360, 0.86)
	number := fit(strconv.Itoa(seconds), r.h*0.4, p.Least, bold, r.w*0.8, 1)
	p.text(number, r.x, r.y+(r.h-number.height())/2, r.w, fyne.TextAlignCenter, p.OnVeil)
}
