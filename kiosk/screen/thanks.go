package screen

import "fyne.io/fyne/v2"

// thanks says that the answer is saved, because it is, and who reads it.
func thanks(p *page) {
	y := p.brand(false) + p.Unit*2
	reader := p.Say("thanks.reader")
	if s := p.view.Survey; s != nil {
		if own := s.Thanks.In(p.view.Language, s.Languages...); own != "" {
			reader = own
		}
	}
	foot := p.foot() - p.Nav
	p.compose(rect{p.Margin, y, p.Width - 2*p.Margin, foot - y - p.Unit}, fyne.TextAlignLeading,
		part{picture: "scene-thanks"},
		part{text: p.Say("thanks.title"), size: p.Display, least: p.Least, style: bold, lines: 1, ink: p.Ink, space: p.Unit * 3},
		part{text: p.Say("thanks.saved"), size: p.Answer * 1.1, least: p.Least, style: bold, lines: 2, ink: p.Ink, space: p.Unit * 2},
		part{text: reader, size: p.Answer, least: p.LeastHint, style: regular, lines: 3, ink: p.Secondary, space: p.Unit})
	p.finish(foot)
}
