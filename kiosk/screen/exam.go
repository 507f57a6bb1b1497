package screen

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"otklik/kiosk/keyboard"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// ticketLength is that of a number as it is printed: 123 456 7890.
const ticketLength = 12

// ticket asks for the number of the ticket that lets one take the test.
func ticket(p *page) {
	y := p.brand(false)
	p.corner(p.Say("exam.privacy"))
	width := p.Width - 2*p.Margin
	gap := p.Unit * 3
	if p.Portrait {
		gap = p.Unit * 9
	}
	line, style, ink := p.Say("exam.ticket.hint"), regular, p.Secondary
	troubled := p.view.Problem != visit.NoProblem
	if troubled {
		line, style, ink = p.Say("exam.ticket."+string(p.view.Problem)), bold, p.Alarm
	}
	foot := p.navigation()
	title := fit(p.Say("exam.ticket.title"), p.Question, p.Question*0.7, bold, width, 2)
	note := fit(line, p.Hint, p.Hint*0.8, style, width, 2)
	y += gap
	// the pad and the number need their height: where there is no more, the trouble takes the place of the title
	cramped := foot-y-title.height()-note.height()-p.Unit*7.5 < 4*p.Target+3*p.Apart+p.Answer*linePitch+p.Gap*1.25
	if !cramped || !troubled {
		y = p.text(title, p.Margin, y, width, fyne.TextAlignLeading, p.Ink) + p.Unit*1.5
	}
	if !cramped || troubled {
		y = p.text(note, p.Margin, y, width, fyne.TextAlignLeading, ink)
	}
	p.pad(keyboard.TicketPad, ticketLength, p.given, surveys.String)
	top := y + p.Unit*3
	p.typingOf(rect{p.Margin, top, width, foot - top - p.Gap*1.25}, "exam.ticket.placeholder")
}

// opening says what awaits whoever begins the test: nobody is timed before.
func opening(p *page) {
	y := p.brand(false)
	s := p.view.Survey
	line := p.Say("privacy.anonymous")
	if s.Test != nil && s.Test.Tickets {
		line = p.Say("exam.privacy")
	}
	p.corner(line)
	width := p.Width - 2*p.Margin
	gap := p.Unit * 3
	if p.Portrait {
		gap = p.Unit * 9
	}
	title := fit(s.Title.In(p.view.Language, s.Languages...), p.Question, p.Question*0.7, bold, width, 3)
	y = p.text(title, p.Margin, y+gap, width, fyne.TextAlignLeading, p.Ink)
	foot := p.navigation()
	facts, limited := p.rules()
	size := p.Answer * 1.15
	var lines []paragraph
	height := float32(0)
	for _, f := range facts {
		lines = append(lines, fit(f, size, p.Hint, regular, width-p.Unit*4, 2))
		height += lines[len(lines)-1].height()
	}
	hint := paragraph{}
	if limited {
		hint = fit(p.Say("exam.limit.hint"), p.Hint, p.Hint*0.8, regular, width, 2)
	}
	space := min(p.Unit*4, (foot-y-height-hint.height()-p.Unit*3)/float32(len(facts)+1))
	y += max(space, (foot-y-height-hint.height()-space*float32(len(facts)+1))/2)
	for _, l := range lines {
		p.fill(rect{p.Margin, y + l.size*0.2, p.Unit, l.height() - l.size*0.4}, p.Accent, p.Unit/2)
		y = p.text(l, p.Margin+p.Unit*4, y, width-p.Unit*4, fyne.TextAlignLeading, p.Ink) + space
	}
	p.text(hint, p.Margin, y, width, fyne.TextAlignLeading, p.Secondary)
}

// rules are the rules of the test in words, and whether any time is limited.
func (p *page) rules() (facts []string, limited bool) {
	s := p.view.Survey
	questions := p.Count("exam.questions", p.view.Questions)
	if p.view.AtMost {
		questions = p.Count("exam.most", p.view.Questions)
	}
	facts = append(facts, questions)
	if s.Test != nil && s.Test.TimeLimit > 0 {
		facts, limited = append(facts, template(p.Say("exam.limit.test"), "time", p.lasts(s.Test.TimeLimit))), true
	}
	limits := map[int]bool{}
	for _, q := range s.Questions() {
		if q.Kind.Traits().HasScreen && q.Kind.Traits().HasValue {
			limits[q.TimeLimit] = true
		}
	}
	switch {
	case len(limits) > 1:
		facts, limited = append(facts, p.Say("exam.limit.some")), true
	case !limits[0]:
		for seconds := range limits {
			facts, limited = append(facts, template(p.Say("exam.limit.question"), "time", p.lasts(time.Duration(seconds)*time.Second))), true
		}
	case !limited:
		facts = append(facts, p.Say("exam.limit.none"))
	}
	if s.Test != nil {
		facts = append(facts, template(p.Say("exam.pass"), "mark", strconv.Itoa(s.Test.PassMark)))
	}
	return facts, limited
}

