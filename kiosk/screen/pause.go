package screen

import (
	"fmt"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// pause shows the one answer of a short poll for as long as it can be taken back: what was said, a large key that takes it
// back, and one that is done at once.
func pause(p *page) {
	p.brand(false)
	width := p.Width - 2*p.Margin
	foot := p.foot() - p.Nav
	title := fit(p.Say("pause.title"), p.Question, p.Question*0.7, bold, width, 2)
	seconds := max(1, int((p.view.Left+time.Second-1)/time.Second))
	hint := fit(p.Count("pause.text", seconds), p.Hint, p.Hint*0.8, regular, width, 2)
	said := fit(p.said(), p.Answer*1.3, p.Answer, bold, width, 3)
	side := float32(0)
	face, isFace := 0, p.view.Question.Kind == surveys.Smiley
	if isFace {
		face, _ = p.answered()
		side = min(p.Width, p.Height) * 0.2
	}
	y := (p.top() + p.Bar + foot - title.height() - side - said.height() - hint.height() - p.Unit*7) / 2
	y = p.text(title, p.Margin, y, width, fyne.TextAlignCenter, p.Ink) + p.Unit*3
	if isFace {
		p.art("face-"+strconv.Itoa(face), rect{(p.Width - side) / 2, y, side, side})
		y += side + p.Unit
	}
	y = p.text(said, p.Margin, y, width, fyne.TextAlignCenter, p.Ink) + p.Unit*3
	p.text(hint, p.Margin, y, width, fyne.TextAlignCenter, p.Secondary)

	undo, done := p.Say("pause.undo"), p.Say("finish")
	p.button("undo", undo, rect{p.Margin, foot, p.buttonWidth(undo), p.Nav}, false, p.tell(visit.Back{}))
	w := p.buttonWidth(done)
	p.button("finish", done, rect{p.Width - p.Margin - w, foot, w, p.Nav}, true, p.tell(visit.Finish{}))
}

// said is the answer in words.
func (p *page) said() string {
	q, v := p.view.Question, p.view.Value
	if code, ok := v.Text(); ok {
		if c, ok := q.Choice(code); ok {
			return p.word(c)
		}
		return p.Say(code) // yes or no
	}
	n, _ := p.answered()
	_, highest, _ := q.Scale()
	switch {
	case q.Kind == surveys.Smiley:
		return p.Say("face." + strconv.Itoa(n))
	case q.Kind == surveys.Agreement && highest == 5:
		return p.Say("agreement." + strconv.Itoa(n))
	}
	return fmt.Sprintf("%d / %d", n, highest)
}
