package screen

import "fyne.io/fyne/v2"

func noSurvey(p *page)     { p.notice("scene-empty", "empty") }
func unenrolled(p *page)   { p.notice("scene-plug", "unenrolled") }
func diskFull(p *page)     { p.notice("scene-out", "full") }
func outOfService(p *page) { p.notice("scene-out", "out") }

// notice is a calm screen with nothing to touch but the ease bar: an illustration, a title and a sentence.
func (p *page) notice(picture, key string) {
	y, foot := p.brand(false)+p.Unit*2, p.foot()-p.Bar
	p.easeBar(rect{p.Margin, foot, p.Width - 2*p.Margin, p.Bar})
	p.compose(rect{p.Margin, y, p.Width - 2*p.Margin, foot - p.Unit - y}, fyne.TextAlignLeading,
		part{picture: picture},
		part{text: p.Say(key + ".title"), size: p.Question, least: p.Least, style: bold, lines: 3, ink: p.Ink, space: p.Unit * 4},
		part{text: p.Say(key + ".text"), size: p.Answer, least: p.LeastHint, style: regular, lines: 4, ink: p.Secondary, space: p.Unit * 2})
}
