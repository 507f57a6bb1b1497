package main

import (
	"strings"
	"testing"
)

// A disk that loses what was not synced is of use only when it shows a program that syncs too little.
func TestALossyDiskShowsAProgramThatDoesNotSync(t *testing.T) {
	if reason, ok := skipped(haveFuse()); ok {
		t.Skip(reason)
	}
	for _, c := range []struct {
		file string
		run  func(*rig, int, func(string) bool) (count, error)
	}{
		{"outbox.bolt", terminalLosesWrites},
		{"collector.db-wal", collectorLosesWrites},
	} {
		t.Run(c.file, func(t *testing.T) {
			_, err := c.run(programs, 12, func(name string) bool { return name == c.file })
			if err == nil || !strings.Contains(err.Error(), "power cut before change") {
				t.Fatalf("not seen: %v", err)
			}
			t.Log(err)
		})
	}
}
