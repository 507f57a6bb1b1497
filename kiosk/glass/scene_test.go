package glass

import (
	"testing"
	"time"
)

func TestAttractScreenChangesSeldomAndComesBackToItsPlace(t *testing.T) {
	noon := time.Date(2026, 1, 15, 9, 41, 0, 0, time.UTC)
	if messageFor < 12*time.Second {
		t.Errorf("the messages change every %s: a repaint more often than the terminal's idle allows", messageFor)
	}
	first := sceneAt(0, noon, true)
	if first.Message != 0 || !first.Shift.IsZero() || first.Clock != "09:41" {
		t.Errorf("the first scene is %+v", first)
	}
	if got := sceneAt(messageFor-1, noon, false); got.Message != 0 || got.Clock != "" {
		t.Errorf("before its time: %+v", got)
	}
	if got := sceneAt(messageFor, noon, false).Message; got != 1 {
		t.Errorf("in its time: message %d", got)
	}
	for i, shift := range shifts {
		at := sceneAt(time.Duration(i)*shiftFor, noon, false).Shift
		next := sceneAt(time.Duration(i+1)*shiftFor, noon, false).Shift
		if at != shift || next == at || max(at.DX, at.DY, -at.DX, -at.DY) > 4 {
			t.Errorf("minute %d: %v, then %v", i, at, next)
		}
	}
}
