package shots

import (
	"time"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// questions renders each question that has the glass to itself: empty, answered, as the last one, and with what is said to
// those who cannot go on; then the full text of a consent.
func questions(s *surveys.Survey, language string, looks look, shoot func(*glass, string) error) error {
	rules := surveys.Visit{Survey: s, Seed: 1}
	for _, q := range s.Questions() {
		if !q.Kind.Traits().HasScreen || shared(s, q) {
			continue
		}
		empty := visit.View{
			Screen: visit.Question, Shown: 1000, Language: language, Languages: s.Languages, Survey: s, Question: q,
			Text: rules.Say(q.Text, language, nil), Hint: rules.Say(q.Hint, language, nil), Choices: q.Choices, Progress: 0.4,
			CanDecline: q.Decline, Clock: clockOf(s, q),
		}
		empty.CanNext = q.Kind == surveys.Information || q.Required && !q.Kind.Traits().OneTap && !q.Decline
		empty.CanSkip = !q.Required && !empty.CanNext && !empty.CanDecline
		pose := func(v visit.View, name string) error {
			g := newGlass(visit.Config{Surveys: []*surveys.Survey{s}, Language: language}, looks)
			g.question, g.asks = q.Code, []string{v.Text}
			for _, row := range q.Rows {
				g.asks = append(g.asks, row.Text.In(language, s.Languages...))
			}
			g.show(v)
			return g.pages(g.painted.Screen+name, shoot)
		}
		if err := pose(empty, ""); err != nil {
			return err
		}
		if q.Consent != nil && len(q.Consent.Statement) > 0 {
			v := empty
			v.Screen, v.CanSkip = visit.Statement, false
			if err := pose(v, ""); err != nil {
				return err
			}
		}
		answered := empty
		if answered.Value = Sample(q, language); !answered.Value.IsZero() {
			answered.CanNext, answered.CanSkip, answered.CanDecline = true, false, false
			if err := pose(answered, "-answered"); err != nil {
				return err
			}
			answered.Last = true
			if err := pose(answered, "-last"); err != nil {
				return err
			}
		}
		for _, problem := range problems(q) {
			v := answered
			if v.Problem = problem; problem == visit.Unanswered || v.Value.IsZero() {
				v = empty
				v.Problem = problem
			}
			if err := pose(v, "-"+string(problem)); err != nil {
				return err
			}
		}
	}
	return nil
}

// problems are what can keep a visitor on a question.
func problems(q *surveys.Question) (all []visit.Problem) {
	t := q.Kind.Traits()
	if q.Required && t.HasValue {
		all = append(all, visit.Unanswered)
	}
	if t.HasValue && !t.OneTap && !t.HasChoices {
		all = append(all, visit.Invalid)
	}
	if q.Constraint != nil {
		all = append(all, visit.Unfit)
	}
	return all
}

// clockOf is what is left of the time that a test gives.
func clockOf(s *surveys.Survey, q *surveys.Question) (c visit.Clock) {
	if s.Test != nil && s.Test.TimeLimit > 0 {
		c.Test = visit.Countdown{Left: s.Test.TimeLimit * 3 / 5, Of: s.Test.TimeLimit}
	}
	if of := time.Duration(q.TimeLimit) * time.Second; of > 0 {
		c.Question = visit.Countdown{Left: of * 3 / 5, Of: of}
	}
	return c
}
