package expr

import (
	"math"
	"strings"
	"unicode/utf8"
)

// str evaluates a text; "" is empty.
func (n *node) str(env *Env) string {
	switch n.op {
	case opConstant:
		return n.text
	case opVariable:
		return n.held(env).text
	case opConcat:
		return n.concat(env)
	case opSubstr:
		return n.substr(env)
	case opPrint:
		return n.print(env)
	case opSelectedAt:
		codes, i := n.a.held(env).codes, math.Trunc(n.b.number(env))
		if i >= 0 && i < float64(len(codes)) {
			return codes[int(i)]
		}
	case opIf:
		return n.chosen(env).str(env)
	case opCoalesce:
		if a := n.a.str(env); a != "" {
			return a
		}
		return n.b.str(env)
	}
	return ""
}

// print is the function string.
func (n *node) print(env *Env) string {
	switch n.a.typ {
	case Boolean:
		return Bool(n.a.boolean(env)).String()
	case Codes:
		return printCodes(n.a.held(env).codes)
	}
	return print(n.a.typ, n.a.number(env))
}

// concat joins the operands, as many characters of them as there may be.
func (n *node) concat(env *Env) string {
	var joined strings.Builder
	for _, arg := range n.args {
		joined.WriteString(limit(arg.str(env)))
		if joined.Len() > utf8.UTFMax*MaxText {
			break
		}
	}
	return limit(joined.String())
}

// substr cuts a piece out of a text.
func (n *node) substr(env *Env) string {
	s := n.a.str(env)
	length := float64(utf8.RuneCountInString(s))
	from, to := place(n.b.number(env), length), length
	if n.c != nil {
		to = place(n.c.number(env), length)
	}
	if !(from < to) { // also when either is empty
		return ""
	}
	start, end, at := len(s), len(s), 0.0
	for i := range s {
		if at == from {
			start = i
		}
		if at == to {
			end = i
			break
		}
		at++
	}
	return limit(s[start:end])
}

// place returns a place in a text of length characters, from 0 to length; a negative one counts from the end.
func place(i, length float64) float64 {
	if i = math.Trunc(i); i < 0 {
		i += length
	}
	return min(max(i, 0), length) // NaN stays
}
