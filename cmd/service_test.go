package cmd_test

import (
	"os/exec"
	"strconv"
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

// openCorner holds the corner and types a PIN, which leads to the screen next.
func (g *glass) openCorner(pin, next string) {
	g.t.Helper()
	g.pointer("mousemove", "8", "8", "mousedown", "1")
	g.await("service-pin")
	g.pointer("mouseup", "1")
	g.typePIN(pin, next)
}

func (g *glass) typePIN(pin, next string) {
	g.t.Helper()
	for _, digit := range pin {
		g.tap("key:"+string(digit), "service-pin")
	}
	g.tap("open", "service-pin") // it is being checked
	g.await(next)
}

// find turns a list until a key shows, and touches it.
func (g *glass) find(target, next string) {
	g.t.Helper()
	for range 10 {
		if g.has(target) {
			g.tap(target, next)
			return
		}
		g.tap("more", g.shown.Screen)
	}
	g.t.Fatalf("no %s on %s", target, g.shown.Screen)
}

// The PIN that is set on a running terminal opens its corner; the one from the collector goes before it as soon as the
// terminal hears of it, and the way to the desktop is there when the collector says so.
func TestServiceCornerFollowsTheTerminalAndTheCollector(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	g := enrolKiosk(t, s, s.addr)
	g.open(startDisplay(t, "1280x800"))
	g.setPIN("482915")
	g.openCorner("482915", "service-menu")
	for g.has("more") {
		if g.has("leave") {
			t.Error("the desktop is offered to everyone with a PIN")
		}
		g.tap("more", "service-menu")
		if g.has("state") {
			break
		}
	}
	set := exec.Command(bin+"/collector", "terminal", "pin", "Терминал", "--stdin", "--data", s.data)
	set.Stdin = strings.NewReader("739104\n")
	if out, err := set.CombinedOutput(); err != nil {
		t.Fatalf("collector terminal pin: %v %s", err, out)
	}
	run(t, "collector", "terminal", "leave", "Терминал", "on", "--data", s.data)
	g.find("state", "service-state")
	g.tap("sync", "service-state")
	g.log.await(t, "the configuration with the PIN", func(l string) bool { return strings.Contains(l, "new configuration") })
	g.tap("back", "service-menu")
	g.tap("back", "attract")
	g.openCorner("482915", "service-pin") // the old one is wrong now
	g.typePIN("739104", "service-menu")
	for range 10 {
		if g.has("leave") {
			break
		}
		g.tap("more", "service-menu")
	}
	for _, p := range g.shown.Targets {
		if p.Name == "leave" {
			g.pointer("mousemove", strconv.Itoa(int(p.X+p.W/2)), strconv.Itoa(int(p.Y+p.H/2)), "click", "1")
		}
	}
	if err := g.cmd.Wait(); err != nil {
		t.Errorf("the kiosk was left and ended with %v", err)
	}
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
	for !g.has("pick:smiley") { // they are looked up meanwhile
		g.await("service-survey")
	}
	g.tap("pick:smiley", "service-survey")
	g.await("service-survey") // it is kept
	g.tap("back", "service-menu")
	before := g.child()
	g.tap("restart", "attract")
	eventually(t, "another glass", func() bool { return g.child() != before })
	g.await("attract")
	g.tap("start:ru", "question-visit") // the picked survey alone: no menu
}
