package screen

import "fyne.io/fyne/v2"

// chooser is a screen with a title and a list, before the questions begin.
func (p *page) chooser(title string, lines []line) {
	y := p.brand(false) + p.Unit*2 + max(4, p.Unit*0.75)
	gap := p.Unit * 3
	if p.Portrait {
		gap = p.Unit * 9
	}
	width := p.Width - 2*p.Margin
	y = p.text(fit(title, p.Question, p.Question*0.7, bold, width, 3), p.Margin, y+gap, width, fyne.TextAlignLeading, p.Ink)
	foot := p.navigation()
	p.list(rect{p.Margin, y + p.Unit*3, width, foot - y - p.Unit*3 - p.Gap*1.25}, lines)
}
