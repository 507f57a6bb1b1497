package cmd_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// ask has simulated terminals that do not reach the collector take answers, and stops them when all are thanked.
func (s *server) ask(fleet string, terminals, answers int) {
	s.t.Helper()
	sim := exec.Command(filepath.Join(bin, "fleetsim"), s.fleet(fleet, terminals, answers, "--outage", "24h", "--verbose")...)
	said, err := sim.StderrPipe()
	if err == nil {
		err = sim.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = sim.Process.Kill() }()
	lines := readLines(said)
	for range terminals {
		lines.await(s.t, "all were thanked", func(line string) bool { return strings.Contains(line, "all visitors were thanked") })
	}
	if err := sim.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	if err := sim.Wait(); err != nil {
		s.t.Fatal(err)
	}
}

// refuses runs a program that has to fail and say why.
func refuses(t *testing.T, want, program string, args ...string) {
	t.Helper()
	out, err := exec.Command(filepath.Join(bin, program), args...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), want) {
		t.Fatalf("%s %q: %v\n%s\nwant %q", program, args, err, out, want)
	}
}

// says runs a program that has to print something.
func says(t *testing.T, want, program string, args ...string) {
	t.Helper()
	if out := run(t, program, args...); !strings.Contains(out, want) {
		t.Fatalf("%s %q says:\n%s\nwant %q", program, args, out, want)
	}
}

// The collector burns down with its keys and every backup. What terminals sealed since an escrow key was set is opened with
// it by a new collector: from a terminal that enrols anew, and from the rescue file of one that is gone.
func TestEscrowKeyOpensAnswersWhoseCollectorIsLost(t *testing.T) {
	const before, acknowledged, waiting = 3, 2, 4
	s := startCollector(t, "exit-poll.yaml")
	fleet, safe := t.TempDir(), t.TempDir()
	readSimulated(t, run(t, "fleetsim", s.fleet(fleet, 2, before, "--code", reusableCode(t, s, 2))...))
	s.kill()
	refuses(t, "is in the data folder", "collector", "keys", "escrow", "--data", s.data, filepath.Join(s.data, "escrow.pem"))
	key := filepath.Join(safe, "escrow.pem")
	says(t, "escrow key: ", "collector", "keys", "escrow", "--data", s.data, key)
	refuses(t, "file exists", "collector", "keys", "escrow", "--data", s.data, key)
	private, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	secret := bytes.Split(private, []byte("\n"))[1]
	err = filepath.WalkDir(s.data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, secret) {
			t.Errorf("%s holds the private half of the escrow key", path)
		}
		return err
	})
	if err != nil || len(secret) < 40 {
		t.Fatal(err, string(secret))
	}

	// Terminals that are enrolled learn of it by themselves.
	s.start()
	readSimulated(t, run(t, "fleetsim", s.fleet(fleet, 2, 0)...))
	alive, gone := filepath.Join(fleet, "0001"), filepath.Join(fleet, "0002")
	for _, home := range []string{alive, gone} {
		if identity, err := os.ReadFile(filepath.Join(home, "identity.json")); err != nil || !bytes.Contains(identity, []byte(`"escrow_key"`)) {
			t.Fatalf("the terminal knows no escrow key: %v\n%s", err, identity)
		}
	}
	readSimulated(t, run(t, "fleetsim", s.fleet(fleet, 2, acknowledged)...)) // the collector signs for these
	says(t, "2 of 2 terminals at work seal for the escrow key", "collector", "terminal", "list", "--data", s.data)
	s.ask(fleet, 2, waiting)
	rescued := filepath.Join(safe, "gone.rescue")
	says(t, "4 answers are in ", "kiosk", "rescue", "--data", gone, "-o", rescued)
	says(t, "9 answers are in ", "kiosk", "rescue", "--kept", "--data", gone, "-o", rescued)

	s.kill()
	for _, lost := range []string{s.data, gone} {
		if err := os.RemoveAll(lost); err != nil {
			t.Fatal(err)
		}
	}
	fresh := startCollector(t, "exit-poll.yaml")
	run(t, "kiosk", "enrol", "--again", "--data", alive, "--collector", "http://"+fresh.addr, "--code", reusableCode(t, fresh, 1))
	if got := readSimulated(t, run(t, "fleetsim", fresh.fleet(fleet, 1, 0)...)); got.Quarantined != waiting {
		t.Fatalf("%+v; without the escrow key nothing opens", got)
	}
	says(t, "released: 0\n", "collector", "quarantine", "release", "--all", "--data", fresh.data)
	refuses(t, "not the file that collector keys escrow wrote", "collector", "quarantine", "release", "--all", "--data", fresh.data,
		"--escrow-key", rescued)
	says(t, "released: 4\nstill in quarantine: 0\n", "collector", "quarantine", "release", "--all", "--data", fresh.data, "--escrow-key", key)

	id, _, _ := strings.Cut(strings.Split(run(t, "collector", "terminal", "list", "--data", fresh.data), "\n")[1], " ")
	refuses(t, "never enrolled here", "collector", "accept", "--data", fresh.data, "--escrow-key", key, rescued)
	says(t, "stored: 6\nduplicate: 0\nconflict: 0\nquarantined: 3\n", "collector", "accept", "--data", fresh.data, "--escrow-key", key, "--for", id, rescued)
	says(t, "stored: 0\nduplicate: 6\nconflict: 0\nquarantined: 3\n", "collector", "accept", "--data", fresh.data, "--escrow-key", key, "--for", id, rescued)
	kept := filepath.Join(safe, "alive.rescue")
	says(t, "9 answers are in ", "kiosk", "rescue", "--kept", "--data", alive, "-o", kept)
	refuses(t, "is known here", "collector", "accept", "--data", fresh.data, "--escrow-key", key, "--for", id, kept)
	says(t, "stored: 2\nduplicate: 4\nconflict: 0\nquarantined: 3\n", "collector", "accept", "--data", fresh.data, "--escrow-key", key, kept)
	fresh.wantStored(thanked(t, fleet)[2*before:])
	run(t, "collector", "verify", "--data", fresh.data)
}

