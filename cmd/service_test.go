package cmd_test

import (
	"os/exec"
	"strings"
	"testing"
)

// setPIN sets the PIN of the service corner on the terminal.
func (g *glass) setPIN(pin string) {
	g.t.Helper()
	cmd := exec.Command(bin+"/kiosk", "pin", "--data", g.data)
	cmd.Stdin = strings.NewReader(pin + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		g.t.Fatalf("kiosk pin: %v %s", err, out)
	}
}

// pointer moves and presses the pointer of the display.
func (g *glass) pointer(args ...string) {
	g.t.Helper()
	if out, err := g.display.command("xdotool", args...).CombinedOutput(); err != nil {
		g.t.Fatalf("xdotool: %v %s", err, out)
	}
}

// has reports whether something can be touched on the screen.
func (g *glass) has(target string) bool {
	for _, t := range g.shown.Targets {
		if t.Name == target {
			return true
		}
	}
	return false
}

// A hand in the corner for five seconds, the PIN, and the terminal restarts, sends, and asks visitors as before.
func TestServiceCornerOpensToAHandAndAPIN(t *testing.T) {
	s := startCollector(t, "smiley.yaml", "exit-poll.yaml")
	g := enrolKiosk(t, s, s.addr)
	g.setPIN("482915")
	g.open(startDisplay(t, "1280x800"))
	g.pointer("mousemove", "8", "8", "click", "1", "mousedown", "1")
	g.await("service-pin")
	g.pointer("mouseup", "1")
	for _, digit := range "111111" {
		g.tap("key:"+string(digit), "service-pin")
	}
	g.tap("open", "service-pin") // it is being checked
	g.await("service-pin")       // and was wrong
	for _, digit := range "482915" {
		g.tap("key:"+string(digit), "service-pin")
	}
	g.tap("open", "service-menu")
	g.tap("network", "service-network")
	g.tap("start", "service-network")
	steps := 0
	for ; !g.has("start"); steps++ { // each result is painted, and at the end the key is there again
		g.await("service-network")
	}
	if steps != 6 {
		t.Errorf("the network test ended after %d of its five steps", steps-1)
	}
	g.tap("back", "service-menu")
	g.tap("survey", "service-survey")
	g.tap("pick:smiley", "service-survey")
	g.tap("back", "service-menu")
	before := g.child()
	g.tap("restart", "attract")
	eventually(t, "another glass", func() bool { return g.child() != before })
	g.await("attract")
	g.tap("start:ru", "question-visit") // the picked survey alone: no menu
}
