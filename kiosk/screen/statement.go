package screen

import (
	"fmt"

	"fyne.io/fyne/v2"
)

// statement paints the full text of a consent, part by part: the glass never scrolls. Back returns to the question.
func statement(p *page) {
	y := p.brand(false) + p.Unit*2
	width := p.Width - 2*p.Margin
	title := fit(p.Say("consent.statement"), p.Answer, p.Least, bold, width, 1)
	y = p.text(title, p.Margin, y, width, fyne.TextAlignLeading, p.Ink) + p.Unit
	foot := p.navigation() - p.Gap*1.25
	lines := p.statementLines(width)
	room := func(h float32) int { return max(1, int(h/(p.Answer*linePitch))) }
	if fits := room(foot - y); len(lines) > fits {
		h := p.turnKeys()
		foot -= h + p.Gap
		fits = room(foot - y)
		lines = p.turnStatement(lines, fits, foot+p.Gap, h)
	}
	p.text(paragraph{lines: lines, size: p.Answer, style: regular}, p.Margin, y, width, fyne.TextAlignLeading, p.Ink)
}

// turnKeys is how high the keys are that turn the parts: their words may take two lines.
func (p *page) turnKeys() float32 {
	h := max(p.Target, p.Answer*linePitch+p.Unit)
	width := p.columns(2, 0, 0, p.Gap)[0].w
	for _, text := range []string{p.Say("page.previous"), p.Say("page.next") + " (99/99)"} {
		h = max(h, fit(text, p.Answer, p.Least, bold, width-p.Answer*1.5, 1).height()+p.Unit)
	}
	return h
}

// statementLines are the statement in lines of a size that can be read; its paragraphs are set apart.
func (p *page) statementLines(width float32) []string {
	text := p.view.Question.Consent.Statement.In(p.view.Language, p.view.Survey.Languages...)
	lines, _ := wrap(text, p.Answer, regular, width)
	return lines
}

// turnStatement returns the lines of the part shown, of at most fits lines, and paints the keys that turn to its
// neighbours. A part begins with words, never with the space between paragraphs.
func (p *page) turnStatement(lines []string, fits int, y, h float32) []string {
	var parts [][]string
	for len(lines) > 0 {
		if lines[0] == "" {
			lines = lines[1:]
			continue
		}
		n := min(fits, len(lines))
		parts = append(parts, lines[:n])
		lines = lines[n:]
	}
	part := min(p.state.turned, len(parts)-1) // in another language, or with other letters, there may be fewer
	turn := func(name, text string, r rect, to int) {
		p.button(name, text, r, false, func() {
			p.state.turned = to
			p.redraw()
		})
	}
	keys := p.columns(2, y, h, p.Gap)
	if part > 0 {
		turn("previous", p.Say("page.previous"), p.handed(keys[0]), part-1)
	}
	if part < len(parts)-1 {
		turn("next", fmt.Sprintf("%s (%d/%d)", p.Say("page.next"), part+2, len(parts)), p.handed(keys[1]), part+1)
	}
	return parts[part]
}
