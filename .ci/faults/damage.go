package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/uuid"
)

// answered is where an answer that is not sealed begins.
var answered = regexp.MustCompile(`"q":"`)

// damage spoils a file in one of the ways in which files go bad.
func damage(path string, random *rand.Rand) (what string, err error) {
	data, err := os.ReadFile(path)
	if err != nil || len(data) == 0 {
		return "", errors.Join(err, fmt.Errorf("%s is empty", path))
	}
	const block = 4096
	at := random.IntN(len(data))
	if answers := answered.FindAllIndex(data, -1); len(answers) > 0 && random.IntN(3) == 0 {
		at = answers[random.IntN(len(answers))][1]
		data[at] ^= 1
		return fmt.Sprintf("a letter of an answer changed at %d", at), os.WriteFile(path, data, 0o600)
	}
	from := at / block * block
	to := min(from+block, len(data))
	switch random.IntN(6) {
	case 0:
		n := 1 + random.IntN(64)
		for range n {
			data[random.IntN(len(data))] ^= byte(1 + random.IntN(255))
		}
		what = fmt.Sprintf("%d bytes changed", n)
	case 1:
		data[at] ^= 1 << random.IntN(8)
		what = fmt.Sprintf("a bit changed at %d", at)
	case 2:
		clear(data[from:to])
		what = fmt.Sprintf("zeros from %d", from)
	case 3:
		for i := from; i < to; i++ {
			data[i] = byte(random.Uint32())
		}
		what = fmt.Sprintf("noise from %d", from)
	case 4:
		data = data[:at]
		what = fmt.Sprintf("cut off at %d", at)
	case 5:
		other := random.IntN(len(data)) / block * block
		copy(data[from:to], data[other:])
		what = fmt.Sprintf("the block at %d is that of %d", from, other)
	}
	return what, os.WriteFile(path, data, 0o600)
}

// prepared are the folders of a world, to go back to.
type prepared struct {
	w         *world
	thanked   []uuid.UUID
	unthanked map[uuid.UUID]bool
	buried    []box
}

// prepare keeps the folders as they are now; no program runs.
func (w *world) prepare() (*prepared, error) {
	for name, from := range map[string]string{"collector": w.collector, "fleet": w.fleet} {
		if err := command("cp", "-a", from, filepath.Join(w.dir, "prepared-"+name)); err != nil {
			return nil, err
		}
	}
	thanked, err := readThanked(w.thankedFile())
	return &prepared{w, thanked, w.unthanked, w.buried}, err
}

// back brings all back to what was prepared.
func (p *prepared) back() error {
	p.w.server.kill()
	for name, to := range map[string]string{"collector": p.w.collector, "fleet": p.w.fleet} {
		if err := errors.Join(os.RemoveAll(to), command("cp", "-a", filepath.Join(p.w.dir, "prepared-"+name), to)); err != nil {
			return err
		}
	}
	p.w.unthanked, p.w.buried = map[uuid.UUID]bool{}, p.buried
	for id := range p.unthanked {
		p.w.unthanked[id] = true
	}
	p.w.checked = p.w.crashes
	return nil
}

// seeds runs a trial with many seeds.
func seeds(full bool, short int, trial func(random *rand.Rand, seed uint64) error) error {
	n := uint64(short)
	if full {
		n = 500
	}
	for seed := range n {
		if err := trial(rand.New(rand.NewPCG(seed, 0)), seed); err != nil {
			return fmt.Errorf("seed %d: %w", seed, err)
		}
	}
	return nil
}

// damageTerminal spoils the outbox of a terminal, which holds answers that wait and answers that are kept.
func damageTerminal(r *rig, full bool) (count, error) {
	var c count
	if err := r.build("kiosk"); err != nil {
		return c, err
	}
	w, g, err := r.gatedWorld(1)
	if err != nil {
		return c, err
	}
	defer w.close()
	defer g.close()
	if _, err := w.answer(20).end(); err != nil {
		return c, err
	}
	if err := w.queue(g, 30); err != nil {
		return c, err
	}
	w.server.kill()
	p, err := w.prepare()
	if err != nil {
		return c, err
	}
	asides, salvaged := 0, 0
	err = seeds(full, 12, func(random *rand.Rand, seed uint64) error {
		if err := p.back(); err != nil {
			return err
		}
		outbox := filepath.Join(w.fleet, "0001", "outbox.bolt")
		if _, err := w.bury(outbox); err != nil {
			return err
		}
		what, err := damage(outbox, random)
		if err != nil {
			return err
		}
		if seed%16 == 15 { // what tells whose file it is may be gone as well
			err = os.Remove(outbox + ".origin")
			what += ", no file of the origin"
		}
		if err == nil {
			err = w.serve()
		}
		if err != nil {
			return err
		}
		c.Injected++
		set, saved, err := w.mend(seed%2 == 1)
		asides, salvaged = asides+set, salvaged+saved
		var f *findings
		if err == nil {
			f, err = w.drained()
		}
		if c, _ = c.with(f, nil); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	})
	r.say("damage-terminal: %d outboxes of %d were set aside, %d answers saved from them", asides, c.Injected, salvaged)
	return c, err
}

