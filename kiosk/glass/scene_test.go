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
	for _, c := range []struct {
		came, now time.Duration // after noon
		message   int
	}{
		{0, 0, 0},
		{0, messageFor - 1, 0},
		{0, messageFor, 1},
		{0, 3 * messageFor, 3},
		{messageFor / 4, messageFor - 1, 0},
		{messageFor / 4, messageFor, 1},
		{messageFor - 1, messageFor, 0},
		{messageFor - 1, 2*messageFor - 1, 0},
		{messageFor - 1, 2 * messageFor, 1},
		{0, -time.Hour, 0}, // the clock was set back
	} {
		if got := sceneAt(noon.Add(c.came), noon.Add(c.now), true).Message; got != c.message {
			t.Errorf("message %d at %s on a screen that came at %s, want %d", got, c.now, c.came, c.message)
		}
	}
	if with, without := sceneAt(noon, noon, true).Clock, sceneAt(noon, noon, false).Clock; with != "09:40" || without != "" {
		t.Errorf("the clock says %q, and %q where there is none", with, without)
	}
	places := map[[2]float32]bool{}
	for i := range shifts {
		minute := noon.Add(time.Duration(i) * shiftFor)
		at, next := sceneAt(noon, minute, false).Shift, sceneAt(noon, minute.Add(shiftFor), false).Shift
		places[[2]float32{at.DX, at.DY}] = true
		if next == at || max(at.DX, at.DY, -at.DX, -at.DY) > 1 || max(next.DX-at.DX, next.DY-at.DY, at.DX-next.DX, at.DY-next.DY) > 1 {
			t.Errorf("minute %d: %v, then %v", i, at, next)
		}
	}
	if len(places) != len(shifts) || sceneAt(noon, noon, false).Shift != sceneAt(noon, noon.Add(time.Duration(len(shifts))*shiftFor), false).Shift {
		t.Errorf("%d places in %d minutes", len(places), len(shifts))
	}
}

func TestASceneStaysUntilSomethingOfItChanges(t *testing.T) {
	at := time.Date(2026, 1, 15, 9, 40, 20, 0, time.UTC)
	for _, c := range []struct {
		past     time.Duration
		messages bool
		want     time.Duration
	}{
		{0, false, 40 * time.Second},
		{0, true, 20 * time.Second},
		{19 * time.Second, true, time.Second},
		{39 * time.Second, true, time.Second},
		{39 * time.Second, false, time.Second},
	} {
		if got := sceneFor(at.Add(c.past), c.messages); got != c.want {
			t.Errorf("%s later, with messages %v: %s", c.past, c.messages, got)
		}
	}
}
