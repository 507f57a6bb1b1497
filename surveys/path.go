package surveys

import (
	"cmp"
	"slices"

	"otklik/surveys/expr"
)

// LongestPath returns an upper bound of the number of screens that one visitor can be asked on: every page as if it were
// relevant, a page with Pick as its Pick, a page with Together as one.
func (s *Survey) LongestPath() int {
	n := 0
	for i := range s.Pages {
		n += s.Pages[i].longest()
	}
	return n
}

// Progress is Visit.Progress of a visit without a clock.
func (s *Survey) Progress(a Answers, seed uint64, code string) float64 {
	return Visit{Survey: s, Seed: seed}.Progress(a, code)
}

// Progress returns which share of the survey lies behind a visitor who is looking at the question code: 0 at the first
// question of the longest path, always below 1; the thanks screen is 1. It depends on where the question stands, not on
// what was answered, so it never shrinks on the way forward; it jumps ahead over a branch that is left out. A question
// that is not on the path, or has no screen, is 0.
func (v Visit) Progress(a Answers, code string) float64 {
	pages := v.Survey.Pages
	before := make([]int, len(pages)) // the most screens that can come before the page
	for i := 1; i < len(pages); i++ {
		before[i] = before[i-1] + pages[i-1].longest()
	}
	behind, page, rank := 0, -1, 0
	v.walk(a, func(s *step) {
		if s.page != page {
			page, rank = s.page, 0
		}
		if !s.question.Kind.Traits().HasScreen {
			return
		}
		if s.question.Code == code {
			switch p := &pages[s.page]; {
			case p.Together:
				behind = before[s.page]
			case p.drawn():
				behind = before[s.page] + rank
			default:
				behind = before[s.page] + p.position(s.question)
			}
		}
		rank++
	})
	if behind == 0 {
		return 0
	}
	return float64(behind) / float64(v.Survey.LongestPath())
}

// walk makes the forward pass that Visit.Path documents and calls visit for each question on the path; the step is only
// valid during the call. It returns the variables as they stand after it: a question that is not on the path is empty.
// What is said of a question never changes in the pass, so logic that names earlier questions comes out the same after it.
func (v Visit) walk(a Answers, visit func(*step)) *expr.Env {
	survey := v.Survey
	env := &expr.Env{Values: make([]expr.Value, survey.slots), Now: v.Began}
	var s step
	first := 0
	for p := range survey.Pages {
		page := &survey.Pages[p]
		s.page = p
		if holds(page.Relevance, env) {
			if page.drawn() {
				for _, i := range v.draw(p, env) {
					v.ask(&s, first+i, a, env, visit)
				}
			} else {
				for i, q := range page.Questions {
					if q.asked(env) {
						v.ask(&s, first+i, a, env, visit)
					}
				}
			}
		}
		first += len(page.Questions)
	}
	return env
}

// ask puts one question on the path.
func (v Visit) ask(s *step, index int, a Answers, env *expr.Env, visit func(*step)) {
	q := v.Survey.questions[index]
	s.index, s.question, s.value = index, q, Value{}
	answer, answered := a[q.Code]
	switch {
	case q.Kind == Calculated:
		env.Values[q.slot] = q.operand(answer) // what once() keeps
		s.value = calculated(q.Calculation.Eval(env))
	case answered:
		s.value = q.offered(answer, env)
	}
	q.assign(s.value, env.Values)
	visit(s)
}

// asked reports whether the question is relevant and, if it offers choices, leaves one.
func (q *Question) asked(env *expr.Env) bool {
	if !holds(q.Relevance, env) {
		return false
	}
	for i := range q.Choices {
		if holds(q.Choices[i].When, env) {
			return true
		}
	}
	return len(q.Choices) == 0
}

// offered returns what is left of an answer without the choices that are not offered.
func (q *Question) offered(v Value, env *expr.Env) Value {
	gone := func(code string) bool {
		i := q.choiceIndex(code)
		return i >= 0 && !holds(q.Choices[i].When, env)
	}
	switch {
	case !q.Kind.Traits().HasChoices:
	case v.kind == text && gone(v.text):
		return Value{}
	case v.kind == list && slices.ContainsFunc(v.codes, gone):
		left := slices.DeleteFunc(slices.Clone(v.codes), gone)
		if len(left) == 0 {
			return Value{}
		}
		return Codes(left...)
	}
	return v
}

