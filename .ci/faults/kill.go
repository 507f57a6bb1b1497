package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

// traced is strace that does something at the nth call of a thread. One processor makes the threads few, so that n is
// nearly that of the program. (With --seccomp-bpf strace 6.1 counts no further than 1.)
func traced(call, what string) []string {
	return []string{
		"env", "GOMAXPROCS=1", "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call, "-e", "signal=none",
		"-e", "inject=" + call + ":" + what,
	}
}

// observed is strace that writes down every call.
func observed(file string) []string {
	return []string{"env", "GOMAXPROCS=1", "strace", "-f", "-qq", "-s", "0", "-e", "signal=none", "-o", file}
}

// harmless are the calls at which no kill is tried: what a program did before and after one of them is the same to a disk
// and to the other end, so that the kill is that of the call before. All other calls are tried, those that only read too:
// between two changes they are places of their own.
var harmless = map[string]string{
	"futex": "threads wait for each other", "sched_yield": "threads", "tgkill": "threads", "clone": "threads", "clone3": "threads",
	"nanosleep": "time", "clock_nanosleep": "time", "clock_gettime": "time", "timer_create": "time", "timer_settime": "time",
	"timer_delete": "time", "setitimer": "time", "restart_syscall": "goes on with a wait",
	"epoll_pwait": "waits", "epoll_wait": "waits", "epoll_create1": "of this process", "epoll_ctl": "of this process",
	"eventfd2": "of this process", "pipe2": "of this process", "rt_sigaction": "signals", "rt_sigprocmask": "signals",
	"rt_sigreturn": "signals", "sigaltstack": "signals", "madvise": "memory", "brk": "memory", "mprotect": "memory", "mincore": "memory",
	"mlock": "memory", "munlock": "memory",
	"prctl": "of this process", "arch_prctl": "of this process", "set_tid_address": "threads", "set_robust_list": "threads", "rseq": "threads",
	"gettid": "asks", "getpid": "asks", "getuid": "asks", "geteuid": "asks", "getgid": "asks", "getegid": "asks", "uname": "asks",
	"sched_getaffinity": "asks", "getrlimit": "asks", "prlimit64": "of this process", "setrlimit": "of this process", "sysinfo": "asks",
	"getrandom": "random bytes", "getsockname": "asks", "getpeername": "asks", "getsockopt": "asks", "getcwd": "asks",
	"execve": "before the program", "exit": "after it", "exit_group": "after it",
}

var callLine = regexp.MustCompile(`(?m)^(\d+) +(\w+)\(`)

// calls are the calls of a trace that are tried, each with how often the thread that made most of them made it.
func calls(file string) (map[string]int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	most := map[string]int{}
	by := map[[2]string]int{}
	for _, m := range callLine.FindAllStringSubmatch(string(text), -1) {
		thread, call := m[1], m[2]
		if harmless[call] != "" {
			continue
		}
		by[[2]string{thread, call}]++
		most[call] = max(most[call], by[[2]string{thread, call}])
	}
	if len(most) < 5 {
		return nil, fmt.Errorf("the trace %s shows %v alone", file, most)
	}
	return most, nil
}

// enough runs one after another that no fault hit end the sweep of a call.
const enough = 2

// sweep are the n at which a call is hit, of which a thread was seen to make most. A full run hits every one until none is
// hit any more; a short one hits the first, one in the middle and the last. hit reports whether the fault of n was met. It
// returns how many were.
func sweep(full bool, most int, hit func(n int) (bool, error)) (hits int, err error) {
	places := slices.Compact([]int{1, (most + 1) / 2, most})
	for n, missed := 1, 0; full && missed < enough || !full && n <= len(places); n++ {
		at := n
		if !full {
			at = places[n-1]
		}
		met, err := hit(at)
		if err != nil {
			return hits, err
		}
		if missed++; met {
			missed = 0
			hits++
		}
	}
	return hits, nil
}