// mend does what a terminal does with a damaged outbox, and what people do then. byHand is the way of a courier, who comes
// before the terminal was started again. It returns how many files were set aside and how many answers were saved from them.
func (w *world) mend(byHand bool) (asides, saved int, err error) {
	home := filepath.Join(w.fleet, "0001")
	if byHand {
		if _, err := w.carry(home); err != nil {
			return 0, 0, err
		}
	}
	sim := w.answer(1)
	if out, err := sim.end(); err != nil && !strings.Contains(out, "records went bad on the disk") {
		return 0, 0, err
	}
	all, err := filepath.Glob(filepath.Join(home, "outbox.bolt.damaged-*"))
	if err != nil {
		return 0, 0, err
	}
	for _, path := range all {
		if strings.HasSuffix(path, ".origin") {
			continue
		}
		asides++
		name := filepath.Base(path)
		list, err := w.rig.output("collector", "terminal", "list", "--data", w.collector)
		if err != nil || !strings.Contains(list, name) {
			return asides, saved, fmt.Errorf("the collector does not tell that the outbox was damaged: %w\n%s", err, list)
		}
		status := w.rig.start(nil, "kiosk", "status", "--data", home)
		if out, err := status.end(); err == nil || errors.Is(err, errPanic) || !strings.Contains(out, name) {
			return asides, saved, fmt.Errorf("kiosk status does not tell that the outbox was damaged: %w\n%s", err, out)
		}
		n, err := w.carry(home, "--from", name)
		if saved += n; err != nil {
			return asides, saved, err
		}
	}
	return asides, saved, nil
}

// carry brings what kiosk rescue writes to the collector, and returns how many answers it took.
func (w *world) carry(home string, from ...string) (int, error) {
	bundle := filepath.Join(w.dir, "bundle")
	if err := os.Remove(bundle); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	rescue := w.rig.start(nil, "kiosk", append([]string{"rescue", "--data", home, "-o", bundle}, from...)...)
	if out, err := rescue.end(); err != nil {
		// With no page left that names it, nobody can say whose file it is.
		if strings.Contains(out, "does not tell its origin") && !errors.Is(err, errPanic) {
			return 0, nil
		}
		return 0, err
	}
	out, err := w.rig.output("collector", "accept", "--data", w.collector, bundle)
	if err != nil {
		return 0, fmt.Errorf("the collector does not take what was rescued: %w\n%s", err, out)
	}
	stored := 0
	_, rest, _ := strings.Cut(out, "stored: ")
	_, err = fmt.Sscanf(rest, "%d", &stored)
	return stored, err
}

// goneTerminal takes the outboxes of terminals away after the collector heard how far they were: a disk that died. The
// answers that waited are lost, and the collector names each of them.
func goneTerminal(r *rig, full bool) (count, error) {
	var c count
	rounds := 2
	if full {
		rounds = 20
	}
	w, g, err := r.gatedWorld(2)
	if err != nil {
		return c, err
	}
	defer w.close()
	defer g.close()
	lost := 0
	for round := range rounds {
		if _, err := w.answer(3 + round).end(); err != nil {
			return c, err
		}
		waiting := 2 + 3*round
		if err := w.queue(g, waiting); err != nil {
			return c, err
		}
		if err := w.destroy(filepath.Join(w.fleet, fmt.Sprintf("%04d", 1+round%2), "outbox.bolt")); err != nil {
			return c, err
		}
		c.Injected++
		lost += waiting
		f, err := w.settle()
		if err != nil {
			return c, fmt.Errorf("round %d: %w", round, err)
		}
		if f.Named != lost {
			return c, fmt.Errorf("round %d: %d answers are named as missing, %d were destroyed", round, f.Named, lost)
		}
	}
	return c.with(w.settle())
}
