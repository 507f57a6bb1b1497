package glass

import (
	"time"

	"fyne.io/fyne/v2"

	"otklik/kiosk/screen"
	"otklik/kiosk/visit"
)

// How a screen changes while nobody is here: seldom, since each change is a repaint.
const (
	messageFor = 15 * time.Second
	shiftFor   = time.Minute // of the clock, so that the time of day and the place change with one repaint
)

// shifts are where waiting screens stand minute by minute, in millimetres, so that no letter burns into the display.
var shifts = []fyne.Delta{
	{}, {DX: 0.5}, {DX: 1, DY: 0.5}, {DX: 0.5, DY: 1}, {DY: 1}, {DX: -0.5, DY: 0.5}, {DX: -1}, {DX: -0.5, DY: -0.5}, {DY: -1}, {DX: 0.5, DY: -0.5},
}

// sceneAt is the scene of a screen that came so long ago.
func sceneAt(passed time.Duration, now time.Time, clock bool) screen.Scene {
	s := screen.Scene{
		Message: int(passed / messageFor),
		Shift:   shifts[now.Unix()/int64(shiftFor/time.Second)%int64(len(shifts))],
	}
	if clock {
		s.Clock = now.Format("15:04")
	}
	return s
}

// sceneFor is how long that scene stays, when messages take turns or not.
func sceneFor(passed time.Duration, now time.Time, messages bool) time.Duration {
	wait := now.Truncate(shiftFor).Add(shiftFor).Sub(now)
	if messages {
		wait = min(wait, messageFor-passed%messageFor)
	}
	return wait
}

// wake has a screen on which nobody is asked change by itself while it is shown.
func (g *Glass) wake(v visit.View) {
	switch {
	case !v.Screen.Vacant():
		g.scenes.Stop()
		g.since = time.Time{}
	case g.since.IsZero() || g.waits != v.Screen:
		g.since, g.waits = time.Now(), v.Screen
		g.turn()
	}
}

// turn shows the scene of this moment and waits for the next one.
func (g *Glass) turn() {
	if g.since.IsZero() {
		return
	}
	now := time.Now()
	passed := now.Sub(g.since)
	g.stage.SetScene(sceneAt(passed, now, g.cfg.Clock))
	v := g.machine.View(now)
	g.scenes.Reset(sceneFor(passed, now, v.Screen == visit.Attract && len(g.cfg.Brand.Attract)+len(v.Improvements) > 0))
}
