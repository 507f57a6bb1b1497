package visit

import (
	"slices"
	"time"

	"otklik/surveys"
)

// toggled is the choice of a list that was changed last, and when.
type toggled struct {
	question, choice string
	at               time.Time
}

// bounced reports whether an edit of several choices is the second half of a double tap: it changes back the choice that was
// changed a moment before. Whoever taps twice, as on a computer, means it once, as one whose hand trembles does.
func (m *Machine) bounced(e Edit, now time.Time) bool {
	if m.screen != Question {
		return false
	}
	q, value := m.at, m.value()
	switch {
	case m.shared() != nil:
		if q = m.member(e.Question); q == nil {
			return false
		}
		value = m.valueOf(q, m.counting(true))
	case !m.means(e.Question):
		return false
	}
	if q.Kind != surveys.MultipleChoice && q.Kind != surveys.Ranking {
		return false
	}
	before, _ := value.List()
	after, _ := e.Value.List()
	choice := beside(after, before)
	if choice == "" {
		choice = beside(before, after)
	}
	return m.again(q, choice, now) && choice != ""
}

// again notes that a choice of a question was changed, "" for the question itself, and reports whether it had been a moment
// before.
func (m *Machine) again(q *surveys.Question, choice string, now time.Time) bool {
	last := m.toggled
	m.toggled = toggled{q.Code, choice, now}
	return last.question == q.Code && last.choice == choice && now.Sub(last.at) < 2*m.cfg.Unseen
}

// settleDown keeps what comes right after a touch of a screen of several questions from counting, as on a screen that has
// just appeared: it is the same palm, or the second half of a tap after which other questions stand there.
func (m *Machine) settleDown(now time.Time) {
	if m.shared() != nil {
		m.appeared = now
	}
}

// beside is the first of all that is not among the others, "" for none.
func beside(all, others []string) string {
	if i := slices.IndexFunc(all, func(c string) bool { return !slices.Contains(others, c) }); i >= 0 {
		return all[i]
	}
	return ""
}
