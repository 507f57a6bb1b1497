//go:build linux

package cmd_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What a visitor said is in no file of the terminal and in nothing it says, while it waits to be uploaded, and after the
// program died in the way that makes Go and the kernel write down all they have; nor is a key anywhere but in its own file.
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
	anotherDumps(t)
	g.open(startDisplay(t, "1280x800"))
	c.set(true) // the answer stays on the terminal
	g.visitor("ru", []string{"4", "4", "4", "4", "4"}, word)
	for _, pid := range []int{g.cmd.Process.Pid, g.child()} {
		limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
		if err != nil || !strings.Contains(strings.Join(strings.Fields(string(limits)), " "), "Max core file size 0 0 ") {
			t.Errorf("process %d may dump its memory: %v\n%s", pid, err, limits)
		}
	}
	g.end(syscall.SIGABRT)
	g.await("attract")
	g.kill()

	look := lookFor(t, g, s, word)
	n, outbox := 0, false
	err := filepath.WalkDir(g.data, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		n++
		outbox = outbox || strings.HasPrefix(entry.Name(), "outbox") && len(data) > 4096
		look(filepath.Base(path), data)
		return err
	})
	if err != nil || n < 4 || !outbox {
		t.Errorf("%d files were looked through, the outbox among them: %v, %v", n, outbox, err)
	}
	g.log.mu.Lock()
	log := strings.Join(g.log.all, "\n")
	g.log.mu.Unlock()
	look("the log", []byte(log))
	if !strings.Contains(log, "SIGABRT") {
		t.Error("the program did not die as it was to")
	}
	if cores := coresHere(t); len(cores) > 0 {
		t.Errorf("the kernel wrote the program's memory into %v", cores)
	}
}

// lookFor returns what says of data whether it holds something that it must not.
func lookFor(t *testing.T, g *glass, s *server, word string) func(where string, data []byte) {
	t.Helper()
	wanted := map[string][][]byte{
		"what the visitor wrote": {[]byte(word), []byte("Зебракварц"), []byte("ебракварц")},
		// As answers are written: the codes alone stand in the survey too.
		"what the visitor chose": {[]byte(`"v":"employer"`), []byte(`"v":4`), []byte(`{"q":"who"`), []byte(`"answers":[`)},
	}
	raw, err := os.ReadFile(filepath.Join(g.data, "identity.json"))
	var identity struct{ Key []byte }
	if err == nil {
		err = json.Unmarshal(raw, &identity)
	}
	if err != nil || len(identity.Key) != 64 {
		t.Fatalf("the terminal's key has %d bytes, %v", len(identity.Key), err)
	}
	seed := identity.Key[:32]
	own := [][]byte{seed, []byte(base64.StdEncoding.EncodeToString(seed)[:40]), []byte(hex.EncodeToString(seed))}
	files, err := filepath.Glob(filepath.Join(s.data, "*.key"))
	if err != nil || len(files) < 2 {
		t.Fatalf("the collector's keys are in %v, %v", files, err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		der, err := base64.StdEncoding.DecodeString(strings.Join(lines[1:len(lines)-1], ""))
		if err != nil || len(der) < 32 {
			t.Fatalf("%s holds no key: %v", path, err)
		}
		private := der[len(der)-32:] // PKCS #8 of both kinds ends with it
		wanted["a private key of the collector"] = append(wanted["a private key of the collector"], private, []byte(hex.EncodeToString(private)),
			[]byte(lines[1]))
	}
	return func(where string, data []byte) {
		for what, all := range wanted {
			for _, w := range all {
				if bytes.Contains(data, w) {
					t.Errorf("%s holds %s", where, what)
					break
				}
			}
		}
		for _, w := range own {
			if bytes.Contains(data, w) && where != "identity.json" {
				t.Errorf("%s holds the terminal's key", where)
			}
		}
		if where == "identity.json" && !bytes.Contains(data, own[1]) {
			t.Error("the key is not where it is: this test looks for something else")
		}
	}
}

// anotherDumps holds that a program that hides nothing has its memory written down here when it dies the same way.
func anotherDumps(t *testing.T) {
	t.Helper()
	other := exec.Command("sleep", "1000")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	// Not before it is sleep: until then it is a copy of this program.
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		if name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", other.Process.Pid)); strings.TrimSpace(string(name)) == "sleep" {
			break
		}
		if time.Now().After(end) {
			t.Fatal("sleep does not run")
		}
	}
	_ = other.Process.Signal(syscall.SIGABRT)
	_ = other.Wait()
	cores := coresHere(t)
	if len(cores) == 0 {
		pattern, _ := os.ReadFile("/proc/sys/kernel/core_pattern")
		t.Logf("the kernel writes cores elsewhere (%s): the limits of the processes alone show that they have none", strings.TrimSpace(string(pattern)))
		if pattern := string(pattern); !strings.HasPrefix(pattern, "|") && !strings.Contains(pattern, "/") {
			t.Error("a program that hides nothing left no core here either: nothing is shown")
		}
	}
	for _, core := range cores {
		if err := os.Remove(core); err != nil {
			t.Fatal(err)
		}
	}
}

func coresHere(t *testing.T) (cores []string) {
	t.Helper()
	here, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range here {
		if strings.HasPrefix(f.Name(), "core") {
			cores = append(cores, f.Name())
		}
	}
	return cores
}
