package screen

import (
	"slices"

	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// question paints what every question has in the same place — brand, privacy line, progress, the question itself, Back,
// Next, the ease bar — and leaves the space between to the kind.
func question(p *page) {
	if p.view.Group != nil {
		together(p)
		return
	}
	p.asked()
}

// asked paints one question.
func (p *page) asked() {
	v := p.view
	q := v.Question
	y := p.brand(false)
	if v.Clock == (visit.Clock{}) {
		p.privacy(q)
	} else {
		p.countdown()
	}
	y = p.progress(y+p.Unit*2, v.Progress)

	width := p.Width - 2*p.Margin
	gap := p.Unit * 3
	if p.Portrait {
		gap = p.Unit * 9
	}
	lines := 3
	least := p.Question * 0.7
	if p.types(q) && !p.Portrait {
		lines, gap = 2, p.Unit*2 // the keyboard needs the height
	}
	title := fit(v.Text, p.Question, least, bold, width, lines)
	y = p.text(title, p.Margin, y+gap, width, fyne.TextAlignLeading, p.Ink)
	if problem := p.problem(q); problem != "" {
		y = p.text(fit(problem, p.Hint, p.Hint*0.8, bold, width, 2), p.Margin, y+p.Unit*1.5, width, fyne.TextAlignLeading, p.Alarm)
	} else if hint := p.hint(q); hint != "" && !p.cramped(y) {
		y = p.text(fit(hint, p.Hint, p.Hint*0.8, regular, width, 2), p.Margin, y+p.Unit*1.5, width, fyne.TextAlignLeading, p.Secondary)
	}
	foot := p.navigation()
	top := y + p.Unit*3
	questions[q.Kind](p, rect{p.Margin, top, width, foot - top - p.Gap*1.25})
}

// types reports whether a keyboard is on the glass.
func (p *page) types(q *surveys.Question) bool {
	return q.Kind.Traits().Text || p.state.keyboard != nil || slices.Contains([]surveys.QuestionKind{
		surveys.NumberEntry, surveys.Date, surveys.Time, surveys.DateTime,
	}, q.Kind)
}

// problem says in the author's or the product's words why the visitor could not go on.
func (p *page) problem(q *surveys.Question) string {
	switch p.view.Problem {
	case visit.Unanswered:
		return p.own(q.RequiredMessage, "problem.unanswered")
	case visit.Unfit:
		return p.own(q.ConstraintMessage, "problem.unfit")
	case visit.Invalid:
		switch q.Kind {
		case surveys.Phone:
			return p.Say("problem.phone")
		case surveys.Email:
			return p.Say("problem.email")
		case surveys.Date:
			return p.Say("problem.date")
		case surveys.Time:
			return p.Say("problem.time")
		case surveys.DateTime:
			return p.Say("problem.moment")
		case surveys.NumberEntry:
			return p.Say("problem.number") + " " + number(q.Min, q.Decimals) + "…" + number(q.Max, q.Decimals)
		}
		return p.Say("problem.unfit")
	}
	return ""
}

// cramped reports whether a keyboard leaves so little height under y that the text being written needs the place of the
// hint; the privacy line at the top says the same.
func (p *page) cramped(y float32) bool {
	return p.types(p.view.Question) && p.foot()-p.Nav-y < 4*(p.Target+p.Gap)+p.Answer*4
}

// privacy paints at the top right what is kept of the visitor.
func (p *page) privacy(q *surveys.Question) {
	line := p.Say("privacy.anonymous")
	personal := func(q *surveys.Question) bool { return q.Kind.Traits().Personal || q.Kind == surveys.Consent }
	if slices.ContainsFunc(p.view.Survey.Questions(), personal) {
		line = p.Say("privacy.contact")
	}
	if q.Kind == surveys.ShortText || q.Kind == surveys.LongText {
		line = p.Say("privacy.text")
	}
	p.corner(line)
}

// corner paints a line at the top right.
func (p *page) corner(line string) {
	width := p.Width/2 - p.Margin - p.Unit
	t := fit(line, p.Chrome, p.Chrome*0.75, regular, width, 1)
	p.text(t, p.Width-p.Margin-width, p.top()+(p.Chrome*1.6-t.height())/2, width, fyne.TextAlignTrailing, p.Secondary)
}

// progress paints how far the visit is and returns its bottom.
func (p *page) progress(y float32, done float64) float32 {
	h := max(4, p.Unit*0.75)
	track := rect{p.Margin, y, p.Width - 2*p.Margin, h}
	p.fill(track, p.Track, h/2)
	track.w = max(h, track.w*float32(min(1, max(0, done))))
	p.fill(track, p.Accent, h/2)
	return track.bottom()
}

// hint is the question's own, or what the kind wants said.
func (p *page) hint(q *surveys.Question) string {
	if p.view.Hint != "" {
		return p.view.Hint
	}
	switch q.Kind {
	case surveys.MultipleChoice:
		return p.Say("hint.multiple")
	case surveys.Ranking:
		return p.Say("hint.ranking")
	}
	return ""
}

// navTop is where Back and Next begin.
func (p *page) navTop() float32 {
	if p.Portrait {
		return p.foot() - p.Bar - p.Gap - p.Nav
	}
	return p.foot() - p.Nav
}

// navigation paints Back at the left, Next or Skip at the right, and the ease bar: under them in portrait, between them
// in landscape. It returns where they begin.
func (p *page) navigation() float32 {
	y := p.navTop()
	if p.Portrait {
		p.easeBar(rect{p.Margin, p.foot() - p.Bar, p.Width - 2*p.Margin, p.Bar})
	}
	back := p.Say("back")
	left := rect{p.Margin, y, p.buttonWidth(back), p.Nav}
	if !p.view.NoBack {
		p.button("back", back, left, false, p.tell(visit.Back{}))
	}
	right := rect{x: p.Width - p.Margin, y: y, h: p.Nav}
	place := func(text string) rect {
		right.w = p.buttonWidth(text)
		right.x -= right.w
		return right
	}
	switch v := p.view; {
	case v.Screen == visit.Opening:
		text := p.Say("attract.start")
		p.button("begin", text, place(text), true, p.tell(visit.Begin{}))
	case v.Screen != visit.Question && v.Screen != visit.Ticket:
		place(p.Say("next"))
	case v.CanDecline:
		text := p.Say("decline")
		p.button("decline", text, place(text), false, p.tell(visit.Decline{}))
	case v.CanSkip:
		text := p.Say("skip")
		p.button("skip", text, place(text), false, p.tell(visit.Skip{}))
	case v.CanNext && v.Last:
		text := p.Say("send")
		p.button("next", text, place(text), true, p.tell(visit.Next{}))
	case p.state.open != "":
		text := p.Say("done")
		p.button("next", text, place(text), true, p.tell(visit.Next{}))
	case v.CanNext:
		text := p.Say("next")
		p.button("next", text, place(text), true, p.tell(visit.Next{}))
	default:
		place(p.Say("next"))
	}
	if !p.Portrait {
		p.easeBar(rect{left.right() + p.Gap, y, right.x - left.right() - 2*p.Gap, p.Nav})
	}
	return y
}
