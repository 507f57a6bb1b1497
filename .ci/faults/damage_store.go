package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"otklik/sync/collector/export"
)

// damageStore spoils the store of a collector, or its log of the last changes. The collector serves what is right or refuses
// with a clear word; what it serves wrong is found by collector verify. A restored backup is refilled by the terminals.
func damageStore(r *rig, full bool) (count, error) {
	var c count
	w, err := r.newWorld(2)
	if err != nil {
		return c, err
	}
	defer w.close()
	if _, err := w.answer(20).end(); err != nil {
		return c, err
	}
	backup, err := w.backup()
	if err != nil {
		return c, err
	}
	w.server.signal(syscall.SIGTERM) // it ends in peace: what is there is in the store and not in its log
	if _, err := w.server.end(); err != nil {
		return c, err
	}
	if err := w.serve(); err != nil {
		return c, err
	}
	if _, err := w.answer(10).end(); err != nil {
		return c, err
	}
	w.server.kill() // at once, so that the log is left
	if _, err := os.Stat(w.store() + "-wal"); err != nil {
		return c, err
	}
	p, err := w.prepare()
	if err != nil {
		return c, err
	}
	truth, err := w.jsonl()
	if err != nil {
		return c, err
	}
	told := map[string]int{}
	err = seeds(full, 8, func(random *rand.Rand, seed uint64) error {
		if err := p.back(); err != nil {
			return err
		}
		file := w.store()
		if seed%4 == 3 {
			file += "-wal"
		}
		what, err := damage(file, random)
		if err != nil {
			return err
		}
		what = filepath.Base(file) + ", " + what
		c.Injected++
		how, err := w.serveDamaged(truth)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		told[how]++
		w.server.kill()
		if _, err := r.output("collector", "restore", backup, "--data", w.collector, "--replace"); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		f, err := w.settle()
		if c, _ = c.with(f, nil); err != nil {
			return fmt.Errorf("%s, restored and refilled: %w", what, err)
		}
		return nil
	})
	r.say("damage-collector: %v", told)
	return c, err
}

// serveDamaged starts a collector on a damaged store and holds what it says against the truth. It returns how that went.
func (w *world) serveDamaged(truth string) (how string, err error) {
	err = w.serve()
	switch {
	case errors.Is(err, errPanic):
		return "", err
	case errors.Is(err, errEnded):
		if !strings.Contains(w.server.all(), "collector: ") {
			return "", fmt.Errorf("it does not start and does not say why: %w", err)
		}
		return "refused to start", nil
	case err != nil:
		return "", err
	}
	// Whether the terminals are served or told to come again, nothing ends in a panic.
	sim := w.answer(0)
	w.server.next("code=unavailable", sim.done) // or the terminals end: they were heard, or sent away
	sim.kill()
	w.crashes += w.terminals
	got, exportErr := w.jsonl()
	verify := w.rig.start(nil, "collector", "verify", "--data", w.collector)
	_, verifyErr := verify.end()
	for _, err := range []error{w.server.trouble(), exportErr, verifyErr} {
		if errors.Is(err, errPanic) {
			return "", err
		}
	}
	switch {
	case verifyErr != nil:
		return "found by verify", nil
	case exportErr != nil:
		return "refused to export", nil
	case got == truth:
		return "served as before", nil
	}
	if strings.Contains(sim.all(), "does not know this terminal") {
		return "sent its terminals away", nil
	}
	// A log that is damaged ends before: what came later is as if it had never come. No row is wrong then, and the terminals'
	// heartbeats tell of each that is lacking.
	if wrong := difference(truth, got); wrong != "" {
		return "", fmt.Errorf("it exports what never was, and collector verify finds nothing: %s", wrong)
	}
	return "named what it lacks", w.namesLacking()
}

// namesLacking sees that the report of gaps names each answer that terminals keep as acknowledged and that is not there.
func (w *world) namesLacking() error {
	e, err := w.gather(true)
	if err != nil {
		return err
	}
	there := e.there()
	for _, b := range e.Boxes {
		for id, r := range b.Kept {
			if _, is := there[id]; !is && !slices.ContainsFunc(e.Report.Terminals, func(t export.ManifestTerminal) bool {
				return t.Origin == b.Origin.String() && t.Lacking.Contains(r.Seq) && t.Missing+t.Waiting == t.Lacking.Count()
			}) {
				return fmt.Errorf("invariant D: seq %d of origin %s is not there any more, and no gap names it", r.Seq, b.Origin)
			}
		}
	}
	return nil
}

// jsonl is the export that loses nothing.
func (w *world) jsonl() (string, error) {
	p := w.rig.start(nil, "collector", "export", "--data", w.collector, "--survey", survey, "--format", "jsonl", "-o",
		filepath.Join(w.dir, "damaged.jsonl"))
	if _, err := p.end(); err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(w.dir, "damaged.jsonl"))
	return string(text), err
}

// received is when an answer came, in an export. One that was lost comes again, at another time.
var received = regexp.MustCompile(`"received":"[^"]*",`)

// difference is the first line of an export that was not in the one before, whenever it came, "" when there is none.
func difference(before, after string) string {
	was := map[string]bool{}
	for line := range strings.Lines(before) {
		was[received.ReplaceAllString(line, "")] = true
	}
	for line := range strings.Lines(after) {
		if !was[received.ReplaceAllString(line, "")] {
			return line
		}
	}
	return ""
}

// backup makes a backup of the collector and returns its folder.
func (w *world) backup() (string, error) {
	out, err := w.rig.output("collector", "backup", "--data", w.collector, filepath.Join(w.dir, "backups"))
	if err != nil {
		return "", err
	}
	path, _, _ := strings.Cut(strings.TrimPrefix(out, "backup: "), "\n")
	return path, nil
}
