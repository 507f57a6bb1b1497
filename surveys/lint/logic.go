package lint

import (
	"fmt"
	"slices"
	"strings"

	"otklik/surveys"
	"otklik/surveys/expr"
)

// Bounds of the analysis: how many combinations of answers are tried for one condition, and for all of a survey. What
// would take more stays undecided.
const (
	maxTried  = 20_000
	maxBudget = 500_000
)

// located is where a question stands.
type located struct {
	question *surveys.Question
	page     int
	index    int    // among all questions
	path     string // in the source
}

// logic decides what the conditions of a survey can come to.
type logic struct {
	survey *surveys.Survey
	at     map[string]located // by code
	budget int                // combinations tried
}

func newLogic(s *surveys.Survey) *logic {
	l := &logic{survey: s, at: map[string]located{}}
	n := 0
	for p := range s.Pages {
		for i, q := range s.Pages[p].Questions {
			l.at[q.Code] = located{q, p, n, fmt.Sprintf("/pages/%d/questions/%d", p, i)}
			n++
		}
	}
	return l
}

// variable is one variable of the logic language with the answers that can be in it.
type variable struct {
	slot     int
	question *surveys.Question // that was asked
	item     *surveys.Question // what is answered: the question, or a row of the matrix
	use      expr.Use
	values   []expr.Value // representatives; the first one is empty
	// derived is the calculation that gives the value instead.
	derived *expr.Program
}

// claim is a set of conditions to be decided together.
type claim struct {
	conditions []*expr.Program // what is asked about: whether all of them hold
	given      []*expr.Program // what holds besides
	own        *surveys.Question
	// early says that questions may not be answered yet, although they must be.
	early bool
}

// verdict is what a claim comes to: whether it ever holds, and whether it ever fails. When it is not known, nothing may be
// said.
type verdict struct{ known, ever, failed bool }

// settle tries all combinations of answers that can be told apart: those only that a visitor could give, as far as what
// the questions depend on can be decided, too; otherwise all, among which the possible ones are. So "never" and "always"
// are true of every visitor, while "sometimes" may be more than there is.
func (l *logic) settle(c claim) verdict {
	c.conditions, c.given = programs(c.conditions), programs(c.given)
	if len(c.conditions) == 0 {
		return verdict{}
	}
	for _, deep := range []bool{true, false} {
		if v, ok := l.world(c, deep); ok {
			if r := v.settle(c); r.known {
				return r
			}
		}
	}
	return verdict{}
}

// programs leaves out conditions that are not there.
func programs(all []*expr.Program) []*expr.Program {
	return slices.DeleteFunc(slices.Clone(all), func(p *expr.Program) bool { return p == nil })
}

// world is what a claim depends on.
type world struct {
	logic     *logic
	deep      bool
	variables []*variable
	bySlot    map[int]*variable
	asked     map[string][]*expr.Program // by question: what must hold for it to be asked; deep only
}

// world gathers the variables of a claim; deep also those that say whether its questions are asked. ok is false when one of
// them has more values than can be tried.
func (l *logic) world(c claim, deep bool) (w *world, ok bool) {
	w = &world{logic: l, deep: deep, bySlot: map[int]*variable{}, asked: map[string][]*expr.Program{}}
	for _, p := range slices.Concat(c.conditions, c.given) {
		if p.Clock() {
			return nil, false
		}
		w.gather(p, c.own)
	}
	if deep {
		// The list grows while it is gone through: what decides whether a question is asked is itself asked.
		for i := 0; i < len(w.variables); i++ {
			v := w.variables[i]
			if _, done := w.asked[v.question.Code]; !done && !w.depend(v, c) {
				return nil, false
			}
		}
	}
	tried := 1
	for _, v := range w.variables {
		if v.derived != nil {
			continue
		}
		if v.values, ok = domain(v); !ok {
			return nil, false
		}
		if tried *= len(v.values); tried > maxTried || l.budget+tried > maxBudget {
			return nil, false
		}
	}
	l.budget += tried
	slices.SortFunc(w.variables, func(a, b *variable) int { return a.slot - b.slot })
	return w, true
}

// gather adds the variables of a program; own is what its dot stands for.
func (w *world) gather(p *expr.Program, own *surveys.Question) {
	for _, u := range p.Uses() {
		v := w.bySlot[u.Slot]
		if v == nil {
			v = &variable{slot: u.Slot, question: own, item: own, use: u}
			if code, row, isRow := strings.Cut(strings.Trim(u.Name, "${}"), "-"); u.Name != "." {
				v.question = w.logic.at[code].question
				v.item = v.question
				for i, r := range v.question.Rows {
					if isRow && r.Code == row {
						v.item = v.question.Items()[i]
					}
				}
			}
			w.bySlot[u.Slot] = v
			w.variables = append(w.variables, v)
			continue
		}
		v.use.Only = v.use.Only && u.Only
		for _, c := range u.Compared {
			if !slices.ContainsFunc(v.use.Compared, func(known expr.Value) bool { return same(known, c) }) {
				v.use.Compared = append(v.use.Compared, c)
			}
		}
	}
}

