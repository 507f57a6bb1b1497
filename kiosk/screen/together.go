package screen

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// together paints several short questions on one screen, each with its words over its answers. Questions that find no
// place are turned to by a line at the foot, as the rows of a matrix are. A question that is written, or has many choices,
// is a line that tells its answer; a touch on it gives it the glass until it is done.
func together(p *page) {
	if i := slices.IndexFunc(p.view.Group, func(i visit.Item) bool { return i.Question.Code == p.state.open }); i >= 0 {
		p.opened(p.view.Group[i])
		return
	}
	p.state.open, p.state.keyboard, p.state.value = "", nil, nil
	var y float32
	if privacy := p.privacy(p.typedOf(p.view.Group)); p.view.Clock == (visit.Clock{}) {
		y = p.header(privacy...)
		y = p.progress(rect{p.Margin, y + p.Unit*2, p.Width - 2*p.Margin, 0}, p.view.Progress) + p.Unit*3
	} else {
		y = p.brand(false)
		p.countdown()
		y = p.progressTelling(y+p.Unit*2, p.view.Progress, privacy) + p.Unit*3
	}
	if p.Portrait {
		y += p.Unit * 6
	}
	foot := p.navTop()
	body := p.reached(rect{p.Margin, y, p.Width - 2*p.Margin, foot - y - p.Gap*1.25})

	blocks, room := make([]block, len(p.view.Group)), body.h
	if len(blocks) > 1 {
		room -= p.turnHeight("more.questions") + p.Gap
	}
	for i, item := range p.view.Group {
		blocks[i] = p.block(item, room)
	}
	parts := p.parts(blocks, body.h)
	if p.view.Problem != visit.NoProblem && p.state.told != p.view.Shown {
		p.state.told = p.view.Shown // once: the visitor may turn away from it
		p.state.turned = max(0, slices.IndexFunc(parts, func(part []block) bool {
			return slices.ContainsFunc(part, func(b block) bool { return b.item.Problem != visit.NoProblem })
		}))
	}
	part := p.state.turned % len(parts)
	if len(parts) > 1 {
		turn := p.turnHeight("more.questions")
		text := fmt.Sprintf("%s (%d/%d)", p.Say("more.questions"), part+1, len(parts))
		p.option("more", text, rect{body.x, body.bottom() - turn, body.w, turn}, false, more, func() { p.turnTo((part + 1) % len(parts)) })
		body.h -= turn + p.Gap
	}
	p.stack(parts[part], body)
	p.onward(parts, part)
}

// block is one question of several, measured.
type block struct {
	item visit.Item
	// words are the question's own, note what stands under them: a problem, a hint, that an answer is needed.
	words, note paragraph
	head        float32 // height of words, note and the key to decline
	answers     float32 // height of the answers
	opens       bool    // the answers are a line that opens
	line        paragraph
	asks        bool // the line says what to do, since nothing was given
}

func (b block) height() float32 { return b.head + b.answers }

// space is the distance of two questions; within a question things are nearer.
func (p *page) space() float32 { return max(p.Gap, p.Unit*3) }

// turnHeight is how high a line is that turns to more of what its words name: they may take two lines.
func (p *page) turnHeight(words string) float32 {
	return max(p.Target, p.Answer*linePitch+p.Unit, p.optionText(p.Say(words)+" (9/9)", p.Width-2*p.Margin).height()+p.Unit)
}

// block measures a question that may take so much height; answers that need more open.
func (p *page) block(item visit.Item, room float32) block {
	sub := p.of(item)
	width := p.Width - 2*p.Margin
	beside := item.CanDecline && p.declinesBeside()
	if beside {
		width -= p.declineWidth() + p.Gap
	}
	b := block{item: item, words: fit(item.Text, p.Answer*1.1, p.Least, bold, width, 2)}
	if note := sub.note(); note != "" {
		b.note = fit(note, p.Hint, p.LeastHint, regular, width, 2)
		if item.Problem != visit.NoProblem {
			b.note.style = bold
			b.note = fit(note, p.Hint, p.LeastHint, bold, width, 2)
		}
	}
	b.head = b.words.height() + b.note.height()
	switch {
	case beside:
		b.head = max(b.head, p.declineHeight()+max(0, p.Apart-p.Unit))
	case item.CanDecline:
		b.head += p.declineHeight() + p.Unit + max(0, p.Apart-p.Unit)
	}
	b.head += p.Unit
	b.opens = sub.opens()
	if b.answers = sub.answersHeight(b.opens); b.height() > room {
		b.opens = true
	}
	if b.opens {
		b.line, b.asks = sub.lineWords(room - b.head)
		b.answers = max(sub.cellSide(), b.line.height()+p.Unit)
	}
	return b
}

