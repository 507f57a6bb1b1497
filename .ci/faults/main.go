// Command faults breaks everything that can break between a visitor's answer and the collector's count, with the real
// programs, and checks after each fault that nothing was lost and nothing counted twice.
//
//	go run . all                  every row of the matrix in full, and the table
//	go run . ROW ...              these rows alone; go run . list names them
//	go run . -short all           the part of each row that go test runs, in minutes
//	go run . -markdown FILE all   the table into FILE as well, as a document has it
//	go run . capture NAME         a capture of the present version of the protocol, beside the older ones
//
// It leaves with 1 when a row broke the promise, and with 3 when none did but a row could not be run.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// count is a row of the table.
type count struct {
	Injected, Thanked, Stored, Aside, Named, Lost, Doubled int
}

func (c *count) add(other count) {
	c.Injected += other.Injected
	c.Thanked, c.Stored, c.Aside, c.Named = c.Thanked+other.Thanked, c.Stored+other.Stored, c.Aside+other.Aside, c.Named+other.Named
	c.Lost, c.Doubled = c.Lost+other.Lost, c.Doubled+other.Doubled
}

// with adds what a checker found.
func (c count) with(f *findings, err error) (count, error) {
	if f != nil {
		f.counted = true
		c.add(count{Thanked: f.Thanked, Stored: f.Stored, Aside: f.Aside, Named: f.Named, Lost: f.Lost, Doubled: f.Doubled})
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

// try runs it. A row that breaks on its way has counted nothing: what was last seen counts then.
func (f *fault) try(r *rig, full bool) (count, error) {
	r.last = nil
	c, err := f.run(r, full)
	if err != nil && r.last != nil && !r.last.counted {
		c, _ = c.with(r.last, nil)
	}
	return c, err
}

var matrix = []fault{
	{"kill-terminal", "kill -9 at every system call of a commit and of an upload, terminal", killTerminals},
	{"kill-collector", "kill -9 at every system call of an upload, collector", killCollector},
	{"power-terminal", "power cut, torn page, reordered writes, also at creation, outbox, identity, configuration", cutTerminal},
	{"power-collector", "power cut, torn page, reordered writes, also at creation, store and keys", cutCollector},
	{"power-drained", "power cut of a terminal, which starts again and sends all it has", cutAndDrain},
	{"errors-terminal", "EIO, disk full and read-only at each write and sync, terminal", failTerminal},
	{"errors-collector", "EIO, disk full and read-only at each write and sync, collector", failCollector},
	{"restore", "the collector restored from an old backup, terminals refill", restoreCollector},
	{"copies", "a terminal's folder copied to another machine, both go on", copyTerminals},
	{"two-programs", "two programs on one outbox", twoPrograms},
	{"damage-terminal", "an outbox damaged or cut off", damageTerminal},
	{"damage-collector", "a store damaged or cut off, then restored from a backup", damageStore},
	{"gone", "an outbox destroyed after its terminal was heard of", goneTerminal},
	{"clock", "a terminal's clock wrong by years, jumping, never set, in another zone", wrongClock},
	{"revoked", "a terminal revoked with a full queue, drained, replaced by another machine", revokedTerminal},
	{"return", "a fleet comes back at once after the collector was away", returnTogether},
	{"network", "slow, half-open and cut connections, replies lost after the commit", breakNetwork},
	{"order", "duplicate, reordered, overlapping, concurrent batches, copies, changed answers", shuffleBatches},
	{"versions", "older and newer terminals and collectors, both ways, from captures", crossVersions},
	{"poison", "records that nobody can read, one in each batch, among sound ones", poisonBatches},
	{"fuse", "power cut on a disk that drops, tears and reorders what was not synced, both ends", loseWrites},
	{"disk-terminal", "a real disk full, read-only, without power, terminal", diskOfTerminal},
	{"disk-collector", "a real disk full, read-only, without power, collector", diskOfCollector},
}

func main() {
	markdown := flag.String("markdown", "", "write the table into this `FILE` as well, as Markdown")
	short := flag.Bool("short", false, "run only the part of each row that go test runs")
	flag.Parse()
	if err := run(flag.Args(), !*short, *markdown); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		if errors.Is(err, errNotAll) {
			os.Exit(3)
		}
		os.Exit(1)
	}
}

var errNotAll = errors.New("these rows did not run, or not to their end, and the table does not speak for them")

func run(names []string, full bool, markdown string) error {
	if len(names) == 0 || names[0] == "list" {
		for _, f := range matrix {
			fmt.Printf("%-16s %s\n", f.name, f.text)
		}
		return nil
	}
	if names[0] == "capture" && len(names) == 2 {
		r, err := newRig("../..")
		if err != nil {
			return err
		}
		defer r.close()
		return capture(r, names[1])
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
	var t table
	for _, f := range matrix {
		if !all && !slices.Contains(names, f.name) {
			continue
		}
		began := time.Now()
		c, err := f.try(r, full)
		r.say("%s took %s", f.name, time.Since(began).Round(time.Second))
		if err != nil {
			r.say("%s: %v", f.name, err)
		}
		t.add(f, c, err)
	}
	fmt.Print(t.text())
	if markdown != "" {
		if err := os.WriteFile(markdown, []byte(t.markdown()), 0o644); err != nil {
			return err
		}
	}
	if len(t.broken) > 0 {
		return fmt.Errorf("%d rows broke the promise: %s", len(t.broken), strings.Join(t.broken, ", "))
	}
	if len(t.notRun) > 0 {
		return fmt.Errorf("%w: %s", errNotAll, strings.Join(t.notRun, ", "))
	}
	return nil
}
