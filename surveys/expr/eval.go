package expr

import (
	"math"
	"regexp"
	"slices"
	"strings"
)

type op uint8

// The operations. The comment says what a node's operands are where that is not obvious.
const (
	opConstant op = iota // num or text
	opVariable
	opAnd
	opOr
	opNot
	opSameNumber // a and b are kept as numbers: dates, too
	opSameText
	opSameBoolean
	opSameAnswer // selected() on a single choice: an empty text is no answer
	opNoCodes
	opLess
	opLessOrEqual
	opSelected
	opMatches // pattern
	opContains
	opStartsWith

	opAdd
	opSubtract
	opMultiply
	opDivide
	opModulo
	opNegate
	opRound // b, the places, may be nil
	opTruncate
	opCountSelected
	opLength
	opSum   // args, as the next three
	opCount // of the given ones
	opLeast
	opGreatest
	opFigure       // number() of any type
	opShiftDays    // a date a, b days
	opShiftSeconds // a moment a, b days
	opDaysBetween  // two moments
	opMidnight     // of a date
	opDay          // the date of a number
	opDayOfMoment
	opDayOfText
	opToday
	opNow

	opConcat // args
	opSubstr // from b to c, which may be nil
	opPrint  // string() of any type
	opSelectedAt

	opIf // c, then a or b
	opCoalesce
)

// node is one checked operation. Its type decides which of boolean, number and str evaluates it (number also dates and
// times, held a multiple choice); the others are never called on it. An empty number is NaN, an empty text is "".
type node struct {
	op      op
	typ     Type
	at      int // byte offset in the source
	a, b, c *node
	args    []*node // all operands of an operation that takes any number of them
	num     float64
	text    string
	slot    int
	name    string // a variable as it is written: ${who} or .
	pattern *regexp.Regexp
	// choices are the codes the node can be, besides empty, when closed.
	choices []string
	closed  bool
}

// domain returns the codes a text can be, besides empty, and whether they are known.
func (n *node) domain() (codes []string, closed bool) {
	switch {
	case n.isEmptyLiteral():
		return nil, true
	case n.isLiteral():
		return []string{n.text}, true
	}
	return n.choices, n.closed
}

// isLiteral reports whether n is a text in quotes.
func (n *node) isLiteral() bool { return n.op == opConstant && n.typ == Text }

// isEmptyLiteral reports whether n is two quotes with nothing between them.
func (n *node) isEmptyLiteral() bool { return n.isLiteral() && n.text == "" }

var nothing Value

// held returns what a variable holds, an empty Value when nothing of its type.
func (n *node) held(env *Env) *Value {
	if n.slot < 0 || n.slot >= len(env.Values) || env.Values[n.slot].typ != n.typ {
		return &nothing
	}
	return &env.Values[n.slot]
}

// given reports whether n is not empty. It is not called on a condition.
func (n *node) given(env *Env) bool {
	switch {
	case n.typ.numeric():
		return !math.IsNaN(n.number(env))
	case n.typ == Text:
		return n.str(env) != ""
	}
	return len(n.held(env).codes) > 0
}

// chosen returns the branch of an if that counts.
func (n *node) chosen(env *Env) *node {
	if n.c.boolean(env) {
		return n.a
	}
	return n.b
}

func (n *node) boolean(env *Env) bool {
	switch n.op {
	case opConstant:
		return n.num == 1
	case opVariable:
		return n.held(env).num == 1
	case opAnd:
		return n.a.boolean(env) && n.b.boolean(env)
	case opOr:
		return n.a.boolean(env) || n.b.boolean(env)
	case opNot:
		return !n.a.boolean(env)
	case opSameNumber:
		a, b := n.a.number(env), n.b.number(env)
		return a == b || math.IsNaN(a) && math.IsNaN(b)
	case opSameText:
		return n.a.str(env) == n.b.str(env)
	case opSameBoolean:
		return n.a.boolean(env) == n.b.boolean(env)
	case opSameAnswer:
		code := n.b.str(env)
		return code != "" && n.a.str(env) == code
	case opNoCodes:
		return len(n.a.held(env).codes) == 0
	case opLess:
		return n.a.number(env) < n.b.number(env)
	case opLessOrEqual:
		return n.a.number(env) <= n.b.number(env)
	case opSelected:
		return slices.Contains(n.a.held(env).codes, n.b.str(env))
	case opMatches:
		return n.pattern.MatchString(n.a.str(env))
	case opContains:
		return strings.Contains(n.a.str(env), n.b.str(env))
	case opStartsWith:
		return strings.HasPrefix(n.a.str(env), n.b.str(env))
	case opIf:
		return n.chosen(env).boolean(env)
	}
	return false
}
