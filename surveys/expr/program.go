package expr

import "math"

// Bounds of one expression. Compile refuses a source that goes beyond the first three; a text that a function makes is cut
// at the last one. Together they bound an evaluation: each operation runs at most once, none more than linear in the
// length of the texts it takes, a regex times the size of its pattern.
const (
	MaxLength  = 4096 // bytes of the source
	MaxDepth   = 64   // parentheses, calls and minus signs inside each other
	MaxPattern = 2000 // size of all regex patterns of the expression: their characters, repeated ones times their repetitions
	MaxText    = 4096 // characters (runes) of a text that concat, string or substr makes
)

// Variable is what a name stands for.
type Variable struct {
	// Slot is the variable's index in the values that a Program is evaluated with.
	Slot int
	Type Type
	// Choices are the only codes the variable can hold besides being empty; nil for any text. A literal compared with the
	// variable or looked for in it must be one of them.
	Choices []string
}

// Scope says which names may be used where an expression stands.
type Scope interface {
	// Lookup returns the variable that name stands for. Its error, best an *Error without a column, tells the author why
	// there is none.
	Lookup(name string) (Variable, error)
}

// WithOwn returns scope with a question's own value in it: the dot, and what once keeps. An evaluation reads it from
// own.Slot like any other variable, so a constraint is evaluated with the new answer there, and a calculation with the
// value it gave before, or an empty one the first time; storing the result in the slot for the next time is the caller's
// part, evaluation changes nothing.
//
// Own.Type may be Any for a calculation whose type its expression decides: once(a) then takes the type of a, and a dot
// elsewhere is an error.
func WithOwn(scope Scope, own Variable) Scope { return owning{scope, own} }

type owning struct {
	Scope
	own Variable
}

// Program is one compiled, type-checked expression. It is read-only; several goroutines may use one Program.
type Program struct {
	source string
	root   *node
}

// Compile compiles source, which must have the type want, or any type when want is Any. Its error is always an *Error.
func Compile(source string, want Type, scope Scope) (*Program, error) {
	root, err := parse(source, want, scope)
	if err != nil {
		return nil, err
	}
	return &Program{source: source, root: root}, nil
}

// String returns the source the program was compiled from.
func (p *Program) String() string { return p.source }

// Type returns the type of the result.
func (p *Program) Type() Type { return p.root.typ }

// Eval evaluates the program. The result has the program's type. Conditions and numbers are evaluated without allocating,
// as far as they do not look into texts made by functions.
func (p *Program) Eval(env *Env) Value {
	v := Value{typ: p.root.typ}
	switch {
	case v.typ == Boolean:
		return Bool(p.root.boolean(env))
	case v.typ.numeric():
		v.num = p.root.number(env)
	case v.typ == Text:
		v.text = p.root.str(env)
	default:
		v.codes = p.root.held(env).codes
	}
	return v
}

// Boolean evaluates a condition without a clock, as Eval does with values alone. It is false for a program of another
// type.
func (p *Program) Boolean(values []Value) bool {
	return p.root.typ == Boolean && p.root.boolean(&Env{Values: values})
}

// Number evaluates a number without a clock; ok is false when the result is empty, and for a program of another type.
func (p *Program) Number(values []Value) (n float64, ok bool) {
	if p.root.typ != Number {
		return 0, false
	}
	if n = p.root.number(&Env{Values: values}); math.IsNaN(n) {
		return 0, false
	}
	return n, true
}

// Text evaluates a text without a clock; it is "" when the result is empty, and for a program of another type.
func (p *Program) Text(values []Value) string {
	if p.root.typ != Text {
		return ""
	}
	return p.root.str(&Env{Values: values})
}

// Error says what is wrong with an expression.
type Error struct {
	// Column is where, counted in characters (runes) from 1; the length of the source plus 1 means its end.
	Column   int
	Message  string
	Expected string // what could stand there; may be empty
}

// Error returns the message with what was expected, without the column.
func (e *Error) Error() string {
	if e.Expected == "" {
		return e.Message
	}
	return e.Message + "; expected " + e.Expected
}
