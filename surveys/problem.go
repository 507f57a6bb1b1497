package surveys

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a survey's source.
type Problem struct {
	File   string // as given to Load
	Line   int    // from 1
	Column int    // from 1, in characters
	// Message says what is wrong, Expected what should stand there; Expected may be empty.
	Message  string
	Expected string
}

// Error returns the problem as "file:line:column: message; expected …", the form that editors jump to.
func (p Problem) Error() string {
	s := fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
	if p.Expected != "" {
		s += "; expected " + p.Expected
	}
	return s
}

// Problems is everything wrong with a survey's source, in the order of the source.
type Problems []Problem

// Error returns one problem a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// sorted returns the problems in the order of the source.
func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return ps
}
