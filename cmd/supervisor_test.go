package cmd_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// child is the process of the glass under the supervisor.
func (g *glass) child() int {
	g.t.Helper()
	pid := strconv.Itoa(g.cmd.Process.Pid)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		// any of the supervisor's threads may have started it
		tasks, _ := filepath.Glob("/proc/" + pid + "/task/*/children")
		for _, task := range tasks {
			data, _ := os.ReadFile(task)
			for _, child := range strings.Fields(string(data)) {
				args, _ := os.ReadFile("/proc/" + child + "/cmdline")
				if n, err := strconv.Atoi(child); err == nil && bytes.Contains(args, []byte("\x00glass\x00")) {
					return n
				}
			}
		}
	}
	g.t.Fatal("the supervisor has no glass")
	return 0
}

// end sends the glass a signal and waits until another glass is there; it returns that one's process.
func (g *glass) end(signal syscall.Signal) {
	g.t.Helper()
	pid := g.child()
	if err := syscall.Kill(pid, signal); err != nil {
		g.t.Fatal(err)
	}
	for end := time.Now().Add(patience); g.child() == pid; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			g.t.Fatalf("the glass is still the one that was sent %v", signal)
		}
	}
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestDeadGlassComesBackAndNothingThankedIsLost(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	c := startCable(t, s.addr)
	g := enrolKiosk(t, s, c.addr())
	g.open(startDisplay(t, "1280x800"))
	c.set(true)
	g.tap("start:ru", "question-")
	g.tap("face:4", "thanks")
	g.end(syscall.SIGKILL)
	g.await("attract")
	g.tap("start:tt", "question-") // killed in the middle of a visit
	g.end(syscall.SIGQUIT)
	g.await("attract")
	g.tap("start:en", "question-")
	g.tap("face:2", "thanks")
	c.set(false)
	g.awaitUpload()
	if rows := s.rows("smiley"); len(rows) != 2 {
		t.Errorf("two visitors were thanked, the export has %d rows: %v", len(rows), rows)
	}
	eventually(t, "the collector's list of terminals tells of the restarts", func() bool {
		list := run(t, "collector", "terminal", "list", "--data", s.data)
		return strings.Contains(list, "glass: restarted")
	})
	eventually(t, "the crash files are marked as reported", func() bool {
		all, _ := filepath.Glob(filepath.Join(g.data, "crash-*.txt"))
		reported, _ := filepath.Glob(filepath.Join(g.data, "crash-*-reported.txt"))
		return len(all) == 2 && len(reported) == 2
	})
	reported, _ := filepath.Glob(filepath.Join(g.data, "crash-*-reported.txt"))
	last, err := os.ReadFile(reported[1])
	if err != nil || !strings.Contains(string(last), "SIGQUIT: quit") || !strings.Contains(string(last), "goroutine ") {
		t.Errorf("the crash file says %q, %v", last, err)
	}
}

func TestHungGlassIsRestarted(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	g := enrolKiosk(t, s, s.addr)
	g.args = []string{"--hang-after", "2s"}
	g.open(startDisplay(t, "1280x800"))
	g.end(syscall.SIGSTOP)
	g.await("attract")
	g.log.await(t, "why it was restarted", func(l string) bool { return strings.Contains(l, "did not answer for 2s") })
	g.tap("start:ru", "question-")
	g.tap("face:4", "thanks")
}

// What is on the display while there is no glass is the holding picture, point for point.
func TestNoDesktopShowsWhileTheGlassIsAway(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	g := enrolKiosk(t, s, s.addr)
	d := startDisplay(t, "1280x800")
	d.openWithManager(t)
	g.open(d)
	want := decode(t, exec.Command(filepath.Join(bin, "kiosk"), "hold", "--picture", "--size", "1280x800"))
	g.end(syscall.SIGKILL)
	g.await("attract")
	if err := syscall.Kill(g.child(), syscall.SIGKILL); err != nil { // the second time it is not started at once
		t.Fatal(err)
	}
	eventually(t, "the holding picture is on the display", func() bool {
		return samePicture(decode(t, d.command("import", "-window", "root", "png:-")), want)
	})
	g.await("attract")
	eventually(t, "the holding picture is gone", func() bool {
		return !samePicture(decode(t, d.command("import", "-window", "root", "png:-")), want)
	})
	g.tap("start:ru", "question-")
}

// A glass that is slow to come, or dies before it was ever there, leaves no desktop either.
func TestNoDesktopShowsBeforeTheFirstGlass(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	g := enrolKiosk(t, s, s.addr)
	d := startDisplay(t, "1280x800")
	want := decode(t, exec.Command(filepath.Join(bin, "kiosk"), "hold", "--picture", "--size", "1280x800"))
	holds := func() bool { return samePicture(decode(t, d.command("import", "-window", "root", "png:-")), want) }
	g.start(d)
	first := g.child()
	if err := syscall.Kill(first, syscall.SIGSTOP); err != nil { // it has had no time to answer
		t.Fatal(err)
	}
	eventually(t, "the holding picture stands in for a glass that does not come", holds)
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	g.await("attract")
	eventually(t, "the holding picture is gone", func() bool { return !holds() })
	g.tap("start:ru", "question-")
}

func decode(t *testing.T, cmd *exec.Cmd) image.Image {
	t.Helper()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", cmd.Args, err)
	}
	picture, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

func samePicture(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if r1>>8 != r2>>8 || g1>>8 != g2>>8 || b1>>8 != b2>>8 {
				return false
			}
		}
	}
	return true
}

func TestGlassEndsWithItsSupervisor(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	g := enrolKiosk(t, s, s.addr)
	g.args = []string{"--hang-after", "1h"} // it has nothing to say before it is left alone
	d := startDisplay(t, "800x480")
	g.open(d)
	pid := g.child()
	if err := g.cmd.Process.Kill(); err != nil { // the supervisor alone
		t.Fatal(err)
	}
	eventually(t, "the glass ends", func() bool { return syscall.Kill(pid, 0) != nil })
	_ = g.cmd.Wait()
	g.open(d)
}

func TestServiceManagerHearsThatTheGlassAnswers(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	g := enrolKiosk(t, s, s.addr)
	d := startDisplay(t, "800x480") // before the socket: Xvfb talks to service managers too
	socket := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("NOTIFY_SOCKET", socket)
	g.args = []string{"--hang-after", "1s"}
	g.open(d)
	var heard []string
	buffer := make([]byte, 100)
	for len(heard) < 4 {
		n, err := l.Read(buffer)
		if err != nil {
			t.Fatalf("after %v: %v", heard, err)
		}
		heard = append(heard, string(buffer[:n]))
	}
	if got := fmt.Sprint(heard); got != "[READY=1 WATCHDOG=1 WATCHDOG=1 WATCHDOG=1]" {
		t.Errorf("heard %s", got)
	}
}