// sweepAll sweeps each of the calls and tells how far it came.
func (r *rig) sweepAll(row string, full bool, most map[string]int, hit func(call string, n int) (bool, error)) error {
	for _, call := range slices.Sorted(maps.Keys(most)) {
		hits, err := sweep(full, most[call], func(n int) (bool, error) { return hit(call, n) })
		if err != nil {
			return err
		}
		r.say("%s: %s was hit at %d places; a thread made %d undisturbed", row, call, hits, most[call])
	}
	return nil
}

// killTerminals kills the terminal's program at the system calls of its start, of commits and of uploads.
func killTerminals(r *rig, full bool) (count, error) {
	var c count
	w, err := r.newWorld(1)
	if err != nil {
		return c, err
	}
	defer w.close()
	trace := filepath.Join(w.dir, "trace")
	if _, err := w.answer(2, observed(trace)...).end(); err != nil {
		return c, err
	}
	most, err := calls(trace)
	if err != nil {
		return c, err
	}
	err = r.sweepAll("kill-terminal", full, most, func(call string, n int) (bool, error) {
		_, err := w.answer(2, traced(call, fmt.Sprintf("signal=KILL:when=%d", n))...).end()
		if err == nil {
			return false, nil
		}
		if !errors.Is(err, errKilled) {
			return false, err
		}
		c.Injected++
		w.crashes++
		if err := w.moment(); err != nil {
			return true, fmt.Errorf("terminal killed at %s %d: %w", call, n, err)
		}
		return true, nil
	})
	if err != nil {
		return c, err
	}
	return c.with(w.settle())
}

// killCollector kills the collector at the system calls of its start and of an upload: with the terminal, as when a
// machine that is both goes down, and alone, so that the terminal goes on with the next one.
func killCollector(r *rig, full bool) (count, error) {
	var c count
	w, err := r.newWorld(1)
	if err != nil {
		return c, err
	}
	defer w.close()
	trace := filepath.Join(w.dir, "trace")
	w.server.kill()
	if err := w.serve(observed(trace)...); err != nil {
		return c, err
	}
	if _, err := w.answer(2).end(); err != nil {
		return c, err
	}
	w.server.kill()
	most, err := calls(trace)
	if err != nil {
		return c, err
	}
	turn := 0
	err = r.sweepAll("kill-collector", full, most, func(call string, n int) (met bool, err error) {
		for range 2 {
			turn++
			hit, err := w.killServing(call, n, turn%2 == 0)
			if err != nil {
				return true, fmt.Errorf("collector killed at %s %d: %w", call, n, err)
			}
			if hit {
				c.Injected++
				met = true
			}
			if !full || !hit {
				break
			}
		}
		return met, nil
	})
	if err != nil {
		return c, err
	}
	return c.with(w.settle())
}

// killServing has the collector die at the nth of a call, and reports whether it did.
func (w *world) killServing(call string, n int, alone bool) (hit bool, err error) {
	w.server.kill()
	err = w.serve(traced(call, fmt.Sprintf("signal=KILL:when=%d", n))...)
	if errors.Is(err, errKilled) { // while it started
		return true, w.moment()
	}
	if err != nil {
		return false, err
	}
	sim := w.answer(2)
	defer sim.kill()
	select {
	case <-w.server.done:
	case <-time.After(patience):
		w.server.stacks()
		sim.stacks()
		return false, fmt.Errorf("neither was the collector killed nor did the terminal end; they said:\n%s\n%s", w.server.all(), sim.all())
	case <-sim.done:
		if err := sim.trouble(); err != nil || !w.server.ended() {
			return false, errors.Join(err, w.moment())
		}
	}
	if err := w.server.trouble(); !errors.Is(err, errKilled) {
		return true, fmt.Errorf("it ended by itself: %w", err)
	}
	if !alone {
		sim.kill()
		w.crashes++
		return true, w.moment()
	}
	if err := w.live(sim, false); err != nil {
		return true, fmt.Errorf("while the terminal lives on: %w", err)
	}
	if err := w.serve(); err != nil {
		return true, err
	}
	if _, err := sim.end(); err != nil {
		return true, err
	}
	return true, w.moment()
}
