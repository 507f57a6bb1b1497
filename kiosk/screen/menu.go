package screen

import (
	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
	"otklik/kiosk/words"
)

// menu lets the visitor choose one of several surveys.
func menu(p *page) {
	var lines []line
	for _, s := range p.view.Surveys {
		lines = append(lines, line{
			"survey:" + s.ID, s.Title.In(p.view.Language, s.Languages...), false, arrow, p.tell(visit.ChooseSurvey{ID: s.ID}),
		})
	}
	p.chooser(p.Say("menu.title"), lines)
}

// languages lets the visitor choose a language, each under its own name.
func languages(p *page) {
	var lines []line
	for _, l := range p.view.Languages {
		name := words.In(l).Say("language.name")
		lines = append(lines, line{"lang:" + l, name, l == p.view.Language, single, p.tell(visit.Speak{Language: l})})
	}
	p.chooser(p.Say("language.title"), lines)
}

// chooser is a screen with a title and a list, before the questions begin.
func (p *page) chooser(title string, lines []line) {
	y := p.brand("mark", p.Ink) + p.Unit*2 + max(4, p.Unit*0.75)
	gap := p.Unit * 3
	if p.Portrait {
		gap = p.Unit * 9
	}
	width := p.Width - 2*p.Margin
	y = p.text(fit(title, p.Question, p.Question*0.7, bold, width, 3), p.Margin, y+gap, width, fyne.TextAlignLeading, p.Ink)
	foot := p.navigation()
	p.list(rect{p.Margin, y + p.Unit*3, width, foot - y - p.Unit*3 - p.Gap*1.25}, lines)
}
