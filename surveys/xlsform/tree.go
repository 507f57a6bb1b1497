package xlsform

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// node is one value of the YAML source being written: a scalar, a list, or a mapping with its keys in order.
type node struct {
	from   origin
	text   string // a text; quoted where YAML needs it
	plain  string // a number or a truth value, as it stands
	list   []*node
	keys   []string // of a mapping, as are values
	values []*node
	inline bool // a list of scalars in one line
}

func text(from origin, s string) *node  { return &node{from: from, text: s} }
func plain(from origin, s string) *node { return &node{from: from, plain: s} }

// set adds a key to a mapping, or gives it another value.
func (n *node) set(key string, value *node) {
	if i := slices.Index(n.keys, key); i >= 0 {
		n.values[i] = value
		return
	}
	n.keys, n.values = append(n.keys, key), append(n.values, value)
}

// get returns the value of a key of a mapping, nil when it has none.
func (n *node) get(key string) *node {
	if i := slices.Index(n.keys, key); i >= 0 {
		return n.values[i]
	}
	return nil
}

// has reports whether a mapping has the key.
func (n *node) has(key string) bool { return slices.Contains(n.keys, key) }

// arrange puts the keys of a mapping in the given order; all of them are in it.
func (n *node) arrange(order []string) {
	keys := slices.Clone(n.keys)
	slices.SortStableFunc(keys, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	values := make([]*node, len(keys))
	for i, k := range keys {
		values[i] = n.get(k)
	}
	n.keys, n.values = keys, values
}

// writer writes a tree as YAML and remembers where each line comes from.
type writer struct {
	b       strings.Builder
	origins []origin // by line from 0
}

// comment writes lines of comment.
func (w *writer) comment(lines ...string) {
	for _, l := range lines {
		w.line(origin{}, 0, strings.TrimSpace("# "+l))
	}
}

func (w *writer) line(from origin, indent int, s string) {
	w.b.WriteString(strings.Repeat("  ", indent))
	w.b.WriteString(s)
	w.b.WriteByte('\n')
	w.origins = append(w.origins, from)
}

// mapping writes the keys of n; first stands before the first key in place of its indentation, such as "- ".
func (w *writer) mapping(n *node, indent int, first string) {
	for i, key := range n.keys {
		v, lead := n.values[i], key+":"
		at := indent
		if i == 0 && first != "" {
			lead, at = first+lead, indent-1
		}
		from := v.from
		if from == (origin{}) {
			from = n.from
		}
		switch {
		case v.plain != "":
			w.line(from, at, lead+" "+v.plain)
		case v.keys != nil:
			w.line(from, at, lead)
			w.mapping(v, indent+1, "")
		case v.inline:
			words := make([]string, len(v.list))
			for i, e := range v.list {
				if words[i] = e.plain; e.plain == "" {
					words[i] = scalarInLine(e.text)
				}
			}
			w.line(from, at, lead+" ["+strings.Join(words, ", ")+"]")
		case v.list != nil:
			w.line(from, at, lead)
			for _, e := range v.list {
				w.mapping(e, indent+2, "- ")
			}
		default:
			w.scalar(from, at, indent, lead, v.text)
		}
	}
}

// scalar writes a text; one of several lines that YAML can show as they are becomes a block.
func (w *writer) scalar(from origin, at, indent int, lead, s string) {
	if !strings.Contains(s, "\n") || !blockable(s) {
		w.line(from, at, lead+" "+scalar(s))
		return
	}
	w.line(from, at, lead+" |-")
	for _, l := range strings.Split(s, "\n") {
		w.line(from, indent+1, l)
	}
}

// blockable reports whether every line of a text can stand in a literal block as it is.
func blockable(s string) bool {
	for _, l := range strings.Split(s, "\n") {
		if l == "" || l != strings.TrimFunc(l, blank) || !printable(l) {
			return false
		}
	}
	return true
}

var (
	// plainShape is what every reader of YAML takes for a text without quotes.
	plainShape = regexp.MustCompile(`^[\pL$(][\pL\pN _.,;!?()/'"«»„“”’…–—=<>+*%$-]*$`)
	// plainWord is the same inside of a list in one line.
	plainWord = regexp.MustCompile(`^[\pL][\pL\pN_-]*$`)
)

// withoutPipes takes the brackets of repeated answers away, which plainShape does not know.
var withoutPipes = strings.NewReplacer("${", "", "}", "")

// reserved are texts that YAML takes for something else.
var reserved = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

// scalar writes a text in one line, in quotes where it needs them.
func scalar(s string) string {
	if plainShape.MatchString(withoutPipes.Replace(s)) && !slices.Contains(reserved, strings.ToLower(s)) &&
		s == strings.TrimFunc(s, blank) && printable(s) {
		return s
	}
	return quoted(s)
}

func scalarInLine(s string) string {
	if plainWord.MatchString(s) && !slices.Contains(reserved, strings.ToLower(s)) {
		return s
	}
	return quoted(s)
}

// quoted writes a text in single quotes, or where it has characters that need escapes in double ones; JSON is YAML.
func quoted(s string) string {
	if printable(s) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return "''" // no text fails
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// printable reports whether a text has nothing that YAML would show otherwise than it is.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' || r >= 0x7f && r <= 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == '\ufffd'
	})
}
