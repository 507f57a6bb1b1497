package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"otklik/sync/wire"
)

// crossVersions lets terminals and collectors of other versions meet those of today.
func crossVersions(r *rig, full bool) (count, error) {
	var c count
	past, err := os.ReadDir(capturesFolder)
	if err != nil {
		return c, err
	}
	have := false
	for _, p := range past {
		have = have || p.Name() == fmt.Sprintf("v%d", wire.Version)
		dir := filepath.Join(capturesFolder, p.Name())
		for _, meet := range []func(*rig, string, *count) error{olderTerminal, olderCollector} {
			if err := meet(r, dir, &c); err != nil {
				return c, fmt.Errorf("capture %s: %w", p.Name(), err)
			}
		}
	}
	if !have {
		return c, fmt.Errorf("there is no capture of version %d; make it: go run . capture v%d", wire.Version, wire.Version)
	}
	if err := newerTerminal(r, &c); err != nil {
		return c, fmt.Errorf("a newer terminal: %w", err)
	}
	rounds := 1
	if full {
		rounds = 5
	}
	for range rounds {
		if err := newerCollector(r, &c); err != nil {
			return c, fmt.Errorf("a newer collector: %w", err)
		}
	}
	return c, nil
}

// olderTerminal has the terminal of then say again all it said; the answers are as they were. Then the terminal's folder
// goes on with the program of today: what was taken is not counted again.
func olderTerminal(r *rig, dir string, c *count) error {
	p, err := r.past(dir)
	if err != nil {
		return err
	}
	defer p.close()
	if err := p.replay(); err != nil {
		return err
	}
	c.Injected += len(p.exchanges)
	out, err := p.answer(0).end()
	if err != nil {
		return err
	}
	if again, err := duplicates(out); err != nil || again != captured {
		return fmt.Errorf("%d of the %d answers that the terminal of then sent are known when the one of today sends them: %w",
			again, captured, err)
	}
	if _, err := p.answer(5).end(); err != nil {
		return err
	}
	*c, err = c.with(p.settle())
	return err
}

// olderCollector has the terminal of today work with a collector that says no more than the one of then did.
func olderCollector(r *rig, dir string, c *count) error {
	p, err := r.past(dir)
	if err != nil {
		return err
	}
	defer p.close()
	if err := p.read(); err != nil {
		return err
	}
	then := map[string]message{}
	for _, e := range p.exchanges {
		if m, err := e.open(); err != nil {
			return err
		} else if m != nil {
			then[e.path] = m
		}
	}
	b, err := newBetween(p.world, nil)
	if err != nil {
		return err
	}
	b.change = func(e *exchange) error {
		m, err := e.open()
		if m == nil || err != nil || then[e.path] == nil {
			return err
		}
		c.Injected++
		known(map[any]any(m), map[any]any(then[e.path]))
		return b.sign(e, m, p.exchanges[0].reply[0])
	}
	if err := p.lead("http://" + p.front); err != nil {
		return err
	}
	if _, err := p.answer(5).end(); err != nil {
		return errors.Join(err, b.close())
	}
	*c, err = c.with(p.settle())
	return errors.Join(err, b.close())
}

// A later version may add to what it says: a key of a number that no message has, in every map.
const futureKey = 9000

func future(v any) any {
	switch v := v.(type) {
	case map[any]any:
		for key, value := range v {
			v[key] = future(value)
		}
		v[uint64(futureKey)] = map[any]any{"what": "nobody knows yet", uint64(1): []any{uint64(1), -2, nil, true}}
	case []any:
		for i := range v {
			v[i] = future(v[i])
		}
	}
	return v
}

// newerCollector answers the terminals of today with fields, verdicts and versions that they do not know.
func newerCollector(r *rig, c *count) error {
	w, err := r.emptyWorld(2)
	if err != nil {
		return err
	}
	defer w.close()
	b, err := newBetween(w, nil)
	if err != nil {
		return err
	}
	strange, foreign := 4, 2 // receipts with unknown verdicts, replies in another version
	undecided := false
	b.change = func(e *exchange) error {
		m, err := e.open()
		if m == nil || err != nil {
			return err
		}
		c.Injected++
		future(map[any]any(m))
		version := byte(wire.Version)
		if e.path == wire.PathBatches {
			decisions, _ := m[uint64(5)].([]any)
			for i, d := range decisions {
				// A record whose verdict alone is not understood waits for an hour: one of several comes again at once.
				if d, ok := d.(map[any]any); ok && (undecided || strange > 0 && i%3 == 0 && len(decisions) > 1) {
					d[uint64(3)] = uint64(9) // a verdict
				}
			}
			strange--
		}
		if e.path != wire.PathEnrol && strange <= 0 && foreign > 0 {
			foreign--
			version++
		}
		return b.sign(e, m, version)
	}
	again := 0
	for range 3 {
		out, err := w.sim(w.fleet, 8, nil, "--outage", "1s").end() // all of them in one batch
		if err != nil {
			return errors.Join(err, b.close())
		}
		n, err := duplicates(out)
		if err != nil {
			return err
		}
		again += n
		if err := w.moment(); err != nil {
			return err
		}
	}
	if again == 0 || foreign > 0 {
		return fmt.Errorf("%d answers came again after an unknown verdict, %d replies of another version were left: the run shows nothing",
			again, foreign)
	}
	// A collector whose every verdict is unknown: the terminal keeps all.
	b.mu.Lock()
	undecided = true
	b.mu.Unlock()
	p := w.sim(w.fleet, 3, nil, "--verbose")
	if err := p.awaitTimes("reason=passed-over", w.terminals, never); err != nil {
		return err
	}
	p.kill()
	w.crashes += w.terminals
	e, err := w.gather(false)
	if err != nil {
		return err
	}
	for _, box := range e.Boxes {
		if len(box.Queued) != 3 {
			return fmt.Errorf("%d of 3 answers wait at %s although no verdict on them was understood", len(box.Queued), box.Path)
		}
	}
	b.mu.Lock()
	undecided = false
	b.mu.Unlock()
	*c, err = c.with(w.settle())
	return errors.Join(err, b.close())
}
