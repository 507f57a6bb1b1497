package cmd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// holdThread stops one thread, as a lock that never opens or a driver that never returns would, until its process ends. The
// others go on.
func holdThread(t *testing.T, tid int) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skipf("only root may hold a thread of a program that keeps its memory secret, and this is user %d", os.Geteuid())
	}
	held := make(chan error)
	go func() {
		runtime.LockOSThread() // the kernel knows the one thread that holds another
		var status syscall.WaitStatus
		err := syscall.PtraceAttach(tid)
		if err == nil {
			_, err = syscall.Wait4(tid, &status, syscall.WALL, nil)
		}
		held <- err
		for err == nil && !status.Exited() && !status.Signaled() { // its end is told here first
			_, err = syscall.Wait4(tid, &status, syscall.WALL, nil)
		}
	}()
	if err := <-held; err != nil {
		t.Skipf("a thread cannot be held here: ptrace: %v", err)
	}
}

// threads are the states of a process's threads, by their ids.
func threads(t *testing.T, pid int) map[string]byte {
	t.Helper()
	stats, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]byte{}
	for _, path := range stats {
		data, _ := os.ReadFile(path) // it may have ended
		if _, after, ok := strings.Cut(string(data), ") "); ok {
			all[filepath.Base(filepath.Dir(path))] = after[0]
		}
	}
	return all
}

// The thread that paints may stand still while the rest of the program works on: it uploads, and its timers run. That is a
// glass that hangs all the same.
func TestGlassIsRestartedWhenOnlyItsPaintingStandsStill(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	g := enrolKiosk(t, s, s.addr)
	g.args = []string{"--hang-after", "2s"}
	g.open(startDisplay(t, "1280x800"))
	pid := g.child()
	holdThread(t, pid) // Fyne paints on the first thread, whose id is the process's
	held, others := byte(0), 0
	for tid, state := range threads(t, pid) {
		switch {
		case tid == strconv.Itoa(pid):
			held = state
		case state != 't' && state != 'T':
			others++
		}
	}
	if held != 't' || others == 0 {
		t.Fatalf("the painting thread is %q, %d others go on: this test means one that stands still alone", held, others)
	}
	g.log.await(t, "why it was restarted", func(l string) bool { return strings.Contains(l, "did not answer for 2s") })
	g.await("attract")
	if g.child() == pid {
		t.Error("the glass is still the one that stood still")
	}
	g.tap("start:ru", "question-")
	g.tap("face:4", "thanks")
}
