package main

import (
	"errors"
	"fmt"
)

// traced is strace that does something at the nth call of a thread. One processor makes the threads few, so that n is
// nearly that of the program. (With --seccomp-bpf strace 6.1 counts no further than 1.)
func traced(call, what string) []string {
	return []string{
		"env", "GOMAXPROCS=1", "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call, "-e", "signal=none",
		"-e", "inject=" + call + ":" + what,
	}
}

// The calls by which a terminal and a collector change anything: their files, and what the other end hears of them.
var (
	terminalCalls  = []string{"pwrite64", "fdatasync", "fsync", "write", "openat", "ftruncate", "renameat", "mmap"}
	collectorCalls = []string{"pwrite64", "fdatasync", "fsync", "write", "openat", "accept4"}
)

// sweep are the n at which a call is hit: every one in a full run, some in a short one.
func sweep(full bool) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		step := 1
		for n := 1; n <= 400; n += step {
			if !yield(n) {
				return
			}
			if !full {
				step += n / 6
			}
		}
	}
}

// enough runs that no fault hit end the sweep of a call.
const enough = 2

// killTerminals kills the terminal's program at the system calls of commits and uploads.
func killTerminals(r *rig, full bool) (count, error) {
	var c count
	w, err := r.newWorld(1)
	if err != nil {
		return c, err
	}
	defer w.close()
	for _, call := range terminalCalls {
		unhurt := 0
		for n := range sweep(full) {
			_, err := w.answer(2, traced(call, fmt.Sprintf("signal=KILL:when=%d", n))...).end()
			if err == nil {
				if unhurt++; unhurt == enough {
					break // so many calls no thread makes
				}
				continue
			}
			if !errors.Is(err, errKilled) {
				return c, err
			}
			c.Injected++
			w.crashes++
			if err := w.moment(); err != nil {
				return c, fmt.Errorf("terminal killed at %s %d: %w", call, n, err)
			}
		}
	}
	return c.with(w.settle())
}

// killCollector kills the collector at the system calls of an upload, and the terminal with it.
func killCollector(r *rig, full bool) (count, error) {
	var c count
	w, err := r.newWorld(1)
	if err != nil {
		return c, err
	}
	defer w.close()
	for _, call := range collectorCalls {
		unhurt := 0
		for n := range sweep(full) {
			w.server.kill()
			err := w.serve(traced(call, fmt.Sprintf("signal=KILL:when=%d", n))...)
			if err != nil && !errors.Is(err, errKilled) {
				return c, err
			}
			if err != nil {
				// killed while it started
				c.Injected++
				continue
			}
			sim := w.answer(2)
			select {
			case <-w.server.done:
				c.Injected++
				if err := w.server.trouble(); !errors.Is(err, errKilled) {
					return c, err
				}
				sim.kill()
				w.crashes++
			case <-sim.done:
				if err := sim.trouble(); err != nil {
					return c, err
				}
			}
			if err := w.moment(); err != nil {
				return c, fmt.Errorf("collector killed at %s %d: %w", call, n, err)
			}
			if !w.server.ended() {
				if unhurt++; unhurt == enough {
					break
				}
			}
		}
	}
	return c.with(w.settle())
}
