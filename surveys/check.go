package surveys

import (
	"fmt"
	"slices"
)

// Check reports whether v is a valid answer to q by itself: nil, or what is wrong with it. "No value" is valid for
// Information only; whether q may be skipped is not asked here, nor whether other answers allow the value: Visit.Check
// asks that. Value documents the form of each kind. A text has 1 to MaxLength runes of valid UTF-8 and no control
// characters but the newline.
func (q *Question) Check(v Value) error {
	if err := q.check(v); err != nil {
		return fmt.Errorf("question %s (%s): %w", q.Code, q.Kind, err)
	}
	return nil
}

func (q *Question) check(v Value) error {
	f := forms[q.Kind]
	if f == nil {
		return fmt.Errorf("the kind is unknown")
	}
	return f.check(q, v)
}

// size returns how many bytes the longest answer to the question takes as JSON.
func (q *Question) size() int {
	if f := forms[q.Kind]; f != nil {
		return f.size(q)
	}
	return 0
}

// ConstraintError says that a value breaks its question's constraint; the glass shows the question's ConstraintMessage.
type ConstraintError struct{ Question *Question }

// Error names the question and its constraint, not the value.
func (e *ConstraintError) Error() string {
	return fmt.Sprintf("question %s (%s): the constraint %s does not hold", e.Question.Code, e.Question.Kind, e.Question.Constraint)
}

// Check reports whether v is a valid answer to q after the answers a: nil, what Question.Check finds, a choice that is not
// offered, a required ranking that is not complete, or a *ConstraintError.
func (v Visit) Check(q *Question, value Value, a Answers) error {
	if err := q.Check(value); err != nil {
		return err
	}
	env := v.env(a)
	if !q.offered(value, env).Equal(value) {
		return fmt.Errorf("question %s (%s): a choice is not offered after the earlier answers", q.Code, q.Kind)
	}
	if q.Kind == Ranking && q.Required {
		offered := 0
		for i := range q.Choices {
			if holds(q.Choices[i].When, env) {
				offered++
			}
		}
		if places := min(q.Top, offered); len(value.codes) < places {
			return fmt.Errorf("question %s (%s): %d of %d places are taken, and the question is required", q.Code, q.Kind, len(value.codes), places)
		}
	}
	q.assign(value, env.Values)
	if !holds(q.Constraint, env) {
		return &ConstraintError{q}
	}
	return nil
}

// CheckResponse reports whether r is a valid response to this version of the survey: nil, or the first thing wrong.
// Every answer must name a question of the survey, once; an answered one must pass Question.Check; one with another
// outcome must have no value and the question must allow it: Skipped when it is not required, Declined when it offers
// that, TimedOut when it or the test has a time limit. There is a well-formed ticket if and only if the test has Tickets;
// whether it was issued and is used once, the collector asks. It does not judge the path, nor what depends on other answers: a
// question that an older program asked although it was not relevant is an answer all the same.
func (s *Survey) CheckResponse(r *Response) error {
	switch {
	case r.Survey != s.ID || r.Version != s.Version || r.Number != s.Number:
		return fmt.Errorf("response is to survey %.64q version %.16q number %d, not to %s version %s number %d",
			r.Survey, r.Version, r.Number, s.ID, s.Version, s.Number)
	case !slices.Contains(s.Languages, r.Language):
		return fmt.Errorf("response is in %.8q, which is no language of survey %s", r.Language, s.ID)
	case r.Audience != "" && !slices.ContainsFunc(s.Audiences, func(a Audience) bool { return a.Code == r.Audience }):
		return fmt.Errorf("response names the audience %.40q, which survey %s does not have", r.Audience, s.ID)
	case r.Seconds < 0:
		return fmt.Errorf("response took %d seconds", r.Seconds)
	case r.Partial && !s.Partial:
		return fmt.Errorf("response is partial, and survey %s does not keep those", s.ID)
	case r.Gap < 0 || r.Gap > MaxGap:
		return fmt.Errorf("response came %d tenths of a second after the one before; 0 to %d can be told", r.Gap, MaxGap)
	case min(r.Tap[0], r.Tap[1]) < 0 || max(r.Tap[0], r.Tap[1]) > 1000:
		return fmt.Errorf("response was tapped at %v, beside the glass", r.Tap)
	case r.Zone < -MaxZone || r.Zone > MaxZone:
		return fmt.Errorf("response comes from a zone %d minutes off UTC; up to %d can be told", r.Zone, MaxZone)
	case s.Anonymous && (r.Gap != 0 || !r.Tap.IsZero()):
		return fmt.Errorf("response to the anonymous survey %s tells when or where it was tapped", s.ID)
	}
	if err := s.checkTicket(r.Ticket); err != nil {
		return err
	}
	seen := make(map[string]bool, len(r.Answers))
	for i := range r.Answers {
		a := &r.Answers[i]
		if seen[a.Question] {
			return fmt.Errorf("question %s is answered twice", a.Question)
		}
		seen[a.Question] = true
		if err := s.checkAnswer(a); err != nil {
			return err
		}
	}
	return nil
}

func (s *Survey) checkAnswer(a *Answer) error {
	q := s.Question(a.Question)
	switch {
	case q == nil:
		return fmt.Errorf("answer names the question %.40q, which survey %s number %d does not have", a.Question, s.ID, s.Number)
	case a.Tenths < 0:
		return fmt.Errorf("question %s was on the glass for %d tenths of a second", q.Code, a.Tenths)
	case a.Outcome == Answered:
		return q.Check(a.Value)
	}
	o, known := outcomes[a.Outcome]
	switch {
	case !known:
		return fmt.Errorf("question %s has the unknown outcome %.20q", q.Code, a.Outcome)
	case !o.allowed(s, q):
		return fmt.Errorf("question %s %s, and it %s", q.Code, o.was, o.forbidden)
	case !a.Value.IsZero():
		return fmt.Errorf("question %s %s and has a value", q.Code, o.was)
	}
	return nil
}

// outcomes are the outcomes without a value: how messages say them, and when they are allowed.
var outcomes = map[Outcome]struct {
	was, forbidden string
	allowed        func(*Survey, *Question) bool
}{
	Skipped:  {"was skipped", "is required", func(_ *Survey, q *Question) bool { return !q.Required }},
	Declined: {"was declined", "does not offer that", func(_ *Survey, q *Question) bool { return q.Decline }},
	TimedOut: {"timed out", "has no time limit", func(s *Survey, q *Question) bool {
		return q.TimeLimit > 0 || s.Test != nil && s.Test.TimeLimit > 0
	}},
}
