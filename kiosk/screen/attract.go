package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/kiosk/visit"
	"otklik/kiosk/words"
	"otklik/surveys"
)

// Scene is what changes by itself while nobody is here.
type Scene struct {
	// Message is the number of the message that the attract screen shows, from 0; it goes round.
	Message int
	// Clock is the time to show on the attract screen, such as "9:41"; "" for none.
	Clock string
	// Shift moves what waiting screens show by so many millimetres, against letters that burn in.
	Shift fyne.Delta
}

// SetScene changes the screen shown if the scene shows on it; else it waits for one on which it does.
func (s *Stage) SetScene(scene Scene) {
	before := s.scene
	s.scene = scene
	attract := s.panel == nil && s.view.Screen == visit.Attract
	if s.waits() && (before.Shift != scene.Shift || attract && before != scene) {
		s.paint()
	}
}

// shift moves the page by so many millimetres. Grounds stay: they reach to the edges, and have nothing that burns in.
func (p *page) shift(by fyne.Delta) {
	dx, dy := round(by.DX*p.MM), round(by.DY*p.MM)
	for _, t := range p.targets { // keys of a small display may stand at its edge
		if t.W < p.Width {
			dx = max(min(dx, p.Width-t.X-t.W), -t.X)
			dy = max(min(dy, p.Height-t.Y-t.H), -t.Y)
		}
	}
	for _, o := range p.objects {
		if o.Size().Width < p.Width {
			o.Move(o.Position().AddXY(dx, dy))
		}
	}
	for i, t := range p.targets {
		if t.W < p.Width {
			p.targets[i].X, p.targets[i].Y = t.X+dx, t.Y+dy
		}
	}
}

// attract invites whoever passes by: with the first question itself where one touch answers it, else with the survey's
// invitation and the messages of the brand in turn, large, and one key a language that begins at once. A touch anywhere
// else begins too, in the language shown.
func attract(p *page) {
	p.hero()
	p.brand(true)
	p.timeOfDay()
	s := p.view.Surveys[0]
	y := p.top() + p.Chrome*1.6 + p.Unit*2
	below := round(max(p.top()+p.Bar, p.Target*cornerShare+1)) // the corner for staff is left free
	invitation := s.Invitation.In(p.view.Language, s.Languages...)
	if invitation == "" {
		invitation = s.Title.In(p.view.Language, s.Languages...)
	}
	hint := p.promise()
	if s.Kind == surveys.Test {
		hint = p.Say("exam.hint")
	}
	what := hint
	picture := "scene-talk"
	messages := p.messages()
	n := p.scene.Message % (len(messages) + 1)
	var foot float32
	asked := invitation
	if q := p.view.Invited; q != nil {
		invitation, asked, picture = p.view.Text, p.view.Text, ""
		p.touch("start", rect{0, below, p.Width, p.Height - below}, invisible, invisible, nil, p.tell(visit.Start{}))
		if n > 0 {
			what = messages[n-1].text
			if messages[n-1].improved {
				what = p.Say("attract.improved") + " " + what
			}
		}
		foot = p.inviting(q)
	} else {
		if n > 0 {
			invitation, picture = messages[n-1].text, messages[n-1].picture
			if messages[n-1].improved {
				what = p.Say("attract.improved")
			}
		}
		p.touch("start", rect{0, below, p.Width, p.Height - below}, invisible, invisible, nil, p.tell(visit.Start{}))
		foot = p.starts()
	}
	room := rect{p.Margin, y, p.Width - 2*p.Margin, foot - y - p.Unit*2}
	parts := []part{
		{text: invitation, size: p.Display, least: p.Least, style: bold, lines: 3, ink: p.OnHero, space: p.Unit * 4},
		{text: what, size: p.Hint * 1.15, least: p.LeastHint, style: regular, lines: 2, ink: p.OnHero, space: p.Unit * 3},
	}
	// a small glass with large letters: the question comes first, then how long it takes, the messages last
	if parts[1].text = what; !fits(room, parts) {
		parts[1].text = hint
	}
	if !fits(room, parts) {
		parts[0].text = asked
	}
	if !fits(room, parts) {
		parts = parts[:1]
	}
	if picture != "" {
		parts = append([]part{{picture: picture}}, parts...)
	}
	p.compose(room, fyne.TextAlignLeading, parts...)
}

