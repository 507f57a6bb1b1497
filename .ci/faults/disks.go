package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// injections counts the faults that strace wrote down.
func injections(file string) (int, error) {
	text, err := os.ReadFile(file)
	return strings.Count(string(text), "(INJECTED)"), err
}

// failing is strace that lets a call fail from its nth on, times times, and writes down each.
func failing(file, call, what string, n, times int) []string {
	return []string{
		"env", "GOMAXPROCS=1", "strace", "-f", "-qq", "-o", file, "-e", "trace=" + call, "-e", "signal=none",
		"-e", fmt.Sprintf("inject=%s:error=%s:when=%d..%d", call, what, n, n+times-1),
	}
}

// diskErrors are what a disk may say to each call, of which a short run tries about the first so many.
var diskErrors = []struct {
	call, what string
	about      int
}{
	{"fdatasync", "EIO", 7},
	{"pwrite64", "EIO", 14},
	{"fsync", "EIO", 5},
	{"pwrite64", "ENOSPC", 9},
	{"ftruncate", "ENOSPC", 2},
	{"openat", "EROFS", 20},
}

// failTerminal lets the calls of a terminal's program fail.
func failTerminal(r *rig, full bool) (count, error) {
	var c count
	w, err := r.newWorld(1)
	if err != nil {
		return c, err
	}
	defer w.close()
	trace := filepath.Join(w.dir, "trace")
	for _, e := range diskErrors {
		hits, err := sweep(full, e.about, func(n int) (bool, error) {
			// It repairs its outbox each second: the second failure hits the repair.
			sim := w.answer(2, failing(trace, e.call, e.what, n, 1+n%2)...)
			_, trouble := sim.end()
			hits, err := injections(trace)
			if err != nil {
				return false, err
			}
			c.Injected += hits
			if trouble != nil {
				if errors.Is(trouble, errPanic) || errors.Is(trouble, errLate) || hits == 0 {
					return false, fmt.Errorf("terminal, %s %s %d: %w", e.call, e.what, n, trouble)
				}
				w.crashes++ // it gave up, and said why
			}
			if err := errors.Join(w.excuse(sim), w.moment()); err != nil {
				return false, fmt.Errorf("terminal, %s %s %d: %w", e.call, e.what, n, err)
			}
			return hits > 0, nil
		})
		if err != nil {
			return c, err
		}
		r.say("errors-terminal: %s of %s at %d places", e.what, e.call, hits)
	}
	return c.with(w.settle())
}

// failCollector lets the calls of a collector fail; it must take answers again when they no longer do, without a restart.
func failCollector(r *rig, full bool) (count, error) {
	var c count
	w, err := r.newWorld(1)
	if err != nil {
		return c, err
	}
	defer w.close()
	trace := filepath.Join(w.dir, "trace")
	for _, e := range diskErrors {
		hits, err := sweep(full, e.about, func(n int) (bool, error) {
			w.server.kill()
			err := w.serve(failing(trace, e.call, e.what, n, 1+n%2)...)
			switch {
			case errors.Is(err, errPanic):
				return false, err
			case errors.Is(err, errEnded): // it failed while it started, and said so
			case err != nil:
				return false, err
			default:
				if err := w.until(2); err != nil {
					return false, fmt.Errorf("collector, %s %s %d: %w", e.call, e.what, n, err)
				}
			}
			hits, err := injections(trace)
			if err != nil {
				return false, err
			}
			c.Injected += hits
			if err := w.moment(); err != nil {
				return false, fmt.Errorf("collector, %s %s %d: %w", e.call, e.what, n, err)
			}
			return hits > 0, nil
		})
		if err != nil {
			return c, err
		}
		r.say("errors-collector: %s of %s at %d places", e.what, e.call, hits)
	}
	return c.with(w.settle())
}

// until lets the terminals answer n times and send what they have, with a new program after each refusal: it would wait
// half a minute, as the collector asks.
func (w *world) until(n int) error {
	for range 12 {
		sim := w.answer(n)
		n = 0
		refused := w.server.next("terminal refused", sim.done)
		if sim.ended() {
			return sim.trouble()
		}
		sim.kill()
		w.crashes++
		if !refused && w.server.ended() {
			return w.server.trouble()
		}
		if !refused {
			return fmt.Errorf("neither a refusal nor an end; the collector said:\n%s", w.server.all())
		}
	}
	return fmt.Errorf("the collector does not recover; it said:\n%s", w.server.all())
}

// next waits until the program says a text once more, or it or something else ends. It reports whether the text came.
func (p *process) next(text string, other <-chan struct{}) bool {
	p.mu.Lock()
	seen := len(p.said)
	p.mu.Unlock()
	late := time.After(patience)
	for {
		p.mu.Lock()
		said, more := p.said, p.more
		p.mu.Unlock()
		for ; seen < len(said); seen++ {
			if strings.Contains(said[seen], text) {
				return true
			}
		}
		select {
		case <-more:
		case <-p.done:
			return false
		case <-other:
			return false
		case <-late:
			return false
		}
	}
}
