package cmd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The collector's keys are exchanged twice, once while some terminals are away, and a backup from before is restored: all
// terminals follow without a visit, and every answer is there once.
func TestTerminalsFollowTheCollectorsNewKeys(t *testing.T) {
	const terminals, answers = 2, 6
	s := startCollector(t, "exit-poll.yaml")
	fleet, backups := t.TempDir(), t.TempDir()
	simulate := func(more ...string) {
		t.Helper()
		got := readSimulated(t, run(t, "fleetsim", s.fleet(fleet, terminals, answers, more...)...))
		if got.Acknowledged < terminals*answers || got.Quarantined != 0 {
			t.Fatalf("%+v", got)
		}
		s.wantStored(thanked(t, fleet))
	}
	simulate("--code", reusableCode(t, s, terminals))
	path, _, _ := strings.Cut(strings.TrimPrefix(run(t, "collector", "backup", "--data", s.data, backups), "backup: "), "\n")
	s.kill()
	run(t, "collector", "keys", "rotate", "--data", s.data)
	s.start()
	simulate()
	s.kill()
	run(t, "collector", "keys", "rotate", "--data", s.data)
	run(t, "collector", "keys", "rotate", "--data", s.data)
	s.start()
	simulate()
	newest, err := os.ReadFile(filepath.Join(s.data, "signing.key"))
	if err != nil {
		t.Fatal(err)
	}
	s.kill()
	run(t, "collector", "restore", path, "--data", s.data, "--replace")
	if now, err := os.ReadFile(filepath.Join(s.data, "signing.key")); err != nil || string(now) != string(newest) {
		t.Fatalf("the backup brought the former keys back, which no terminal listens to: %v", err)
	}
	s.start()
	simulate()
	run(t, "collector", "verify", "--data", s.data)
}
