//go:build linux

package cmd_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What a visitor wrote is in no file of the terminal and in nothing it says, while it waits to be uploaded, and after the
// program died in the way that makes Go and the kernel write down all they have.
func TestTerminalLeavesNoAnswerInFilesLogsOrCoreDumps(t *testing.T) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		t.Fatal(err)
	}
	was := limit
	limit.Cur = limit.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &limit); err != nil || limit.Cur == 0 {
		t.Fatalf("core dumps cannot be allowed here, so nothing would be shown: %v, at most %d bytes", err, limit.Cur)
	}
	t.Cleanup(func() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &was) })
	t.Setenv("GOTRACEBACK", "crash")
	const word = "зебракварц"
	s := startCollector(t, "exit-poll.yaml")
	c := startCable(t, s.addr)
	g := enrolKiosk(t, s, c.addr())
	t.Chdir(t.TempDir()) // where the kernel would write a core
	g.open(startDisplay(t, "1280x800"))
	c.set(true) // the answer stays on the terminal
	g.visitor("ru", []string{"4", "4", "4", "4", "4"}, word)
	g.end(syscall.SIGABRT)
	g.await("attract")
	g.kill()

	wanted := [][]byte{[]byte(word), []byte("Зебракварц"), []byte("ебракварц")}
	look := func(where string, data []byte) {
		for _, w := range wanted {
			if bytes.Contains(data, w) {
				t.Errorf("%s holds what the visitor wrote", where)
				return
			}
		}
	}
	files := 0
	err := filepath.WalkDir(g.data, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		files++
		look(path, data)
		return err
	})
	if err != nil || files < 4 {
		t.Errorf("%d files were looked through: %v", files, err)
	}
	g.log.mu.Lock()
	log := strings.Join(g.log.all, "\n")
	g.log.mu.Unlock()
	look("the log", []byte(log))
	if !strings.Contains(log, "SIGABRT") {
		t.Error("the program did not die as it was to")
	}
	here, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range here {
		if strings.HasPrefix(f.Name(), "core") {
			t.Errorf("the kernel wrote the program's memory into %s", f.Name())
		}
	}
}
