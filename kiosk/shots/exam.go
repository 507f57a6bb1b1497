package shots

import (
	"time"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// exam renders what a test adds: the ticket empty, typed and refused, the opening, a question with its clock at rest and in
// its last seconds, the warning, the results and the end of the time. The screens that the test's rules leave out are
// rendered too, as an author may choose them next.
func exam(s *surveys.Survey, language string, looks look, shoot func(*glass, string) error) error {
	if s.Kind != surveys.Test {
		return nil
	}
	test := *s
	test.Test = &surveys.TestRules{PassMark: 75, TimeLimit: 10 * time.Minute}
	if s.Test != nil {
		test.Test.PassMark, test.Test.Tickets = s.Test.PassMark, s.Test.Tickets
		if s.Test.TimeLimit > 0 {
			test.Test.TimeLimit = s.Test.TimeLimit
		}
	}
	v := visit.View{Screen: visit.Ticket, Language: language, Languages: s.Languages, Survey: &test, CanNext: true}
	show := func(name string, change func()) error {
		g := newGlass(visit.Config{Surveys: []*surveys.Survey{s}, Language: language}, looks)
		change()
		v.Shown++
		if g.asks = []string{test.Title.In(language, s.Languages...)}; v.Question != nil {
			g.asks = append(g.asks, v.Text)
		}
		g.show(v)
		return shoot(g, name)
	}
	byTicket := *test.Test
	byTicket.Tickets = true
	var q *surveys.Question
	for _, asked := range s.Questions() {
		if t := asked.Kind.Traits(); q == nil && t.HasScreen && t.HasValue {
			q = asked
		}
	}
	rules := surveys.Visit{Survey: s, Seed: 1}
	for _, one := range []struct {
		name   string
		change func()
	}{
		{"ticket", func() { test.Test = &byTicket }},
		{"ticket-typed", func() { v.Value = surveys.String("123 456 7894") }},
		{"ticket-mistyped", func() { v.Problem = visit.Mistyped }},
		{"ticket-unissued", func() { v.Problem = visit.Unissued }},
		{"ticket-used", func() { v.Problem = visit.Used }},
		{"opening", func() {
			v.Screen, v.Value, v.Problem = visit.Opening, surveys.Value{}, visit.NoProblem
			v.Questions, v.AtMost = len(rules.Screens(nil)), true
		}},
		{"question-clock", func() {
			v.Screen, v.Question, v.Text, v.Hint = visit.Question, q, rules.Say(q.Text, language, nil), rules.Say(q.Hint, language, nil)
			v.Choices, v.Progress, v.CanNext, v.CanSkip, v.NoBack = q.Choices, 0.4, false, true, true
			v.Clock.Test = visit.Countdown{Left: test.Test.TimeLimit * 3 / 5, Of: test.Test.TimeLimit}
		}},
		{"question-clocks", func() { v.Clock.Question = visit.Countdown{Left: 25 * time.Second, Of: 40 * time.Second} }},
		{"question-soon", func() { v.Clock.Question.Left = 9 * time.Second }},
		{"idle-test", func() { v.Warning, v.HandsIn = 20*time.Second, true }},
		{"result-passed", func() {
			v.Screen, v.Question, v.Warning, v.Clock = visit.TestResult, nil, 0, visit.Clock{}
			v.Result = visit.Result{Points: 10, Highest: 12, Passed: true}
		}},
		{"result-failed", func() { v.Result = visit.Result{Points: 7, Highest: 12, TimeOver: true} }},
		{"time-over", func() { v.Screen = visit.TimeOver }},
	} {
		if err := show(one.name, one.change); err != nil {
			return err
		}
	}
	return nil
}
