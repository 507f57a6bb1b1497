package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/kiosk/visit"
	"otklik/kiosk/words"
	"otklik/surveys"
)

// attract invites whoever passes by: the survey's invitation, large, and one key a language that begins at once. A touch
// anywhere else begins too, in the language shown.
func attract(p *page) {
	p.hero()
	p.brand(true)
	p.touch("start", rect{0, p.top() + p.Bar, p.Width, p.Height - p.top() - p.Bar}, invisible, invisible, nil, p.tell(visit.Start{}))

	s := p.view.Surveys[0]
	invitation := s.Invitation.In(p.view.Language, s.Languages...)
	if invitation == "" {
		invitation = s.Title.In(p.view.Language, s.Languages...)
	}
	width := p.Width - 2*p.Margin
	h := p.Nav * 1.4
	languages := p.view.Languages
	foot := p.foot() - h
	if p.Portrait {
		foot = p.foot() - float32(len(languages))*(h+p.Gap) + p.Gap
	}
	title := fit(invitation, p.Display, p.Display*0.6, bold, width, 3)
	what := p.promise()
	if s.Kind == surveys.Test {
		what = p.Say("exam.hint")
	}
	hint := fit(what, p.Hint*1.15, p.Hint, regular, width, 2)
	space := p.Unit * 3
	y := (p.top() + p.Bar + foot - title.height() - space - hint.height()) / 2
	y = p.text(title, p.Margin, y, width, fyne.TextAlignLeading, p.OnHero)
	p.text(hint, p.Margin, y+space, width, fyne.TextAlignLeading, p.OnHero)

	for i, l := range languages {
		r := rect{p.Margin, foot + float32(i)*(h+p.Gap), width, h}
		if !p.Portrait {
			r = p.columns(len(languages), foot, h, p.Gap)[i]
		}
		p.start(l, r)
	}
}

// start is a key that begins in a language: the word in that language, and the language's own name under it.
func (p *page) start(language string, r rect) {
	w := words.In(language)
	idle := look{fill: p.Card, edge: p.OnHero, stroke: p.Stroke, radius: p.Radius}
	held := look{fill: p.Tint, edge: p.Accent, stroke: p.Strong, radius: p.Radius}
	word := fit(w.Say("attract.start"), p.Answer*1.2, p.Answer, bold, r.w, 1)
	name := fit(w.Say("language.name"), p.Hint*0.95, p.Hint*0.8, regular, r.w, 1)
	y := (r.h - word.height() - name.height()) / 2
	content := word.at(0, y, r.w, fyne.TextAlignCenter, p.Ink)
	content = append(content, name.at(0, y+word.height(), r.w, fyne.TextAlignCenter, p.Secondary)...)
	p.touch("start:"+language, r, idle, held, content, p.tell(visit.Start{Language: language}))
}

// hero paints the ground of the attract screen.
func (p *page) hero() {
	ground, all := *p.ground, rect{0, 0, p.Width, p.Height}
	if ground == nil || ground.StartColor != p.HeroTop || ground.EndColor != p.HeroFoot || ground.Size() != fyne.NewSize(all.w, all.h) {
		ground = canvas.NewVerticalGradient(p.HeroTop, p.HeroFoot)
		place(ground, all)
		*p.ground = ground
	}
	p.add(ground)
}
