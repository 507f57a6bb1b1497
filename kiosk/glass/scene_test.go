package glass

import (
	"testing"
	"time"
)

func TestTheSceneTurnsSeldomAndComesBackToItsPlace(t *testing.T) {
	noon := time.Date(2026, 1, 15, 9, 40, 20, 0, time.UTC)
	if messageFor < 12*time.Second {
		t.Errorf("the messages change every %s: a repaint more often than the terminal's idle allows", messageFor)
	}
	first := sceneAt(0, noon, true)
	if first.Message != 0 || first.Clock != "09:40" {
		t.Errorf("the first scene is %+v", first)
	}
	if got := sceneAt(messageFor-1, noon, false); got.Message != 0 || got.Clock != "" {
		t.Errorf("before its time: %+v", got)
	}
	if got := sceneAt(messageFor, noon, false).Message; got != 1 {
		t.Errorf("in its time: message %d", got)
	}
	places := map[[2]float32]bool{}
	for i := range shifts {
		minute := noon.Add(time.Duration(i) * shiftFor)
		at, next := sceneAt(0, minute, false).Shift, sceneAt(0, minute.Add(shiftFor), false).Shift
		places[[2]float32{at.DX, at.DY}] = true
		if next == at || max(at.DX, at.DY, -at.DX, -at.DY) > 1 || max(next.DX-at.DX, next.DY-at.DY, at.DX-next.DX, at.DY-next.DY) > 1 {
			t.Errorf("minute %d: %v, then %v", i, at, next)
		}
	}
	if len(places) != len(shifts) || sceneAt(0, noon, false).Shift != sceneAt(0, noon.Add(time.Duration(len(shifts))*shiftFor), false).Shift {
		t.Errorf("%d places in %d minutes", len(places), len(shifts))
	}
}

func TestASceneStaysUntilSomethingOfItChanges(t *testing.T) {
	at := time.Date(2026, 1, 15, 9, 40, 20, 0, time.UTC)
	for _, c := range []struct {
		passed   time.Duration
		messages bool
		want     time.Duration
	}{
		{0, false, 40 * time.Second},
		{0, true, 15 * time.Second},
		{14 * time.Second, true, time.Second},
		{15 * time.Second, true, 15 * time.Second},
	} {
		if got := sceneFor(c.passed, at, c.messages); got != c.want {
			t.Errorf("after %s, with messages %v: %s", c.passed, c.messages, got)
		}
	}
	if got := sceneFor(0, at.Add(39*time.Second), true); got != time.Second {
		t.Errorf("a second before the minute: %s", got)
	}
}
