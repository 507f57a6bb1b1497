package lint

import (
	"math/rand/v2"
	"slices"

	"otklik/surveys"
	"otklik/surveys/expr"
)

// Figures are how long a survey is.
type Figures struct {
	Screens Bounds `json:"screens"` // with questions or information; the thanks are not counted
	Seconds Bounds `json:"seconds"`
	// Typical is how many seconds a visit takes in the mean; see surveys.Survey.Seconds.
	Typical int `json:"typical_seconds"`
}

// Bounds are the shortest and the longest that were found.
type Bounds struct {
	Shortest int `json:"shortest"`
	Longest  int `json:"longest"`
}

func (b *Bounds) take(n int, first bool) {
	if first {
		*b = Bounds{n, n}
	}
	b.Shortest, b.Longest = min(b.Shortest, n), max(b.Longest, n)
}

// longVisit is how many seconds a visit of a kind may take before it is too long; the others have no bound.
var longVisit = map[surveys.Kind]int{
	surveys.ExitPoll: 150, surveys.Satisfaction: 150, surveys.Poll: 180, surveys.Suggestion: 240, surveys.Staff: 600,
}

// The visits that are tried: combinations of what logic tells apart when there are at most tryAll, seeds for each of them,
// and drawn ones.
const (
	tryAll     = 2000
	trySeeds   = 2
	drawnTimes = 1000
)

// figures measures the paths of the survey.
func (c *checker) figures() *Figures {
	f := &Figures{Typical: c.survey.Seconds()}
	first := true
	walk := func(a surveys.Answers, seed uint64) {
		v := surveys.Visit{Survey: c.survey, Seed: seed}
		f.Screens.take(len(v.Screens(a)), first)
		f.Seconds.take(v.Seconds(a), first)
		first = false
	}
	steering := c.steering()
	tried := 1
	for _, s := range steering {
		if tried *= len(s.values); tried > tryAll {
			break
		}
	}
	if tried <= tryAll {
		for i := range tried {
			a := surveys.Answers{}
			for _, s := range steering {
				s.answer(a, i%len(s.values))
				i /= len(s.values)
			}
			for seed := range uint64(trySeeds) {
				walk(a, seed)
			}
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range drawnTimes {
		a := surveys.Answers{}
		for _, s := range steering {
			drawn := random.IntN(len(s.values))
			switch i % 4 { // every fourth visit answers at random, the others all alike where they can
			case 1:
				if !s.must {
					drawn = 0
				}
			case 2:
				if s.scale {
					drawn = 1 - s.first
				}
			case 3:
				if s.scale {
					drawn = len(s.values) - 1
				}
			}
			s.answer(a, drawn)
		}
		walk(a, random.Uint64())
	}
	if most := longVisit[c.survey.Kind]; most > 0 && f.Typical > most {
		c.found(Warning, "long-visit", "/pages", "", "",
			"a visit takes about %d seconds, more than the %d that people give a survey of the kind %s; ask less",
			f.Typical, most, c.survey.Kind)
	}
	return f
}

// steer is a variable that decides where visits go, with the answers that are tried.
type steer struct {
	question, row string
	values        []surveys.Value
	must, scale   bool
	first         int // 1 when values has no empty one
}

// answer puts value number i into the answers.
func (s *steer) answer(a surveys.Answers, i int) {
	v := s.values[i]
	switch {
	case v.IsZero():
	case s.row == "":
		a[s.question] = v
	default:
		given, _ := a[s.question].Rows()
		a[s.question] = surveys.Rows(append(slices.Clone(given), surveys.RowValue{Row: s.row, Value: v})...)
	}
}

// steering returns what the logic of the survey names.
func (c *checker) steering() []*steer {
	w := &world{logic: c.logic, bySlot: map[int]*variable{}}
	gather := func(p *expr.Program, own *surveys.Question) {
		if p != nil {
			w.gather(p, own)
		}
	}
	for i := range c.survey.Pages {
		gather(c.survey.Pages[i].Relevance, nil)
		for _, q := range c.survey.Pages[i].Questions {
			gather(q.Relevance, q)
			gather(q.Calculation, q)
			for j := range q.Choices {
				gather(q.Choices[j].When, q)
			}
		}
	}
	slices.SortFunc(w.variables, func(a, b *variable) int { return a.slot - b.slot })
	var all []*steer
	for _, v := range w.variables {
		if v.question.Kind == surveys.Calculated {
			continue
		}
		_, _, scale := v.item.Scale()
		s := &steer{question: v.question.Code, scale: scale, must: w.sure(v.question) || v.question.Required}
		if v.item != v.question {
			s.row = v.item.Code[len(v.question.Code)+1:]
		}
		values, ok := domain(v)
		if !ok {
			values = append(values, expr.Value{}, expr.Str("a"), expr.Num(v.item.Min), expr.Num(v.item.Max))
		}
		for _, value := range values {
			if given, ok := answerOf(v.item, value); ok && !(s.must && given.IsZero()) {
				s.values = append(s.values, given)
			}
		}
		if len(s.values) == 0 {
			continue
		}
		if !s.values[0].IsZero() {
			s.first = 1
		}
		all = append(all, s)
	}
	return all
}

// answerOf returns the answer that logic sees as a value; ok is false when the question does not take it.
func answerOf(q *surveys.Question, v expr.Value) (answer surveys.Value, ok bool) {
	switch v.Type() {
	case expr.Any:
		return surveys.Value{}, true
	case expr.Number:
		n, _ := v.Number()
		answer = surveys.Number(n)
	case expr.Codes:
		if len(v.Codes()) == 0 {
			return surveys.Value{}, true
		}
		answer = surveys.Codes(v.Codes()...)
	default:
		answer = surveys.String(v.String())
	}
	return answer, q.Check(answer) == nil
}
