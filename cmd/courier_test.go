package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Terminals that nobody but the courier reaches: their answers come on a stick, what he brings back empties their queues,
// and tells them of the keys that the collector has by now.
func TestACourierBringsAnswersAndTakesKeysBack(t *testing.T) {
	const answers = 5
	s := startCollector(t, "exit-poll.yaml")
	fleet, stick := t.TempDir(), t.TempDir()
	home, bundle, receipt := filepath.Join(fleet, "0001"), filepath.Join(stick, "one.rescue"), filepath.Join(stick, "one.receipt")
	ask := func(more ...string) {
		t.Helper()
		sim := exec.Command(filepath.Join(bin, "fleetsim"), s.fleet(fleet, 1, answers, append(more, "--outage", "24h", "--verbose")...)...)
		said, err := sim.StderrPipe()
		if err == nil {
			err = sim.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = sim.Process.Kill() }()
		lines := readLines(said)
		lines.await(t, "all were thanked", func(line string) bool { return strings.Contains(line, "all visitors were thanked") })
		if err := sim.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := sim.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	says := func(want, program string, args ...string) {
		t.Helper()
		if out := run(t, program, args...); !strings.Contains(out, want) {
			t.Fatalf("%s %q says:\n%s\nwant %q", program, args, out, want)
		}
	}
	identity := func() string {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(home, "identity.json"))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	ask("--code", reusableCode(t, s, 1))
	says("5 answers are in "+bundle, "kiosk", "rescue", "--data", home, "-o", bundle)
	says("stored: 5\n", "collector", "accept", bundle, "--data", s.data, "--receipt", receipt)
	says("duplicate: 5\n", "collector", "accept", bundle, "--data", s.data)
	s.wantStored(thanked(t, fleet))
	says("5 answers are with the collector, 0 still wait here.", "kiosk", "rescue", "--data", home, "--receipt", receipt)
	says("0 answers are with the collector, 0 still wait here.", "kiosk", "rescue", "--data", home, "--receipt", receipt)

	s.kill()
	run(t, "collector", "keys", "rotate", "--data", s.data)
	run(t, "collector", "keys", "rotate", "--data", s.data)
	s.start()
	before := identity()
	ask()
	says("5 answers are in "+bundle, "kiosk", "rescue", "--data", home, "-o", bundle)
	says("stored: 5\n", "collector", "accept", bundle, "--data", s.data, "--receipt", receipt)
	says("the terminal follows.\n5 answers are with the collector, 0 still wait here.", "kiosk", "rescue", "--data", home, "--receipt", receipt)
	after := identity()
	if before == after {
		t.Fatal("the terminal has the keys that it had")
	}
	says("0 answers are with the collector", "kiosk", "rescue", "--data", home, "--receipt", receipt)
	if identity() != after {
		t.Fatal("the same answer changed the terminal twice")
	}

	// An uplink at last: it meets the collector with the keys of today.
	got := readSimulated(t, run(t, "fleetsim", s.fleet(fleet, 1, answers)...))
	if got.Acknowledged != answers || got.Quarantined != 0 || got.Duplicates != 0 {
		t.Errorf("%+v", got)
	}
	s.wantStored(thanked(t, fleet))
}
