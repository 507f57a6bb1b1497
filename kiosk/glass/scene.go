package glass

import (
	"time"

	"fyne.io/fyne/v2"

	"otklik/kiosk/screen"
	"otklik/kiosk/visit"
)

// How the attract screen changes while nobody is here: seldom, since each change is a repaint.
const (
	messageFor = 15 * time.Second
	shiftFor   = time.Minute
)

// shifts are where the attract screen stands minute by minute, in pixels, so that no letter burns into the display.
var shifts = []fyne.Delta{{}, {DX: 2}, {DX: 4, DY: 2}, {DX: 2, DY: 4}, {DY: 4}, {DX: -2, DY: 2}, {DX: -4}, {DX: -2, DY: -2}, {DY: -4}, {DX: 2, DY: -2}}

// sceneAt is the attract screen's scene so long after it came.
func sceneAt(passed time.Duration, now time.Time, clock bool) screen.Scene {
	s := screen.Scene{
		Message: int(passed / messageFor),
		Shift:   shifts[int(passed/shiftFor)%len(shifts)],
	}
	if clock {
		s.Clock = now.Format("15:04")
	}
	return s
}

// wake has the attract screen change by itself while it is shown.
func (g *Glass) wake(now time.Time) {
	switch attract := g.machine.View(now).Screen == visit.Attract; {
	case !attract:
		g.scenes.Stop()
		g.since = time.Time{}
	case g.since.IsZero():
		g.since = now
		g.turn()
	}
}

// turn shows the scene of this moment and waits for the next one.
func (g *Glass) turn() {
	if g.since.IsZero() {
		return
	}
	now := time.Now()
	g.stage.SetScene(sceneAt(now.Sub(g.since), now, g.cfg.Clock))
	wait := shiftFor
	if len(g.cfg.Brand.Attract) > 0 {
		wait = messageFor
	}
	g.scenes.Reset(wait)
}
