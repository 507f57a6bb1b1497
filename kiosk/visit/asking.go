package visit

import (
	"errors"
	"slices"
	"strings"
	"time"

	"otklik/surveys"
)

// open begins a survey at its first question, a test before it.
func (m *Machine) open(s *surveys.Survey, now time.Time) {
	m.rules, m.at, m.draft, m.problem, m.exam = surveys.Visit{Survey: s, Began: s.Moment(m.began)}, nil, nil, NoProblem, exam{}
	if !slices.Contains(s.Languages, m.language) {
		m.language = m.home()
	}
	if s.Random() { // other responses carry no number at all
		m.rules.Seed = m.draw()
	}
	m.answers, m.declined, m.asked = surveys.Answers{}, map[string]bool{}, map[string]time.Duration{}
	m.rules.Preset(m.answers, m.cfg.Known)
	shown := m.path()
	if len(shown) == 0 {
		m.reset(now) // a survey that asks this visitor nothing; the checker refuses such a survey
		return
	}
	if s.Kind == surveys.Test {
		m.enter(now)
		return
	}
	m.ask(shown[0], now)
}

// ask puts a question on the glass.
func (m *Machine) ask(q *surveys.Question, now time.Time) {
	m.at, m.draft, m.problem, m.since, m.group = q, nil, NoProblem, now, group{drafts: map[string]surveys.Value{}}
	m.appear(Question, now)
}

// path is what the visitor is shown, question by question.
func (m *Machine) path() []*surveys.Question { return slices.Concat(m.screens()...) }

// screens is the same, screen by screen.
func (m *Machine) screens() [][]*surveys.Question { return m.rules.Screens(m.counting(true)) }

// means reports whether an event that names a question by its code is for the one shown.
func (m *Machine) means(code string) bool { return code == "" || code == m.at.Code }

// edit takes up a value that is being given to a question shown.
func (m *Machine) edit(code string, v surveys.Value) bool {
	switch {
	case m.screen != Question:
		return false
	case m.shared() != nil:
		m.editOne(code, v)
		return true
	case m.at.Kind == surveys.Information || !m.means(code):
		return false
	}
	m.draft, m.problem = &v, NoProblem
	return true
}

// value is what the question shown has for an answer: what is being given, what was given before, or its default.
func (m *Machine) value() surveys.Value {
	if m.draft != nil {
		return *m.draft
	}
	if v, ok := m.answers[m.at.Code]; ok || m.declined[m.at.Code] {
		return v
	}
	return m.at.Default
}

// put makes the value of the question shown its answer and drops the answers that it made irrelevant. It returns false,
// with the problem named on the glass, when the visitor cannot go on with it.
func (m *Machine) put() bool {
	switch {
	case m.shared() != nil:
		return m.putAll()
	case m.at.Kind == surveys.Information:
		return true
	}
	v := m.value()
	if isEmpty(v) {
		if m.at.Required {
			m.problem = Unanswered
			m.shown++
			return false
		}
		m.take()
		return true
	}
	if err := m.rules.Check(m.at, v, m.answers); err != nil {
		var constraint *surveys.ConstraintError
		if m.problem = Invalid; errors.As(err, &constraint) {
			m.problem = Unfit
		}
		m.shown++
		return false
	}
	delete(m.declined, m.at.Code)
	m.answers[m.at.Code] = v
	m.rules.Prune(m.answers)
	return true
}

// take takes the answer of the question shown back.
func (m *Machine) take() {
	delete(m.answers, m.at.Code)
	delete(m.declined, m.at.Code)
	m.rules.Prune(m.answers)
}

// isEmpty reports whether v says nothing: an empty text or no choice at all.
func isEmpty(v surveys.Value) bool {
	if s, ok := v.Text(); ok {
		return strings.TrimSpace(s) == ""
	}
	if codes, ok := v.List(); ok {
		return len(codes) == 0
	}
	if rows, ok := v.Rows(); ok {
		return len(rows) == 0
	}
	return v.IsZero()
}

// forward leaves the question shown for the next one on the path, or closes the visit after the last one.
func (m *Machine) forward(now time.Time) *surveys.Response {
	m.clock(now)
	for _, q := range m.together(m.counting(true)) {
		m.exam.pass(q.Code)
	}
	return m.onward(now)
}

func (m *Machine) onward(now time.Time) *surveys.Response {
	if m.enough(now) {
		return nil
	}
	if next := m.following(); next != nil {
		m.ask(next, now)
		return nil
	}
	if m.short() {
		m.appear(Pause, now)
		return nil
	}
	return m.finish(now)
}

// following is the first question of the next screen on the path that can be asked, or nil; preceding that of the screen
// before.
func (m *Machine) following() *surveys.Question {
	screens := m.screens()
	for _, s := range screens[m.place(screens)+1:] {
		if !m.closed(s[0]) {
			return s[0]
		}
	}
	return nil
}

func (m *Machine) preceding() *surveys.Question {
	screens := m.screens()
	for _, s := range slices.Backward(screens[:max(0, m.place(screens))]) {
		if !m.closed(s[0]) {
			return s[0]
		}
	}
	return nil
}

// place is the index of the screen shown.
func (m *Machine) place(screens [][]*surveys.Question) int {
	return slices.IndexFunc(screens, func(s []*surveys.Question) bool { return slices.Contains(s, m.at) })
}

func (m *Machine) back(now time.Time) {
	switch m.screen {
	case Languages, Easing:
		m.comeBack(now)
	case Menu:
		m.reset(now)
	case Pause:
		m.ask(m.at, now)
	case Statement:
		m.appear(Question, now) // the draft and the time it is asked go on
	case Question:
		before := m.preceding()
		if before == nil && m.exam.running() {
			return // a test that was begun is left at its end
		}
		m.clock(now)
		m.keep() // what was begun here is there again when the visitor comes back
		if before = m.preceding(); before != nil {
			m.ask(before, now)
		} else {
			m.leave(now)
		}
	}
}

// keep makes what is being given the answer if it can be one.
func (m *Machine) keep() {
	if m.shared() != nil {
		m.settle(m.counting(false))
		return
	}
	if m.draft != nil && !isEmpty(*m.draft) && m.rules.Check(m.at, *m.draft, m.answers) == nil {
		m.put()
	}
}

// leave goes back from a survey to the menu, or ends the visit where there is none.
func (m *Machine) leave(now time.Time) {
	if len(m.offered) < 2 {
		m.reset(now)
		return
	}
	m.wipe()
	m.at, m.draft, m.rules = nil, nil, surveys.Visit{}
	m.appear(Menu, now)
}