// of is the page of one of its questions. What a touch on it says names the question.
func (p *page) of(item visit.Item) *page {
	sub := *p
	q := item.Question
	sub.view.Group, sub.view.Question, sub.view.Text, sub.view.Hint = nil, q, item.Text, item.Hint
	sub.view.Choices, sub.view.Value, sub.view.Problem = item.Choices, item.Value, item.Problem
	sub.send = func(e visit.Event) {
		switch e := e.(type) {
		case visit.Answer:
			e.Question = q.Code
			p.send(e)
		case visit.Edit:
			e.Question = q.Code
			p.send(e)
		case visit.Decline:
			e.Question = q.Code
			p.send(e)
		default:
			p.send(e)
		}
	}
	return &sub
}

// take puts what was painted on the page of one question on this one.
func (p *page) take(sub *page) { p.objects, p.targets, p.clock = sub.objects, sub.targets, sub.clock }

// note is what stands under the words of a question.
func (p *page) note() string {
	q := p.view.Question
	if problem := p.problem(q); problem != "" {
		return problem
	}
	var said []string
	if hint := p.hint(q); hint != "" {
		said = append(said, hint)
	}
	if q.Required {
		said = append(said, p.Say("answer.needed"))
	}
	return strings.Join(said, " · ")
}

// parts divides the questions into as few screens as they need in their order.
func (p *page) parts(blocks []block, height float32) [][]block {
	sum := -p.space()
	for _, b := range blocks {
		sum += b.height() + p.space()
	}
	if sum <= height {
		return [][]block{blocks}
	}
	height -= p.turnHeight("more.questions") + p.Gap
	var parts [][]block
	left := float32(-1)
	for _, b := range blocks {
		if left -= b.height() + p.space(); left < 0 {
			parts, left = append(parts, nil), height-b.height()
		}
		last := len(parts) - 1
		parts[last] = append(parts[last], b)
	}
	return parts
}

// stack paints questions one under another: the height that is left parts them.
func (p *page) stack(blocks []block, body rect) {
	left := body.h
	for _, b := range blocks {
		left -= b.height()
	}
	apart := p.space()
	if n := float32(len(blocks)); n > 1 {
		apart = min(left/(n-1), apart*2.5)
	}
	y := body.y
	for _, b := range blocks {
		p.paintBlock(b, rect{body.x, y, body.w, b.height()})
		y += b.height() + apart
	}
}

func (p *page) paintBlock(b block, r rect) {
	ink := p.Secondary
	if b.item.Problem != visit.NoProblem {
		ink = p.Alarm
		w := max(p.Strong*1.5, p.Unit*0.75)
		p.fill(rect{r.x - p.Unit*1.5 - w, r.y, w, r.h}, p.Alarm, w/2)
	}
	width, x := r.w, r.x
	sub := p.of(b.item)
	sub.objects, sub.targets = p.objects, p.targets
	if b.item.CanDecline {
		w, h := p.declineWidth(), p.declineHeight()
		place := p.handed(rect{r.right() - w, r.y, w, h})
		switch beside := p.declinesBeside(); {
		case !beside:
			place.y = r.y + b.words.height() + b.note.height() + p.Unit
		case p.LeftHanded:
			x += w + p.Gap
			fallthrough
		default:
			width -= w + p.Gap
		}
		idle, held := p.card(b.item.Declined)
		words := p.declineWords()
		text := words.at(0, (place.h-words.height())/2, w, fyne.TextAlignCenter, p.Ink)
		sub.touch(sub.named("decline"), place, idle, held, text, sub.tell(visit.Decline{}))
	}
	y := sub.text(b.words, x, r.y, width, fyne.TextAlignLeading, p.Ink)
	if len(b.note.lines) > 0 {
		sub.text(b.note, x, y, width, fyne.TextAlignLeading, ink)
	}
	if place := (rect{r.x, r.y + b.head, r.w, b.answers}); b.opens {
		sub.line(place, b.line, b.asks)
	} else {
		sub.compact(place)
	}
	p.take(sub)
}

