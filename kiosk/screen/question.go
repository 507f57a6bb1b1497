package screen

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// level is how much of a screen the answers to a question need: each level takes more from what is around them.
type level int

const (
	airy  level = iota // as drawn
	close              // less air, the question in its smaller letters
	bare               // without the hint
	top                // without the row of the organization; what is kept of the visitor stands beside the progress
	tight              // without that
	split              // the question first, on pages of its own that say it again, then the answers
)

// turns are what Back and Next do on the pages of a question; nil where they do what they always do.
type turns struct{ back, next func() }

// question paints what every question has in the same place — brand, privacy line, progress, the question itself, Back,
// Next, the ease bar — and leaves the space between to the kind. Where the answers do not fit under the question, the
// next level gives them more room: letters never shrink under what can be read, and nothing is cut off.
func question(p *page) {
	if p.view.Group != nil {
		together(p)
		return
	}
	p.asked()
}

// asked paints one question at the first level that gives its answers room.
func (p *page) asked() {
	p.Nav = max(p.Nav, p.declining())
	ground := len(p.objects)
	for p.level = airy; ; p.level++ {
		p.drop(ground)
		p.ask()
		if !p.over {
			return
		}
		if p.level == split {
			break
		}
	}
	if p.view.Problem != visit.NoProblem && !p.Portrait && slices.Contains(pads, p.view.Question.Kind) {
		p.aside = true
		p.drop(ground)
		p.ask()
	}
}

// ask paints a question at the page's level.
func (p *page) ask() {
	v := p.view
	q := v.Question
	y := p.top()
	clock := v.Clock != (visit.Clock{})
	switch {
	case clock:
		y = p.brand(false) + p.Unit*2
		p.countdown()
	case p.level < top:
		y = p.header(p.privacy(q)...) + p.Unit*2
	}
	width := p.Width - 2*p.Margin
	gap, lines, least, below := p.Unit*3, 3, max(p.Least, p.Question*0.7), p.Unit*3
	if p.Portrait {
		gap = p.Unit * 9
	}
	if p.types(q) && !p.Portrait {
		lines, gap = 2, p.Unit*2 // the keyboard needs the height
	}
	if p.level >= close {
		gap, lines, least, below = p.Unit, 2, p.Least, p.Unit*1.5
	}
	title := fit(v.Text, p.Question, least, bold, width, lines)
	told := clock && p.level < tight || p.level == top
	if p.level == split {
		under := y + p.LeastHint*linePitch + gap
		title = p.leaf(title, under+p.exhibited(q, p.foot()-p.Nav-under))
		told = p.turns.next != nil // where the question is read there is room to say what is kept of the answer
	}
	if told {
		y = p.progressTelling(y, v.Progress, p.privacy(q))
	} else {
		y = p.progress(rect{p.Margin, y, width, 0}, v.Progress)
	}
	y = p.text(title, p.Margin, y+gap, width, fyne.TextAlignLeading, p.Ink)
	foot := p.navigation()
	if p.turns.next != nil { // a page of the question
		p.exhibit(q, rect{p.Margin, y + below, width, foot - y - below - max(p.Gap, p.Apart)})
		return
	}
	problem := p.problem(q)
	if p.aside {
		defer func() { p.besidePad(problem) }()
	} else if problem != "" {
		y = p.text(fit(problem, p.Hint, p.LeastHint, bold, width, 2), p.Margin, y+p.Unit, width, fyne.TextAlignLeading, p.Alarm)
	} else if hint := p.hint(q); hint != "" && p.level < bare && !p.cramped(y) {
		y = p.text(fit(hint, p.Hint, p.LeastHint, regular, width, 2), p.Margin, y+p.Unit, width, fyne.TextAlignLeading, p.Secondary)
	}
	body := p.reached(rect{p.Margin, y + below, width, foot - y - below - max(p.Gap, p.Apart)})
	if p.level == airy {
		body.h -= p.Gap * 0.25
	}
	if q.Kind == surveys.Information {
		p.exhibit(q, body)
	} else if h := p.exhibited(q, body.h); h > 0 && p.level < split {
		p.exhibit(q, rect{body.x, body.y, body.w, h})
		body.y, body.h = body.y+h+below, body.h-h-below
	}
	from := len(p.objects)
	questions[q.Kind](p, body)
	p.over = p.over || y > foot || !within(p.objects[from:], body, p.Answer*0.2)
}

