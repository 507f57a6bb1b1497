package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
)

// cutAndDrain cuts the power of a terminal that takes answers, lets the real program start on what the disk may hold then, and
// drains it: not only is everything there, all of it is counted once and told of as it is. While it takes them it reaches no
// collector: the one it is drained to is as it was before.
func cutAndDrain(r *rig, full bool) (count, error) {
	var c count
	answers, few, every := 4, 3, 5
	if full {
		answers, few, every = 20, 12, 8
	}
	w, err := r.newWorld(1)
	if err != nil {
		return c, err
	}
	defer w.close()
	w.server.kill()
	p, err := w.prepare()
	if err == nil {
		err = w.serve()
	}
	if err != nil {
		return c, err
	}
	d, err := newDisk(w.home(), w.ofTerminal)
	if err != nil {
		return c, err
	}
	trace := filepath.Join(w.dir, "trace")
	sim := w.sim(w.fleet, answers, recorded(trace), "--outage", "24h", "--verbose")
	_, err = sim.await("all visitors were thanked")
	sim.kill()
	if err != nil {
		return c, err
	}
	events, err := readTrace(trace)
	if err != nil {
		return c, err
	}
	thanked := p.thanked
	hear := func(e event) (bool, error) {
		id, said, err := w.thanks(e)
		if said {
			thanked = append(thanked, id)
		}
		return said, err
	}
	seen := 0
	_, err = images(d, events, few, hear, func(image map[string][]byte) error {
		if seen++; seen%every != 0 {
			return nil
		}
		if err := p.back(); err != nil {
			return err
		}
		if err := errors.Join(lay(image, w.home(), w.home()), w.writeThanked(thanked)); err != nil {
			return err
		}
		c.Injected++
		w.crashes++
		f, err := w.settle()
		c, _ = c.with(f, nil)
		return err
	})
	if err == nil && c.Injected == 0 {
		err = errNothing
	}
	return c, err
}

// thanks is the answer that an event thanks for, if it does.
func (w *world) thanks(e event) (id uuid.UUID, said bool, err error) {
	if e.call != "write" || e.path != w.thankedFile() {
		return id, false, nil
	}
	id, err = uuid.Parse(strings.TrimSpace(string(e.data)))
	return id, true, err
}

func (w *world) writeThanked(ids []uuid.UUID) error {
	var text strings.Builder
	for _, id := range ids {
		text.WriteString(id.String() + "\n")
	}
	return os.WriteFile(w.thankedFile(), []byte(text.String()), 0o600)
}