// declineWords are the words of the key to decline one of several questions.
func (p *page) declineWords() paragraph {
	words := p.declineBeside()
	if !p.declinesBeside() {
		return fit(p.Say("decline"), words.size, p.Least, regular, p.Width-2*p.Margin-3*p.Unit, 1)
	}
	return words
}

// declineBeside are they in the third of the width that they have beside the question. Where that breaks a word the key stands
// under the question, see declinesBeside.
func (p *page) declineBeside() paragraph {
	size := max(p.Least, p.Hint)
	return fit(p.Say("decline"), size, p.Least, regular, (p.Width-2*p.Margin)/3-3*p.Unit, 2)
}

func (p *page) declinesBeside() bool { return !p.declineBeside().broken }

// declineWidth is how wide that key is.
func (p *page) declineWidth() float32 { return max(p.Target, p.declineWords().width()+3*p.Unit) }

// declineHeight is how high it is.
func (p *page) declineHeight() float32 {
	t := p.declineWords()
	return max(p.Target, t.height()+p.Unit)
}

// named is the name of a place that belongs to the question.
func (p *page) named(what string) string { return "item:" + p.view.Question.Code + ":" + what }

// turnTo shows another part.
func (p *page) turnTo(part int) {
	p.state.turned = part
	p.redraw()
}

// onward paints Back and Next. As long as a later part has a question without an answer Next turns to it: nobody is to
// miss one.
func (p *page) onward(parts [][]block, part int) {
	next := slices.IndexFunc(parts[part+1:], func(later []block) bool {
		return slices.ContainsFunc(later, func(b block) bool { return !given(b.item) })
	})
	sub := *p
	if next >= 0 {
		next += part + 1
		sub.view.CanNext, sub.view.CanSkip, sub.view.Last = true, false, false
		sub.send = func(e visit.Event) {
			if _, ok := e.(visit.Next); ok {
				p.turnTo(next)
				return
			}
			p.send(e)
		}
	}
	sub.navigation()
	p.take(&sub)
}

// opened gives one question of several the glass. Back and Done return to the others, and so does an answer of one tap.
func (p *page) opened(item visit.Item) {
	sub := p.of(item)
	named := sub.send
	sub.view.CanNext, sub.view.CanSkip, sub.view.Last, sub.view.NoBack = true, false, false, false
	sub.view.CanDecline = item.CanDecline && !given(item)
	sub.send = func(e visit.Event) {
		switch e := e.(type) {
		case visit.Back, visit.Next:
			p.close()
			p.redraw()
		case visit.Answer:
			p.close()
			if e.Value.Equal(item.Value) { // nothing changes that would paint
				p.redraw()
				return
			}
			named(e)
		case visit.Decline:
			p.close()
			named(e)
		default:
			named(e)
		}
	}
	sub.asked()
	p.take(sub)
}

// close returns from one question to the others; the part that was turned to stays.
func (p *page) close() {
	*p.state = state{key: p.state.key, turned: p.state.before, told: p.state.told}
}

// open gives the question the glass.
func (p *page) open() {
	*p.state = state{key: p.state.key, before: p.state.turned, told: p.state.told, open: p.view.Question.Code}
	p.redraw()
}

// typedOf is the question whose privacy line the screen shows: the first one with free text, or else the first.
func (p *page) typedOf(items []visit.Item) *surveys.Question {
	for _, i := range items {
		if i.Question.Kind == surveys.ShortText {
			return i.Question
		}
	}
	return items[0].Question
}

// sameItem reports whether two states of a question of several look the same; the words change only with View.Shown.
func sameItem(a, b visit.Item) bool {
	return a.Question == b.Question && a.Value.Equal(b.Value) && a.Problem == b.Problem && a.Declined == b.Declined &&
		slices.EqualFunc(a.Choices, b.Choices, func(a, b surveys.Choice) bool { return a.Code == b.Code })
}
