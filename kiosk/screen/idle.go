package screen

import (
	"time"

	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
)

// idle paints the warning in place of the screen, so that nobody else reads what was there: the seconds left, what will
// happen, and one large key.
func idle(p *page) {
	p.fill(rect{0, 0, p.Width, p.Height}, p.Veil, 0)
	seconds := int((p.view.Warning + time.Second - 1) / time.Second)
	width := p.Width - 2*p.Margin
	title := fit(p.Say("idle.title"), p.Display, p.Display*0.6, bold, width, 2)
	what := p.Count("idle.text", seconds)
	if p.view.HandsIn {
		what = p.Count("exam.idle", seconds)
	}
	text := fit(what, p.Answer, p.Hint, regular, width, 3)
	h := p.Nav * 1.3
	y := (p.Height - title.height() - text.height() - h - p.Unit*8) / 2
	y = p.text(title, p.Margin, y, width, fyne.TextAlignCenter, p.OnVeil)
	y = p.text(text, p.Margin, y+p.Unit*2, width, fyne.TextAlignCenter, p.OnVeil)
	word := p.Say("idle.continue")
	w := max(p.buttonWidth(word)*1.3, p.Width*0.4)
	p.button("continue", word, rect{(p.Width - w) / 2, y + p.Unit*6, w, h}, true, p.tell(visit.Continue{}))
}
