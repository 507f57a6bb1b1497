package expr

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// number evaluates a number, a date (days since 1970-01-01), a time of day (seconds) or a moment (seconds since 1970-01-01
// 00:00); NaN is empty, and nothing is infinite.
func (n *node) number(env *Env) float64 {
	switch n.op {
	case opConstant:
		return n.num
	case opVariable:
		if v := n.held(env); v != &nothing {
			return finite(v.num)
		}
	case opAdd:
		return finite(n.a.number(env) + n.b.number(env))
	case opSubtract:
		return finite(n.a.number(env) - n.b.number(env))
	case opMultiply:
		return finite(n.a.number(env) * n.b.number(env))
	case opDivide:
		return finite(n.a.number(env) / n.b.number(env))
	case opModulo:
		return finite(math.Mod(n.a.number(env), n.b.number(env)))
	case opNegate:
		return -n.a.number(env)
	case opRound:
		places := 0.0
		if n.b != nil {
			places = math.Trunc(n.b.number(env))
		}
		return round(n.a.number(env), places)
	case opTruncate:
		return math.Trunc(n.a.number(env))
	case opCountSelected:
		return float64(len(n.a.held(env).codes))
	case opLength:
		return float64(utf8.RuneCountInString(n.a.str(env)))
	case opSum, opCount, opLeast, opGreatest:
		return n.aggregate(env)
	case opFigure:
		return n.figure(env)
	case opShiftDays, opShiftSeconds, opDaysBetween, opMidnight, opDay, opDayOfMoment, opDayOfText, opToday, opNow:
		return n.calendar(env)
	case opIf:
		return n.chosen(env).number(env)
	case opCoalesce:
		if a := n.a.number(env); !math.IsNaN(a) {
			return a
		}
		return n.b.number(env)
	}
	return math.NaN()
}

// calendar evaluates the operations on dates.
func (n *node) calendar(env *Env) float64 {
	switch n.op {
	case opShiftDays:
		return wholeDay(n.a.number(env) + n.b.number(env))
	case opShiftSeconds:
		return wholeSecond(n.a.number(env) + n.b.number(env)*daySeconds)
	case opDaysBetween:
		return (n.a.number(env) - n.b.number(env)) / daySeconds
	case opMidnight:
		return n.a.number(env) * daySeconds
	case opDay:
		return wholeDay(n.a.number(env))
	case opDayOfMoment:
		return wholeDay(n.a.number(env) / daySeconds)
	case opDayOfText:
		return dateOfText(n.a.str(env))
	case opToday:
		return wholeDay(wallClock(env.Now) / daySeconds)
	default:
		return wallClock(env.Now)
	}
}

// aggregate evaluates the operations over any number of operands.
func (n *node) aggregate(env *Env) float64 {
	total := 0.0
	if n.op == opLeast || n.op == opGreatest {
		total = math.NaN()
	}
	for _, arg := range n.args {
		if n.op == opCount {
			if arg.given(env) {
				total++
			}
			continue
		}
		x := arg.number(env)
		switch {
		case math.IsNaN(x):
		case n.op == opSum:
			total += x
		case math.IsNaN(total), n.op == opLeast && x < total, n.op == opGreatest && x > total:
			total = x
		}
	}
	return finite(total)
}

// figure is the function number.
func (n *node) figure(env *Env) float64 {
	switch n.a.typ {
	case Boolean:
		if n.a.boolean(env) {
			return 1
		}
		return 0
	case Text:
		return parseNumber(n.a.str(env))
	case Time, DateTime:
		return n.a.number(env) / daySeconds
	}
	return n.a.number(env)
}

// parseNumber reads what a person types for a number: digits with at most one point or comma, a minus before them.
func parseNumber(s string) float64 {
	const longest = 400 // more digits than any finite number needs
	s = strings.TrimSpace(s)
	var plain [longest]byte
	if len(s) > longest {
		return math.NaN()
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case c == ',':
			c = '.'
		case !isDigit(c) && c != '.' && c != '-':
			return math.NaN() // among them the e, the _ and the 0x of Go's numbers
		}
		plain[i] = c
	}
	x, err := strconv.ParseFloat(string(plain[:len(s)]), 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

// round rounds x to a number of decimal places, halves up. It goes by the decimal digits that x is written with, as
// XLSForm does, so that round(1.005, 2) is 1.01 although the nearest binary number lies below 1.005.
func round(x, places float64) float64 {
	const most = 30
	if math.IsNaN(x) || math.IsNaN(places) || math.Abs(places) > most {
		return math.NaN()
	}
	// d.ddde±x: the shortest decimal, at most 17 digits.
	var buffer [32]byte
	written := strconv.AppendFloat(buffer[:0], math.Abs(x), 'e', -1, 64)
	mark := len(written) - 1
	for written[mark] != 'e' {
		mark--
	}
	exponent := 0
	for _, c := range written[mark+2:] {
		exponent = exponent*10 + int(c-'0')
	}
	if written[mark+1] == '-' {
		exponent = -exponent
	}
	whole, count := uint64(0), 0 // |x| is whole × 10^(exponent - count + 1)
	keep := exponent + 1 + int(places)
	next, rest := byte('0'), false // the first digit dropped, and whether others that are not 0 follow
	for _, c := range written[:mark] {
		switch {
		case c == '.':
			continue
		case count < keep:
			whole = whole*10 + uint64(c-'0')
		case count == max(keep, 0) && keep >= 0:
			next = c
		case c != '0':
			rest = true
		}
		count++
	}
	if keep >= count {
		return x
	}
	if next > '5' || next == '5' && (rest || x > 0) {
		whole++
	}
	var result [40]byte
	decimal := strconv.AppendUint(result[:0], whole, 10)
	decimal = append(decimal, 'e')
	decimal = strconv.AppendInt(decimal, -int64(places), 10)
	rounded, err := strconv.ParseFloat(string(decimal), 64)
	if err != nil {
		return math.NaN()
	}
	return math.Copysign(rounded, x) + 0
}

// finite makes what is no finite number empty.
func finite(n float64) float64 {
	if math.IsInf(n, 0) {
		return math.NaN()
	}
	return n
}
