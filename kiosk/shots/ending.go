package shots

import (
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// ending renders what ends a visit: the warning, an answer that can be taken back, and the thanks with what the centre changed.
func ending(s *surveys.Survey, language string, looks look, shoot func(*glass, string) error) error {
	admit := func(string, string) visit.Admission { return visit.Admitted }
	g := newGlass(visit.Config{Surveys: []*surveys.Survey{s}, Language: language, Tickets: admit, Improvements: []visit.Improvement{{Text: improved}}}, looks)
	g.do(visit.Start{Language: language})
	if s.Kind == surveys.Test {
		g.do(visit.Edit{Value: surveys.String("0000000000")})
		g.do(visit.Next{})
		g.do(visit.Begin{})
	}
	g.now = g.machine.Deadline(g.now)
	g.do(visit.Tick{})
	if err := shoot(g, "idle"); err != nil {
		return err
	}
	g.do(visit.Continue{})
	for i := 0; g.response == nil && i < 100; i++ {
		v := g.machine.View(g.now)
		for _, i := range v.Group {
			g.do(visit.Edit{Question: i.Question.Code, Value: Sample(i.Question, language)})
		}
		if v.Group == nil {
			g.do(visit.Answer{Value: Sample(v.Question, language)})
		}
		g.do(visit.Next{})
		g.do(visit.Skip{})
		if g.painted.Screen != string(visit.Pause) {
			continue
		}
		if err := shoot(g, g.painted.Screen); err != nil {
			return err
		}
		g.do(visit.Finish{})
	}
	g.do(visit.Saved{})
	return shoot(g, g.painted.Screen)
}