// exhibits are the parts of the room under a question that its picture has, by level; at split it has a page with the words.
var exhibits = map[level]float32{airy: 0.5, close: 0.42, bare: 0.36, top: 0.32, tight: 0.32, split: 0.6}

// exhibited is how much of the height under a question its picture has; 0 without one.
func (p *page) exhibited(q *surveys.Question, height float32) float32 {
	if q.Image == "" {
		return 0
	}
	return max(height*exhibits[p.level], min(p.Target*2, height*0.8))
}

// exhibit shows the picture of a question, if it has one, as large as r lets it be.
func (p *page) exhibit(q *surveys.Question, r rect) {
	shown := p.illustration(q.Image, r)
	if shown == nil {
		return
	}
	if r.h < p.Target { // too small to be made out
		p.over = true
		return
	}
	p.add(shown)
}

// within reports whether objects keep between the top and the foot of a place, but for the air that a font has around its
// letters.
func within(objects []fyne.CanvasObject, r rect, air float32) bool {
	for _, o := range objects {
		y, h := o.Position().Y, o.Size().Height
		if y < r.y-air || y+h > r.bottom()+air || h < 0 || o.Size().Width < 0 {
			return false
		}
	}
	return true
}

// reached is the part of a place that everybody reaches.
func (p *page) reached(r rect) rect {
	if lower := p.Reach - r.y; lower > 0 {
		r.y, r.h = r.y+lower, r.h-lower
	}
	return r
}

// leaf returns the part of a question that this page shows, and has Back and Next turn the pages; nothing on the page of
// the answers, which comes last.
func (p *page) leaf(title paragraph, y float32) paragraph {
	room := max(1, int((p.foot()-p.Nav-p.Gap-y)/(title.size*linePitch)))
	if p.Portrait {
		room = max(1, int((p.foot()-p.Bar-p.Nav-2*p.Gap-y)/(title.size*linePitch)))
	}
	leaves := (len(title.lines) + room - 1) / room
	turn := func(to int) func() {
		return func() {
			p.state.leaf = to
			p.redraw()
		}
	}
	at := p.state.leaf
	if p.view.Question.Kind == surveys.Information {
		at = min(at, leaves-1)
		if at < leaves-1 {
			p.turns.next = turn(at + 1)
		}
	} else if at = min(at, leaves); at < leaves {
		p.turns.next = turn(at + 1)
	}
	if at > 0 {
		p.turns.back = turn(at - 1)
	}
	if at == leaves {
		title.lines = nil
	} else {
		title.lines = title.lines[at*room : min(len(title.lines), (at+1)*room)]
	}
	return title
}

// pads are the kinds that are written on a pad, which leaves room beside it on a glass that is wider than high.
var pads = []surveys.QuestionKind{surveys.NumberEntry, surveys.Date, surveys.Time, surveys.DateTime}

// besidePad says what is wrong at the left of the keys.
func (p *page) besidePad(problem string) {
	keys := rect{x: p.Width, y: p.Height}
	for _, t := range p.targets {
		if strings.HasPrefix(t.Name, "key:") {
			keys.x, keys.y = min(keys.x, t.X), min(keys.y, t.Y)
		}
	}
	width := keys.x - p.Gap - p.Margin
	p.text(fit(problem, p.Hint, p.LeastHint, bold, width, 4), p.Margin, keys.y, width, fyne.TextAlignLeading, p.Alarm)
}

