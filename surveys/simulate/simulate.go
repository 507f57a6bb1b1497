// Package simulate answers surveys at random, as visitors do whom nobody has met: for trying a collector, and for tests
// that need any response. It keeps to what the glass keeps to: the path, the choices that are offered, constraints, and
// what may be skipped or declined.
package simulate

import (
	"fmt"
	"math/rand/v2"
	"time"

	"otklik/surveys"
)

// How visitors are, one in so many.
const (
	skips    = 7
	declines = 8
	times    = 20 // out, where a question has a limit
	leaves   = 60 // at each question of a survey that keeps partial responses
)

const (
	attempts = 60 // answers tried to one question
	visits   = 40 // begun until one comes to its end
)

// Visitor is where and when somebody stands at a terminal.
type Visitor struct {
	// Began is when the visit begins, in the terminal's zone.
	Began time.Time
	// Known is what the terminal knows for hidden questions: see surveys.HiddenSources; nil for nothing.
	Known map[string]string
}

// Respond answers a survey. The same survey, visitor and state of random give the same response; random may be used by one
// goroutine at a time. Quotas, samples and schedules are not asked, and the ticket of a test that has them is well-formed
// but nobody's. An error says which required question no answer was found to: its constraint takes too few values.
func (v Visitor) Respond(s *surveys.Survey, random *rand.Rand) (*surveys.Response, error) {
	for n := 1; ; n++ {
		one := visit{
			random: random, answers: surveys.Answers{}, outcomes: map[string]surveys.Outcome{},
			// Of 2⁵³ seeds every tool reads each without loss.
			rules: surveys.Visit{Survey: s, Seed: random.Uint64() >> 11, Began: s.Moment(v.Began)},
		}
		one.rules.Preset(one.answers, v.Known)
		partial, err := one.walk()
		if err == nil {
			return one.response(partial)
		}
		if n == visits { // an answer that was given before may have left none to this one
			return nil, err
		}
	}
}

// visit is one visit under way.
type visit struct {
	random   *rand.Rand
	rules    surveys.Visit
	answers  surveys.Answers
	outcomes map[string]surveys.Outcome // by the codes of the questions that were passed
}

func (v *visit) oneIn(n int) bool { return v.random.IntN(n) == 0 }

// walk goes from question to question; true when the visitor left before the end.
func (v *visit) walk() (left bool, err error) {
	said := false
	for {
		v.rules.Prune(v.answers) // sets what is calculated
		q := v.next()
		if q == nil {
			return false, nil
		}
		if said && v.rules.Survey.Partial && v.oneIn(leaves) {
			return true, nil
		}
		value, outcome, err := v.answer(q)
		if err != nil {
			return false, err
		}
		v.outcomes[q.Code] = outcome
		if outcome == surveys.Answered {
			v.answers[q.Code], said = value, true
		}
	}
}

// next is the first question on the path that the visitor has not passed, nil at the end.
func (v *visit) next() *surveys.Question {
	for _, q := range v.rules.Path(v.answers) {
		traits := q.Kind.Traits()
		if _, passed := v.outcomes[q.Code]; traits.HasScreen && traits.HasValue && !passed {
			return q
		}
	}
	return nil
}

func (v *visit) answer(q *surveys.Question) (surveys.Value, surveys.Outcome, error) {
	switch {
	case !q.Required && v.oneIn(skips):
		return surveys.Value{}, surveys.Skipped, nil
	case q.Decline && v.oneIn(declines):
		return surveys.Value{}, surveys.Declined, nil
	case q.TimeLimit > 0 && v.oneIn(times):
		return surveys.Value{}, surveys.TimedOut, nil
	}
	var why error
	for range attempts {
		value := v.draw(q)
		if why = v.rules.Check(q, value, v.answers); why == nil {
			return value, surveys.Answered, nil
		}
	}
	for _, value := range v.hints(q) {
		if v.rules.Check(q, value, v.answers) == nil {
			return value, surveys.Answered, nil
		}
	}
	switch {
	case !q.Required:
		return surveys.Value{}, surveys.Skipped, nil
	case q.Decline:
		return surveys.Value{}, surveys.Declined, nil
	}
	return surveys.Value{}, "", fmt.Errorf("simulate: survey %s: no answer was found: %w; "+
		"it is required, so nobody could go on; look at the constraint", v.rules.Survey.ID, why)
}

func (v *visit) response(partial bool) (*surveys.Response, error) {
	s := v.rules.Survey
	r := &surveys.Response{
		Survey: s.ID, Version: s.Version, Number: s.Number, Seed: v.rules.Seed, Partial: partial,
		Language: s.Languages[v.random.IntN(len(s.Languages))], Audience: v.rules.AudienceOf(v.answers),
	}
	r.Begin(s, v.rules.Began)
	if s.Test != nil && s.Test.Tickets {
		ticket, err := surveys.Ticket(fmt.Sprintf("%09d", v.random.IntN(1_000_000_000)))
		if err != nil {
			return nil, err
		}
		r.Ticket = ticket
	}
	tenths := 0
	for _, q := range v.rules.Path(v.answers) {
		traits := q.Kind.Traits()
		outcome, passed := v.outcomes[q.Code]
		if !traits.HasValue || partial && traits.HasScreen && !passed {
			continue
		}
		a := surveys.Answer{Question: q.Code, Value: v.answers[q.Code], Outcome: outcome}
		if traits.HasScreen {
			a.Tenths = 10 + v.random.IntN(150)
		}
		if a.Value.IsZero() && !passed {
			if partial {
				continue
			}
			a.Outcome = surveys.Skipped
		}
		tenths += a.Tenths
		r.Answers = append(r.Answers, a)
	}
	r.Seconds = (tenths + 5) / 10
	return r, nil
}
