package screen

import "fyne.io/fyne/v2"

func noSurvey(p *page)     { p.notice("mark", "empty") }
func unenrolled(p *page)   { p.notice("mark", "unenrolled") }
func diskFull(p *page)     { p.notice("trouble", "full") }
func outOfService(p *page) { p.notice("trouble", "out") }

// notice is a calm screen without anything to touch: a sign, a title and a sentence.
func (p *page) notice(sign, key string) {
	p.brand(false)
	width := p.Width - 2*p.Margin
	side := min(p.Width, p.Height) * 0.16
	title := fit(p.Say(key+".title"), p.Question, p.Question*0.7, bold, width, 3)
	text := fit(p.Say(key+".text"), p.Answer, p.Hint, regular, width, 4)
	y := (p.Height - side - title.height() - text.height() - p.Unit*6) / 2
	p.icon(sign, rect{p.Margin, y, side, side})
	y = p.text(title, p.Margin, y+side+p.Unit*4, width, fyne.TextAlignLeading, p.Ink)
	p.text(text, p.Margin, y+p.Unit*2, width, fyne.TextAlignLeading, p.Secondary)
}
