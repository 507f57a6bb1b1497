package screen

import (
	"otklik/kiosk/visit"
)

// menu lets the visitor choose one of several surveys.
func menu(p *page) {
	var lines []line
	for _, s := range p.view.Surveys {
		lines = append(lines, line{
			"survey:" + s.ID, s.Title.In(p.view.Language, s.Languages...), false, arrow, p.tell(visit.ChooseSurvey{ID: s.ID}), "",
		})
	}
	p.chooser(p.Say("menu.title"), lines)
}
