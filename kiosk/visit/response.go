package visit

import (
	"time"

	"otklik/surveys"
)

// clock adds the time since the question shown was asked, whatever stood before it meanwhile.
func (m *Machine) clock(now time.Time) { m.asked[m.at.Code] += max(0, now.Sub(m.since)) }

func (m *Machine) response(now time.Time) *surveys.Response {
	s := m.rules.Survey
	r := &surveys.Response{
		Survey: s.ID, Version: s.Version, Number: s.Number,
		Language: m.language, Audience: m.rules.AudienceOf(m.answers), Seed: m.rules.Seed,
		Ticket:  m.exam.ticket,
		Started: m.began.UTC().Truncate(time.Second),
		Seconds: int(max(0, now.Sub(m.began)).Round(time.Second) / time.Second),
	}
	for _, q := range m.rules.Path(m.answers) {
		if !q.Kind.Traits().HasValue {
			continue
		}
		a := surveys.Answer{Question: q.Code, Value: m.answers[q.Code], Tenths: int(m.asked[q.Code].Milliseconds() / 100)}
		if a.Value.IsZero() {
			a.Outcome = m.without(q)
		}
		r.Answers = append(r.Answers, a)
	}
	return r
}