// message is one of those that take turns on the attract screen; improved says that the centre changed it because of
// visitors.
type message struct {
	text, picture string
	improved      bool
}

// messages are the brand's and what the centre changed, by turns as far as both go.
func (p *page) messages() (all []message) {
	said, changed := p.house.Attract, p.view.Improvements
	for i := range max(len(said), len(changed)) {
		if i < len(changed) {
			all = append(all, message{changed[i].In(p.view.Language, words.Languages...), "scene-talk", true})
		}
		if i < len(said) {
			all = append(all, message{said[i].Text.In(p.view.Language, words.Languages...), said[i].Picture, false})
		}
	}
	return all
}

// starts paints one key a language and returns their top.
func (p *page) starts() float32 {
	languages := p.view.Languages
	h := max(p.Nav*1.4, (p.Answer*1.2+p.Hint)*linePitch)
	bar := rect{p.Margin, p.foot() - p.Bar, p.Width - 2*p.Margin, p.Bar}
	p.easeBar(bar)
	foot := bar.y - p.Gap - h
	if p.Portrait {
		foot = bar.y - float32(len(languages))*(h+p.Gap)
	}
	for i, l := range languages {
		r := rect{p.Margin, foot + float32(i)*(h+p.Gap), p.Width - 2*p.Margin, h}
		if !p.Portrait {
			r = p.columns(len(languages), foot, h, p.Gap)[i]
		}
		p.start(l, r)
	}
	return foot
}

// inviting paints the answers of the first question, each of which begins the visit and is its first answer, and the
// languages under them. It returns the top of the answers.
func (p *page) inviting(q *surveys.Question) float32 {
	p.bright = true
	defer func() { p.bright = false }()
	p.easeBar(rect{p.Margin, p.foot() - p.Bar, p.Width - 2*p.Margin, p.Bar})
	foot := p.foot() - p.Bar - p.Gap
	from := len(p.objects)
	before := p.view
	p.view.Question, p.view.Survey, p.level = q, p.view.Surveys[0], close
	questions[q.Kind](p, p.reached(rect{p.Margin, foot - p.Height*0.42, p.Width - 2*p.Margin, p.Height * 0.42}))
	p.view = before
	for _, o := range p.objects[from:] {
		foot = min(foot, o.Position().Y)
	}
	return foot
}

// tongues are the small keys that begin in a language.
func (p *page) tongues() (keys []easeKey) {
	for _, l := range p.view.Languages {
		word := words.In(l).Say("language.short")
		if len(p.view.Languages) == 1 {
			word = words.In(l).Say("attract.start")
		}
		keys = append(keys, easeKey{"start:" + l, "", word, false, visit.Start{Language: l}})
	}
	return keys
}

// timeOfDay paints the time at the top right.
func (p *page) timeOfDay() {
	if p.scene.Clock == "" {
		return
	}
	t := fit(p.scene.Clock, p.Chrome, p.LeastHint, bold, p.Width/3, 1)
	p.text(t, p.Width-p.Margin-p.Width/3, p.top()+(p.Chrome*1.6-t.height())/2, p.Width/3, fyne.TextAlignTrailing, p.OnHero)
}

// start is a key that begins in a language: the word in that language, and the language's own name under it.
func (p *page) start(language string, r rect) {
	w := words.In(language)
	idle := look{fill: p.Card, edge: p.OnHero, stroke: p.Stroke, radius: p.Radius}
	held := look{fill: p.Tint, edge: p.Accent, stroke: p.Strong, radius: p.Radius}
	word := fit(w.Say("attract.start"), p.Answer*1.2, p.Least, bold, r.w, 1)
	name := fit(w.Say("language.name"), max(p.LeastHint, p.Hint*0.95), p.LeastHint, regular, r.w, 1)
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
