package screen

import (
	"otklik/kiosk/visit"
	"otklik/kiosk/words"
)

// languages lets the visitor choose a language, each under its own name.
func languages(p *page) {
	var lines []line
	for _, l := range p.view.Languages {
		name := words.In(l).Say("language.name")
		lines = append(lines, line{"lang:" + l, name, l == p.view.Language, single, p.tell(visit.Speak{Language: l}), ""})
	}
	p.chooser(p.Say("language.title"), lines)
}
