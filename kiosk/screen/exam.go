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
	line, style, ink := p.Say("exam.ticket.hint"), regular, p.Secondary
	troubled := p.view.Problem != visit.NoProblem
	if troubled {
		line, style, ink = p.Say("exam.ticket."+string(p.view.Problem)), bold, p.Alarm
	}
	p.pad(keyboard.TicketPad, ticketLength, p.given, surveys.String)
	width := p.Width - 2*p.Margin
	from := len(p.objects)
	for p.level = airy; p.level <= split; p.level++ {
		p.drop(from)
		y, gap, below := p.top(), p.Unit, p.Unit
		if p.level < top {
			y = p.header(p.privacy(nil)...)
		}
		if p.level == airy {
			if gap, below = p.Unit*3, p.Unit*3; p.Portrait {
				gap = p.Unit * 9
			}
		}
		// the pad and the number need their height: where there is no more, the trouble takes the place of the title, and
		// the title that of the hint
		if p.level < bare || !troubled {
			size, least := p.Question, p.Least
			if p.level == split { // the pad before the size of what stands over it
				size, least = p.Hint, p.LeastHint
			}
			title := fit(p.Say("exam.ticket.title"), size, least, bold, width, 2)
			y = p.text(title, p.Margin, y+gap, width, fyne.TextAlignLeading, p.Ink)
		}
		if p.level < bare || troubled {
			y = p.text(fit(line, p.Hint, p.LeastHint, style, width, 2), p.Margin, y+p.Unit, width, fyne.TextAlignLeading, ink)
		}
		foot := p.navigation()
		body := p.reached(rect{p.Margin, y + below, width, foot - y - below - p.Gap})
		at := len(p.objects)
		p.typingOf(body, "exam.ticket.placeholder")
		if !p.over && within(p.objects[at:], body, p.Answer*0.2) {
			return
		}
	}
}

