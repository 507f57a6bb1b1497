package expr

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// parser is a recursive-descent parser that checks types as it goes. The first thing wrong ends it: fail panics with an
// *Error, which parse turns into its result; nothing else is recovered.
type parser struct {
	source string
	scope  Scope
	pos    int   // where the next token is looked for
	tok    token // the token under consideration
	depth  int
	// patterns is the size of the regex patterns so far.
	patterns int
}

func parse(source string, want Type, scope Scope) (root *node, err error) {
	p := &parser{source: source, scope: scope}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			root, err = nil, e
		}
	}()
	if len(source) > MaxLength {
		p.fail(0, fmt.Sprintf("the expression is %d bytes long", len(source)), fmt.Sprintf("at most %d bytes", MaxLength))
	}
	if at := invalid(source); at >= 0 {
		p.fail(at, "the expression is not valid UTF-8", "")
	}
	p.advance()
	if p.tok.kind == endToken {
		p.fail(0, "the expression is empty", want.String())
	}
	root = p.expression()
	if p.tok.kind != endToken {
		expected := "an operator such as and, or, =, or the end"
		if word := nearest(p.tok.text, words); p.tok.kind == wordToken && word != "" {
			expected = word
		}
		p.fail(p.tok.at, p.found()+" is left over", expected)
	}
	if want != Any {
		p.want(root, want)
	}
	return root, nil
}

// invalid returns the offset of the first byte of source that is not valid UTF-8, or -1.
func invalid(source string) int {
	for i, r := range source {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(source[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}

// fail ends parsing with an error at the byte offset.
func (p *parser) fail(offset int, message, expected string) {
	panic(&Error{Column: utf8.RuneCountInString(p.source[:offset]) + 1, Message: message, Expected: expected})
}

func (p *parser) advance() { p.tok = p.next() }

// found describes the token under consideration.
func (p *parser) found() string {
	switch p.tok.kind {
	case endToken:
		return "the end"
	case nameToken:
		return "${" + p.tok.text + "}"
	case stringToken:
		return "'" + p.tok.text + "'"
	default:
		return p.tok.text
	}
}

func (p *parser) isOperator(s string) bool { return p.tok.kind == operatorToken && p.tok.text == s }

// expect consumes one operator token.
func (p *parser) expect(sign, after string) {
	if !p.isOperator(sign) {
		p.fail(p.tok.at, fmt.Sprintf("%s follows %s", p.found(), after), sign)
	}
	p.advance()
}

// levels are the binary operators, weakest first; those of a level bind to the left.
var levels = [][]string{{"or"}, {"and"}, {"=", "!="}, {"<", "<=", ">", ">="}, {"+", "-"}, {"*", "div", "mod"}}

func (p *parser) expression() *node { return p.binary(0) }

func (p *parser) binary(level int) *node {
	if level == len(levels) {
		return p.unary()
	}
	left := p.binary(level + 1)
	for (p.tok.kind == operatorToken || p.tok.kind == wordToken) && slices.Contains(levels[level], p.tok.text) {
		operator := p.tok
		p.advance()
		left = p.combine(operator, left, p.binary(level+1))
	}
	return left
}

func (p *parser) unary() *node {
	if !p.isOperator("-") {
		return p.primary()
	}
	defer p.enter()()
	at := p.tok.at
	p.advance()
	a := p.unary()
	p.want(a, Number)
	return &node{op: opNegate, typ: Number, at: at, a: a}
}

// enter counts one level of nesting; what it returns leaves it.
func (p *parser) enter() func() {
	if p.depth++; p.depth > MaxDepth {
		p.fail(p.tok.at, "the expression is nested too deeply", fmt.Sprintf("at most %d levels", MaxDepth))
	}
	return func() { p.depth-- }
}

func (p *parser) primary() *node {
	t := p.tok
	switch {
	case t.kind == nameToken:
		p.advance()
		return p.variable(t)
	case t.kind == ownToken:
		p.advance()
		return p.own(t)
	case t.kind == stringToken:
		p.advance()
		return &node{op: opConstant, typ: Text, at: t.at, text: t.text}
	case t.kind == numberToken:
		p.advance()
		n, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			p.fail(t.at, "the number is too large", "")
		}
		return &node{op: opConstant, typ: Number, at: t.at, num: n}
	case t.kind == wordToken:
		return p.call()
	case p.isOperator("("):
		defer p.enter()()
		p.advance()
		n := p.expression()
		p.expect(")", "an expression in parentheses")
		return n
	}
	p.fail(t.at, p.found()+" stands where a value should", "a question like ${who}, a text in quotes, a number or a function")
	panic("unreachable")
}

func (p *parser) variable(t token) *node {
	v, err := p.scope.Lookup(t.text)
	if err != nil {
		var e *Error
		if errors.As(err, &e) {
			p.fail(t.at, e.Message, e.Expected)
		}
		p.fail(t.at, err.Error(), "")
	}
	return reference(v, t.at, "${"+t.text+"}")
}

// reference is a node for a variable, which the author wrote as name.
func reference(v Variable, at int, name string) *node {
	return &node{op: opVariable, typ: v.Type, at: at, slot: v.Slot, name: name, choices: v.Choices, closed: v.Choices != nil}
}

// own is a node for the dot.
func (p *parser) own(t token) *node {
	s, ok := p.scope.(owning)
	switch {
	case !ok:
		p.fail(t.at, "there is no value of its own here", "a question in the form ${code}; the dot belongs to constraints and calculations")
	case s.own.Type == Any:
		p.fail(t.at, "the dot is what this very expression gives", "once(…) to keep what it gave first")
	}
	return reference(s.own, t.at, ".")
}

func (p *parser) call() *node {
	name := p.tok
	f, ok := functions[name.text]
	if !ok {
		p.unknown(name)
	}
	defer p.enter()()
	p.advance()
	p.expect("(", name.text)
	var args []*node
	for !p.isOperator(")") {
		if len(args) > 0 {
			p.expect(",", "an argument of "+name.text)
		}
		args = append(args, p.expression())
	}
	if most := len(f.params); len(args) < most-f.optional || len(args) > most && !f.more {
		p.fail(name.at, fmt.Sprintf("%s has %d arguments", name.text, len(args)), f.form)
	}
	p.advance()
	for i := range args {
		args[i] = f.params[min(i, len(f.params)-1)].take(p, args[i])
	}
	return f.make(p, name.at, args)
}
