package visit

import (
	"slices"
	"time"

	"otklik/surveys"
)

// inviting are the kinds of question that the attract screen can ask by itself: a scale, answered by one touch.
var inviting = []surveys.QuestionKind{surveys.Smiley, surveys.Stars, surveys.NPS, surveys.Agreement}

// invitation is the question that invites on the attract screen: the first of the only survey offered, when one touch
// answers it, it shows no picture and it is the same for everybody who comes. Where a sample decides who is asked, nobody is asked before it
// did.
func (m *Machine) invitation() *surveys.Question {
	if m.screen != Attract || len(m.offered) != 1 {
		return nil
	}
	s := m.offered[0]
	if s.Sample != nil || s.Kind == surveys.Test || s.Random() || !slices.Contains(s.Languages, m.language) {
		return nil
	}
	known := surveys.Answers{}
	rules := surveys.Visit{Survey: s}
	rules.Preset(known, m.cfg.Known)
	path := slices.Concat(rules.Screens(known)...)
	if len(path) > 0 && path[0].Image == "" && slices.Contains(inviting, path[0].Kind) && !together(s, path[0]) {
		return path[0]
	}
	return nil
}

// accept begins a visit with the answer to the question that invited.
func (m *Machine) accept(a Answer, now time.Time) *surveys.Response {
	q := m.invitation()
	if q == nil {
		return nil
	}
	if m.start("", now); m.screen != Question || m.at != q { // closed a moment ago
		return nil
	}
	if m.edit(q.Code, a.Value) && m.put() {
		return m.forward(now)
	}
	return nil
}

// together reports whether a question shares its screen with others.
func together(s *surveys.Survey, q *surveys.Question) bool {
	return slices.ContainsFunc(s.Pages, func(p surveys.Page) bool { return p.Shared() && slices.Contains(p.Questions, q) })
}
