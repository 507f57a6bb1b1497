package visit

import (
	"slices"
	"strings"
	"time"

	"otklik/surveys"
)

// A test is timed as an examination is. Nobody is timed before Begin. The time of a question runs from the moment it is
// asked until it is left, whatever stands before it — the warning of an idle visit, the choice of a language — and goes on
// where it stopped when the visitor comes back. When it is over, what is given and valid counts as the answer; otherwise
// what had been given before; otherwise nothing, and the outcome is TimedOut. The question is closed then: neither Back
// nor Next leads to it. When the time of the test is over, the same holds for the question shown, and every question that
// the visitor neither answered nor passed over is TimedOut.

// exam is what a test adds to a visit.
type exam struct {
	typed  string // the ticket's number so far
	ticket string // the ticket that let the visitor in
	begun  time.Time
	passed map[string]bool // questions the visitor went on from
	over   ending
	result Result
}

// ending says why a test was handed in before its last question.
type ending string

const (
	timeIsUp  ending = "time is up"
	leftAlone ending = "left alone"
)

// Result is how a test was done.
type Result struct {
	Points, Highest int
	Passed          bool
	// TimeOver says that the time ran out before the last question.
	TimeOver bool
}

// Percent returns the share of the points in whole percent, rounded down: a mark that was just missed is not shown as
// reached.
func (r Result) Percent() int { return 100 * r.Points / max(1, r.Highest) }

// Admission says whether a ticket lets somebody take a test.
type Admission int

// The admissions.
const (
	NotIssued Admission = iota // nobody issued the ticket, or not for this test, or it was revoked
	WasUsed
	Admitted
)

// running reports whether a test was begun and not yet stored.
func (e *exam) running() bool { return !e.begun.IsZero() }

// pass notes that the visitor went on from a question.
func (e *exam) pass(code string) {
	if e.passed != nil {
		e.passed[code] = true
	}
}

// test returns the rules of the test in progress; zero where there are none.
func (m *Machine) test() surveys.TestRules {
	if s := m.rules.Survey; s != nil && s.Test != nil {
		return *s.Test
	}
	return surveys.TestRules{}
}

// enter shows what comes before a test.
func (m *Machine) enter(now time.Time) {
	if m.test().Tickets {
		m.appear(Ticket, now)
		return
	}
	m.appear(Opening, now)
}

// door takes up what a visitor does before a test. It returns false for what is the same on every screen.
func (m *Machine) door(e Event, now time.Time) bool {
	switch e := e.(type) {
	case Edit:
		if m.screen == Ticket {
			m.exam.typed, _ = e.Value.Text()
			m.problem = NoProblem
		}
	case Next:
		if m.screen == Ticket {
			m.admit(now)
		}
	case Begin:
		if m.screen == Opening {
			m.exam.begun, m.exam.passed = now, map[string]bool{}
			m.ask(m.path()[0], now)
		}
	case Back:
		m.leave(now)
	default:
		return false
	}
	return true
}

// admit lets the visitor in by the ticket typed, or says why not. There is no limit to trying: a ticket has a check digit,
// and of a thousand million numbers few are tickets.
func (m *Machine) admit(now time.Time) {
	ticket, err := surveys.CheckTicket(m.exam.typed)
	admission := NotIssued
	if err == nil && m.cfg.Tickets != nil {
		admission = m.cfg.Tickets(m.rules.Survey.ID, ticket)
	}
	switch {
	case strings.TrimSpace(m.exam.typed) == "":
		m.problem = Unanswered
	case err != nil:
		m.problem = Mistyped
	case admission == WasUsed:
		m.problem = Used
	case admission != Admitted:
		m.problem = Unissued
	default:
		m.exam.ticket, m.exam.typed, m.problem = ticket, "", NoProblem
		m.appear(Opening, now)
		return
	}
	m.shown++
}

// handsIn reports whether a test that is left alone is stored as it stands: a timed one, as the sheet of somebody who
// leaves an examination is collected. Otherwise nobody could be kept from reading the questions and coming back. A test
// without limits is forgotten as every visit is, and so is one that has a required question without a limit: nothing can
// be recorded of that.
func (m *Machine) handsIn() bool {
	if !m.exam.running() || m.saving {
		return false
	}
	timed := m.test().TimeLimit > 0
	answers := m.counting(false) // as closeShown will leave them
	for _, q := range slices.Concat(m.rules.Screens(answers)...) {
		_, answered := answers[q.Code]
		if q.Required && !answered && !m.declined[q.Code] && !m.limited(q) && q.Kind.Traits().HasValue {
			return false
		}
		timed = timed || q.TimeLimit > 0
	}
	return timed
}

// handIn closes the test as it stands.
func (m *Machine) handIn(why ending, now time.Time) *surveys.Response {
	m.closeShown(now)
	m.exam.over = why
	return m.finish(now)
}

// mark computes the result while the answers are there.
func (m *Machine) mark() {
	if m.rules.Survey.Kind != surveys.Test {
		return
	}
	r := Result{TimeOver: m.exam.over == timeIsUp}
	r.Points, r.Highest, r.Passed = m.rules.Score(m.answers)
	m.exam.result = r
}

// lastScreen is what follows when the response is stored. Nobody is there to read the result of a test that was left
// alone, and nobody else is to.
func (m *Machine) lastScreen() Screen {
	switch {
	case m.exam.over == leftAlone:
		return Attract
	case m.test().ShowResult && m.exam.result.Highest > 0:
		return TestResult
	case m.exam.over == timeIsUp:
		return TimeOver
	}
	return Thanks
}

// without is the outcome of a question on the path that has no answer.
func (m *Machine) without(q *surveys.Question) surveys.Outcome {
	screen := q.Kind.Traits().HasScreen
	switch cut := m.exam.over != "" && (q.Required || !m.exam.passed[q.Code]); {
	case m.declined[q.Code]:
		return surveys.Declined
	case screen && m.limited(q) && (m.closed(q) || cut):
		return surveys.TimedOut
	}
	return surveys.Skipped
}

// viewExam fills in what a test shows.
func (m *Machine) viewExam(v *View, now time.Time) {
	v.Clock, v.HandsIn = m.countdown(now), m.warned && m.handsIn()
	switch m.screen {
	case Ticket:
		v.Value, v.Problem, v.CanNext = surveys.String(m.exam.typed), m.problem, true
	case Opening:
		v.Questions, v.AtMost = m.howMany()
	case TestResult, TimeOver:
		v.Result = m.exam.result
	case Question:
		v.NoBack = m.exam.running() && m.preceding() == nil
	}
}

// howMany returns how many questions the test asks; at most so many where answers decide.
func (m *Machine) howMany() (n int, atMost bool) {
	for _, page := range m.rules.Survey.Pages {
		on := 0
		atMost = atMost || page.Relevance != nil
		for _, q := range page.Questions {
			if t := q.Kind.Traits(); t.HasScreen && t.HasValue {
				on++
				atMost = atMost || q.Relevance != nil
			}
		}
		if page.Pick > 0 {
			on = min(on, page.Pick)
		}
		n += on
	}
	return n, atMost
}
