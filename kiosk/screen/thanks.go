package screen

import "fyne.io/fyne/v2"

// thanks says that the answer is saved, because it is, and who reads it.
func thanks(p *page) {
	p.brand(false)
	width := p.Width - 2*p.Margin
	side := min(p.Width, p.Height) * 0.2
	title := fit(p.Say("thanks.title"), p.Display, p.Display*0.7, bold, width, 1)
	saved := fit(p.Say("thanks.saved"), p.Answer*1.1, p.Answer, bold, width, 2)
	reader := p.Say("thanks.reader")
	if s := p.view.Survey; s != nil {
		if own := s.Thanks.In(p.view.Language, s.Languages...); own != "" {
			reader = own
		}
	}
	who := fit(reader, p.Answer, p.Hint, regular, width, 3)
	foot := p.foot() - p.Nav
	y := (p.top() + p.Bar + foot - side - title.height() - saved.height() - who.height() - p.Unit*7) / 2
	p.icon("tick", rect{p.Margin, y, side, side})
	y = p.text(title, p.Margin, y+side+p.Unit*3, width, fyne.TextAlignLeading, p.Ink)
	y = p.text(saved, p.Margin, y+p.Unit*2, width, fyne.TextAlignLeading, p.Ink)
	p.text(who, p.Margin, y+p.Unit, width, fyne.TextAlignLeading, p.Secondary)
	p.finish(foot)
}
