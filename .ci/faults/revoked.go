package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
)

// revokedTerminal revokes a terminal with a full queue, whose answers come by courier and with a new enrolment; drains one;
// and has another machine take the place of one whose disk died.
func revokedTerminal(r *rig, full bool) (count, error) {
	var c count
	rounds := 1
	if full {
		rounds = 12
	}
	if err := r.build("kiosk"); err != nil {
		return c, err
	}
	w, g, err := r.gatedWorld(1)
	if err != nil {
		return c, err
	}
	defer w.close()
	defer g.close()
	if _, err := w.answer(1).end(); err != nil {
		return c, err
	}
	lost := 0
	for round := range rounds {
		n := 3 + 5*round
		for _, step := range []struct {
			name string
			do   func() error
		}{
			{"revoked, by courier", func() error { return w.byCourier(g, n) }},
			{"revoked, enrolled again", func() error { return w.enrolledAgain(n) }},
			{"drained", w.drainedByIT},
			{"on another machine", func() error { lost += n; return w.reimaged(g, n) }},
		} {
			if err := step.do(); err != nil {
				return c, fmt.Errorf("%s, round %d: %w", step.name, round, err)
			}
			c.Injected++
			f, err := w.settle()
			if err == nil && f.Named != lost {
				err = fmt.Errorf("%d answers are named as missing, %d were destroyed", f.Named, lost)
			}
			if err != nil {
				return c, fmt.Errorf("%s, round %d: %w", step.name, round, err)
			}
		}
	}
	return c.with(w.settle())
}

func (w *world) home() string { return filepath.Join(w.fleet, "0001") }

// identity is which terminal the machine is.
func (w *world) identity() (id uuid.UUID, err error) {
	text, err := os.ReadFile(filepath.Join(w.home(), "identity.json"))
	if err != nil {
		return id, err
	}
	var file struct{ Terminal uuid.UUID }
	err = json.Unmarshal(text, &file)
	return file.Terminal, err
}

func (w *world) revoke() error {
	identity, err := w.identity()
	if err == nil {
		_, err = w.rig.output("collector", "terminal", "revoke", "--data", w.collector, identity.String())
	}
	return err
}

// refused lets the revoked terminal take n answers more: it ends, says why, and keeps all it has.
func (w *world) refused(n, waiting int) error {
	out, err := w.answer(n).end()
	if err == nil || errors.Is(err, errLate) || errors.Is(err, errPanic) || !strings.Contains(out, "was revoked") {
		return fmt.Errorf("a revoked terminal does not say that it is: %w\n%s", err, out)
	}
	opener, err := w.opener()
	if err != nil {
		return err
	}
	b, err := readBox(filepath.Join(w.home(), "outbox.bolt"), opener)
	if err == nil && len(b.Queued) != waiting {
		err = fmt.Errorf("%d answers wait on the revoked terminal, want %d", len(b.Queued), waiting)
	}
	return errors.Join(err, w.moment())
}

// byCourier brings the queue of a revoked terminal in a file, and the collector's receipt back.
func (w *world) byCourier(g *gate, n int) error {
	if err := w.queue(g, n); err != nil {
		return err
	}
	if err := errors.Join(w.revoke(), w.refused(2, n+2)); err != nil {
		return err
	}
	bundle, receipt := filepath.Join(w.dir, "queue"), filepath.Join(w.dir, "receipt")
	if _, err := w.rig.output("kiosk", "rescue", "--data", w.home(), "-o", bundle); err != nil {
		return err
	}
	if _, err := w.rig.output("collector", "accept", "--data", w.collector, bundle, "--receipt", receipt); err != nil {
		return err
	}
	if _, err := w.rig.output("kiosk", "rescue", "--data", w.home(), "--receipt", receipt); err != nil {
		return err
	}
	if err := w.refused(0, 0); err != nil {
		return err
	}
	return w.enrol(false)
}

// enrolledAgain has a revoked terminal enrolled anew, with what waits on it.
func (w *world) enrolledAgain(n int) error {
	if err := errors.Join(w.revoke(), w.refused(n, n)); err != nil {
		return err
	}
	return w.enrol(false)
}

// enrol makes the machine a terminal with a new code; in the place of the one it was, or of its own.
func (w *world) enrol(replace bool) error {
	args := []string{"terminal", "enrol", "--data", w.collector, "--site", "Зал", "--name", fmt.Sprintf("Т %d", w.seed)}
	if replace {
		identity, err := w.identity()
		if err != nil {
			return err
		}
		args = []string{"terminal", "replace", "--data", w.collector, identity.String()}
		if err := os.RemoveAll(w.home()); err != nil {
			return err
		}
	}
	out, err := w.rig.output("collector", args...)
	if err != nil {
		return err
	}
	_, code, _ := strings.Cut(out, "code: ")
	more := []string{"--again"}
	if replace {
		more = nil
	}
	_, err = w.rig.output("kiosk", append([]string{
		"enrol", "--data", w.home(), "--collector", "http://" + w.front, "--code", strings.TrimSpace(code),
	}, more...)...)
	return err
}

// drainedByIT has the terminal drained: it asks nobody, and the list says that nothing is left on it. That it can be taken
// away it says when the longest visit that may have begun is over.
func (w *world) drainedByIT() error {
	identity, err := w.identity()
	if err != nil {
		return err
	}
	drain := []string{"terminal", "drain", "--data", w.collector, identity.String()}
	if _, err := w.rig.output("collector", drain...); err != nil {
		return err
	}
	if _, err := w.answer(4).end(); err != nil {
		return err
	}
	if _, err := w.answer(0).end(); err != nil { // its heartbeat says that nothing waits
		return err
	}
	list, err := w.rig.output("collector", "terminal", "list", "--data", w.collector)
	if err == nil && !strings.Contains(list, ", 0 left") {
		err = fmt.Errorf("the list does not say that nothing is left on the terminal that drains:\n%s", list)
	}
	if err == nil {
		_, err = w.rig.output("collector", append(drain, "--off")...)
	}
	return err
}

// reimaged loses the disk of a terminal with n answers on it; another machine takes its place, and its history is linked.
func (w *world) reimaged(g *gate, n int) error {
	if err := w.queue(g, n); err != nil {
		return err
	}
	old, err := w.identity()
	if err != nil {
		return err
	}
	if _, err := w.bury(filepath.Join(w.home(), "outbox.bolt")); err != nil {
		return err
	}
	if err := w.enrol(true); err != nil {
		return err
	}
	if _, err := w.answer(2).end(); err != nil {
		return err
	}
	next, err := w.identity()
	if err != nil {
		return err
	}
	db, err := w.openStore()
	if err != nil {
		return err
	}
	defer db.Close()
	linked := 0
	err = db.QueryRow("SELECT count(*) FROM terminals WHERE id = ? AND replaces = ?", next[:], old[:]).Scan(&linked)
	if err == nil && linked != 1 {
		err = fmt.Errorf("terminal %s does not follow %s", next, old)
	}
	return err
}
