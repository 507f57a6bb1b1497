package cmd_test

import (
	"strings"
	"testing"
	"time"
)

// key presses a key of a real keyboard and waits for what the glass shows then.
func (g *glass) key(name, next string) {
	g.t.Helper()
	// a screen cannot be meant before it was seen, see tap
	if wait := time.Until(g.shown.Time.Add(170 * time.Millisecond)); wait > 0 {
		time.Sleep(wait)
	}
	if out, err := g.display.command("xdotool", "key", name).CombinedOutput(); err != nil {
		g.t.Fatalf("xdotool: %v %s; .ci/setup test installs it", err, out)
	}
	g.await(next)
}

// lead brings the focus to a target with one key.
func (g *glass) lead(key, target string) {
	g.t.Helper()
	for range g.shown.Targets {
		if g.key(key, g.shown.Screen); g.shown.Focus == target {
			return
		}
	}
	g.t.Fatalf("%s does not lead to %s on %s", key, target, g.shown.Screen)
}

func TestAPollIsAnsweredWithoutOneTouch(t *testing.T) {
	s := startCollector(t, "exit-poll.yaml")
	g := enrolKiosk(t, s, s.addr)
	d := startDisplay(t, "1280x800")
	d.openWithManager(t) // keys go to the window that has the manager's focus
	g.open(d)
	said := map[string]string{"language": "en", "who": "employer", "audience": "employers", "business": "shortage"}
	g.lead("Tab", "start:en")
	g.key("Return", "question-who")
	g.key("Escape", "attract")
	g.lead("Right", "start:en")
	g.key("Return", "question-who")
	g.lead("Tab", "choice:employer")
	g.key("space", "question-business")
	g.key("Down", "question-business")
	g.lead("Tab", "choice:shortage")
	g.key("Return", "question-business")
	g.lead("shift+Tab", "next")
	g.key("Return", "question-")
	for _, place := range []string{"1", "2", "1", "1", "2"} { // from the left; the best face stands first
		said[g.question()] = map[string]string{"1": "4", "2": "3"}[place]
		g.key(place, g.shown.Screen)
		if want := "face:" + said[g.question()]; g.shown.Focus != want {
			t.Fatalf("%s leads to %s, want %s", place, g.shown.Focus, want)
		}
		g.key("Return", "question-")
	}
	if g.question() != "comment" {
		t.Fatalf("after the faces: %s", g.shown.Screen)
	}
	for _, letter := range strings.Split("quiet", "") {
		g.key(letter, "question-comment")
	}
	said["comment"] = "quiet"
	g.key("Return", "thanks")
	g.key("Return", "attract")
	g.awaitUpload()
	check(t, s.rows("exit-poll"), said)
}