// A terminal that only the courier reaches learns of the escrow key from what he brings back, and one that enrols learns of
// it then; a backup from before the key does not take it away, and the end of it reaches terminals too.
func TestEscrowKeyReachesTerminalsByEveryWay(t *testing.T) {
	s := startCollector(t, "exit-poll.yaml")
	fleet, dir := t.TempDir(), t.TempDir()
	home := filepath.Join(fleet, "0001")
	knows := func(want bool) {
		t.Helper()
		identity, err := os.ReadFile(filepath.Join(home, "identity.json"))
		if err != nil || bytes.Contains(identity, []byte(`"escrow_key"`)) != want {
			t.Fatalf("knows an escrow key: want %v, %v\n%s", want, err, identity)
		}
	}
	code := reusableCode(t, s, 2)
	readSimulated(t, run(t, "fleetsim", s.fleet(fleet, 1, 1, "--code", code)...))
	backup, _, _ := strings.Cut(strings.TrimPrefix(run(t, "collector", "backup", "--data", s.data, dir), "backup: "), "\n")
	s.kill()
	run(t, "collector", "keys", "escrow", "--data", s.data, filepath.Join(dir, "escrow.pem"))
	run(t, "collector", "restore", backup, "--data", s.data, "--replace")
	s.start()
	knows(false)
	s.ask(fleet, 1, 2)
	bundle, receipt := filepath.Join(dir, "one.rescue"), filepath.Join(dir, "one.receipt")
	run(t, "kiosk", "rescue", "--data", home, "-o", bundle)
	run(t, "collector", "accept", bundle, "--data", s.data, "--receipt", receipt)
	says(t, "set an escrow key", "kiosk", "rescue", "--data", home, "--receipt", receipt)
	knows(true)

	newcomer := t.TempDir()
	readSimulated(t, run(t, "fleetsim", s.fleet(newcomer, 1, 1, "--code", code)...))
	if identity, err := os.ReadFile(filepath.Join(newcomer, "0001", "identity.json")); err != nil || !bytes.Contains(identity, []byte(`"escrow_key"`)) {
		t.Fatalf("one that enrolled knows no escrow key: %v\n%s", err, identity)
	}

	backup, _, _ = strings.Cut(strings.TrimPrefix(run(t, "collector", "backup", "--data", s.data, dir), "backup: "), "\n")
	s.kill()
	run(t, "collector", "keys", "escrow", "--data", s.data, "--end")
	run(t, "collector", "restore", backup, "--data", s.data, "--replace")
	refuses(t, "no escrow key", "collector", "keys", "escrow", "--data", s.data, "--end")
	s.start()
	readSimulated(t, run(t, "fleetsim", s.fleet(fleet, 1, 1)...))
	knows(false)
	anew := t.TempDir()
	run(t, "collector", "restore", backup, "--data", anew)
	says(t, "Start the collector", "collector", "keys", "escrow", "--data", anew, "--end") // it came with the backup
}