// Shared reports whether several questions can stand on one screen: the page is one with Together that does not ask each
// visitor just one question.
func (page *Page) Shared() bool {
	n := 0
	for _, q := range page.Questions {
		if q.Kind.Traits().HasScreen {
			n++
		}
	}
	return page.Together && n > 1 && page.Pick != 1
}

// drawn reports whether the seed decides which of the page's questions are asked, or their order.
func (page *Page) drawn() bool { return page.Pick > 0 || page.Random }

// draw returns the indices of the page's questions that are asked, in their order. No question of the page can bear on
// whether another one is asked: Load sees to that.
func (v Visit) draw(index int, env *expr.Env) []int {
	page := &v.Survey.Pages[index]
	asked := make([]int, 0, len(page.Questions))
	for i, q := range page.Questions {
		if q.asked(env) {
			asked = append(asked, i)
		}
	}
	slices.SortStableFunc(asked, func(i, j int) int { return cmp.Compare(lot(v.Seed, index, i), lot(v.Seed, index, j)) })
	if page.Pick > 0 {
		asked = asked[:min(page.Pick, len(asked))]
	}
	if !page.Random {
		slices.Sort(asked)
	}
	return asked
}

// lot returns the number that thing number i draws in a stream: the question of a page, whose stream is the page's index,
// or a choice, whose stream is negative. The lowest comes first. It is SplitMix64 (Steele, Lea and Flood, "Fast splittable
// pseudorandom number generators", 2014), written out because terminals and collectors of different versions must draw the
// same.
func lot(seed uint64, stream, i int) uint64 {
	z := mix(mix(seed)+uint64(stream)) + uint64(i)
	return mix(z)
}

func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// longest returns on how many screens one visitor is asked the page at most.
func (page *Page) longest() int {
	n := 0
	for _, q := range page.Questions {
		if q.Kind.Traits().HasScreen {
			n++
		}
	}
	switch {
	case page.Together:
		return min(1, n)
	case page.Pick > 0:
		return min(page.Pick, n)
	}
	return n
}

// position returns how many screens of the page can come before q.
func (page *Page) position(q *Question) int {
	n := 0
	for _, other := range page.Questions {
		switch {
		case other == q:
			return n
		case other.Kind.Traits().HasScreen:
			n++
		}
	}
	return 0
}

// holds reports whether a condition holds; nil always does.
func holds(condition *expr.Program, env *expr.Env) bool {
	return condition == nil || condition.Eval(env).Boolean()
}

// given returns the variables when every answer counts.
func (s *Survey) given(a Answers) *expr.Env {
	env := &expr.Env{Values: make([]expr.Value, s.slots)}
	for code, v := range a {
		if i, ok := s.byCode[code]; ok {
			s.questions[i].assign(v, env.Values)
		}
	}
	return env
}

// assign gives the question's variables their values: its own, and one for each row of a matrix.
func (q *Question) assign(v Value, values []expr.Value) {
	if q.Kind != Matrix {
		values[q.slot] = q.operand(v)
		return
	}
	for i, item := range q.items {
		values[q.slot+1+i] = item.operand(v.Row(q.Rows[i].Code))
	}
}

// operand returns v as the logic language sees it.
func (q *Question) operand(v Value) expr.Value {
	switch {
	case v.kind == noValue:
		return expr.Value{}
	case v.kind == number:
		return expr.Num(v.num)
	case v.kind == list:
		return expr.List(v.codes)
	case v.kind == rows:
		return expr.Value{}
	}
	switch q.valueType() {
	case expr.Date:
		return expr.DateOf(v.text)
	case expr.Time:
		return expr.TimeOf(v.text)
	case expr.DateTime:
		return expr.DateTimeOf(v.text)
	}
	return expr.Str(v.text)
}

// valueType returns the type of the question's value in the logic language, 0 when it has none.
func (q *Question) valueType() expr.Type {
	if q.Kind == Calculated && q.Calculation != nil {
		return q.Calculation.Type()
	}
	if f := forms[q.Kind]; f != nil {
		return f.variable
	}
	return 0
}
