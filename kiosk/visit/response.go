package visit

import (
	"slices"
	"time"

	"otklik/surveys"
)

// clock adds the time since the question shown was asked, whatever stood before it meanwhile. Several questions of one
// screen have equal parts of its time.
func (m *Machine) clock(now time.Time) {
	shown := m.together(m.counting(true))
	for _, q := range shown {
		m.asked[q.Code] += max(0, now.Sub(m.since)) / time.Duration(len(shown))
	}
}

// short reports whether the visit asked one question that one tap answered: a child's favourite toy, and where a slip of
// the finger is the whole answer.
func (m *Machine) short() bool {
	return !m.exam.running() && len(m.path()) == 1 && m.shared() == nil && m.at.Kind.Traits().OneTap && m.at.Kind != surveys.Consent
}

// finish closes the visit with its response, which the caller is to store.
func (m *Machine) finish(now time.Time) *surveys.Response {
	short := m.short()
	r := m.response(now)
	if short && !m.rules.Survey.Anonymous {
		r.Tap = m.tap
		if !m.ended.IsZero() {
			r.Gap = int(min(max(1, m.began.Sub(m.ended)/(100*time.Millisecond)), surveys.MaxGap))
		}
	}
	m.saving, m.ended = true, now
	m.mark()
	return r
}

// abandon ends the visit of somebody who went away: nothing of it stays on the glass, and what was answered is returned if
// the survey keeps it.
func (m *Machine) abandon(now time.Time) *surveys.Response {
	s := m.rules.Survey
	if s == nil || !s.Partial || m.at == nil {
		m.reset(now)
		return nil
	}
	m.unwritten()
	if m.shared() != nil {
		m.keep()
	}
	open := m.together(m.answers)
	r := m.response(now)
	r.Partial = true
	r.Answers = slices.DeleteFunc(r.Answers, func(a surveys.Answer) bool {
		_, passed := m.asked[a.Question]
		return a.Outcome == surveys.Skipped && (!passed || slices.Contains(open, s.Question(a.Question)))
	})
	said := slices.ContainsFunc(r.Answers, func(a surveys.Answer) bool {
		return a.Outcome == surveys.Answered && s.Question(a.Question).Kind.Traits().HasScreen
	})
	m.reset(now)
	if !said {
		return nil
	}
	// Touches wait until it is stored, so that its Saved is not taken for the next visitor's.
	m.saving, m.gone, m.rules.Survey, m.ended = true, true, s, now
	return r
}

func (m *Machine) response(now time.Time) *surveys.Response {
	s := m.rules.Survey
	r := &surveys.Response{
		Survey: s.ID, Version: s.Version, Number: s.Number,
		Language: m.language, Audience: m.rules.AudienceOf(m.answers), Seed: m.rules.Seed,
		Ticket:  m.exam.ticket,
		Seconds: int(max(0, now.Sub(m.began)).Round(time.Second) / time.Second),
	}
	r.Begin(s, m.began)
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
