package shots

import (
	"slices"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// shared reports whether the question stands on a screen with others.
func shared(s *surveys.Survey, q *surveys.Question) bool {
	return slices.ContainsFunc(s.Pages, func(p surveys.Page) bool { return p.Shared() && slices.Contains(p.Questions, q) })
}

// together renders each screen of several questions, part by part: empty, answered, and with a problem beside each
// question; then each question that takes the glass to itself. All questions of the page are on it.
func together(s *surveys.Survey, language string, looks look, shoot func(*glass, string) error) error {
	rules := surveys.Visit{Survey: s, Seed: 1}
	for i := range s.Pages {
		if !s.Pages[i].Shared() {
			continue
		}
		v := visit.View{
			Screen: visit.Question, Shown: 1000, Language: language, Languages: s.Languages, Survey: s, Progress: 0.4,
			Ease: visit.Ease(looks.ease),
		}
		for _, q := range s.Pages[i].Questions {
			if q.Kind.Traits().HasScreen {
				v.Group = append(v.Group, visit.Item{
					Question: q, Text: rules.Say(q.Text, language, nil), Hint: rules.Say(q.Hint, language, nil), Choices: q.Choices,
					Required: q.Required, CanDecline: q.Decline,
				})
				v.CanNext = v.CanNext || q.Required
			}
		}
		if pick := s.Pages[i].Pick; pick > 0 {
			v.Group = v.Group[:min(pick, len(v.Group))]
		}
		v.Question, v.Text, v.CanSkip = v.Group[0].Question, v.Group[0].Text, !v.CanNext
		answered := v
		answered.Group, answered.CanNext, answered.CanSkip = slices.Clone(v.Group), true, false
		for j, item := range v.Group {
			answered.Group[j].Value = Sample(item.Question, language)
		}
		if err := parts(s, v, "", looks, shoot); err != nil {
			return err
		}
		if err := parts(s, answered, "-answered", looks, shoot); err != nil {
			return err
		}
		for j, item := range v.Group {
			wrong := v
			wrong.Group, wrong.Problem = slices.Clone(v.Group), visit.Invalid
			if item.Required {
				wrong.Problem = visit.Unanswered
			}
			wrong.Group[j].Problem = wrong.Problem
			g := of(s, wrong, looks)
			if err := shoot(g, g.painted.Screen+"-problem-"+item.Question.Code); err != nil {
				return err
			}
		}
	}
	return nil
}

// parts renders a screen of several questions part by part, and what opens on each.
func parts(s *surveys.Survey, v visit.View, name string, looks look, shoot func(*glass, string) error) error {
	g := of(s, v, looks)
	return g.pages(g.painted.Screen+name, shoot)
}

// of is a glass that shows several questions.
func of(s *surveys.Survey, v visit.View, looks look) *glass {
	g := newGlass(visit.Config{Surveys: []*surveys.Survey{s}, Language: v.Language}, looks)
	g.question = v.Question.Code
	for _, item := range v.Group {
		g.asks = append(g.asks, item.Text)
	}
	g.show(v)
	return g
}
