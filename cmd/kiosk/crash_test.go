package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otklik/sync/wire"
)

// What a visitor wrote, in the message of a panic.
const secret = "меня зовут Роза, тел. 89172345678"

// TestMain dies as it is told: the tests below run it as another program.
func TestMain(m *testing.M) {
	switch os.Getenv("DIE_OF") {
	case "text":
		panic(secret)
	case "error":
		panic(errors.New("shaping " + secret + "\nand more: " + secret))
	case "again":
		defer func() { panic(secret) }()
		panic("first " + secret)
	case "rethrow":
		defer func() { panic(recover()) }()
		panic(secret)
	case "index":
		var none []int
		none[len(os.Args)]++
	case "nil":
		var none *wire.Heartbeat
		none.Beat++
	default:
		os.Exit(m.Run())
	}
}

func TestLastWordsSayWhereAndNeverQuote(t *testing.T) {
	for of, want := range map[string]string{
		"text": "left out", "error": "left out", "again": "left out", "rethrow": "left out",
		"index": "runtime error: index out of range", "nil": "nil pointer dereference",
	} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "DIE_OF="+of)
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Fatalf("%s: it did not die", of)
		}
		padding := strings.Repeat("level=INFO msg=\"something long ago\"\n", 1000)
		words := string(evidence([]byte(padding + string(out))))
		if strings.Contains(words, "Роза") || strings.Contains(words, "8917") {
			t.Errorf("%s: it quotes: %s", of, words)
		}
		if !strings.Contains(words, want) || !strings.Contains(words, "crash_test.go:") || !strings.Contains(words, "long ago") {
			t.Errorf("%s: %q is missing: %s", of, want, words)
		}
		if len(words) > beforeBytes+panicBytes+200 {
			t.Errorf("%s: %d bytes", of, len(words))
		}
		if first := firstWords([]byte(words)); !strings.HasPrefix(first, "panic: ") || !strings.Contains(first, "crash_test.go:") {
			t.Errorf("%s: in a line: %q", of, first)
		}
	}
}

func TestCrashIsToldUntilItWasHeard(t *testing.T) {
	c := &crashFolder{dir: t.TempDir()}
	if c.problem() != "" {
		t.Errorf("without a crash: %q", c.problem())
	}
	if _, times := c.trouble(); times != 0 {
		t.Errorf("without a crash: %d times", times)
	}
	now := time.Date(2026, 1, 15, 9, 41, 0, 0, time.UTC)
	for i := range keepCrashes + 2 {
		if err := c.write(now.Add(time.Duration(i)*time.Minute), "the glass ended", []byte("panic: runtime error: x\n\ngoroutine 1:\n")); err != nil {
			t.Fatal(err)
		}
	}
	told := c.problem()
	if !strings.HasPrefix(told, "glass: restarted 5 times, the last 2026-01-15T09:47:00Z: the glass ended: panic: runtime error: x") {
		t.Errorf("told %q", told)
	}
	if again, times := c.trouble(); again != told || times != keepCrashes {
		t.Errorf("told %q, %d times", again, times)
	}
	c.reported(wire.Heartbeat{Problem: "another one"})
	if len(c.unreported()) != keepCrashes {
		t.Error("renamed although nobody heard of it")
	}
	c.reported(wire.Heartbeat{Problem: told + "; more"})
	if left := c.unreported(); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	if c.problem() != told {
		t.Errorf("an hour long it stays among the problems, and is now %q", c.problem())
	}
	if _, times := c.trouble(); times != keepCrashes {
		t.Errorf("an hour long it is about %d times", times)
	}
	if err := c.write(now.Add(time.Hour), "hung", nil); err != nil {
		t.Fatal(err)
	}
	if got := c.problem(); !strings.HasPrefix(got, "glass: restarted, 2026-01-15T10:41:00Z: hung; see crash-20260115T104100.000-reported.txt") {
		t.Errorf("the next one is told as %q", got)
	}
	c.until, c.last = time.Now().Add(-time.Second), told
	c.reported(wire.Heartbeat{})
	if all, _ := filepath.Glob(filepath.Join(c.dir, "*")); len(all) != keepCrashes {
		t.Errorf("%d files are kept", len(all))
	}
}

func TestRestartsBackOff(t *testing.T) {
	var waits []string
	for n := 1; n < 10; n++ {
		waits = append(waits, restartWait(n).String())
	}
	if got := strings.Join(waits, " "); got != "0s 1s 2s 4s 8s 16s 32s 1m0s 1m0s" {
		t.Errorf("waits %s", got)
	}
}
