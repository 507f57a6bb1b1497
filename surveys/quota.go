package surveys

import "otklik/surveys/expr"

// Quota stops a survey, or a part of its visitors, when a terminal has enough complete responses.
type Quota struct {
	Code string
	// When says which visitors it counts, from the answers given; nil for everyone.
	When *expr.Program
	// Limit is how many complete responses one terminal collects.
	Limit int
}

// Quotas returns the codes of the quotas that count a visitor with these answers. The terminal adds one to each of them
// when it has thanked the visitor.
func (v Visit) Quotas(a Answers) []string {
	env := v.env(a)
	var codes []string
	for _, q := range v.Survey.Quotas {
		if holds(q.When, env) {
			codes = append(codes, q.Code)
		}
	}
	return codes
}

// Full returns the first quota that counts a visitor with these answers and is full already, nil when there is none: the
// visitor is needed no more. completed tells how many responses a quota has counted on this terminal. Asked before the
// first question, with no answers, it tells whether to offer the survey at all.
func (v Visit) Full(a Answers, completed func(code string) int) *Quota {
	env := v.env(a)
	for i := range v.Survey.Quotas {
		if q := &v.Survey.Quotas[i]; holds(q.When, env) && completed(q.Code) >= q.Limit {
			return q
		}
	}
	return nil
}
