package visit

import (
	"time"

	"otklik/surveys"
)

// Clock is what is left of the time of a test.
type Clock struct {
	// Question is that of the question shown, when it ends before the test does; Test that of the whole test.
	Question, Test Countdown
}

// Countdown is one limit; the zero Countdown is none.
type Countdown struct {
	// Left is above 0 while the limit runs, and never more than it: whole minutes above one, five seconds down to ten, then
	// seconds. So the glass changes seldom.
	Left time.Duration
	Of   time.Duration
}

// readable rounds what is left up to what the glass shows.
func readable(left time.Duration) time.Duration {
	step := time.Second
	switch {
	case left > time.Minute:
		step = time.Minute
	case left > 10*time.Second:
		step = 5 * time.Second
	}
	return (left + step - 1) / step * step
}

// readableNext is the next value that readable takes below shown.
func readableNext(shown time.Duration) time.Duration {
	switch {
	case shown > time.Minute:
		return shown - time.Minute
	case shown > 10*time.Second:
		return shown - 5*time.Second
	}
	return shown - time.Second
}

// limited reports whether a limit applies to the question.
func (m *Machine) limited(q *surveys.Question) bool {
	return m.exam.running() && (q.TimeLimit > 0 || m.test().TimeLimit > 0)
}

// limit is the question's own.
func limit(q *surveys.Question) time.Duration { return time.Duration(q.TimeLimit) * time.Second }

// closed reports whether the question's own time is over.
func (m *Machine) closed(q *surveys.Question) bool {
	return m.exam.running() && q.TimeLimit > 0 && m.asked[q.Code] >= limit(q)
}

// ends returns when the time of the question shown is over, and that of the test; zero without a limit.
func (m *Machine) ends() (question, test time.Time) {
	if !m.exam.running() || m.saving || m.at == nil {
		return question, test
	}
	if all := m.test().TimeLimit; all > 0 {
		test = m.exam.begun.Add(all)
	}
	if m.at.TimeLimit > 0 {
		question = m.since.Add(limit(m.at) - m.asked[m.at.Code])
	}
	if !test.IsZero() && test.Before(question) {
		question = time.Time{} // it will not come to that
	}
	return question, test
}

// expire ends what has run out of time. It reports whether anything had, and returns the response that follows.
func (m *Machine) expire(now time.Time) (r *surveys.Response, over bool) {
	question, test := m.ends()
	switch {
	case !test.IsZero() && !now.Before(test):
		return m.handIn(timeIsUp, test), true
	case !question.IsZero() && !now.Before(question):
		touched, warned := m.touched, m.warned
		m.closeShown(question)
		r = m.onward(now)
		m.touched, m.warned = touched, warned // nobody touched anything
		return r, true
	}
	return nil, false
}

// closeShown takes up what the question shown has for an answer, at the end of its time or of the test.
func (m *Machine) closeShown(now time.Time) {
	m.clock(now)
	if m.draft != nil && isEmpty(*m.draft) {
		m.take()
	}
	m.keep()
}

// countdown is what the glass shows of the limits. What is left of the test is taken when the question's time last
// changed, so that the two never change one after the other.
func (m *Machine) countdown(now time.Time) (c Clock) {
	question, test := m.ends()
	if !question.IsZero() {
		c.Question = Countdown{readable(max(1, question.Sub(now))), limit(m.at)}
		now = question.Add(-c.Question.Left)
		c.Question.Left = min(c.Question.Left, c.Question.Of)
	}
	if !test.IsZero() {
		all := m.test().TimeLimit
		c.Test = Countdown{min(readable(max(1, test.Sub(now))), all), all}
	}
	return c
}

// clockDeadline returns when the countdown changes or a limit ends; zero without a limit.
func (m *Machine) clockDeadline(now time.Time) time.Time {
	question, test := m.ends()
	end := question
	if end.IsZero() {
		end = test
	}
	if end.IsZero() {
		return end
	}
	return end.Add(-readableNext(readable(max(1, end.Sub(now)))))
}
