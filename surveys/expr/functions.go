package expr

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// param is what an argument of a function may be.
type param struct {
	types    []Type
	as       Type   // what the argument is turned into, Any for nothing
	expected string // the types in the words of error messages
}

var (
	aCondition = param{[]Type{Boolean}, Any, "a condition"}
	aNumber    = param{[]Type{Number}, Any, "a number"}
	aText      = param{[]Type{Text, Number, Date, Time, DateTime}, Text, "a text, a number or a date"}
	aPlainText = param{[]Type{Text}, Any, "a text"}
	aDay       = param{[]Type{Date, DateTime, Text, Number}, Any, "a text, a number or a date"}
	aFigure    = param{[]Type{Text, Number, Boolean, Date, Time, DateTime}, Number, "a number, a text or a date"}
	givable    = param{[]Type{Text, Number, Codes, Date, Time, DateTime}, Any, "a question, a number or a text"}
	anything   = param{types: []Type{Text, Number, Boolean, Codes, Date, Time, DateTime}}
	printable  = param{types: anything.types, as: Text}
)

// take checks an argument and turns it into what the function works on.
func (m param) take(p *parser, n *node) *node {
	if !slices.Contains(m.types, n.typ) {
		p.fail(n.at, fmt.Sprintf("%s is %s", p.describe(n), n.typ), m.expected+hint(n, m.types[0]))
	}
	switch {
	case m.as == Any || m.as == n.typ:
		return n
	case m.as == Text:
		return &node{op: opPrint, typ: Text, at: n.at, a: n}
	}
	return &node{op: opFigure, typ: Number, at: n.at, a: n}
}

// The forms of the functions that error messages elsewhere name, too.
const (
	selectedForm   = "selected(${question}, 'code')"
	countForm      = "count-selected(${question})"
	selectedAtForm = "selected-at(${question}, 0)"
)

// function is one function of the language.
type function struct {
	form     string // how it is written, for error messages
	params   []param
	optional int  // how many of the params may be left out at the end
	more     bool // the last param may repeat
	// What a call becomes: an operation on all arguments, or what build makes of them.
	op     op
	result Type
	build  func(p *parser, at int, args []*node) *node
}

// make returns the node of a call whose arguments have been taken.
func (f *function) make(p *parser, at int, args []*node) *node {
	if f.build != nil {
		return f.build(p, at, args)
	}
	n := &node{op: f.op, typ: f.result, at: at, args: args}
	for i, side := range []**node{&n.a, &n.b, &n.c} {
		if i < len(args) {
			*side = args[i]
		}
	}
	return n
}

// functions are the functions of the language; the package's documentation says what each does.
var functions = map[string]*function{
	"true":  {form: "true()", build: constant(true)},
	"false": {form: "false()", build: constant(false)},
	"not":   {form: "not(condition)", params: []param{aCondition}, op: opNot, result: Boolean},

	"if":       {form: "if(condition, a, b)", params: []param{aCondition, anything, anything}, build: choose},
	"coalesce": {form: "coalesce(a, b)", params: []param{anything, anything}, build: coalesce},
	"once":     {form: "once(a)", params: []param{anything}, build: once},

	"selected":       {form: selectedForm, params: []param{anything, aPlainText}, build: selected},
	"count-selected": {form: countForm, params: []param{anything}, build: countSelected},
	"selected-at":    {form: selectedAtForm, params: []param{anything, aNumber}, build: selectedAt},

	"regex":         {form: "regex(text, 'pattern')", params: []param{aText, anything}, build: matches},
	"contains":      {form: "contains(text, part)", params: []param{aText, aText}, op: opContains, result: Boolean},
	"starts-with":   {form: "starts-with(text, beginning)", params: []param{aText, aText}, op: opStartsWith, result: Boolean},
	"string-length": {form: "string-length(text)", params: []param{aText}, op: opLength, result: Number},
	"substr":        {form: "substr(text, from, to)", params: []param{aText, aNumber, aNumber}, optional: 1, op: opSubstr, result: Text},
	"concat":        {form: "concat(a, b, …)", params: []param{printable}, more: true, op: opConcat, result: Text},
	"string":        {form: "string(value)", params: []param{printable}, build: itself},

	"number": {form: "number(value)", params: []param{aFigure}, build: itself},
	"int":    {form: "int(number)", params: []param{aFigure}, op: opTruncate, result: Number},
	"round":  {form: "round(number, places)", params: []param{aFigure, aNumber}, optional: 1, op: opRound, result: Number},
	"min":    {form: "min(a, b, …)", params: []param{anything}, more: true, build: extreme(opLeast)},
	"max":    {form: "max(a, b, …)", params: []param{anything}, more: true, build: extreme(opGreatest)},
	"sum":    {form: "sum(a, b, …)", params: []param{aNumber}, more: true, op: opSum, result: Number},
	"count":  {form: "count(a, b, …)", params: []param{givable}, more: true, op: opCount, result: Number},

	"today": {form: "today()", op: opToday, result: Date},
	"now":   {form: "now()", op: opNow, result: DateTime},
	"date":  {form: "date('2026-01-31')", params: []param{aDay}, build: date},
}

