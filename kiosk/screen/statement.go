package screen

import (
	"fmt"

	"fyne.io/fyne/v2"
)

// statement paints the full text of a consent, part by part: the glass never scrolls. Back returns to the question.
func statement(p *page) {
	width, foot := p.Width-2*p.Margin, p.navTop()-p.Gap*1.25
	lines, keys := p.statementLines(width), p.turnKeys(foot)
	title := fit(p.Say("consent.statement"), p.Answer, p.Least, bold, width, 1)
	y := p.underBrand() + title.height() + p.Unit
	turned := len(lines) > p.statementRoom(foot-y)
	if turned && keys == nil {
		p.leaves(lines, foot)
		return
	}
	p.brand(false)
	p.text(title, p.Margin, p.underBrand(), width, fyne.TextAlignLeading, p.Ink)
	p.navigation()
	if turned {
		lines = p.turnStatement(parted(lines, p.statementRoom(keys[0].y-p.Gap-y)), keys)
	}
	p.text(paragraph{lines: lines, size: p.Answer, style: regular}, p.Margin, y, width, fyne.TextAlignLeading, p.Ink)
}

// leaves paints it where large letters leave a narrow glass no room for keys with words: Back and Next turn the parts, as they turn
// those of a long question, and Back on the first returns to the question.
func (p *page) leaves(lines []string, foot float32) {
	width := p.Width - 2*p.Margin
	title := fit(p.Say("consent.statement"), p.Hint, p.LeastHint, bold, width, 1)
	y := p.underBrand() + title.height() + p.Unit
	parts := parted(lines, p.statementRoom(foot-y))
	part := min(p.state.turned, len(parts)-1)
	if part > 0 {
		p.turns.back = p.statementTurn(part - 1)
	}
	if part < len(parts)-1 {
		p.turns.next = p.statementTurn(part + 1)
	}
	p.header(fmt.Sprintf("%d / %d", part+1, len(parts)))
	p.navigation()
	p.text(title, p.Margin, p.underBrand(), width, fyne.TextAlignLeading, p.Ink)
	p.text(paragraph{lines: parts[part], size: p.Answer, style: regular}, p.Margin, y, width, fyne.TextAlignLeading, p.Ink)
}

// underBrand is where a statement begins.
func (p *page) underBrand() float32 { return p.top() + p.Chrome*1.6 + p.Unit*2 }

// statementRoom is how many lines have room in a height.
func (p *page) statementRoom(height float32) int { return max(1, int(height/(p.Answer*linePitch))) }

// turnKeys are the places over foot of the keys that turn the parts, whose words may take two lines; nil where one of the words is
// wider than its key.
func (p *page) turnKeys(foot float32) []rect {
	h := max(p.Target, p.Answer*linePitch+p.Unit)
	width := p.columns(2, 0, 0, p.Gap)[0].w
	for _, text := range []string{p.Say("page.previous"), p.Say("page.next") + " (99/99)"} {
		t := fit(text, p.Answer, p.Least, bold, width-p.Answer*1.5, 1)
		if t.broken {
			return nil
		}
		h = max(h, t.height()+p.Unit)
	}
	return p.columns(2, foot-h, h, p.Gap)
}

// statementLines are the statement in lines of a size that can be read; its paragraphs are set apart.
func (p *page) statementLines(width float32) []string {
	text := p.view.Question.Consent.Statement.In(p.view.Language, p.view.Survey.Languages...)
	lines, _ := wrap(text, p.Answer, regular, width)
	return lines
}

// parted divides lines into parts of at most fits lines. A part begins with words, never with the space between paragraphs.
func parted(lines []string, fits int) (parts [][]string) {
	for len(lines) > 0 {
		if lines[0] == "" {
			lines = lines[1:]
			continue
		}
		n := min(fits, len(lines))
		parts = append(parts, lines[:n])
		lines = lines[n:]
	}
	return parts
}

func (p *page) statementTurn(to int) func() {
	return func() {
		p.state.turned = to
		p.redraw()
	}
}

// turnStatement returns the lines of the part shown, and paints the keys that turn to its neighbours.
func (p *page) turnStatement(parts [][]string, keys []rect) []string {
	part := min(p.state.turned, len(parts)-1) // in another language, or with other letters, there may be fewer
	if part > 0 {
		p.button("previous", p.Say("page.previous"), p.handed(keys[0]), false, p.statementTurn(part-1))
	}
	if part < len(parts)-1 {
		text := fmt.Sprintf("%s (%d/%d)", p.Say("page.next"), part+2, len(parts))
		p.button("next", text, p.handed(keys[1]), false, p.statementTurn(part+1))
	}
	return parts[part]
}
