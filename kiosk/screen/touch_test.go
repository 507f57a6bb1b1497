package screen_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/mobile"

	"otklik/kiosk/visit"
)

// On a tablet's own touch driver a press of 300 ms or more is no tap; an older hand presses so. It counts when the finger
// leaves, once, and not at all when the system took the touch away.
func TestASlowPressOfAFingerCountsOnce(t *testing.T) {
	g := mustGlass(t, "smile")
	var touchable []mobile.Touchable
	for _, o := range g.stage.Content().(*fyne.Container).Objects[1:] { // after the ground
		if m, ok := o.(mobile.Touchable); ok && len(touchable) < len(g.stage.Targets()) {
			touchable = append(touchable, m)
		}
	}
	face := -1
	for i, target := range g.stage.Targets() {
		if target.Name == "face:3" {
			face = i
		}
	}
	if face < 0 || face >= len(touchable) {
		t.Fatalf("of the targets %v only %d take a finger", g.stage.Targets(), len(touchable))
	}
	before := len(g.events)
	touchable[face].TouchDown(&mobile.TouchEvent{})
	touchable[face].TouchCancel(&mobile.TouchEvent{})
	touchable[face].TouchUp(&mobile.TouchEvent{})
	if len(g.events) != before {
		t.Errorf("a touch that the system took away gave %#v", g.events[before:])
	}
	touchable[face].TouchDown(&mobile.TouchEvent{})
	touchable[face].TouchUp(&mobile.TouchEvent{})
	if len(g.events) != before+1 {
		t.Fatalf("a slow press gave %#v", g.events[before:])
	}
	if _, ok := g.events[before].(visit.Answer); !ok {
		t.Errorf("a slow press on a face gave %#v", g.events[before])
	}
}

// Windows delivers a finger that rests as the right button, once it leaves.
func TestARestingFingerOnWindowsCountsOnce(t *testing.T) {
	g := mustGlass(t, "smile")
	before := len(g.events)
	for _, o := range g.stage.Content().(*fyne.Container).Objects {
		if s, ok := o.(fyne.SecondaryTappable); ok && len(g.events) == before {
			s.TappedSecondary(&fyne.PointEvent{})
		}
	}
	if len(g.events) != before+1 {
		t.Errorf("a resting finger gave %#v", g.events[before:])
	}
}
