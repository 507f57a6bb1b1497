package screen

import (
	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// consent paints what the agreement is for, how long it holds and which text it is, and two answers of equal weight:
// refusing is as easy as agreeing.
func consent(p *page, body rect) {
	code, _ := p.view.Value.Text()
	h := max(p.Target, p.Row)
	y := body.bottom() - h
	for i, r := range p.columns(2, y, h, p.Gap) {
		c := []string{surveys.Yes, surveys.No}[i]
		idle, held := p.card(c == code)
		text := p.Say([]string{"consent.agree", "consent.refuse"}[i])
		p.touch("choice:"+c, r, idle, held,
			p.label(text, p.Answer, bold, rect{p.Unit, 0, r.w - 2*p.Unit, r.h}, 2, fyne.TextAlignCenter, p.Ink),
			p.tell(visit.Answer{Value: surveys.String(c)}))
	}
	terms := p.view.Question.Consent
	in := func(t surveys.Text) string { return t.In(p.view.Language, p.view.Survey.Languages...) }
	text := p.Say("consent.purpose") + ": " + in(terms.Purpose) + "\n" + p.Say("consent.term") + ": " + in(terms.Term) + "\n" +
		p.Say("consent.version") + ": " + terms.Version
	room := y - body.y - p.Unit*3
	for size := p.Answer; ; size *= 0.94 {
		t := paragraph{wrap(text, size, regular, body.w), size, regular}
		if t.height() <= room || size < p.Hint*0.6 {
			p.text(t, body.x, y-p.Unit*3-t.height(), body.w, fyne.TextAlignLeading, p.Ink)
			return
		}
	}
}
