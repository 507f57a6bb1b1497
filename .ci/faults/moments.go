package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"

	"github.com/google/uuid"
)

// moment checks what must hold now; no terminal's program may be running.
func (w *world) moment() error { return w.check(false, 0) }

// restored checks what must hold between a collector's restore and its refill: what terminals keep is there too.
func (w *world) restored() error { return w.check(true, 0) }

// live checks what must hold while a terminal's program runs. It is stopped for that long, as a debugger stops it: what it
// has told its visitors and its disk does not change while it is read. Each terminal may be about to thank somebody. kept
// says that the collector was restored and is being refilled.
func (w *world) live(p *process, kept bool) error {
	if err := p.pause(); err != nil {
		return err
	}
	if p.ended() {
		return w.check(kept, 0)
	}
	defer p.signal(syscall.SIGCONT)
	return w.check(kept, w.terminals)
}

func (w *world) check(kept bool, midst int) error {
	e, err := w.gather(false)
	if err != nil {
		return err
	}
	e.KeptCounts = kept
	f := e.atAnyMoment(w.crashes - w.checked + midst)
	if midst == 0 {
		w.remember(e)
	}
	w.rig.last = f
	return f.err()
}

// settle starts the collector anew, drains all terminals and checks what must hold then.
func (w *world) settle() (*findings, error) {
	if err := w.restart(); err != nil {
		return nil, err
	}
	if _, err := w.answer(0).end(); err != nil {
		return nil, err
	}
	return w.drained()
}

// drained checks what must hold when nothing waits on any terminal.
func (w *world) drained() (*findings, error) {
	e, err := w.gather(true)
	if err != nil {
		return nil, err
	}
	f := e.drained(w.crashes - w.checked)
	w.remember(e)
	w.rig.last = f
	return f, f.err()
}

// remember takes the answers that are there without thanks for known: the next crash has one of its own at most.
func (w *world) remember(e *evidence) {
	w.checked = w.crashes
	for id := range e.extra() {
		w.unthanked[id] = true
	}
}

var refusedAnswer = regexp.MustCompile(`nobody is thanked.* answer=([0-9a-f-]{36})`)

// excuse notes the answers for which a terminal said by name that nobody is thanked: its disk failed. Such an answer may lie
// in the outbox all the same, or comes to it when the disk works again.
func (w *world) excuse(p *process) error {
	for line := range strings.Lines(p.all()) {
		if !strings.Contains(line, "nobody is thanked") {
			continue
		}
		m := refusedAnswer.FindStringSubmatch(line)
		if m == nil {
			return fmt.Errorf("the terminal does not say for which answer nobody is thanked: %s", line)
		}
		id, err := uuid.Parse(m[1])
		if err != nil {
			return err
		}
		w.unthanked[id] = true
	}
	return nil
}

// bury takes an outbox as it is now for one that will never be whole again. What is in it and comes to the collector in no
// other way must be named as missing there.
func (w *world) bury(path string) (box, error) {
	opener, err := w.opener()
	if err != nil {
		return box{}, err
	}
	b, err := readBox(path, opener)
	if err == nil && len(b.Unreadable) > 0 {
		err = errors.New("it was damaged before")
	}
	if err == nil {
		w.buried = append(w.buried, b)
	}
	return b, err
}

// destroy takes an outbox away, as a disk that died does.
func (w *world) destroy(path string) error {
	if _, err := w.bury(path); err != nil {
		return err
	}
	return errors.Join(os.Remove(path), os.RemoveAll(path+".origin"), os.RemoveAll(path+".lock"))
}
