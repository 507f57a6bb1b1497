// Package expr is the logic language of surveys: relevance, audiences and, later, constraints and calculations. It is a
// subset of XLSForm's expressions, compiled and type-checked against a Scope when a survey is loaded, so that a misspelt
// name, a misspelt choice or a wrong type is an error there and never on the glass.
//
// What may be written, binding weakest first:
//
//	a or b    a and b                 conditions
//	a = b     a != b                  two numbers, two texts or two conditions
//	a < b     a <= b   a > b  a >= b  two numbers
//	a + b     a - b                   numbers
//	a * b     a div b  a mod b        numbers; mod takes the sign of a
//	-a                                a number
//	${name}   'text'   "text"   12.5   true()   false()   (a)
//	not(c)                            the contrary of a condition
//	selected(${q}, 'code')            whether a choice question was answered with the choice
//	count-selected(${q})              how many choices of a multiple choice were taken
//	if(c, a, b)                       a when c holds, else b
//	coalesce(a, b)                    a when it is not empty, else b
//
// An unanswered question is empty, as in XLSForm: the empty text, written as two quotes, which stands for the empty
// number too. Two empty values are equal; an empty one equals no other, is neither less nor greater than anything, and makes every
// sum it enters empty. A result that is no finite number, such as 1 div 0, is empty too. So evaluation is total: every
// compiled Program has a result for all values of its variables.
package expr

import "math"

// Bounds of one expression. Compile refuses a source that goes beyond them.
const (
	MaxLength = 4096 // bytes
	MaxDepth  = 64   // parentheses, calls and minus signs inside each other
)

// Type is the type of a variable or of an expression.
type Type uint8

// The types. Codes is the value of a multiple choice; only selected, count-selected and a comparison with the empty
// text take it.
const (
	Boolean Type = iota + 1
	Number
	Text
	Codes
)

// String returns the type in the words of error messages.
func (t Type) String() string {
	return map[Type]string{Boolean: "a condition", Number: "a number", Text: "a text", Codes: "a multiple choice"}[t]
}

// Value is what a variable holds during one evaluation. The zero Value is empty.
type Value struct {
	typ   Type
	num   float64
	text  string
	codes []string
}

// Num is the value of a number variable. A number that is not finite is empty.
func Num(n float64) Value { return Value{typ: Number, num: n} }

// Str is the value of a text variable.
func Str(s string) Value { return Value{typ: Text, text: s} }

// List is the value of a multiple choice. It keeps codes, which must not change during an evaluation.
func List(codes []string) Value { return Value{typ: Codes, codes: codes} }

// Variable is what a name stands for.
type Variable struct {
	// Slot is the variable's index in the values that a Program is evaluated with.
	Slot int
	Type Type // Number, Text or Codes
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

// Program is one compiled, type-checked expression. It is read-only; several goroutines may use one Program.
type Program struct {
	source string
	root   *node
}

// Compile compiles source, which must have the type want (Boolean, Number or Text). Its error is always an *Error.
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

// Boolean evaluates a condition. values holds the variables by slot; a slot beyond its end, and a value of another type
// than the variable's, count as empty. It is false for a program of another type. It does not allocate.
func (p *Program) Boolean(values []Value) bool {
	return p.root.typ == Boolean && p.root.boolean(values)
}

// Number evaluates a number; ok is false when the result is empty, and for a program of another type.
func (p *Program) Number(values []Value) (n float64, ok bool) {
	if p.root.typ != Number {
		return 0, false
	}
	if n = p.root.number(values); math.IsNaN(n) {
		return 0, false
	}
	return n, true
}

// Text evaluates a text; it is "" when the result is empty, and for a program of another type.
func (p *Program) Text(values []Value) string {
	if p.root.typ != Text {
		return ""
	}
	return p.root.str(values)
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
