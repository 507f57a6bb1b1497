package cmd_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// simulated is the line that fleetsim ends with.
type simulated struct {
	Terminals, Thanked, Acknowledged, Duplicates, Quarantined int

	Seconds   float64
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	BytesSent int     `json:"bytes_sent"`
}

func readSimulated(t testing.TB, line string) (s simulated) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		t.Fatalf("fleetsim ended with %q: %v", line, err)
	}
	return s
}

// fleet are the arguments of fleetsim for the terminals of a folder.
func (s *server) fleet(data string, terminals, answers int, more ...string) []string {
	return append([]string{
		"--collector", "http://" + s.addr, "--data", data,
		"--terminals", strconv.Itoa(terminals), "--answers", strconv.Itoa(answers),
		"--survey", filepath.Join("..", "assets", "surveys", "exit-poll.yaml"), "--seed", "7",
	}, more...)
}

func reusableCode(t testing.TB, s *server, terminals int) string {
	t.Helper()
	s.codes++
	out := run(t, "collector", "terminal", "enrol", "--data", s.data, "--site", "Проба", "--name", fmt.Sprintf("Т%d", s.codes),
		"--reusable", strconv.Itoa(terminals))
	_, code, ok := strings.Cut(out, "code: ")
	if !ok {
		t.Fatalf("enrol printed %q", out)
	}
	return strings.TrimSpace(code)
}

func (s *server) wantStored(thanked []string) {
	s.t.Helper()
	var stored []string
	for _, row := range s.rows("exit-poll") {
		stored = append(stored, row["response_id"])
	}
	slices.Sort(stored)
	thanked = slices.Sorted(slices.Values(thanked))
	if !slices.Equal(stored, thanked) {
		s.t.Fatalf("%d responses are stored, %d different ones, and %d were thanked",
			len(stored), len(slices.Compact(stored)), len(thanked))
	}
}

func TestSimulatedTerminalsLoseNothingWhenTheCollectorIsKilled(t *testing.T) {
	const terminals, answers = 5, 40
	s := startCollector(t, "exit-poll.yaml")
	code := reusableCode(t, s, terminals)
	data := t.TempDir()
	path := filepath.Join(data, "thanked.txt")
	if err := syscall.Mkfifo(path, 0o600); err != nil { // so that each line is an event
		t.Fatal(err)
	}
	fifo, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer fifo.Close()
	lines := readLines(fifo)
	var thanked []string
	more := func(n int) {
		for range n {
			thanked = append(thanked, lines.await(t, "the next thanked visitor", func(string) bool { return true }))
		}
	}
	sim := exec.Command(filepath.Join(bin, "fleetsim"),
		s.fleet(data, terminals, answers, "--code", code, "--rate", "40")...)
	var out, problems strings.Builder
	sim.Stdout, sim.Stderr = &out, &problems
	if err := sim.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Process.Kill() }()
	more(terminals * answers / 3)
	s.kill()
	more(terminals * answers / 3)
	s.start()
	more(terminals*answers - len(thanked))
	if err := sim.Wait(); err != nil {
		t.Fatalf("fleetsim: %v\n%s", err, problems.String())
	}
	got := readSimulated(t, out.String())
	if got.Terminals != terminals || got.Thanked != terminals*answers || got.Acknowledged != got.Thanked ||
		got.Quarantined != 0 || got.Seconds <= 0 || got.P50 <= 0 || got.P99 < got.P50 || got.BytesSent < 100*got.Thanked {
		t.Errorf("fleetsim ended with %s", out.String())
	}
	s.wantStored(thanked)

	// The same terminals go on, without a code, and over one connection after an outage.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	got = readSimulated(t, run(t, "fleetsim", s.fleet(data, terminals, 3, "--single", "--outage", "50ms")...))
	if got.Thanked != 3*terminals || got.Acknowledged != got.Thanked {
		t.Errorf("the second run ended with %+v", got)
	}
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s.wantStored(append(thanked, strings.Fields(string(written))...))
	if listed := run(t, "collector", "terminal", "list", "--data", s.data); strings.Count(listed, "Проба") != terminals {
		t.Errorf("the fleet is:\n%s", listed)
	}
}

func TestSimulatedTerminalsThatAreStoppedSayWhatIsTrueThen(t *testing.T) {
	s := startCollector(t, "exit-poll.yaml")
	data := t.TempDir()
	sim := exec.Command(filepath.Join(bin, "fleetsim"),
		s.fleet(data, 2, 5, "--code", reusableCode(t, s, 2), "--outage", "24h", "--verbose")...)
	var out strings.Builder
	sim.Stdout = &out
	said, err := sim.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Process.Kill() }()
	log := readLines(said)
	for range 2 {
		log.await(t, "that all visitors were thanked", func(l string) bool {
			return strings.Contains(l, "all visitors were thanked")
		})
	}
	if err := sim.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := sim.Wait(); err != nil {
		t.Fatal(err)
	}
	if got := readSimulated(t, out.String()); got.Thanked != 10 || got.Acknowledged != 0 {
		t.Errorf("stopped in an outage: %+v", got)
	}
	s.wantStored(nil)
	got := readSimulated(t, run(t, "fleetsim", s.fleet(data, 2, 0)...))
	if got.Thanked != 0 || got.Acknowledged != 10 || got.P99 != 0 {
		t.Errorf("what waited was uploaded as %+v", got)
	}
	written, err := os.ReadFile(filepath.Join(data, "thanked.txt"))
	if err != nil {
		t.Fatal(err)
	}
	s.wantStored(strings.Fields(string(written)))

	late := exec.Command(filepath.Join(bin, "fleetsim"), s.fleet(data, 3, 0)...)
	if said, err := late.CombinedOutput(); err == nil || !strings.Contains(string(said), "give --code") {
		t.Errorf("a third terminal without a code: %v %s", err, said)
	}
}
