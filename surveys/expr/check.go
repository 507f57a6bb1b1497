package expr

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// arithmetic, order and logic map the operators to what they do.
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
		if n := p.dates(operator.text, at, a, b); n != nil {
			return n
		}
		p.want(a, Number)
		p.want(b, Number)
		return &node{op: o, typ: Number, at: at, a: a, b: b}
	}
	if o, ok := order[operator.text]; ok {
		sides := []*node{a, b}
		p.ordered(sides)
		if operator.text[0] == '>' {
			slices.Reverse(sides)
		}
		return &node{op: o, typ: Boolean, at: at, a: sides[0], b: sides[1]}
	}
	n := p.equal(at, a, b)
	if operator.text == "!=" {
		n = &node{op: opNot, typ: Boolean, at: at, a: n}
	}
	return n
}

// dates joins the two sides of a plus or a minus when one of them is a date or a moment; nil when none is, or for another
// operator.
func (p *parser) dates(operator string, at int, a, b *node) *node {
	day := func(n *node) bool { return n.typ == Date || n.typ == DateTime }
	shift := map[Type]op{Date: opShiftDays, DateTime: opShiftSeconds}
	switch {
	case operator == "+" && day(b) && a.typ == Number:
		a, b = b, a
		fallthrough
	case operator == "+" && day(a):
		p.want(b, Number)
		return &node{op: shift[a.typ], typ: a.typ, at: at, a: a, b: b}
	case operator == "-" && day(a) && day(b):
		sides := []*node{a, b}
		o := map[Type]op{Date: opSubtract, DateTime: opDaysBetween}[p.unify(sides)]
		return &node{op: o, typ: Number, at: at, a: sides[0], b: sides[1]}
	case operator == "-" && day(a):
		p.want(b, Number)
		return &node{op: shift[a.typ], typ: a.typ, at: at, a: a, b: &node{op: opNegate, typ: Number, at: b.at, a: b}}
	}
	return nil
}

// equal checks and joins the two sides of a comparison.
func (p *parser) equal(at int, a, b *node) *node {
	for _, side := range [][2]*node{{a, b}, {b, a}} {
		if m, lit := side[0], side[1]; m.typ == Codes {
			if lit.isEmptyLiteral() {
				return &node{op: opNoCodes, typ: Boolean, at: at, a: m}
			}
			p.fail(m.at, fmt.Sprintf("%s is %s and cannot be compared", p.describe(m), m.typ),
				fmt.Sprintf("selected(%s, 'code')", m.name))
		}
	}
	sides := []*node{a, b}
	t := p.unify(sides)
	a, b = sides[0], sides[1]
	p.isChoice(a, b)
	p.isChoice(b, a)
	o := opSameNumber
	switch t {
	case Text:
		o = opSameText
	case Boolean:
		o = opSameBoolean
	}
	return &node{op: o, typ: Boolean, at: at, a: a, b: b}
}

// unify gives alternatives one type, which it returns: two quotes become the empty value of the others' type, and a date
// next to a moment its midnight. It fails when their types differ otherwise.
func (p *parser) unify(nodes []*node) Type {
	t := Text
	if i := slices.IndexFunc(nodes, func(n *node) bool { return !n.isEmptyLiteral() }); i >= 0 {
		t = nodes[i].typ
	}
	if t == Date && slices.ContainsFunc(nodes, func(n *node) bool { return n.typ == DateTime }) {
		t = DateTime
	}
	for i, n := range nodes {
		switch {
		case n.isEmptyLiteral() && t.numeric():
			nodes[i] = &node{op: opConstant, typ: t, at: n.at, num: math.NaN()}
		case n.typ == Date && t == DateTime:
			nodes[i] = &node{op: opMidnight, typ: DateTime, at: n.at, a: n}
		default:
			p.want(n, t)
		}
	}
	return t
}

// ordered unifies alternatives of a type whose values come one after the other, which it returns.
func (p *parser) ordered(nodes []*node) Type {
	like := Number
	if i := slices.IndexFunc(nodes, func(n *node) bool { return n.typ.numeric() }); i >= 0 {
		like = nodes[i].typ
	}
	for _, n := range nodes {
		if !n.typ.numeric() && !n.isEmptyLiteral() {
			p.fail(n.at, fmt.Sprintf("%s is %s", p.describe(n), n.typ), "a number or a date"+hint(n, like))
		}
	}
	t := p.unify(nodes)
	if t == Text {
		p.fail(nodes[0].at, "there are empty values only", "a number or a date")
	}
	return t
}

// isChoice fails when lit is a literal that of, a choice question, can never hold.
func (p *parser) isChoice(lit, of *node) {
	if !lit.isLiteral() || lit.text == "" || !of.closed || slices.Contains(of.choices, lit.text) {
		return
	}
	what := "these questions have"
	if of.op == opVariable {
		what = of.name + " has"
	}
	p.fail(lit.at, fmt.Sprintf("%s no choice '%s'", what, lit.text), "one of "+strings.Join(of.choices, ", "))
}

// want fails unless n has the type.
func (p *parser) want(n *node, t Type) {
	if n.typ != t {
		p.fail(n.at, fmt.Sprintf("%s is %s", p.describe(n), n.typ), t.String()+hint(n, t))
	}
}

// hint says how n could become a t, for the end of an error message; "" when nothing is likely.
func hint(n *node, t Type) string {
	example := ""
	switch {
	case n.op == opConstant && n.typ == Number && t == Text:
		example = "'" + strconv.FormatFloat(n.num, 'g', -1, 64) + "'"
	case n.isLiteral() && t == Number && !math.IsNaN(parseNumber(n.text)):
		example = n.text
	case n.isLiteral() && t == Date && !math.IsNaN(dateOfText(n.text)):
		example = "date('" + n.text + "')"
	case n.op != opVariable:
	case n.typ == Codes && (t == Boolean || t == Text):
		example = "selected(" + n.name + ", 'code')"
	case t == Boolean && n.typ == Number:
		example = n.name + " <= 2"
	case t == Boolean && n.typ == Text:
		example = n.name + " = 'code'"
	case t == Boolean:
		example = n.name + " != ''"
	case t == Number && n.typ == Text && !n.closed:
		example = "number(" + n.name + ")"
	case t == Text:
		example = "string(" + n.name + ")"
	}
	if example == "" {
		return ""
	}
	return ", for example " + example
}

// describe names a node in an error message.
func (p *parser) describe(n *node) string {
	switch {
	case n.op == opVariable:
		return n.name
	case n.isLiteral():
		return "'" + n.text + "'"
	case n.op == opConstant && n.typ == Number:
		return strconv.FormatFloat(n.num, 'g', -1, 64)
	}
	return "this"
}
