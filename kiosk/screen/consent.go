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
	places := p.consentPlaces(body, h)
	y := places[0].y
	for i, r := range places {
		c := []string{surveys.Yes, surveys.No}[i]
		idle, held := p.card(c == code)
		p.touch("choice:"+c, r, idle, held,
			p.label(p.Say(consentWords[i]), p.Answer, bold, rect{p.Unit, 0, r.w - 2*p.Unit, r.h}, 2, fyne.TextAlignCenter, p.Ink),
			p.tell(visit.Answer{Value: surveys.String(c)}))
	}
	terms := p.view.Question.Consent
	in := func(t surveys.Text) string { return t.In(p.view.Language, p.view.Survey.Languages...) }
	text := p.Say("consent.purpose") + ": " + in(terms.Purpose) + "\n" + p.Say("consent.term") + ": " + in(terms.Term) + "\n" +
		p.Say("consent.version") + ": " + terms.Version
	foot, width, x := y-max(p.Unit*3, p.Apart), body.w, body.x
	if len(terms.Statement) > 0 {
		if foot, width = p.readKey(body, foot, h); p.LeftHanded {
			x = body.right() - width // the key stands at the left
		}
	}
	for size := p.Answer; ; size = max(p.LeastHint, size*0.94) {
		lines, _ := wrap(text, size, regular, width)
		t := paragraph{lines: lines, size: size, style: regular}
		if t.height() <= foot-body.y || size <= p.LeastHint {
			p.over = p.over || t.height() > foot-body.y
			p.text(t, x, foot-t.height(), width, fyne.TextAlignLeading, p.Ink)
			return
		}
	}
}

var consentWords = []string{"consent.agree", "consent.refuse"}

// consentPlaces are the places of the two answers at the foot of body: side by side, or one over the other where one of them
// has no room there.
func (p *page) consentPlaces(body rect, h float32) []rect {
	places := p.columns(2, body.bottom()-h, h, p.Gap)
	for _, word := range consentWords {
		if t := fit(p.Say(word), p.Answer, p.Least, bold, places[0].w-2*p.Unit, 2); t.broken || t.height() > h+t.size*(linePitch-1) {
			return []rect{{body.x, body.bottom() - 2*h - p.Gap, body.w, h}, {body.x, body.bottom() - h, body.w, h}}
		}
	}
	return places
}

// readKey paints what opens the full text of the consent, under the terms in portrait and beside them in landscape. It
// returns where the terms end and how wide they are.
func (p *page) readKey(body rect, foot, h float32) (float32, float32) {
	text := p.Say("consent.read")
	w := min(p.buttonWidth(text), body.w)
	if p.Portrait {
		h = max(h, fit(text, p.Answer, p.Least, bold, w-h*2/5, 1).height()+p.Unit)
		p.button("read", text, p.handed(rect{body.x, foot - h, w, h}), false, p.tell(visit.Read{}))
		return foot - h - p.Gap, body.w
	}
	w = min(w, body.w/2)
	h = max(h, fit(text, p.Answer, p.Least, bold, w-h*2/5, 2).height()+p.Unit)
	p.button("read", text, p.handed(rect{body.right() - w, foot - h, w, h}), false, p.tell(visit.Read{}))
	return foot, body.w - w - p.Gap
}
