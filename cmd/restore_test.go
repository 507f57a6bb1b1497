package cmd_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// thanked are the answers that the terminals of a folder ever thanked for.
func thanked(t *testing.T, fleet string) []string {
	t.Helper()
	written, err := os.ReadFile(filepath.Join(fleet, "thanked.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(written))
}

// status is what kiosk status reads of a terminal.
func status(t *testing.T, terminal string) (s struct{ Stored, Safe, Again, Queued int }) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(terminal, "status.json"))
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A collector is brought back from yesterday's backup, twice, and the terminals fill its holes: nothing is missing, nothing
// is doubled.
func TestTerminalsRefillACollectorThatWasRestored(t *testing.T) {
	const terminals, before, after = 3, 100, 334
	s := startCollector(t, "exit-poll.yaml")
	fleet, backups := t.TempDir(), t.TempDir()
	simulate := func(answers int, more ...string) simulated {
		t.Helper()
		return readSimulated(t, run(t, "fleetsim", s.fleet(fleet, terminals, answers, more...)...))
	}
	simulate(before, "--code", reusableCode(t, s, terminals))
	path, _, _ := strings.Cut(strings.TrimPrefix(run(t, "collector", "backup", "--data", s.data, backups), "backup: "), "\n")
	if got := simulate(after); got.Thanked != terminals*after || got.Acknowledged != got.Thanked {
		t.Fatalf("after the backup: %+v", got)
	}
	if got := status(t, filepath.Join(fleet, "0002")); got.Stored != after || got.Safe != before || got.Queued != 0 {
		t.Errorf("a terminal says %+v; want %d stored, %d safe", got, after, before)
	}
	all := thanked(t, fleet)
	s.wantStored(all)

	for range 2 {
		s.kill()
		run(t, "collector", "restore", path, "--data", s.data, "--replace")
		s.start()
		if rows := s.rows("exit-poll"); len(rows) != terminals*before {
			t.Fatalf("%d responses are in the backup, want %d", len(rows), terminals*before)
		}
		got := simulate(7) // while visitors go on
		if lost := terminals * after; got.Acknowledged < lost+got.Thanked || got.Quarantined != 0 {
			t.Errorf("refilled: %+v; %d were lost", got, lost)
		}
		all = thanked(t, fleet)
		s.wantStored(all)
	}
	if want := terminals * (before + after + 14); len(all) != want {
		t.Errorf("%d were thanked, want %d", len(all), want)
	}
	// Another day, nothing to fill: nothing is sent a second time.
	if got := simulate(0); got.Acknowledged != 0 {
		t.Errorf("a day later: %+v", got)
	}
	for _, line := range strings.Split(strings.TrimSpace(run(t, "collector", "terminal", "list", "--data", s.data)), "\n")[1:] {
		if f := strings.Fields(line); f[len(f)-1] != "ok" || f[len(f)-4] != "448" {
			t.Errorf("a terminal is listed as %s", line)
		}
	}
}