// opening says what awaits whoever begins the test: nobody is timed before.
func opening(p *page) {
	s := p.view.Survey
	y := p.header(p.privacy(nil)...)
	width := p.Width - 2*p.Margin
	gap := p.Unit * 3
	if p.Portrait {
		gap = p.Unit * 9
	}
	title := fit(s.Title.In(p.view.Language, s.Languages...), p.Question, p.Least, bold, width, 3)
	y = p.text(title, p.Margin, y+gap, width, fyne.TextAlignLeading, p.Ink)
	foot := p.navigation()
	facts, limited := p.rules()
	size := p.Answer * 1.15
	var lines []paragraph
	height := float32(0)
	for _, f := range facts {
		lines = append(lines, fit(f, size, p.LeastHint, regular, width-p.Unit*4, 2))
		height += lines[len(lines)-1].height()
	}
	hint := paragraph{}
	if limited {
		hint = fit(p.Say("exam.limit.hint"), p.Hint, p.LeastHint, regular, width, 2)
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
	y := p.brand(false) + p.Unit
	r, s := p.view.Result, p.view.Survey
	width := p.Width - 2*p.Margin
	sign, verdict := "not-yet", p.Say("exam.failed")
	if r.Passed {
		sign, verdict = "tick", p.Say("exam.passed")
	}
	saved := p.Say("exam.saved")
	if r.TimeOver {
		saved = p.Say("exam.over.title") + ". " + p.Say("exam.over.text")
	}
	if own := s.Thanks.In(p.view.Language, s.Languages...); own != "" {
		saved += " " + own
	}
	foot := p.navTop()
	for scale := float32(1); ; scale -= 0.08 {
		side := min(p.Width, p.Height) * 0.16
		if scale < 0.6 {
			side = 0 // the verdict says it too
		}
		say := func(text string, size, least float32, style fyne.TextStyle, width float32, lines int) paragraph {
			return fit(text, max(least, size*scale), least, style, width, lines)
		}
		unit, bar := p.Unit*scale, p.Unit*3*scale
		indent := side
		if side > 0 {
			indent += p.Unit * 4
		}
		title := say(verdict, p.Display, p.Least, bold, width-indent, 2)
		points := say(template(p.Say("exam.points"), "points", strconv.Itoa(r.Points), "highest", strconv.Itoa(r.Highest), "percent",
			strconv.Itoa(r.Percent())), p.Answer*1.1, p.Least, bold, width, 2)
		mark := say(template(p.Say("exam.mark"), "mark", strconv.Itoa(s.Test.PassMark)), p.Answer, p.LeastHint, regular, width, 2)
		note := say(saved, p.Answer, p.LeastHint, regular, width, 3)
		head := max(side, title.height())
		height := head + points.height() + bar + mark.height() + note.height() + unit*12
		if height > foot-y && scale > 0.3 {
			continue
		}
		y += max(0, (foot-y-height)/2)
		if side > 0 {
			p.icon(sign, rect{p.Margin, y + (head-side)/2, side, side})
		}
		p.text(title, p.Margin+indent, y+(head-title.height())/2, title.width(), fyne.TextAlignLeading, p.Ink)
		y = p.text(points, p.Margin, y+head+unit*4, width, fyne.TextAlignLeading, p.Ink)
		y = p.gauge(y+unit*2.5, bar, r, s.Test.PassMark)
		y = p.text(mark, p.Margin, y+unit*2, width, fyne.TextAlignLeading, p.Secondary)
		p.text(note, p.Margin, y+unit*2, width, fyne.TextAlignLeading, p.Secondary)
		p.finish(foot)
		return
	}
}

// gauge paints the points as a length, with a line where the test is passed, and returns its bottom.
func (p *page) gauge(y, h float32, r visit.Result, passMark int) float32 {
	track := rect{p.Margin, y + p.Unit, p.Width - 2*p.Margin, h}
	p.track(track)
	reached := track
	reached.w *= float32(r.Points) / float32(max(1, r.Highest))
	if r.Points > 0 {
		reached.w = max(reached.w, h)
		p.fill(reached, p.Accent, h/2)
	}
	line := p.Stroke * 4 // with an outline that parts it from what is reached
	at := track.x + track.w*float32(passMark)/100 - line/2
	mark := p.fill(rect{min(at, track.right()-line), y, line, h + 2*p.Unit}, p.Ink, 0)
	mark.StrokeColor, mark.StrokeWidth = p.Paper, p.Stroke
	return y + h + 2*p.Unit
}

// timeOver says that the time of the test ran out, and that nothing given is lost.
func timeOver(p *page) {
	y := p.brand(false) + p.Unit*2
	foot := p.navTop()
	p.compose(rect{p.Margin, y, p.Width - 2*p.Margin, foot - y - p.Unit}, fyne.TextAlignLeading,
		part{picture: "clock"},
		part{text: p.Say("exam.over.title"), size: p.Question * 1.2, least: p.Least, style: bold, lines: 2, ink: p.Ink, space: p.Unit * 3},
		part{
			text: p.Say("exam.over.text"), size: p.Answer * 1.1, least: p.LeastHint, style: regular, lines: 3, ink: p.Secondary,
			space: p.Unit * 2,
		})
	p.finish(foot)
}

// finish paints the button that leaves a last screen, and the ease bar, where they stand on every screen.
func (p *page) finish(y float32) {
	done := p.Say("finish")
	w := p.buttonWidth(done)
	p.button("finish", done, p.handed(rect{p.Width - p.Margin - w, y, w, p.Nav}), true, p.tell(visit.Finish{}))
	p.barBeside(p.Margin, p.Width-p.Margin-w-p.Gap)
}

// barBeside paints the ease bar: under the keys in portrait, in landscape in their row between two places.
func (p *page) barBeside(from, to float32) {
	if p.Portrait {
		p.easeBar(rect{p.Margin, p.foot() - p.Bar, p.Width - 2*p.Margin, p.Bar})
		return
	}
	p.easeBar(p.handed(rect{from, p.navTop(), to - from, p.Nav}))
}
