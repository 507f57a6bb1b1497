package expr

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// arithmetic and order map the operators on two numbers to what they do.
var (
	arithmetic = map[string]op{"+": opAdd, "-": opSubtract, "*": opMultiply, "div": opDivide, "mod": opModulo}
	order      = map[string]op{"<": opLess, "<=": opLessOrEqual, ">": opLess, ">=": opLessOrEqual}
	logic      = map[string]op{"and": opAnd, "or": opOr}
)

// combine checks and joins the two sides of a binary operator.
func (p *parser) combine(operator token, a, b *node) *node {
	at := a.at
	if o, ok := logic[operator.text]; ok {
		p.want(a, Boolean)
		p.want(b, Boolean)
		return &node{op: o, typ: Boolean, at: at, a: a, b: b}
	}
	if o, ok := arithmetic[operator.text]; ok {
		p.want(a, Number)
		p.want(b, Number)
		return &node{op: o, typ: Number, at: at, a: a, b: b}
	}
	if o, ok := order[operator.text]; ok {
		p.want(a, Number)
		p.want(b, Number)
		if operator.text[0] == '>' {
			a, b = b, a
		}
		return &node{op: o, typ: Boolean, at: at, a: a, b: b}
	}
	n := p.equal(at, a, b)
	if operator.text == "!=" {
		n = &node{op: opNot, typ: Boolean, at: at, a: n}
	}
	return n
}

// equal checks and joins the two sides of a comparison.
func (p *parser) equal(at int, a, b *node) *node {
	a, b = empty(a, b), empty(b, a)
	for _, side := range [][2]*node{{a, b}, {b, a}} {
		if m, lit := side[0], side[1]; m.typ == Codes {
			if lit.op == opText && lit.text == "" {
				return &node{op: opNoCodes, typ: Boolean, at: at, a: m}
			}
			p.fail(m.at, fmt.Sprintf("%s is %s and cannot be compared", p.describe(m), m.typ),
				fmt.Sprintf("selected(${%s}, 'code')", m.name))
		}
	}
	p.want(b, a.typ)
	p.isChoice(a, b)
	p.isChoice(b, a)
	return &node{op: map[Type]op{Number: opSameNumber, Text: opSameText, Boolean: opSameBoolean}[a.typ],
		typ: Boolean, at: at, a: a, b: b}
}

// isChoice fails when lit is a literal that of, a choice question, can never hold.
func (p *parser) isChoice(lit, of *node) {
	if lit.op != opText || lit.text == "" || !of.closed || slices.Contains(of.choices, lit.text) {
		return
	}
	what := "these questions have"
	if of.op == opVariable {
		what = "${" + of.name + "} has"
	}
	p.fail(lit.at, fmt.Sprintf("%s no choice '%s'", what, lit.text), "one of "+strings.Join(of.choices, ", "))
}

// The forms of the functions that error messages elsewhere name, too.
const (
	selectedForm = "selected(${question}, 'code')"
	countForm    = "count-selected(${question})"
)

// function is one function of the language. build checks the arguments, whose number is right already.
type function struct {
	arguments int
	form      string // how it is written, for error messages
	build     func(p *parser, at int, args []*node) *node
}

var functions = map[string]function{
	"true":  {0, "true()", func(_ *parser, at int, _ []*node) *node { return constant(at, true) }},
	"false": {0, "false()", func(_ *parser, at int, _ []*node) *node { return constant(at, false) }},
	"not": {1, "not(condition)", func(p *parser, at int, args []*node) *node {
		p.want(args[0], Boolean)
		return &node{op: opNot, typ: Boolean, at: at, a: args[0]}
	}},
	"selected":       {2, selectedForm, selected},
	"count-selected": {1, countForm, countSelected},
	"if": {3, "if(condition, a, b)", func(p *parser, at int, args []*node) *node {
		p.want(args[0], Boolean)
		n := p.either(at, args[1], args[2])
		n.op, n.c = opIf, args[0]
		return n
	}},
	"coalesce": {2, "coalesce(a, b)", func(p *parser, at int, args []*node) *node {
		n := p.either(at, args[0], args[1])
		if n.op = opCoalesce; n.typ == Boolean {
			p.fail(args[0].at, "a condition is never empty", "a number or a text")
		}
		return n
	}},
}

// functionNames lists the functions for error messages.
var functionNames = slices.Sorted(maps.Keys(functions))

func constant(at int, holds bool) *node {
	n := &node{op: opBoolean, typ: Boolean, at: at}
	if holds {
		n.num = 1
	}
	return n
}

func selected(p *parser, at int, args []*node) *node {
	q, code := args[0], args[1]
	if q.op != opVariable || !q.closed {
		p.fail(q.at, p.describe(q)+" is no choice question", selectedForm)
	}
	p.want(code, Text)
	p.isChoice(code, q)
	n := &node{op: opSelected, typ: Boolean, at: at, a: q, b: code}
	if q.typ == Text {
		n.op = opSameAnswer
	}
	return n
}

func countSelected(p *parser, at int, args []*node) *node {
	if q := args[0]; q.typ != Codes {
		p.fail(q.at, p.describe(q)+" is no multiple choice", countForm)
	}
	return &node{op: opCount, typ: Number, at: at, a: args[0]}
}

// either joins two alternatives, which must have the same type, into a node without an op.
func (p *parser) either(at int, a, b *node) *node {
	a, b = empty(a, b), empty(b, a)
	if a.typ == Codes {
		p.fail(a.at, fmt.Sprintf("%s is %s", p.describe(a), a.typ), "a number, a text or a condition")
	}
	p.want(b, a.typ)
	n := &node{typ: a.typ, at: at, a: a, b: b}
	left, leftClosed := a.domain()
	right, rightClosed := b.domain()
	// Two literals make no choice question, so nothing is checked against them.
	if leftClosed && rightClosed && (a.closed || b.closed) {
		n.closed = true
		n.choices = slices.Compact(slices.Sorted(slices.Values(slices.Concat(left, right))))
	}
	return n
}