// A terminal that only the courier reaches hears of an escrow key, of another in its place and of the end, whether answers wait
// on it or not, and an answer of the collector that comes late changes nothing.
func TestACourierTellsOfEveryChangeOfTheEscrowKey(t *testing.T) {
	s := startCollector(t, "exit-poll.yaml")
	fleet, stick := t.TempDir(), t.TempDir()
	home := filepath.Join(fleet, "0001")
	readSimulated(t, run(t, "fleetsim", s.fleet(fleet, 1, 1, "--code", reusableCode(t, s, 1))...))
	ride := func(name string) (receipt string) {
		t.Helper()
		bundle, receipt := filepath.Join(stick, name+".rescue"), filepath.Join(stick, name+".receipt")
		run(t, "kiosk", "rescue", "--data", home, "-o", bundle)
		run(t, "collector", "accept", bundle, "--data", s.data, "--receipt", receipt)
		return receipt
	}
	apply := func(receipt string) string {
		t.Helper()
		return run(t, "kiosk", "rescue", "--data", home, "--receipt", receipt)
	}
	hears := func(receipt, what string) {
		t.Helper()
		if said := apply(receipt); !strings.Contains(said, what) {
			t.Errorf("said:\n%s\nwant %q", said, what)
		}
		identity, err := os.ReadFile(filepath.Join(home, "identity.json"))
		if has := bytes.Contains(identity, []byte(`"escrow_key"`)); err != nil || has != strings.Contains(what, "set") {
			t.Errorf("heard that %q; %v\n%s", what, err, identity)
		}
	}
	sealing := func(n int) {
		t.Helper()
		says(t, fmt.Sprintf("%d of 1 terminals at work seal for the escrow key", n), "collector", "terminal", "list", "--data", s.data)
	}
	const set, ended = "set an escrow key", "has no escrow key any more"
	key := filepath.Join(stick, "second.pem")
	never := ride("never")
	s.kill()
	run(t, "collector", "keys", "escrow", "--data", s.data, filepath.Join(stick, "first.pem"))
	first := ride("first")
	hears(first, set)
	run(t, "collector", "keys", "escrow", "--data", s.data, "--end")
	hears(ride("ended"), ended)
	run(t, "collector", "keys", "escrow", "--data", s.data, key)
	s.ask(fleet, 1, 2)
	sealing(0)
	hears(ride("second"), set)
	sealing(0) // it has not said so yet
	for _, late := range []string{never, first} {
		if said := apply(late); strings.Contains(said, "escrow") {
			t.Errorf("an answer that came late said:\n%s", said)
		}
	}

	// What is asked then is sealed for the key that was set last: it alone opens it.
	s.ask(fleet, 1, 3)
	gone := filepath.Join(stick, "gone.rescue")
	says(t, "3 answers are in ", "kiosk", "rescue", "--data", home, "-o", gone)
	run(t, "collector", "accept", gone, "--data", s.data)
	sealing(1)
	fresh := startCollector(t, "exit-poll.yaml")
	readSimulated(t, run(t, "fleetsim", fresh.fleet(t.TempDir(), 1, 1, "--code", reusableCode(t, fresh, 1))...))
	id, _, _ := strings.Cut(strings.Split(run(t, "collector", "terminal", "list", "--data", fresh.data), "\n")[1], " ")
	says(t, "quarantined: 3\n", "collector", "accept", "--data", fresh.data, "--escrow-key", filepath.Join(stick, "first.pem"), "--for", id, gone)
	says(t, "released: 3\n", "collector", "quarantine", "release", "--all", "--data", fresh.data, "--escrow-key", key)
}
