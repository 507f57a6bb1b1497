package visit

import (
	"time"

	"otklik/surveys"
)

// clock adds the time the question shown has just been on the glass.
func (m *Machine) clock(now time.Time) { m.asked[m.at.Code] += max(0, now.Sub(m.appeared)) }

func (m *Machine) response(now time.Time) *surveys.Response {
	s := m.rules.Survey
	r := &surveys.Response{
		Survey: s.ID, Version: s.Version, Number: s.Number,
		Language: m.language, Audience: m.rules.AudienceOf(m.answers), Seed: m.rules.Seed,
		Started: m.began.UTC().Truncate(time.Second),
		Seconds: int(max(0, now.Sub(m.began)).Round(time.Second) / time.Second),
	}
	for _, q := range m.rules.Path(m.answers) {
		if !q.Kind.Traits().HasValue {
			continue
		}
		a := surveys.Answer{Question: q.Code, Value: m.answers[q.Code], Tenths: int(m.asked[q.Code].Milliseconds() / 100)}
		switch {
		case m.declined[q.Code]:
			a.Outcome = surveys.Declined
		case a.Value.IsZero():
			a.Outcome = surveys.Skipped
		}
		r.Answers = append(r.Answers, a)
	}
	return r
}
