package expr

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	endToken      tokenKind = iota
	nameToken               // ${name}; text is the name
	ownToken                // the dot
	stringToken             // 'text'; text is what stands between the quotes
	numberToken             // 12.5
	wordToken               // and, count-selected
	operatorToken           // one of operators
)

type token struct {
	kind tokenKind
	text string
	at   int // byte offset in the source
}

// operators are the tokens made of signs; a longer one stands before its own beginning.
var operators = []string{"!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "(", ")", ","}

// habits are signs that people who know other languages write, and what to write here.
var habits = []struct{ sign, instead string }{
	{"==", "="},
	{"<>", "!="},
	{"&&", "and"},
	{"||", "or"},
	{"!", "not(…) or !="},
	{"/", "div"},
	{"%", "mod"},
	{"‘", "straight quotes '…'"},
	{"’", "straight quotes '…'"},
	{"“", "straight quotes '…'"},
	{"”", "straight quotes '…'"},
	{"«", "straight quotes '…'"},
	{"»", "straight quotes '…'"},
	{"≠", "!="},
	{"≤", "<="},
	{"≥", ">="},
	{"−", "-"},
	{"–", "-"},
	{"—", "-"},
	{"×", "*"},
	{"·", "*"},
	{"÷", "div"},
	{"..", "a question in the form ${code}"},
	{"./", "a question in the form ${code}"},
}

// next reads the token at or after the parser's position.
func (p *parser) next() token {
	for p.pos < len(p.source) && strings.IndexByte(" \t\r\n", p.source[p.pos]) >= 0 {
		p.pos++
	}
	at, rest := p.pos, p.source[p.pos:]
	if rest == "" {
		return token{endToken, "", at}
	}
	take := func(kind tokenKind, text string, size int) token {
		p.pos += size
		return token{kind, text, at}
	}
	switch c := rest[0]; {
	case c == '$':
		return p.name(at, rest, take)
	case c == '\'' || c == '"':
		end := strings.IndexByte(rest[1:], c)
		if end < 0 {
			p.fail(at, fmt.Sprintf("the text that begins here has no closing %c", c), "")
		}
		return take(stringToken, rest[1:1+end], end+2)
	case isDigit(c) || c == '.' && len(rest) > 1 && isDigit(rest[1]):
		size := span(rest, isDigit)
		if size < len(rest) && rest[size] == '.' {
			size += 1 + span(rest[size+1:], isDigit)
		}
		return take(numberToken, rest[:size], size)
	case isLetter(c):
		size := span(rest, func(c byte) bool { return isLetter(c) || isDigit(c) || c == '-' || c == ':' })
		return take(wordToken, rest[:size], size)
	}
	for _, h := range habits {
		if strings.HasPrefix(rest, h.sign) && !strings.HasPrefix(rest, "!=") {
			p.fail(at, fmt.Sprintf("%s is not part of the language", h.sign), h.instead)
		}
	}
	for _, o := range operators {
		if strings.HasPrefix(rest, o) {
			return take(operatorToken, o, len(o))
		}
	}
	if rest[0] == '.' {
		return take(ownToken, ".", 1)
	}
	r, _ := utf8.DecodeRuneInString(rest)
	p.fail(at, fmt.Sprintf("%q is not part of the language", r), "a question like ${who}, a text in quotes, a number or a function")
	panic("unreachable")
}

// name reads ${name}.
func (p *parser) name(at int, rest string, take func(tokenKind, string, int) token) token {
	const form = "a question in the form ${code}"
	if !strings.HasPrefix(rest, "${") {
		p.fail(at, "$ stands alone", form)
	}
	size := span(rest[2:], func(c byte) bool { return isLetter(c) || isDigit(c) || c == '-' })
	end := 2 + size
	if size == 0 || end == len(rest) || rest[end] != '}' {
		p.fail(at+end, "a name is letters, digits, _ and - between ${ and }", form)
	}
	return take(nameToken, rest[2:end], end+1)
}

// span returns how many bytes at the beginning of s are of the kind.
func span(s string, kind func(byte) bool) int {
	n := 0
	for n < len(s) && kind(s[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }
