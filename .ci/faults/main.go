// Command faults breaks everything that can break between a visitor's answer and the collector's count, with the real
// programs, and checks after each fault that nothing was lost and nothing counted twice.
//
//	go run . all        every row of the matrix in full, and the table
//	go run . ROW ...    these rows alone; go run . list names them
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// count is a row of the table.
type count struct {
	Injected, Thanked, Stored, Lost, Doubled int
}

// with adds what a checker found.
func (c count) with(f *findings, err error) (count, error) {
	if f != nil {
		c.Thanked, c.Stored = c.Thanked+f.Thanked, c.Stored+f.Stored
		c.Lost, c.Doubled = c.Lost+f.Lost, c.Doubled+f.Doubled
	}
	if err == nil && c.Injected == 0 {
		err = errNothing
	}
	return c, err
}

var errNothing = fmt.Errorf("no fault was injected: the run shows nothing")

// fault is a row of the matrix. run does it in full or in part, and returns an error that says which invariant broke.
type fault struct {
	name, text string
	run        func(r *rig, full bool) (count, error)
}

var matrix = []fault{
	{"kill-terminal", "kill -9 at every system call of a commit and of an upload, terminal", killTerminals},
	{"kill-collector", "kill -9 at every system call of an upload, collector", killCollector},
	{"power-terminal", "power cut, torn page, reordered writes, also at creation, outbox", cutTerminal},
	{"power-collector", "power cut, torn page, reordered writes, store", cutCollector},
	{"errors-terminal", "EIO, disk full and read-only at each write and sync, terminal", failTerminal},
	{"errors-collector", "EIO, disk full and read-only at each write and sync, collector", failCollector},
	{"restore", "the collector restored from an old backup, terminals refill", restoreCollector},
	{"copies", "a terminal's folder copied to another machine, both go on", copyTerminals},
	{"two-programs", "two programs on one outbox", twoPrograms},
	{"return", "a fleet comes back at once after the collector was away", returnTogether},
	{"disk-terminal", "a real disk full, read-only, without power, terminal", diskOfTerminal},
	{"disk-collector", "a real disk full, read-only, without power, collector", diskOfCollector},
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

func run(names []string) error {
	if len(names) == 0 || names[0] == "list" {
		for _, f := range matrix {
			fmt.Printf("%-16s %s\n", f.name, f.text)
		}
		return nil
	}
	all := slices.Equal(names, []string{"all"})
	for _, name := range names {
		if !all && !slices.ContainsFunc(matrix, func(f fault) bool { return f.name == name }) {
			return fmt.Errorf("there is no row %q; go run . list names them", name)
		}
	}
	r, err := newRig("../..")
	if err != nil {
		return err
	}
	defer r.close()
	failed := 0
	table := &strings.Builder{}
	w := tabwriter.NewWriter(table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "fault\tfaults injected\tanswers thanked\tstored\tlost\tdoubled\t")
	var sum count
	for _, f := range matrix {
		if !all && !slices.Contains(names, f.name) {
			continue
		}
		began := time.Now()
		c, err := f.run(r, true)
		verdict := ""
		if skip, ok := skipped(err); ok {
			verdict = "not run: " + skip
		} else if err != nil {
			failed++
			verdict = "BROKEN"
			fmt.Fprintf(os.Stderr, "%s: %v\n", f.name, err)
		}
		fmt.Fprintf(os.Stderr, "%s took %s\n", f.name, time.Since(began).Round(time.Second))
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\n", f.text, c.Injected, c.Thanked, c.Stored, c.Lost, c.Doubled, verdict)
		sum.Injected, sum.Thanked, sum.Stored = sum.Injected+c.Injected, sum.Thanked+c.Thanked, sum.Stored+c.Stored
		sum.Lost, sum.Doubled = sum.Lost+c.Lost, sum.Doubled+c.Doubled
	}
	fmt.Fprintf(w, "all\t%d\t%d\t%d\t%d\t%d\t\n", sum.Injected, sum.Thanked, sum.Stored, sum.Lost, sum.Doubled)
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Print(table)
	if failed > 0 {
		return fmt.Errorf("%d rows broke the promise", failed)
	}
	return nil
}
