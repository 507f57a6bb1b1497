package main

import (
	"fmt"
	"os"
	"regexp"
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

// Fyne clears the window with the ground of a question; what comes out of OpenGL is the brand's colour to the last bit.
func TestAQuestionStandsOnThePaperOfItsBrand(t *testing.T) {
	brand, err := os.ReadFile("../../assets/brands/otklik/brand.yaml")
	if err != nil {
		t.Fatal(err)
	}
	hex := regexp.MustCompile(`(?m)^ +paper: "#(\w{6})"$`).FindSubmatch(brand)
	if hex == nil {
		t.Fatal("the brand has no paper")
	}
	r := mustRig(t)
	c, err := r.Collector("testdata/twenty.json")
	if err != nil {
		t.Fatal(err)
	}
	data, err := c.Enrol()
	if err != nil {
		t.Fatal(err)
	}
	d, err := r.Display("800x480")
	if err != nil {
		t.Fatal(err)
	}
	g, err := r.Glass(d, data, true, "--unseen", "1ns")
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	p, err := g.Await("attract")
	if err != nil {
		t.Fatal(err)
	}
	start, ok := p.Find("start:", "start")
	if !ok {
		t.Fatalf("nothing to begin with: %v", p.Targets)
	}
	x, y := start.Middle()
	d.Tap(x, y, 1)
	if _, err := g.Await("question-"); err != nil {
		t.Fatal(err)
	}
	if err := d.Settle(500 * time.Millisecond); err != nil {
		t.Fatal(err)
	}
	corner, err := d.Look(1, d.Height/2, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if bgr := corner.Pixels; fmt.Sprintf("%02x%02x%02x", bgr[2], bgr[1], bgr[0]) != string(hex[1]) {
		t.Errorf("the ground is %x (blue, green, red), the brand's paper #%s", bgr[:3], hex[1])
	}
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
