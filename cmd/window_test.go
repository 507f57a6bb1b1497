package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// openWithManager starts a window manager on the display and waits until it manages windows.
func (d *display) openWithManager(t *testing.T) {
	t.Helper()
	manager := d.command("openbox", "--startup", "echo managing")
	out, err := manager.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := manager.Start(); err != nil {
		t.Fatalf("openbox: %v; .ci/setup test installs it", err)
	}
	t.Cleanup(func() { _ = manager.Process.Kill(); _ = manager.Wait() })
	readLines(out).await(t, "the window manager", func(l string) bool { return l == "managing" })
}

func TestWindowManagerCannotCloseTheGlass(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	g := enrolKiosk(t, s, s.addr)
	d := startDisplay(t, "1280x800")
	d.openWithManager(t)
	g.open(d)
	for _, keys := range []string{"alt+F4", "ctrl+q", "ctrl+w", "alt+Escape", "Escape"} {
		if out, err := d.command("xdotool", "key", keys).CombinedOutput(); err != nil {
			t.Fatalf("xdotool: %v %s", err, out)
		}
	}
	g.tap("start:en", "question-")
	g.tap("face:3", "thanks")
	if g.cmd.ProcessState != nil {
		t.Error("the kiosk ended")
	}
}

func TestSecondTerminalOnTheSameDataLeavesWithThree(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	d := startDisplay(t, "1280x800")
	for first, g := range map[string]*glass{
		"attract":    enrolKiosk(t, s, s.addr),
		"enrol-code": {t: t, data: t.TempDir()}, // which has no outbox open yet
	} {
		g.openTo(d, first)
		second := d.command(filepath.Join(bin, "kiosk"), "run", "--data", g.data)
		out, err := second.CombinedOutput()
		exit, ok := err.(*exec.ExitError)
		if !ok || exit.ExitCode() != 3 || !strings.Contains(string(out), "locked by another process") {
			t.Errorf("on %s a second kiosk ended with %v and said %s", first, err, out)
		}
		if strings.Contains(string(out), "glass") { // nothing of it came near the display
			t.Errorf("on %s the second kiosk started a glass: %s", first, out)
		}
		g.kill()
	}
}

func TestTerminalStopsOnSIGTERMAndFindsEverythingAgain(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	c := startCable(t, s.addr)
	g := enrolKiosk(t, s, c.addr())
	d := startDisplay(t, "800x480")
	g.open(d)
	c.set(true)
	g.tap("start:ru", "question-")
	g.tap("face:4", "thanks")
	if err := g.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := g.cmd.Wait(); err != nil {
		t.Errorf("the kiosk ended with %v", err)
	}
	c.set(false)
	g.open(d)
	g.awaitUpload()
	if rows := s.rows("smiley"); len(rows) != 1 {
		t.Errorf("%d rows for one visitor", len(rows))
	}
}

// From the start of the program to the first screen and, with one tap, to the first question: what the glass says in its
// trace, which is written just before the frame is drawn.
func BenchmarkStartToFirstQuestion(b *testing.B) {
	s := startCollector(b, "exit-poll.yaml")
	g := enrolKiosk(b, s, s.addr)
	d := startDisplay(b, "1280x800")
	var attract, question time.Duration
	for b.Loop() {
		began := time.Now()
		g.open(d)
		attract += g.shown.Time.Sub(began)
		g.tap("start:ru", "question-who")
		question += g.shown.Time.Sub(began)
		g.kill()
	}
	b.ReportMetric(float64(attract.Milliseconds())/float64(b.N), "ms/attract")
	b.ReportMetric(float64(question.Milliseconds())/float64(b.N), "ms/question")
}