// functionNames lists the functions for error messages.
var functionNames = slices.Sorted(maps.Keys(functions))

func constant(holds bool) func(*parser, int, []*node) *node {
	return func(_ *parser, at int, _ []*node) *node {
		return &node{op: opConstant, typ: Boolean, at: at, num: Bool(holds).num}
	}
}

// itself is a function that does no more than its param did.
func itself(_ *parser, _ int, args []*node) *node { return args[0] }

func selected(p *parser, at int, args []*node) *node {
	q, code := args[0], args[1]
	if q.op != opVariable || !q.closed && q.typ != Codes {
		p.fail(q.at, p.describe(q)+" is no choice question", selectedForm)
	}
	p.isChoice(code, q)
	n := &node{op: opSelected, typ: Boolean, at: at, a: q, b: code}
	if q.typ == Text {
		n.op = opSameAnswer
	}
	return n
}

// multiple fails unless q is a multiple choice.
func (p *parser) multiple(q *node, form string) {
	if q.typ != Codes {
		p.fail(q.at, p.describe(q)+" is no multiple choice", form)
	}
}

func countSelected(p *parser, at int, args []*node) *node {
	p.multiple(args[0], countForm)
	return &node{op: opCountSelected, typ: Number, at: at, a: args[0]}
}

func selectedAt(p *parser, at int, args []*node) *node {
	q := args[0]
	p.multiple(q, selectedAtForm)
	return &node{op: opSelectedAt, typ: Text, at: at, a: q, b: args[1], choices: q.choices, closed: q.closed}
}

func matches(p *parser, at int, args []*node) *node {
	return &node{op: opMatches, typ: Boolean, at: at, a: args[0], pattern: p.pattern(args[1])}
}

func choose(p *parser, at int, args []*node) *node {
	n := p.either(at, args[1:])
	n.op, n.c = opIf, args[0]
	return n
}

func coalesce(p *parser, at int, args []*node) *node {
	n := p.either(at, args)
	if n.op = opCoalesce; n.typ == Boolean {
		p.fail(args[0].at, "a condition is never empty", "a number or a text")
	}
	return n
}

func once(p *parser, at int, args []*node) *node {
	s, ok := p.scope.(owning)
	if !ok {
		p.fail(at, "there is no value of its own here that once could keep", "once in a calculation or a default")
	}
	if s.own.Type == Any {
		s.own.Type = args[0].typ
	}
	return coalesce(p, at, []*node{reference(s.own, at, "."), args[0]})
}

// either joins two alternatives, which must have the same type, into a node without an op.
func (p *parser) either(at int, args []*node) *node {
	for _, a := range args {
		if a.typ == Codes {
			p.fail(a.at, fmt.Sprintf("%s is %s", p.describe(a), a.typ), "a number, a text or a condition"+hint(a, Text))
		}
	}
	t := p.unify(args)
	a, b := args[0], args[1]
	n := &node{typ: t, at: at, a: a, b: b}
	left, leftClosed := a.domain()
	right, rightClosed := b.domain()
	// Two literals make no choice question, so nothing is checked against them.
	if leftClosed && rightClosed && (a.closed || b.closed) {
		n.closed = true
		n.choices = slices.Compact(slices.Sorted(slices.Values(slices.Concat(left, right))))
	}
	return n
}

func extreme(o op) func(*parser, int, []*node) *node {
	return func(p *parser, at int, args []*node) *node {
		return &node{op: o, typ: p.ordered(args), at: at, args: args}
	}
}

func date(p *parser, at int, args []*node) *node {
	a := args[0]
	if a.isLiteral() {
		day := dateOfText(a.text)
		if math.IsNaN(day) && a.text != "" {
			p.fail(a.at, fmt.Sprintf("there is no date %s", p.describe(a)), "year, month and day, such as '2026-01-31'")
		}
		return &node{op: opConstant, typ: Date, at: at, num: day}
	}
	if a.typ == Date {
		return a
	}
	o := map[Type]op{Text: opDayOfText, Number: opDay, DateTime: opDayOfMoment}[a.typ]
	return &node{op: o, typ: Date, at: at, a: a}
}
