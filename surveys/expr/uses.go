package expr

import (
	"math"
	"slices"
)

// Use is how a program uses one of its variables.
type Use struct {
	Variable
	// Name is the variable as the author wrote it: ${who}, or . for the question's own value.
	Name string
	// Compared are the constants that the program compares the variable with or looks for in it, each once; an empty one
	// is left out.
	Compared []Value
	// Only says that the program does nothing with the variable but to compare it with constants, to look for them in it and
	// to ask whether it is empty: two values that all of Compared tell from each other in the same way have the same effect.
	Only bool
}

// Uses returns the variables of the program, each slot once.
func (p *Program) Uses() []Use {
	u := users{bySlot: map[int]int{}}
	u.visit(p.root)
	return u.found
}

// Clock reports whether the result depends on Env.Now.
func (p *Program) Clock() bool { return p.root.clock() }

// users collects the uses of a program.
type users struct {
	found  []Use
	bySlot map[int]int
}

func (u *users) visit(n *node) {
	switch {
	case n == nil:
	case n.op == opVariable:
		u.use(n).Only = false
	case n.op == opNoCodes:
		u.use(n.a)
	case n.op == opCount:
		for _, arg := range n.args {
			if arg.op == opVariable {
				u.use(arg)
			} else {
				u.visit(arg)
			}
		}
	case slices.Contains(comparing, n.op) && (u.compares(n.a, n.b) || n.op.symmetric() && u.compares(n.b, n.a)):
	case len(n.args) > 0:
		for _, arg := range n.args {
			u.visit(arg)
		}
	default:
		u.visit(n.c) // the condition of an if; before the branches, as it is written
		u.visit(n.a)
		u.visit(n.b)
	}
}

// comparing are the operations of a variable and a constant.
var comparing = []op{opSameNumber, opSameText, opLess, opLessOrEqual, opSelected, opSameAnswer}

// symmetric reports whether the constant may stand on the left.
func (o op) symmetric() bool { return o != opSelected && o != opSameAnswer }

// compares notes that variable is compared with constant, if they are that.
func (u *users) compares(variable, constant *node) bool {
	value, ok := constant.constant()
	if !ok || variable.op != opVariable {
		return false
	}
	use := u.use(variable)
	if !value.IsEmpty() && !slices.ContainsFunc(use.Compared, func(v Value) bool {
		return v.num == value.num &&
			v.text == value.text
	}) {
		use.Compared = append(use.Compared, value)
	}
	return true
}

// use returns the entry of a variable.
func (u *users) use(n *node) *Use {
	i, known := u.bySlot[n.slot]
	if !known {
		i = len(u.found)
		u.bySlot[n.slot] = i
		u.found = append(u.found, Use{Variable: Variable{n.slot, n.typ, n.choices}, Name: n.name, Only: true})
	}
	return &u.found[i]
}

// constant returns the value of a node that is the same in every evaluation, as far as that is plain to see.
func (n *node) constant() (Value, bool) {
	switch n.op {
	case opConstant:
		return Value{typ: n.typ, num: n.num, text: n.text}, true
	case opNegate:
		v, ok := n.a.constant()
		v.num = -v.num
		return v, ok
	}
	return Value{num: math.NaN()}, false
}

func (n *node) clock() bool {
	switch {
	case n == nil:
		return false
	case len(n.args) > 0: // a, b and c are among them
		return slices.ContainsFunc(n.args, (*node).clock)
	}
	return n.op == opToday || n.op == opNow || n.a.clock() || n.b.clock() || n.c.clock()
}
