package surveys

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// place is where something stands in the source: line and column from 1, the column in runes.
type place struct{ line, column int }

// reader reads one YAML source and collects what is wrong with it. Its methods report a problem themselves and return a
// zero value, so that reading goes on and every problem is found in one go.
type reader struct {
	file     string
	lines    []string // without their ends
	problems Problems
	places   map[string]place // of all fields by their path; nil when nobody asks
}

func (r *reader) problem(at place, message, expected string) {
	r.problems = append(r.problems, Problem{r.file, at.line, at.column, message, expected})
}

// root parses the source and returns its one document, or nil after a problem.
func (r *reader) root(src []byte) ast.Node {
	src = bytes.TrimPrefix(src, []byte("\ufeff")) // Windows editors write one
	if len(src) > maxTextBytes {
		r.problem(place{1, 1}, fmt.Sprintf("the survey has %d bytes", len(src)), fmt.Sprintf("at most %d", maxTextBytes))
		return nil
	}
	r.lines = strings.Split(strings.ReplaceAll(string(src), "\r\n", "\n"), "\n")
	if r.checkCharacters(); len(r.problems) > 0 {
		return nil
	}
	file, err := parseYAML(src)
	if err != nil {
		at := place{1, 1}
		var e interface {
			GetToken() *token.Token
			GetMessage() string
		}
		message := err.Error()
		if errors.As(err, &e) {
			message = e.GetMessage()
			if t := e.GetToken(); t != nil {
				at = tokenPlace(t)
			}
		}
		r.problem(at, message, "YAML")
		return nil
	}
	var bodies []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil && d.Body.Type() != ast.CommentType {
			bodies = append(bodies, d.Body)
		}
	}
	switch len(bodies) {
	case 0:
		r.problem(place{1, 1}, "the file is empty", "a survey")
		return nil
	case 1:
		return bodies[0]
	}
	r.problem(nodePlace(bodies[1]), "a second document begins", "one survey in a file")
	return nil
}

// parseYAML turns a panic of the parser, which has had some on odd input, into an error: a source is text that people
// write, and the collector takes it over the network.
func parseYAML(src []byte) (file *ast.File, err error) {
	defer func() {
		if v := recover(); v != nil {
			file, err = nil, fmt.Errorf("the YAML parser cannot read this file: %v", v)
		}
	}()
	return parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
}

// checkCharacters reports the first character that a survey cannot contain, and brackets nested so deeply that parsing
// them takes minutes.
func (r *reader) checkCharacters() {
	open := 0
	for i, line := range r.lines {
		column := 0
		for at, c := range line {
			column++
			here := place{i + 1, column}
			switch {
			case c == utf8.RuneError && !strings.HasPrefix(line[at:], "\ufffd"):
				r.problem(here, "the file is not valid UTF-8", "UTF-8")
				return
			case c < ' ' && c != '\t' || c == 0x7f:
				r.problem(here, fmt.Sprintf("the control character %U", c), "text")
				return
			case c == '[' || c == '{':
				if open++; open > maxBrackets {
					r.problem(here, "too many brackets are open", fmt.Sprintf("at most %d", maxBrackets))
					return
				}
			case (c == ']' || c == '}') && open > 0:
				open--
			}
		}
	}
}

func tokenPlace(t *token.Token) place { return place{t.Position.Line, t.Position.Column} }

// nodePlace returns where a node begins.
func nodePlace(n ast.Node) place {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return nodePlace(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return nodePlace(n.Key)
	}
	return tokenPlace(n.GetToken())
}

// kindOf says what a node is, in the words of messages.
func kindOf(n ast.Node) string {
	switch n.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "a text"
	case *ast.BoolNode:
		return "true or false"
	case *ast.IntegerNode:
		return "a whole number"
	case *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return "an anchor or alias, which surveys do not use"
	case *ast.TagNode:
		return "a tag, which surveys do not use"
	}
	return "something else"
}

// field is one key of an object with its value.
type field struct {
	key  string
	at   place // of the value; of the key when the value is missing
	node ast.Node
	path string // "/pages/0/questions"; "" for the whole source
}

// path returns the path of a part of the field at within; it is only made when somebody asks for places.
func (r *reader) path(within, part string) string {
	if r.places == nil {
		return ""
	}
	return within + "/" + part
}

// found notes where a field stands.
func (r *reader) found(f field) field {
	if r.places != nil {
		r.places[f.path] = f.at
	}
	return f
}

// wrong reports that the value is not what was expected.
func (r *reader) wrong(f field, expected string) {
	r.problem(f.at, fmt.Sprintf("%s is %s", f.key, kindOf(f.node)), expected)
}

// object is a mapping being read; what names it in messages.
type object struct {
	*reader
	what   string
	at     place
	fields map[string]field
	order  []string // the keys as they stand
}

