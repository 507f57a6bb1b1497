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
		keys := p.turnKeys(foot)
		foot = keys[0].y - p.Gap
		fits = room(foot - y)
		lines = p.turnStatement(lines, fits, keys)
	}
	p.text(paragraph{lines: lines, size: p.Answer, style: regular}, p.Margin, y, width, fyne.TextAlignLeading, p.Ink)
}

// turnKeys are the places over foot of the keys that turn the parts, whose words may take two lines: side by side, or one over
// the other where a word is wider than half of the glass.
func (p *page) turnKeys(foot float32) []rect {
	measured := func(width float32) (h float32, broken bool) {
		h = max(p.Target, p.Answer*linePitch+p.Unit)
		for _, text := range []string{p.Say("page.previous"), p.Say("page.next") + " (99/99)"} {
			t := fit(text, p.Answer, p.Least, bold, width-p.Answer*1.5, 1)
			h, broken = max(h, t.height()+p.Unit), broken || t.broken
		}
		return h, broken
	}
	h, broken := measured(p.columns(2, 0, 0, p.Gap)[0].w)
	if !broken {
		return p.columns(2, foot-h, h, p.Gap)
	}
	width := p.Width - 2*p.Margin
	h, _ = measured(width)
	return []rect{{p.Margin, foot - 2*h - p.Gap, width, h}, {p.Margin, foot - h, width, h}}
}

// statementLines are the statement in lines of a size that can be read; its paragraphs are set apart.
func (p *page) statementLines(width float32) []string {
	text := p.view.Question.Consent.Statement.In(p.view.Language, p.view.Survey.Languages...)
	lines, _ := wrap(text, p.Answer, regular, width)
	return lines
}

// turnStatement returns the lines of the part shown, of at most fits lines, and paints the keys that turn to its
// neighbours. A part begins with words, never with the space between paragraphs.
func (p *page) turnStatement(lines []string, fits int, keys []rect) []string {
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
	if part > 0 {
		turn("previous", p.Say("page.previous"), p.handed(keys[0]), part-1)
	}
	if part < len(parts)-1 {
		turn("next", fmt.Sprintf("%s (%d/%d)", p.Say("page.next"), part+2, len(parts)), p.handed(keys[1]), part+1)
	}
	return parts[part]
}
