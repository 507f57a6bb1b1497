package expr

import (
	"math"
	"slices"
)

type op uint8

const (
	opNumber op = iota
	opText
	opBoolean // num is 1 for true
	opVariable
	opAnd
	opOr
	opNot
	opSameNumber
	opSameText
	opSameBoolean
	opSameAnswer // selected() on a single choice: an empty text is no answer
	opNoCodes
	opLess
	opLessOrEqual
	opAdd
	opSubtract
	opMultiply
	opDivide
	opModulo
	opNegate
	opSelected
	opCount
	opIf // c, then a or b
	opCoalesce
)

// node is one checked operation. Its type decides which of boolean, number and str evaluates it; the others are never
// called on it. An empty number is NaN, an empty text is "".
type node struct {
	op      op
	typ     Type
	at      int // byte offset in the source
	a, b, c *node
	num     float64
	text    string
	slot    int
	name    string
	// choices are the codes the node can be, besides empty, when closed.
	choices []string
	closed  bool
}

// domain returns the codes a text can be, besides empty, and whether they are known.
func (n *node) domain() (codes []string, closed bool) {
	switch {
	case n.op == opText && n.text == "":
		return nil, true
	case n.op == opText:
		return []string{n.text}, true
	}
	return n.choices, n.closed
}

// value returns what a variable holds, the zero Value when nothing of its type.
func (n *node) value(values []Value) Value {
	if n.slot < 0 || n.slot >= len(values) || values[n.slot].typ != n.typ {
		return Value{}
	}
	return values[n.slot]
}

func (n *node) boolean(values []Value) bool {
	switch n.op {
	case opBoolean:
		return n.num == 1
	case opAnd:
		return n.a.boolean(values) && n.b.boolean(values)
	case opOr:
		return n.a.boolean(values) || n.b.boolean(values)
	case opNot:
		return !n.a.boolean(values)
	case opSameNumber:
		a, b := n.a.number(values), n.b.number(values)
		return a == b || math.IsNaN(a) && math.IsNaN(b)
	case opSameText:
		return n.a.str(values) == n.b.str(values)
	case opSameBoolean:
		return n.a.boolean(values) == n.b.boolean(values)
	case opSameAnswer:
		code := n.b.str(values)
		return code != "" && n.a.str(values) == code
	case opNoCodes:
		return len(n.a.value(values).codes) == 0
	case opLess:
		return n.a.number(values) < n.b.number(values)
	case opLessOrEqual:
		return n.a.number(values) <= n.b.number(values)
	case opSelected:
		return slices.Contains(n.a.value(values).codes, n.b.str(values))
	case opIf:
		if n.c.boolean(values) {
			return n.a.boolean(values)
		}
		return n.b.boolean(values)
	}
	return false
}

func (n *node) number(values []Value) float64 {
	switch n.op {
	case opNumber:
		return n.num
	case opVariable:
		if v := n.value(values); v.typ == Number {
			return finite(v.num)
		}
	case opAdd:
		return finite(n.a.number(values) + n.b.number(values))
	case opSubtract:
		return finite(n.a.number(values) - n.b.number(values))
	case opMultiply:
		return finite(n.a.number(values) * n.b.number(values))
	case opDivide:
		return finite(n.a.number(values) / n.b.number(values))
	case opModulo:
		return finite(math.Mod(n.a.number(values), n.b.number(values)))
	case opNegate:
		return -n.a.number(values)
	case opCount:
		return float64(len(n.a.value(values).codes))
	case opIf:
		if n.c.boolean(values) {
			return n.a.number(values)
		}
		return n.b.number(values)
	case opCoalesce:
		if a := n.a.number(values); !math.IsNaN(a) {
			return a
		}
		return n.b.number(values)
	}
	return math.NaN()
}

// finite makes what is no finite number empty.
func finite(n float64) float64 {
	if math.IsInf(n, 0) {
		return math.NaN()
	}
	return n
}

func (n *node) str(values []Value) string {
	switch n.op {
	case opText:
		return n.text
	case opVariable:
		return n.value(values).text
	case opIf:
		if n.c.boolean(values) {
			return n.a.str(values)
		}
		return n.b.str(values)
	case opCoalesce:
		if a := n.a.str(values); a != "" {
			return a
		}
		return n.b.str(values)
	}
	return ""
}
