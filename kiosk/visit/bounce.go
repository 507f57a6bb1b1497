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
	if m.screen != Question || m.shared() != nil || !m.means(e.Question) ||
		m.at.Kind != surveys.MultipleChoice && m.at.Kind != surveys.Ranking {
		return false
	}
	before, _ := m.value().List()
	after, _ := e.Value.List()
	choice := beside(after, before)
	if choice == "" {
		choice = beside(before, after)
	}
	last := m.toggled
	m.toggled = toggled{m.at.Code, choice, now}
	return choice != "" && last.question == m.at.Code && last.choice == choice && now.Sub(last.at) < 2*m.cfg.Unseen
}

// beside is the first of all that is not among the others, "" for none.
func beside(all, others []string) string {
	if i := slices.IndexFunc(all, func(c string) bool { return !slices.Contains(others, c) }); i >= 0 {
		return all[i]
	}
	return ""
}