// lasts says how long a time is, in minutes and seconds.
func (p *page) lasts(d time.Duration) string {
	minutes, seconds := int(d/time.Minute), int(d%time.Minute/time.Second)
	var parts []string
	if minutes > 0 {
		parts = append(parts, p.Count("time.minutes", minutes))
	}
	if seconds > 0 || minutes == 0 {
		parts = append(parts, p.Count("time.seconds", seconds))
	}
	return strings.Join(parts, " ")
}

// template puts values into a sentence: template(s, "name", value, …) puts value in place of {name}.
func template(sentence string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		sentence = strings.ReplaceAll(sentence, "{"+pairs[i]+"}", pairs[i+1])
	}
	return sentence
}

// testResult says how the test was done: in words, by a sign, and as a length beside the mark that passes.
func testResult(p *page) {
	p.brand(false)
	r, s := p.view.Result, p.view.Survey
	width := p.Width - 2*p.Margin
	side := min(p.Width, p.Height) * 0.16
	sign, verdict := "not-yet", p.Say("exam.failed")
	if r.Passed {
		sign, verdict = "tick", p.Say("exam.passed")
	}
	title := fit(verdict, p.Display, p.Display*0.6, bold, width-side-p.Unit*4, 2)
	points := fit(template(p.Say("exam.points"), "points", strconv.Itoa(r.Points), "highest", strconv.Itoa(r.Highest), "percent",
		strconv.Itoa(r.Percent())), p.Answer*1.1, p.Answer, bold, width, 2)
	mark := fit(template(p.Say("exam.mark"), "mark", strconv.Itoa(s.Test.PassMark)), p.Answer, p.Hint, regular, width, 2)
	saved := p.Say("exam.saved")
	if r.TimeOver {
		saved = p.Say("exam.over.title") + ". " + p.Say("exam.over.text")
	}
	if own := s.Thanks.In(p.view.Language, s.Languages...); own != "" {
		saved += " " + own
	}
	note := fit(saved, p.Answer, p.Hint, regular, width, 3)
	bar := p.Unit * 3
	foot := p.foot() - p.Nav
	head := max(side, title.height())
	y := (p.top() + p.Bar + foot - head - points.height() - bar - mark.height() - note.height() - p.Unit*12) / 2
	p.icon(sign, rect{p.Margin, y + (head-side)/2, side, side})
	p.text(title, p.Margin+side+p.Unit*4, y+(head-title.height())/2, title.width(), fyne.TextAlignLeading, p.Ink)
	y = p.text(points, p.Margin, y+head+p.Unit*4, width, fyne.TextAlignLeading, p.Ink)
	y = p.gauge(y+p.Unit*2.5, bar, r, s.Test.PassMark)
	y = p.text(mark, p.Margin, y+p.Unit*2, width, fyne.TextAlignLeading, p.Secondary)
	p.text(note, p.Margin, y+p.Unit*2, width, fyne.TextAlignLeading, p.Secondary)
	p.finish(foot)
}

// gauge paints the points as a length, with a line where the test is passed, and returns its bottom.
func (p *page) gauge(y, h float32, r visit.Result, passMark int) float32 {
	track := rect{p.Margin, y + p.Unit, p.Width - 2*p.Margin, h}
	p.fill(track, p.Track, h/2)
	reached := track
	reached.w *= float32(r.Points) / float32(max(1, r.Highest))
	if r.Points > 0 {
		reached.w = max(reached.w, h)
		p.fill(reached, p.Accent, h/2)
	}
	line := p.Stroke * 2
	at := track.x + track.w*float32(passMark)/100 - line/2
	p.fill(rect{min(at, track.right()-line), y, line, h + 2*p.Unit}, p.Ink, 0)
	return y + h + 2*p.Unit
}

// timeOver says that the time of the test ran out, and that nothing given is lost.
func timeOver(p *page) {
	p.brand(false)
	width := p.Width - 2*p.Margin
	side := min(p.Width, p.Height) * 0.16
	title := fit(p.Say("exam.over.title"), p.Question*1.2, p.Question*0.7, bold, width, 2)
	text := fit(p.Say("exam.over.text"), p.Answer*1.1, p.Hint, regular, width, 3)
	foot := p.foot() - p.Nav
	y := (p.top() + p.Bar + foot - side - title.height() - text.height() - p.Unit*6) / 2
	p.icon("clock", rect{p.Margin, y, side, side})
	y = p.text(title, p.Margin, y+side+p.Unit*3, width, fyne.TextAlignLeading, p.Ink)
	p.text(text, p.Margin, y+p.Unit*2, width, fyne.TextAlignLeading, p.Secondary)
	p.finish(foot)
}

// finish paints the button that leaves a last screen.
func (p *page) finish(y float32) {
	done := p.Say("finish")
	w := p.buttonWidth(done)
	p.button("finish", done, rect{p.Width - p.Margin - w, y, w, p.Nav}, true, p.tell(visit.Finish{}))
}
