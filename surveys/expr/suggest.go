package expr

import (
	"slices"
	"strings"
)

// foreign are functions of other languages, or of XLSForm but not of this one, and what does the same here.
var foreign = map[string]string{
	"substring":         "substr(text, from, to)",
	"length":            "string-length(text)",
	"len":               "string-length(text)",
	"matches":           "regex(text, 'pattern')",
	"ends-with":         "regex(text, '.*end')",
	"iif":               "if(condition, a, b)",
	"ifelse":            "if(condition, a, b)",
	"isnull":            "a comparison with '', such as ${question} = ''",
	"is-null":           "a comparison with '', such as ${question} = ''",
	"boolean":           "a comparison, such as ${question} != ''",
	"is-selected":       "selected(${question}, 'code')",
	"count-non-empty":   "count(a, b, …)",
	"floor":             "int(number), or round(number)",
	"ceiling":           "round(number)",
	"format-date":       "string(date)",
	"format-date-time":  "string(moment)",
	"decimal-date-time": "number(moment)",
	"decimal-time":      "number(time)",
	"date-time":         "date(text), without a time",
}

// words are the operators that are written as words.
var words = []string{"and", "or", "div", "mod"}

// unknown fails for a word that is neither a function nor an operator.
func (p *parser) unknown(word token) {
	called := strings.HasPrefix(strings.TrimLeft(p.source[p.pos:], " \t\r\n"), "(")
	expected, known := foreign[strings.ToLower(word.text)]
	near := nearest(word.text, functionNames)
	switch {
	case known:
	case near != "":
		expected = functions[near].form
	case called:
		expected = "one of " + strings.Join(functionNames, ", ")
	}
	if !called {
		quoted := "'" + word.text + "' if it is a text"
		if expected != "" {
			quoted += ", or "
		}
		expected = quoted + expected
	}
	p.fail(word.at, word.text+" is no function or operator of the language", expected)
}

// nearest returns the candidate that word is most likely a slip of, or "".
func nearest(word string, candidates []string) string {
	best, least := "", 1+min(2, len(word)/2)
	for _, c := range candidates {
		if d := slips(strings.ToLower(word), c); d < least {
			best, least = c, d
		}
	}
	return best
}

// slips returns how many single slips, a letter missing, superfluous, wrong or changed with the next, lie between a and b:
// the optimal string alignment distance.
func slips(a, b string) int {
	if max(len(a), len(b)) > 40 {
		return len(a) + len(b)
	}
	var before, last, row []int
	for j := range len(b) + 1 {
		last = append(last, j)
	}
	for i := range len(a) {
		row = append(row[:0:0], i+1)
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			d := min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d = min(d, before[j-1]+1)
			}
			row = append(row, d)
		}
		before, last = last, slices.Clone(row)
	}
	return last[len(b)]
}
