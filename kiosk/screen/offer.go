package screen

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"otklik/surveys"
)

// closed says when a survey is offered again. It can be read in every language.
func closed(p *page) {
	text := p.Say("closed.later")
	if opens := p.view.Opens; !opens.IsZero() {
		day := opens.Format("02.01.2006")
		switch in := p.view.OpensIn; {
		case in == 0:
			day = p.Say("closed.today")
		case in == 1:
			day = p.Say("closed.tomorrow")
		case in < 7:
			day = p.Say("closed.day." + strconv.Itoa(int(opens.Weekday())))
		}
		text = strings.NewReplacer("{day}", day, "{time}", strings.TrimPrefix(opens.Format("15:04"), "0")).Replace(p.Say("closed.opens"))
	}
	p.dark()
	p.farewell("scene-closed", p.Say("closed.title"), text)
	p.Ink, p.Accent = p.house.Colours(p.Contrast).Ink, p.OnVeil
	p.easeBar(rect{p.Margin, p.foot() - p.Bar, p.Width - 2*p.Margin, p.Bar})
}

// dark paints the ground of a terminal that sleeps, on which everything else is quiet.
func (p *page) dark() {
	p.fill(rect{0, 0, p.Width, p.Height}, p.Veil, 0)
	p.Ink, p.Secondary = p.OnVeil, p.OnVeil
	p.asleep = true
}

// notAsked thanks a visitor whom the sample does not ask.
func notAsked(p *page) {
	text := p.Say("sample.other")
	if n := p.view.OneIn; n > 0 {
		text = strings.ReplaceAll(p.Say("sample.one_in"), "{count}", strconv.Itoa(n))
	}
	p.farewell("scene-thanks", p.Say("sample.title"), text)
	p.finish(p.navTop())
}

// enough thanks a visitor whose group has answered often enough. It does not say that anything was saved: nothing was.
func enough(p *page) {
	p.farewell("scene-thanks", p.Say("thanks.title"), p.Say("enough.text"))
	p.finish(p.navTop())
}

// farewell is a calm screen with a sign, a title and a sentence.
func (p *page) farewell(sign, title, text string) {
	y := p.brand(p.asleep) + p.Unit*2
	p.compose(rect{p.Margin, y, p.Width - 2*p.Margin, p.navTop() - p.Unit - y}, fyne.TextAlignLeading,
		part{picture: sign},
		part{text: title, size: p.Question, least: p.Least, style: bold, lines: 3, ink: p.Ink, space: p.Unit * 4},
		part{text: text, size: p.Answer, least: p.LeastHint, style: regular, lines: 4, ink: p.Secondary, space: p.Unit * 2})
}

// promise says how long it takes, as the survey's words and answers let one expect, and whether anything personal is asked.
// Of several surveys it says the longest.
func (p *page) promise() string {
	seconds, personal := 0, false
	for _, s := range p.view.Surveys {
		seconds = max(seconds, s.Seconds())
		personal = personal || slices.ContainsFunc(s.Questions(), func(q *surveys.Question) bool { return q.Kind.Traits().Personal })
	}
	minutes := (seconds + 30) / 60
	key := "attract.about"
	if seconds <= 60 || len(p.view.Surveys) > 1 {
		minutes, key = (seconds+59)/60, "attract.up_to"
	}
	name := "attract.nameless"
	if personal {
		name = "attract.contact"
	}
	return p.Count(key, max(1, minutes)) + " " + p.Say(name)
}
