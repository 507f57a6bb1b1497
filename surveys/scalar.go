package surveys

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// scalar is a text as it stands in the source.
type scalar struct {
	text  string
	at    place
	style token.Type // SingleQuoteType, DoubleQuoteType, LiteralType or FoldedType; anything else is a plain one
}

// scalar reads a text. Surrounding white space, such as the line end of a block, is not part of it.
func (r *reader) scalar(f field, expected string) (s scalar, ok bool) {
	switch n := f.node.(type) {
	case *ast.StringNode:
		s = scalar{n.Value, f.at, n.Token.Type}
	case *ast.LiteralNode:
		s = scalar{n.Value.Value, f.at, n.Start.Type}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		r.wrong(f, expected+"; quotes make it a text")
		return scalar{}, false
	default:
		r.wrong(f, expected)
		return scalar{}, false
	}
	if s.text = strings.TrimSpace(s.text); s.text == "" {
		r.problem(f.at, f.key+" is empty", expected)
		return scalar{}, false
	}
	return s, true
}

// line reads a text of at most longest characters with no control characters but the newline.
func (r *reader) line(f field, longest int) scalar {
	s, ok := r.scalar(f, "a text")
	if !ok {
		return scalar{}
	}
	if n := utf8.RuneCountInString(s.text); n > longest {
		r.problem(f.at, fmt.Sprintf("%s has %d characters", f.key, n), fmt.Sprintf("at most %d", longest))
	}
	for _, c := range s.text {
		if unicode.IsControl(c) && c != '\n' {
			r.problem(f.at, fmt.Sprintf("%s contains the control character %U", f.key, c), "text")
			break
		}
	}
	return s
}

// locate returns where character number column (from 1) of the scalar's text stands in the source. White space is folded
// in YAML in ways that depend on the style, so the characters that are none are counted on both sides; a column that is
// white space, or lies behind the end, is taken to stand right after the character before it.
func (r *reader) locate(s scalar, column int) place {
	before, exact := 0, false // how many characters that are no white space stand before the column
	for i, c := range []rune(s.text) {
		if i+1 == column {
			exact = !unicode.IsSpace(c)
			break
		}
		if !unicode.IsSpace(c) {
			before++
		}
	}
	w := walker{lines: r.lines, at: s.at, style: s.style}
	w.start()
	for range before {
		w.take()
	}
	if exact {
		w.skipSpace()
	}
	return w.at
}

// walker steps through the source of a scalar, one character of its text at a time.
type walker struct {
	lines []string
	at    place
	style token.Type
}

// start steps over the opening quote or the indicator of a block.
func (w *walker) start() {
	switch w.style {
	case token.SingleQuoteType, token.DoubleQuoteType:
		w.at.column++
	case token.LiteralType, token.FoldedType:
		w.at = place{w.at.line + 1, 1}
	}
	w.skipSpace()
}

// rest returns the current line from the current column on.
func (w *walker) rest() []rune {
	if w.at.line > len(w.lines) {
		return nil
	}
	line := []rune(w.lines[w.at.line-1])
	return line[min(w.at.column-1, len(line)):]
}

// skipSpace steps over white space, line ends, and escapes that stand for such.
func (w *walker) skipSpace() {
	for w.at.line <= len(w.lines) {
		rest := w.rest()
		switch {
		case len(rest) == 0:
			if w.at.line == len(w.lines) {
				return
			}
			w.at = place{w.at.line + 1, 1}
		case unicode.IsSpace(rest[0]):
			w.at.column++
		default:
			size, space := w.escape(rest)
			if !space {
				return
			}
			w.at.column += size
		}
	}
}

// take steps over white space and the next character after it.
func (w *walker) take() {
	w.skipSpace()
	if rest := w.rest(); len(rest) > 0 {
		size, _ := w.escape(rest)
		w.at.column += size
	}
}

// escape returns how many characters of the source stand for the one that rest begins with, and whether that is white
// space (a backslash at the end of a line joins lines and stands for nothing).
func (w *walker) escape(rest []rune) (size int, space bool) {
	switch {
	case w.style == token.SingleQuoteType && len(rest) > 1 && rest[0] == '\'' && rest[1] == '\'':
		return 2, false
	case w.style != token.DoubleQuoteType || rest[0] != '\\':
		return 1, false
	case len(rest) == 1:
		return 1, true
	}
	switch rest[1] {
	case 'x':
		size = 4
	case 'u':
		size = 6
	case 'U':
		size = 10
	default:
		return 2, strings.ContainsRune(" tnrvfNLP_\t", rest[1])
	}
	size = min(size, len(rest))
	var code rune
	if _, err := fmt.Sscanf(string(rest[2:size]), "%x", &code); err != nil {
		return size, false
	}
	return size, unicode.IsSpace(code)
}
