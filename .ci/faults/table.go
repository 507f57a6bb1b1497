package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// table is what the run ends with: a line for each row of the matrix that was asked for.
type table struct {
	lines          [][]string
	sum            count
	broken, notRun []string // names of rows
}

var heads = []string{"fault", "faults injected", "answers thanked", "stored", "in quarantine", "named as missing", "lost", "doubled"}

// add adds a row, with what it counted before it broke or could not go on.
func (t *table) add(f fault, c count, err error) {
	verdict := ""
	if reason, skip := skipped(err); skip {
		t.notRun = append(t.notRun, f.name)
		verdict = "not run: " + reason
		if c.Injected > 0 {
			verdict = "not run to its end: " + reason
		}
	} else if err != nil {
		t.broken = append(t.broken, f.name)
		verdict = "BROKEN"
	}
	t.sum.add(c)
	t.lines = append(t.lines, append(c.cells(f.text), verdict))
}

func (c count) cells(text string) []string {
	cells := []string{text}
	for _, n := range []int{c.Injected, c.Thanked, c.Stored, c.Aside, c.Named, c.Lost, c.Doubled} {
		cells = append(cells, fmt.Sprint(n))
	}
	return cells
}

func (t *table) text() string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	for _, line := range append(append([][]string{heads}, t.lines...), t.sum.cells("all")) {
		fmt.Fprintln(w, strings.Join(line, "\t"))
	}
	_ = w.Flush() // into memory
	return out.String()
}

// markdown is the table for a document. A verdict stands with the fault that it is of.
func (t *table) markdown() string {
	var out strings.Builder
	row := func(cells []string) { fmt.Fprintf(&out, "| %s |\n", strings.Join(cells, " | ")) }
	row(heads)
	fmt.Fprintf(&out, "|---|%s\n", strings.Repeat("---:|", len(heads)-1))
	for _, line := range append(t.lines, append(t.sum.cells("**all**"), "")) {
		cells := append([]string{}, line[:len(heads)]...)
		if verdict := line[len(heads)]; verdict != "" {
			cells[0] += " (" + verdict + ")"
		}
		row(cells)
	}
	return out.String()
}
