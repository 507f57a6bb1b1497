package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"otklik/glass/rig"
)

// The program for tablets with Windows, under Wine: a terminal that is enrolled by it, a visit made on its window, the answer
// at the collector. With OTKLIK_PICTURES its first screen is kept as windows.png in that folder.
func TestVisitOnWindowsReachesTheCollector(t *testing.T) {
	if missing := rig.NoWine(); missing != "" {
		t.Skip(missing)
	}
	r := mustRig(t)
	d, err := r.Display("1280x800")
	must(t, err)
	w, err := r.Wine(d, "../..")
	must(t, err)
	c, err := r.Collector("testdata/visits.yaml")
	must(t, err)
	code, err := c.Code()
	must(t, err)
	data := t.TempDir()
	said, err := w.Run("enrol", "--collector", c.URL, "--code", code, "--data", w.Path(data))
	must(t, err)
	if !strings.HasPrefix(said, "Enrolled as ") {
		t.Errorf("kiosk.exe enrol said %q", said)
	}
	g, err := w.Glass(data)
	must(t, err)
	defer g.Close()
	p, err := g.Await("attract")
	must(t, err)
	window, err := d.Shown(rig.Patience)
	must(t, err)
	must(t, d.On(window))
	if dir := os.Getenv("OTKLIK_PICTURES"); dir != "" {
		first, err := d.LookAll()
		must(t, err)
		must(t, os.Rename(saved(first), dir+"/windows.png"))
	}
	told, err := w.Told("touch")
	if must(t, err); told != "touch 65561\n" { // 0x10019: no press-and-hold, no feedback, no flicks
		t.Errorf("the window says of fingers: %q", told)
	}
	var kept []string
	for button := byte(1); p.Screen != "thanks"; button = 3 { // a finger that rests comes as the right button
		target, ok := p.Find("start:ru", "face:4", "choice:care", "next", "choice:yes", "choice:", "skip")
		if !ok {
			t.Fatalf("nothing to touch on %s: %v", p.Screen, p.Targets)
		}
		must(t, d.Settle(meant))
		x, y := target.Middle()
		d.Tap(x, y, button)
		for before := p.Screen; p.Screen == before; {
			p, err = g.Next()
			must(t, err)
			kept = append(kept, p.Kept...)
		}
	}
	oneVisitCame(t, r, g, c, kept)
}

// oneVisitCame checks that what was kept of a visit is one response, and that the collector has it.
func oneVisitCame(t *testing.T, r *rig.Rig, g *rig.Glass, c *rig.Collector, kept []string) {
	t.Helper()
	if len(kept) != 1 {
		t.Fatalf("for one visit %v were stored", kept)
	}
	must(t, uploaded(r, g, 1))
	at, err := c.Responses("visits")
	if must(t, err); !slices.Equal(at, kept) {
		t.Errorf("the terminal stored %v, the collector has %v", kept, at)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
