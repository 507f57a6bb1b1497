package main

import (
	"testing"
	"time"

	"otklik/glass/rig"
)

// mustRig builds the programs and ends them with the test.
func mustRig(t *testing.T) *rig.Rig {
	t.Helper()
	r, err := rig.New("../..")
	if r != nil {
		t.Cleanup(r.Close)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestHundredsOfVisitsLeaveNothingBehind(t *testing.T) {
	report, err := soak(mustRig(t), 300, 5)
	t.Log("\n" + report.table())
	if err != nil {
		t.Fatal(err)
	}
	// Fyne keeps what it has drawn for a minute, and these visits take less: their memory says little and is bounded by the
	// long run; here it may not explode
	if err := report.judge(100, 1); err != nil {
		t.Error(err)
	}
}

func TestMonkeyNeverGetsPastTheGlass(t *testing.T) {
	report, err := monkey(mustRig(t), 20260101, 1200, nil)
	t.Log("\n" + report.table())
	if err != nil {
		t.Fatal(err)
	}
	if err := report.judge(choices * functionKeys); err != nil {
		t.Error(err)
	}
}

// How much it works is measured, not judged: other programs run beside the tests.
func TestTheIdleGlassIsMeasuredBesideAnEmptyWindow(t *testing.T) {
	report, err := idle(mustRig(t), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("attract screen %.2f %% of a core, empty window %.2f %%", report.Attract*100, report.Empty*100)
}