// object reads a mapping that may have the given keys, all when there are none; ok is false when it is none.
func (r *reader) object(f field, what string, keys ...string) (o object, ok bool) {
	var entries []*ast.MappingValueNode
	switch n := f.node.(type) {
	case *ast.MappingNode:
		entries = n.Values
	case *ast.MappingValueNode:
		entries = []*ast.MappingValueNode{n}
	default:
		r.wrong(f, what)
		return object{}, false
	}
	o = object{reader: r, what: what, at: f.at, fields: make(map[string]field, len(entries))}
	for _, e := range entries {
		key, isText := e.Key.(*ast.StringNode)
		at := nodePlace(e.Key)
		switch {
		case !isText:
			r.problem(at, "the key is "+kindOf(e.Key), "a word")
			continue
		case len(keys) > 0 && !slices.Contains(keys, key.Value):
			r.problem(at, fmt.Sprintf("%s has no key %q", what, key.Value), "one of "+strings.Join(keys, ", "))
			continue
		}
		if _, twice := o.fields[key.Value]; twice {
			r.problem(at, fmt.Sprintf("the key %s stands twice", key.Value), "")
			continue
		}
		value := field{key: key.Value, at: at, node: e.Value, path: r.path(f.path, key.Value)}
		if _, empty := e.Value.(*ast.NullNode); !empty && e.Value != nil {
			value.at = nodePlace(e.Value)
		}
		o.fields[key.Value] = r.found(value)
		o.order = append(o.order, key.Value)
	}
	return o, true
}

// get returns a field, reporting one that is required and missing.
func (o object) get(key, expected string, required bool) (field, bool) {
	f, ok := o.fields[key]
	if !ok && required {
		o.problem(o.at, fmt.Sprintf("%s has no %s", o.what, key), expected)
	}
	return f, ok
}

// list returns the entries of a list that must have lowest to highest of them.
func (o object) list(key, expected string, lowest, highest int, required bool) []field {
	expected = fmt.Sprintf("%d to %d %s", lowest, highest, expected)
	f, ok := o.get(key, expected, required)
	if !ok {
		return nil
	}
	n, ok := f.node.(*ast.SequenceNode)
	if !ok {
		o.wrong(f, "a list of "+expected)
		return nil
	}
	if len(n.Values) < lowest || len(n.Values) > highest {
		o.problem(f.at, fmt.Sprintf("%s has %d entries", key, len(n.Values)), expected)
	}
	entries := make([]field, len(n.Values))
	for i, v := range n.Values {
		entries[i] = o.found(field{
			key: fmt.Sprintf("entry %d of %s", i+1, key), at: nodePlace(v), node: v, path: o.path(f.path, strconv.Itoa(i)),
		})
	}
	return entries
}

// integer reads a whole number from lowest to highest; it returns 0 when there is none.
func (o object) integer(key string, lowest, highest int, required bool) int {
	expected := fmt.Sprintf("a whole number from %d to %d", lowest, highest)
	f, ok := o.get(key, expected, required)
	if !ok {
		return 0
	}
	if n, isInteger := f.node.(*ast.IntegerNode); isInteger {
		switch v := n.Value.(type) {
		case int64:
			if v >= int64(lowest) && v <= int64(highest) {
				return int(v)
			}
		case uint64:
			if v >= uint64(max(lowest, 0)) && v <= uint64(highest) {
				return int(v)
			}
		}
		o.problem(f.at, fmt.Sprintf("%s is %s", key, n.GetToken().Value), expected)
		return 0
	}
	o.wrong(f, expected)
	return 0
}

// integerOr reads a whole number like integer; it returns usual when the key is missing.
func (o object) integerOr(key string, lowest, highest, usual int) int {
	if _, ok := o.fields[key]; !ok {
		return usual
	}
	return o.integer(key, lowest, highest, false)
}

// number reads a number of at most nine digits before the point; it returns usual when there is none.
func (o object) number(key string, usual float64) float64 {
	expected := fmt.Sprintf("a number from %d to %d", -maxNumeral, maxNumeral)
	f, ok := o.fields[key]
	if !ok {
		return usual
	}
	n, ok := numberOf(f.node)
	switch {
	case !ok:
		o.wrong(f, expected)
	case n < -maxNumeral || n > maxNumeral:
		o.problem(f.at, fmt.Sprintf("%s is %s", key, decimal(n)), expected)
	case !whole(n, maxDecimals):
		o.problem(f.at, fmt.Sprintf("%s is %s", key, decimal(n)), fmt.Sprintf("at most %d decimal places", maxDecimals))
	default:
		return n
	}
	return usual
}

// keyPlace returns where the value of the first of the keys that is there stands, or where the object does.
func (o object) keyPlace(keys ...string) place {
	for _, key := range keys {
		if f, ok := o.fields[key]; ok {
			return f.at
		}
	}
	return o.at
}

// boolean reads true or false; it returns false when there is neither.
func (o object) boolean(key string) bool {
	f, ok := o.fields[key]
	if !ok {
		return false
	}
	if n, isBool := f.node.(*ast.BoolNode); isBool {
		return n.Value
	}
	o.wrong(f, "true or false")
	return false
}