func same(a, b expr.Value) bool { return a.Type() == b.Type() && a.String() == b.String() }

// depend adds what decides whether the variable's question is asked and which answers it takes.
func (w *world) depend(v *variable, c claim) bool {
	q := v.question
	page := &w.logic.survey.Pages[w.logic.at[q.Code].page]
	asked := programs([]*expr.Program{page.Relevance, q.Relevance})
	w.asked[q.Code] = asked
	needed := slices.Clone(asked)
	if q != c.own {
		needed = append(needed, programs([]*expr.Program{q.Constraint})...)
	}
	for i := range q.Choices {
		needed = append(needed, programs([]*expr.Program{q.Choices[i].When})...)
	}
	if q.Kind == surveys.Calculated && q.Calculation.Type() == expr.Number && !q.Calculation.Clock() &&
		!slices.ContainsFunc(q.Calculation.Uses(), func(u expr.Use) bool { return u.Slot == v.slot }) {
		v.derived = q.Calculation
		needed = append(needed, q.Calculation)
	}
	for _, p := range needed {
		if p.Clock() {
			return false
		}
		w.gather(p, q)
	}
	return true
}

// settle goes through all combinations.
func (w *world) settle(c claim) verdict {
	most := 0
	for _, v := range w.variables {
		most = max(most, v.slot+1)
	}
	env := &expr.Env{Values: make([]expr.Value, most)}
	ever, failed, possible := false, false, false
	var try func(i int)
	try = func(i int) {
		if ever && failed {
			return
		}
		if i == len(w.variables) {
			if !all(c.given, env) || !w.feasible(c, env) {
				return
			}
			possible = true
			if all(c.conditions, env) {
				ever = true
			} else {
				failed = true
			}
			return
		}
		v := w.variables[i]
		if v.derived != nil {
			// Variables stand in the order of the questions, so those of the calculation have their values.
			env.Values[v.slot] = expr.Value{}
			if all(w.asked[v.question.Code], env) {
				env.Values[v.slot] = v.derived.Eval(env)
			}
			try(i + 1)
			return
		}
		for _, value := range v.values {
			env.Values[v.slot] = value
			try(i + 1)
		}
	}
	try(0)
	// Where not even one combination is possible the question itself is unreachable, which is said there.
	return verdict{possible, ever, failed}
}

func all(conditions []*expr.Program, env *expr.Env) bool {
	for _, p := range conditions {
		if !p.Eval(env).Boolean() {
			return false
		}
	}
	return true
}

// feasible reports whether a visitor could have given these answers.
func (w *world) feasible(c claim, env *expr.Env) bool {
	for _, v := range w.variables {
		value := env.Values[v.slot]
		if v.derived != nil {
			continue
		}
		if v.question == c.own {
			if value.IsEmpty() && (v.question.Required || !v.question.Kind.Traits().List) {
				return false // a constraint is asked about an answer
			}
			continue
		}
		if value.IsEmpty() {
			if !c.early && w.sure(v.question) && all(w.asked[v.question.Code], env) {
				return false
			}
			continue
		}
		if !w.deep {
			continue
		}
		if !all(w.asked[v.question.Code], env) || v.question.Constraint != nil &&
			!v.question.Constraint.Eval(env).Boolean() {
			return false
		}
		for i := range v.question.Choices {
			if choice := &v.question.Choices[i]; choice.When != nil && holdsCode(value, choice.Code) &&
				!choice.When.Eval(env).Boolean() {
				return false
			}
		}
	}
	return true
}

func holdsCode(v expr.Value, code string) bool {
	return v.Type() == expr.Text && v.String() == code || slices.Contains(v.Codes(), code)
}

// sure reports whether a visitor who is asked the question answers it. Whether it is asked, other answers may decide: deep
// analysis knows; the other kind is sure of questions only that everyone is asked.
func (w *world) sure(q *surveys.Question) bool {
	page := &w.logic.survey.Pages[w.logic.at[q.Code].page]
	test := w.logic.survey.Test
	return q.Required && !q.Decline && q.Kind.Traits().HasScreen && page.Pick == 0 && q.TimeLimit == 0 &&
		(test == nil || test.TimeLimit == 0) &&
		!slices.ContainsFunc(q.Choices, func(c surveys.Choice) bool { return c.When != nil }) &&
		(w.deep || page.Relevance == nil && q.Relevance == nil)
}
