package surveys

import (
	"slices"
	"strings"
	"time"
)

// TestRules say how a survey of the kind Test is marked.
type TestRules struct {
	// PassMark is the share of the points that passes, in percent, 1 to 100.
	PassMark int
	// TimeLimit is how long the whole test may take; 0 for no limit.
	TimeLimit time.Duration
	// ShowResult tells the result on the last screen.
	ShowResult bool
	// Tickets lets only those take the test who show a ticket that the collector issued, once each. Such a test is never
	// anonymous: somebody knows who got which ticket.
	Tickets bool
}

// Score marks a test: the points earned, the most that could be earned with the questions that this visit asked, and
// whether the share passes. An answer earns a question's points when it equals one of Correct; a list must have all its
// codes and no other, and texts are compared without regard to case, ё and the white space around and between words. A
// survey that is not marked has 0 of 0 points and is not passed.
func (v Visit) Score(a Answers) (points, highest int, passed bool) {
	v.walk(a, func(s *step) {
		q := s.question
		if len(q.Correct) == 0 {
			return
		}
		highest += q.Points
		if slices.ContainsFunc(q.Correct, func(right Value) bool { return sameAnswer(q, s.value, right) }) {
			points += q.Points
		}
	})
	rules := v.Survey.Test
	return points, highest, rules != nil && highest > 0 && 100*points >= rules.PassMark*highest
}

func sameAnswer(q *Question, said, right Value) bool {
	if !q.Kind.Traits().Text || q.Kind == NumberEntry {
		return said.Equal(right)
	}
	return said.kind == text && plain(said.text) == plain(right.text)
}

// plain folds what people write differently and mean the same.
func plain(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(strings.ToLower(s)), " "), "ё", "е")
}
