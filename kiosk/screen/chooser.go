package screen

import "fyne.io/fyne/v2"

// chooser is a screen with a title and a list, before the questions begin. Where both do not fit, the row of the
// organization makes room.
func (p *page) chooser(title string, lines []line) {
	from := len(p.objects)
	for _, p.level = range []level{close, top} {
		p.drop(from)
		y, gap := p.top(), p.Unit
		if p.level < top {
			y = p.brand(false) + p.Unit*2 + max(4, p.Unit*0.75)
			if gap = p.Unit * 3; p.Portrait {
				gap = p.Unit * 9
			}
		}
		width := p.Width - 2*p.Margin
		y = p.text(fit(title, p.Question, p.Least, bold, width, 3), p.Margin, y+gap, width, fyne.TextAlignLeading, p.Ink) + gap
		foot := p.navigation()
		p.list(p.reached(rect{p.Margin, y, width, foot - y - p.Gap}), lines)
		if !p.over {
			return
		}
	}
}
