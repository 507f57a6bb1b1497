package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// haveFuse is an error that says why a file system of our own cannot be mounted here.
func haveFuse() error {
	f, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	if err == nil && os.Geteuid() != 0 {
		err = errors.Join(f.Close(), os.ErrPermission)
	}
	if err != nil {
		return &skipError{"mounting a file system of its own takes /dev/fuse and root: " + err.Error()}
	}
	return f.Close()
}

// loseWrites cuts the power of a terminal, then of a collector, before each of their changes to the disk and syncs of it.
func loseWrites(r *rig, full bool) (count, error) {
	if err := haveFuse(); err != nil {
		return count{}, err
	}
	c, err := terminalLosesWrites(r, placesOf(full), nil)
	if err != nil {
		return c, fmt.Errorf("terminal: %w", err)
	}
	other, err := collectorLosesWrites(r, placesOf(full), nil)
	c.add(other)
	if err != nil {
		err = fmt.Errorf("collector: %w", err)
	}
	return c, err
}

// placesOf is at how many places the power is cut, spread evenly; 0 is before every change of the disk, some times over:
// what is left of the changes before is another part of them each time.
func placesOf(full bool) int {
	if full {
		return 0
	}
	return 5
}

// everywhere cuts at the places; cut returns how many changes there were before the power went, or in all where it did not.
func everywhere(places int, cut func(n int, random *rand.Rand) (changes int, hit bool, err error)) error {
	try := func(n, round int) (int, bool, error) {
		changes, hit, err := cut(n, rand.New(rand.NewPCG(uint64(n), uint64(round))))
		if err != nil {
			err = fmt.Errorf("power cut before change %d of the disk, round %d: %w", n, round, err)
		}
		return changes, hit, err
	}
	if places == 0 {
		for round := range 2 {
			for n, missed := 1, 0; missed < enough; n++ {
				_, hit, err := try(n, round)
				if err != nil {
					return err
				}
				if missed++; hit {
					missed = 0
				}
			}
		}
		return nil
	}
	for _, n := range []int{3, 12} { // while the files are made
		if _, _, err := try(n, 0); err != nil {
			return err
		}
	}
	all, _, err := try(1<<30, 0)
	for i := 1; i <= places && err == nil; i++ {
		n := max(1, all*i/(places+1)-i%2)
		var changes int
		var hit bool
		if changes, hit, err = try(n, 0); !hit {
			all = changes // it has less to do than the time before
		}
	}
	return err
}

func terminalLosesWrites(r *rig, places int, unreal func(string) bool) (count, error) {
	var c count
	w, err := r.emptyWorld(1)
	if err != nil {
		return c, err
	}
	defer w.close()
	dir := filepath.Join(w.fleet, "0001")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return c, err
	}
	err = everywhere(places, func(n int, random *rand.Rand) (int, bool, error) {
		l, err := mount(dir, n, unreal)
		if err != nil {
			return 0, false, err
		}
		// An answer that is uploaded at once is safe whatever the disk does; so every other time it is not.
		outage, done := "0s", ""
		if n%2 == 1 {
			outage, done = "24h", "all visitors were thanked"
		}
		sim := w.sim(w.fleet, 6, nil, "--outage", outage, "--verbose")
		err = sim.awaitOr(done, l.cut)
		w.crash(sim)
		changes, hit, trouble := l.end(random)
		if hit {
			c.Injected++
			err = nil // whatever it said of the disk
		}
		if err = errors.Join(err, trouble); err == nil {
			err = w.moment()
		}
		return changes, hit, err
	})
	if err != nil {
		return c, err
	}
	return c.with(w.settle())
}

func collectorLosesWrites(r *rig, places int, unreal func(string) bool) (count, error) {
	var c count
	w, err := r.newWorld(1)
	if err != nil {
		return c, err
	}
	defer w.close()
	err = everywhere(places, func(n int, random *rand.Rand) (int, bool, error) {
		w.server.kill()
		l, err := mount(w.collector, n, unreal)
		if err != nil {
			return 0, false, err
		}
		if err = w.serve(); err == nil {
			// Slowly, so that receipts come all the time: what is lost of an answer before its receipt, nobody misses.
			sim := w.sim(w.fleet, 12, nil, "--verbose", "--rate", "30")
			err = sim.awaitOr("", l.cut)
			w.crash(sim)
		}
		w.server.kill()
		changes, hit, trouble := l.end(random)
		if hit {
			c.Injected++
			err = nil
		}
		if err = errors.Join(err, trouble); err == nil {
			err = w.moment()
		}
		return changes, hit, err
	})
	if err != nil {
		return c, err
	}
	return c.with(w.settle())
}

// crash ends a terminal's program that runs.
func (w *world) crash(sim *process) {
	if !sim.ended() {
		sim.kill()
		w.crashes++
	}
}

// awaitOr returns when the program says something, if that is given, or ends as it should, or something else has happened.
func (p *process) awaitOr(text string, other <-chan struct{}) error {
	for {
		p.mu.Lock()
		said, more := p.said, p.more
		p.mu.Unlock()
		if text != "" && slices.ContainsFunc(said, func(line string) bool { return strings.Contains(line, text) }) {
			return nil
		}
		select {
		case <-more:
		case <-other:
			return nil
		case <-p.done:
			if err := p.trouble(); err != nil {
				return err
			}
			return nil
		case <-time.After(patience):
			return fmt.Errorf("%s did not say %q; it said:\n%s", p.name, text, p.all())
		}
	}
}
