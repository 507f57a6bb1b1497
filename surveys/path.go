package surveys

import "otklik/surveys/expr"

// Path returns the questions on the visitor's way through the survey, in order, as far as the answers given so far decide
// it: questions whose relevance still depends on an unanswered question count as their expression says for an empty value.
//
// It is one forward pass. The answer to a question that is not on the path counts as absent for everything after it, so
// answers left over from a branch the visitor went back from have no effect. Of a page with Pick, the questions asked are
// those that come first among the page's relevant questions in an order drawn from seed and the page's index; the same
// seed and answers give the same path on the glass and at the collector, in every version of the program.
func (s *Survey) Path(a Answers, seed uint64) []*Question {
	path := make([]*Question, 0, len(s.questions))
	s.walk(a, seed, func(_, index int) { path = append(path, s.questions[index]) })
	return path
}

// Prune deletes the answers to questions that are not on the path, and those to questions the survey does not have. The
// path stays the same.
func (s *Survey) Prune(a Answers, seed uint64) {
	on := make([]bool, len(s.questions))
	s.walk(a, seed, func(_, index int) { on[index] = true })
	for code := range a {
		if i, ok := s.byCode[code]; !ok || !on[i] {
			delete(a, code)
		}
	}
}

// AudienceOf returns the code of the first audience whose condition holds for the answers, or "" when none does. It trusts
// that all answers count: prune them before.
func (s *Survey) AudienceOf(a Answers) string {
	values := make([]expr.Value, len(s.questions))
	for code, v := range a {
		if i, ok := s.byCode[code]; ok {
			values[i] = v.operand()
		}
	}
	for _, audience := range s.Audiences {
		if holds(audience.When, values) {
			return audience.Code
		}
	}
	return ""
}

// LongestPath returns an upper bound of the number of questions, and so of question screens, that one visitor can be
// asked: every page as if it were relevant, a page with Pick as its Pick.
func (s *Survey) LongestPath() int {
	n := 0
	for i := range s.Pages {
		n += s.Pages[i].longest()
	}
	return n
}

// Progress returns which share of the survey lies behind a visitor who is looking at the question code: 0 at the first
// question of the longest path, always below 1; the thanks screen is 1. It depends on where the question stands, not on
// what was answered, so it never shrinks on the way forward; it jumps ahead over a branch that is left out. A question
// that is not on the path is 0.
func (s *Survey) Progress(a Answers, seed uint64, code string) float64 {
	before := make([]int, len(s.Pages)) // the most questions that can come before the page
	for i := 1; i < len(s.Pages); i++ {
		before[i] = before[i-1] + s.Pages[i-1].longest()
	}
	behind, page, rank := 0, -1, 0
	s.walk(a, seed, func(p, index int) {
		if p != page {
			page, rank = p, 0
		}
		q := s.questions[index]
		if q.Code == code {
			behind = before[p] + rank
			if s.Pages[p].Pick == 0 {
				behind = before[p] + s.Pages[p].position(q)
			}
		}
		rank++
	})
	if behind == 0 {
		return 0
	}
	return float64(behind) / float64(s.LongestPath())
}

// walk makes the forward pass that Path documents and calls visit for each question on the path, with the index of its
// page and its own index in s.questions.
func (s *Survey) walk(a Answers, seed uint64, visit func(page, index int)) {
	values := make([]expr.Value, len(s.questions))
	index := 0
	ask := func(page, index int) {
		visit(page, index)
		if v, ok := a[s.questions[index].Code]; ok {
			values[index] = v.operand()
		}
	}
	for p := range s.Pages {
		page := &s.Pages[p]
		first := index
		index += len(page.Questions)
		if !holds(page.Relevance, values) {
			continue
		}
		if page.Pick > 0 {
			for i, chosen := range page.pick(seed, p, values) {
				if chosen {
					ask(p, first+i)
				}
			}
			continue
		}
		for i, q := range page.Questions {
			if holds(q.Relevance, values) {
				ask(p, first+i)
			}
		}
	}
}

// pick chooses Pick of the page's relevant questions. No question of the page can bear on the relevance of another one:
// Load sees to that.
func (page *Page) pick(seed uint64, index int, values []expr.Value) []bool {
	chosen := make([]bool, len(page.Questions))
	relevant := make([]bool, len(page.Questions))
	for i, q := range page.Questions {
		relevant[i] = holds(q.Relevance, values)
	}
	for range page.Pick {
		best, bestLot := -1, uint64(0)
		for i := range page.Questions {
			if !relevant[i] || chosen[i] {
				continue
			}
			if l := lot(seed, index, i); best < 0 || l < bestLot {
				best, bestLot = i, l
			}
		}
		if best < 0 {
			break
		}
		chosen[best] = true
	}
	return chosen
}

// lot returns the number that question i of the page draws; the lowest is asked. It is SplitMix64 (Steele, Lea and Flood,
// "Fast splittable pseudorandom number generators", 2014), written out because terminals and collectors of different
// versions must draw the same.
func lot(seed uint64, page, i int) uint64 {
	z := mix(mix(seed)+uint64(page)) + uint64(i)
	return mix(z)
}

func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// longest returns how many questions of the page one visitor is asked at most.
func (page *Page) longest() int {
	if page.Pick > 0 {
		return min(page.Pick, len(page.Questions))
	}
	return len(page.Questions)
}

func (page *Page) position(q *Question) int {
	for i := range page.Questions {
		if page.Questions[i] == q {
			return i
		}
	}
	return 0
}

// holds reports whether a condition holds; nil always does.
func holds(condition *expr.Program, values []expr.Value) bool {
	return condition == nil || condition.Boolean(values)
}

// operand returns v as the logic language sees it.
func (v Value) operand() expr.Value {
	switch v.kind {
	case number:
		return expr.Num(v.num)
	case text:
		return expr.Str(v.text)
	case list:
		return expr.List(v.codes)
	}
	return expr.Value{}
}
