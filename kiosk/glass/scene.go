package glass

import (
	"time"

	"fyne.io/fyne/v2"

	"otklik/kiosk/screen"
	"otklik/kiosk/visit"
)

// How a screen changes while nobody is here: seldom, since each change is a repaint. All changes come with the clock's minute
// or a part of it, so that message, time of day and place share repaints.
const (
	messageFor = 20 * time.Second
	shiftFor   = time.Minute
)

// shifts are where waiting screens stand minute by minute, in millimetres, so that no letter burns into the display.
var shifts = []fyne.Delta{
	{}, {DX: 0.5}, {DX: 1, DY: 0.5}, {DX: 0.5, DY: 1}, {DY: 1}, {DX: -0.5, DY: 0.5}, {DX: -1}, {DX: -0.5, DY: -0.5}, {DY: -1}, {DX: 0.5, DY: -0.5},
}

// sceneAt is the scene of a screen that came at since. Its first message stays for half as long as the others at least.
func sceneAt(since, now time.Time, clock bool) screen.Scene {
	s := screen.Scene{
		Message: int(max(0, now.Sub(since.Round(messageFor))) / messageFor),
		Shift:   shifts[now.Unix()/int64(shiftFor/time.Second)%int64(len(shifts))],
	}
	if clock {
		s.Clock = now.Format("15:04")
	}
	return s
}

// sceneFor is how long a scene stays, when messages take turns or not.
func sceneFor(now time.Time, messages bool) time.Duration {
	every := shiftFor
	if messages {
		every = messageFor
	}
	return now.Truncate(every).Add(every).Sub(now)
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
	g.stage.SetScene(sceneAt(g.since, now, g.cfg.Clock))
	v := g.machine.View(now)
	g.scenes.Reset(sceneFor(now, v.Screen == visit.Attract && len(g.cfg.Brand.Attract)+len(v.Improvements) > 0))
}
