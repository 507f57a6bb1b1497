package expr

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Type is the type of a variable or of an expression.
type Type uint8

// The types. Codes is the value of a multiple choice, or of anything else that is a list of choice codes. Date is a day,
// Time a time of day, DateTime both: a moment on the wall clock.
const (
	Boolean Type = iota + 1
	Number
	Text
	Codes
	Date
	Time
	DateTime

	// Any lets Compile take an expression of whichever type; Program.Type then tells it.
	Any Type = 0
)

// typeNames are the types in the words of error messages.
var typeNames = [...]string{
	"a value", "a condition", "a number", "a text", "a multiple choice", "a date", "a time of day",
	"a date with time",
}

// String returns the type in the words of error messages.
func (t Type) String() string { return typeNames[t] }

// numeric reports whether values of the type are kept as numbers: they can be put in order, and NaN is the empty one.
func (t Type) numeric() bool { return t == Number || t == Date || t == Time || t == DateTime }

// Value is what a variable holds during one evaluation, or what an evaluation gives. The zero Value is empty.
type Value struct {
	typ   Type
	num   float64 // a date's days since 1970-01-01, a time's seconds since midnight, a moment's since 1970-01-01 00:00
	text  string
	codes []string
}

// Num is the value of a number. One that is not finite is empty.
func Num(n float64) Value { return Value{typ: Number, num: n} }

// Str is the value of a text.
func Str(s string) Value { return Value{typ: Text, text: s} }

// List is the value of a multiple choice. It keeps codes, which must not change during an evaluation.
func List(codes []string) Value { return Value{typ: Codes, codes: codes} }

// Bool is the value of a condition.
func Bool(holds bool) Value {
	v := Value{typ: Boolean}
	if holds {
		v.num = 1
	}
	return v
}

// DateOf is the date that s writes as 2026-01-31; any other s is an empty one.
func DateOf(s string) Value { return Value{typ: Date, num: parseDate(s)} }

// TimeOf is the time of day that s writes as 14:05 or 14:05:09, from 00:00 to 23:59:59; any other s is an empty one.
func TimeOf(s string) Value { return Value{typ: Time, num: parseTime(s)} }

// DateTimeOf is the moment that s writes as 2026-01-31T14:05:09; seconds may be missing, a fraction of them and a zone may
// follow and are left out. Any other s is an empty one.
func DateTimeOf(s string) Value { return Value{typ: DateTime, num: parseDateTime(s)} }

// Type returns the value's type, Any for the zero Value.
func (v Value) Type() Type { return v.typ }

// IsEmpty reports whether v is empty. A condition never is.
func (v Value) IsEmpty() bool {
	switch {
	case v.typ.numeric():
		return math.IsNaN(finite(v.num))
	case v.typ == Text:
		return v.text == ""
	case v.typ == Boolean:
		return false
	}
	return len(v.codes) == 0
}

// Boolean reports whether v is a condition that holds.
func (v Value) Boolean() bool { return v.typ == Boolean && v.num == 1 }

// Number returns the number v holds; ok is false when it is empty or no number.
func (v Value) Number() (n float64, ok bool) {
	if v.typ != Number || v.IsEmpty() {
		return 0, false
	}
	return v.num, true
}

// Codes returns the codes of a multiple choice; the caller must not change them.
func (v Value) Codes() []string { return v.codes }

// String returns v as the function string prints it: "" for empty.
func (v Value) String() string {
	switch v.typ {
	case Text:
		return v.text
	case Codes:
		return printCodes(v.codes)
	}
	return print(v.typ, finite(v.num))
}

// print is the function string for the types that are kept as numbers, and for conditions.
func print(t Type, n float64) string {
	switch {
	case t == Boolean:
		return strconv.FormatBool(n == 1)
	case math.IsNaN(n):
		return ""
	case t == Number:
		return strconv.FormatFloat(n+0, 'f', -1, 64) // + 0 makes minus zero zero
	case t == Any:
		return ""
	}
	return printMoment(t, n)
}

func printCodes(codes []string) string { return limit(strings.Join(codes, " ")) }

// limit cuts s after MaxText characters.
func limit(s string) string {
	if len(s) <= MaxText {
		return s
	}
	n := 0
	for i := range s {
		if n == MaxText {
			return s[:i]
		}
		n++
	}
	return s
}

// Env is what an evaluation depends on, besides the program.
type Env struct {
	// Values holds the variables by slot. A slot beyond its end, and a value of another type than the variable's, count as
	// empty.
	Values []Value
	// Now is what today() and now() tell, in its own zone, which should be the terminal's. They are empty when it is zero.
	// Where a result must come out the same later, at the collector, say, it must be a recorded moment, not the clock.
	Now time.Time
}
