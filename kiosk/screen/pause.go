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
	y := p.brand(false) + p.Unit*2
	undo, done := p.Say("pause.undo"), p.Say("finish")
	wide := p.buttonWidth
	if wide(undo)+p.Gap+wide(done) > p.Width-2*p.Margin {
		wide = p.slim
	}
	foot := p.navTop()
	upper := foot
	if p.Portrait && wide(undo)+p.Apart+wide(done) > p.Width-2*p.Margin { // one over the other
		upper -= p.Nav + p.Gap
	}
	seconds := max(1, int((p.view.Left+time.Second-1)/time.Second))
	parts := []part{{text: p.Say("pause.title"), size: p.Question, least: p.Least, style: bold, lines: 2, ink: p.Ink}}
	if p.view.Question.Kind == surveys.Smiley && !p.discreet {
		face, _ := p.answered()
		parts = append(parts, part{picture: "face-" + strconv.Itoa(face)})
	}
	if !p.discreet {
		parts = append(parts,
			part{text: p.said(), size: p.Answer * 1.3, least: p.Least, style: bold, lines: 3, ink: p.Ink, space: p.Unit * 2})
	}
	parts = append(parts,
		part{
			text: p.Count("pause.text", seconds), size: p.Hint, least: p.LeastHint, style: regular, lines: 2, ink: p.Secondary,
			space: p.Unit * 3,
		})
	p.compose(rect{p.Margin, y, p.Width - 2*p.Margin, upper - y - p.Unit}, fyne.TextAlignCenter, parts...)

	p.button("undo", undo, p.handed(rect{p.Margin, upper, wide(undo), p.Nav}), false, p.tell(visit.Back{}))
	w := wide(done)
	p.button("finish", done, p.handed(rect{p.Width - p.Margin - w, foot, w, p.Nav}), true, p.tell(visit.Finish{}))
	undone := p.Margin + wide(undo) + p.Gap
	p.barBeside(undone, p.Width-p.Margin-w-p.Gap)
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
