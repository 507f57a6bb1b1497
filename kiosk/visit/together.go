package visit

import (
	"errors"
	"maps"
	"slices"

	"otklik/surveys"
)

// A page with Together is one screen of several questions. What is given to them stays with the screen until the visitor
// goes on or back: only then the answers become those of the visit, all at once. Meanwhile they decide already which of
// the page's questions are there, as if they counted. What was given to a question that went away again does not count,
// but is there when it comes back.

// group is what a screen of several questions adds to a visit.
type group struct {
	drafts  map[string]surveys.Value // what was given to its questions since it was shown, checked or not
	problem string                   // the code of the question whose problem is named
}

// shared returns the page of the question shown when it is a screen of several questions, or nil.
func (m *Machine) shared() *surveys.Page {
	if m.at == nil || m.rules.Survey == nil {
		return nil
	}
	pages := m.rules.Survey.Pages
	for i := range pages {
		if slices.Contains(pages[i].Questions, m.at) && pages[i].Shared() {
			return &pages[i]
		}
	}
	return nil
}

// counting returns the answers as they are once the open screen of several questions counts: what was given there and is
// valid, and with defaults what stands there without a touch. Anywhere else it is the answers of the visit.
func (m *Machine) counting(defaults bool) surveys.Answers {
	page := m.shared()
	if page == nil {
		return m.answers
	}
	a := maps.Clone(m.answers)
	for _, q := range page.Questions {
		_, answered := a[q.Code]
		v, given := m.group.drafts[q.Code]
		switch {
		case !q.Kind.Traits().HasScreen:
			continue
		case given:
		case !defaults || answered || m.declined[q.Code] || q.Default.IsZero():
			continue
		default:
			v = q.Default
		}
		if v = m.offeredOf(q, v, a); isEmpty(v) {
			delete(a, q.Code)
		} else if m.rules.Check(q, v, a) == nil {
			a[q.Code] = v
		}
	}
	m.rules.Prune(a)
	return a
}

// offeredOf returns what is left of a value without choices that are not offered after the answers a.
func (m *Machine) offeredOf(q *surveys.Question, v surveys.Value, a surveys.Answers) surveys.Value {
	if !q.Kind.Traits().HasChoices || v.IsZero() {
		return v
	}
	choices := m.rules.Choices(q, a)
	gone := func(code string) bool {
		return !slices.ContainsFunc(choices, func(c surveys.Choice) bool { return c.Code == code })
	}
	if codes, ok := v.List(); ok {
		return surveys.Codes(slices.DeleteFunc(slices.Clone(codes), gone)...)
	}
	if code, ok := v.Text(); !ok || gone(code) {
		return surveys.Value{}
	}
	return v
}

// together returns the questions on the screen shown, as these answers decide; one question on an ordinary screen.
func (m *Machine) together(a surveys.Answers) []*surveys.Question {
	if m.shared() != nil {
		for _, screen := range m.rules.Screens(a) {
			if slices.Contains(screen, m.at) {
				return screen
			}
		}
	}
	return []*surveys.Question{m.at}
}

// valueOf is what a question of the screen has for an answer; a are the answers that count.
func (m *Machine) valueOf(q *surveys.Question, a surveys.Answers) surveys.Value {
	v, given := m.group.drafts[q.Code]
	if !given {
		before, answered := m.answers[q.Code]
		switch {
		case answered:
			v = before
		case !m.declined[q.Code]:
			v = q.Default
		}
	}
	return m.offeredOf(q, v, a)
}

// editOne takes up a value that is being given to one question of the screen.
func (m *Machine) editOne(code string, v surveys.Value) {
	if q := m.member(code); q != nil && q.Kind != surveys.Information {
		m.group.drafts[q.Code] = v
		delete(m.declined, q.Code)
		m.solved(q)
	}
}

// declineOne notes that the visitor does not want to answer one question of the screen; said again it is taken back.
func (m *Machine) declineOne(code string) {
	q := m.member(code)
	if q == nil || !q.Decline {
		return
	}
	if m.declined[q.Code] {
		delete(m.declined, q.Code)
		return
	}
	m.group.drafts[q.Code] = surveys.Value{}
	m.declined[q.Code] = true
	m.solved(q)
}

// member returns the question of the screen with that code, nil when none has; "" is the first one.
func (m *Machine) member(code string) *surveys.Question {
	for _, q := range m.together(m.counting(true)) {
		if q.Code == code || code == "" && q == m.at {
			return q
		}
	}
	return nil
}

// solved takes back the problem of a question that is being answered.
func (m *Machine) solved(q *surveys.Question) {
	if m.group.problem == q.Code {
		m.group.problem, m.problem = "", NoProblem
	}
}

// putAll makes what stands on the screen the answers. It returns false, with the first problem named, when the visitor
// cannot go on with it.
func (m *Machine) putAll() bool {
	a := m.counting(true)
	for _, q := range m.together(a) {
		if problem := m.fault(q, a); problem != NoProblem {
			m.group.problem, m.problem = q.Code, problem
			m.shown++
			return false
		}
	}
	m.settle(a)
	return true
}

// fault says why the visitor cannot go on with what a question of the screen has for an answer.
func (m *Machine) fault(q *surveys.Question, a surveys.Answers) Problem {
	v := m.valueOf(q, a)
	if isEmpty(v) {
		if q.Required && !m.declined[q.Code] {
			return Unanswered
		}
		return NoProblem
	}
	err := m.rules.Check(q, v, a)
	var constraint *surveys.ConstraintError
	switch {
	case errors.As(err, &constraint):
		return Unfit
	case err != nil:
		return Invalid
	}
	return NoProblem
}

// settle replaces the answers of the visit.
func (m *Machine) settle(a surveys.Answers) {
	clear(m.answers)
	maps.Copy(m.answers, a)
	clear(m.group.drafts)
	m.group.problem = ""
}

// skipAll reports whether nothing is required and nothing given on the screen.
func (m *Machine) skipAll() bool {
	a := m.counting(true)
	for _, q := range m.together(a) {
		if q.Required || m.declined[q.Code] || !isEmpty(m.valueOf(q, a)) {
			return false
		}
	}
	return true
}

// unwritten drops texts that somebody who went away was still writing: they were not given.
func (m *Machine) unwritten() {
	maps.DeleteFunc(m.group.drafts, func(code string, _ surveys.Value) bool {
		return m.rules.Survey.Question(code).Kind.Traits().Text
	})
}

// viewGroup fills in what a screen of several questions shows.
func (m *Machine) viewGroup(v *View, a surveys.Answers) {
	v.Value, v.Choices = surveys.Value{}, nil
	v.CanSkip = m.skipAll()
	v.CanNext, v.CanDecline = !v.CanSkip, false
	for _, q := range m.together(a) {
		i := Item{
			Question: q, Value: m.valueOf(q, a), Choices: m.rules.Choices(q, a),
			Text: m.rules.Say(q.Text, m.language, a), Hint: m.rules.Say(q.Hint, m.language, a),
			Required: q.Required, CanDecline: q.Decline, Declined: m.declined[q.Code],
		}
		if m.group.problem == q.Code {
			i.Problem = m.problem
		}
		v.Group = append(v.Group, i)
	}
}
