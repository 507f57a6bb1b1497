package main

import (
	"slices"
	"testing"
	"time"
)

// On Fyne's driver for phones and tablets a press of 300 ms and more is no tap; an older hand presses so. Here that driver runs
// in a window of Linux.
func TestSlowPressesOnTheTouchDriverReachTheCollector(t *testing.T) {
	r := mustRig(t)
	c, err := r.Collector("testdata/visits.yaml")
	must(t, err)
	data, err := c.Enrol()
	must(t, err)
	d, err := r.Display("500x1000")
	must(t, err)
	must(t, r.Manage(d, "testdata/tablet-rc.xml")) // the driver waits for a manager of windows
	g, err := r.TouchGlass(d, "../..", data)
	must(t, err)
	defer g.Close()
	p, err := g.Await("attract")
	must(t, err)
	var kept []string
	for p.Screen != "thanks" {
		target, ok := p.Find("start:ru", "face:4", "choice:care", "choice:", "next", "skip")
		if !ok {
			t.Fatalf("nothing to touch on %s: %v", p.Screen, p.Targets)
		}
		must(t, d.Settle(meant))
		d.Press(target.Middle())
		time.Sleep(400 * time.Millisecond) // the press is what is tested
		d.Release()
		for before := p; p.Screen == before.Screen && slices.Equal(p.Targets, before.Targets); {
			p, err = g.Next()
			must(t, err)
			kept = append(kept, p.Kept...)
		}
	}
	oneVisitCame(t, r, g, c, kept)
}