// types reports whether a keyboard is on the glass.
func (p *page) types(q *surveys.Question) bool {
	return q.Kind.Traits().Text || p.state.keyboard != nil || slices.Contains(pads, q.Kind)
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

// progress paints how far the visit is at the top of a place and returns its bottom.
func (p *page) progress(track rect, done float64) float32 {
	track.h = max(4, p.Unit*0.75)
	p.track(track)
	done = min(1, max(0, done))
	p.fill(rect{track.x, track.y, max(track.h, track.w*float32(done)), track.h}, p.Accent, track.h/2)
	return track.bottom()
}

// track paints the ground of a length that is filled in part, with an outline that shows where it ends.
func (p *page) track(r rect) {
	ground := p.fill(r, p.Track, r.h/2)
	ground.StrokeColor, ground.StrokeWidth = p.Edge, max(1, round(min(p.Stroke, r.h/6)))
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
	wide, signed := p.navWidths()
	left := rect{p.Margin, y, wide(p.Say("back")), p.Nav}
	if signed {
		left.w = p.Target
	}
	if turn := p.turns.back; turn != nil {
		p.backKey(p.handed(left), signed, turn)
	} else if !p.view.NoBack {
		p.backKey(p.handed(left), signed, p.tell(visit.Back{}))
	}
	right := rect{x: p.Width - p.Margin, y: y, h: p.Nav}
	place := func(text string) rect {
		right.w = min(wide(text), right.x-left.right()-p.Apart)
		right.x -= right.w
		return p.handed(right)
	}
	switch v := p.view; {
	case p.turns.next != nil:
		text := p.Say("next")
		p.button("next", text, place(text), true, p.turns.next)
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
	p.barBeside(left.right()+p.Gap, right.x-p.Gap)
	return y
}

// navWidths says how wide Back and the key at the right are for their words, and whether Back has a sign in place of its word.
// That is the same on every screen of a question, whichever key the right one is: where large letters leave a narrow glass no
// room for the longest two, the air around their words goes first, then the word of Back.
func (p *page) navWidths() (wide func(word string) float32, signed bool) {
	right := []string{"next", "skip", "send", "done"}
	if q := p.view.Question; q != nil && q.Decline {
		right = append(right, "decline")
	}
	room := p.Width - 2*p.Margin - p.Gap
	if !p.Portrait { // the ease bar stands between them
		room -= p.Target + p.Gap
	}
	for _, wide = range []func(string) float32{p.buttonWidth, p.slim} {
		longest := float32(0)
		for _, key := range right {
			longest = max(longest, wide(p.Say(key)))
		}
		if wide(p.Say("back"))+longest <= room {
			return wide, false
		}
	}
	return p.slim, true
}

// declining is how high the key to decline has to be where the glass is too narrow for its words in one line, beside the sign of
// Back; 0 where it is not.
func (p *page) declining() float32 {
	words, room := p.Say("decline"), p.Width-2*p.Margin-p.Target-p.Gap
	if q := p.view.Question; !p.Portrait || !q.Decline || p.slim(words) <= room {
		return 0
	}
	return fit(words, p.Answer, p.Least, bold, room-p.Nav, 1).height() + p.Unit
}

// slim is how wide a pill with this word is with the least air around it.
func (p *page) slim(word string) float32 {
	return max(p.Target, measure(word, p.Answer, bold)+p.Nav*0.4+2)
}

// backKey paints Back with its word, or with a sign that points back.
func (p *page) backKey(r rect, signed bool, tapped func()) {
	if !signed {
		p.button("back", p.Say("back"), r, false, tapped)
		return
	}
	idle := look{fill: p.Card, edge: p.Edge, stroke: p.Stroke, radius: r.h / 2}
	held := look{fill: p.Tint, edge: p.Accent, stroke: p.Strong, radius: r.h / 2}
	side := min(r.w, r.h) * 0.5
	p.touch("back", r, idle, held, []fyne.CanvasObject{p.art("back", rect{(r.w - side) / 2, (r.h - side) / 2, side, side})}, tapped)
}
