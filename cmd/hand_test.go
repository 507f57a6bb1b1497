package cmd_test

import (
	"strconv"
	"syscall"
	"testing"
	"time"
)

// place is the middle of a target.
func (g *glass) place(target string) (x, y string) {
	g.t.Helper()
	for _, p := range g.shown.Targets {
		if p.Name == target {
			return strconv.Itoa(int(p.X + p.W/2)), strconv.Itoa(int(p.Y + p.H/2))
		}
	}
	g.t.Fatalf("no %s on the screen %s: %v", target, g.shown.Screen, g.shown.Targets)
	return "", ""
}

// look waits until the screen can have been seen, see tap.
func (g *glass) look() {
	if wait := time.Until(g.shown.Time.Add(170 * time.Millisecond)); wait > 0 {
		time.Sleep(wait)
	}
}

// hand touches several targets of the screen shown at once, and waits for the screen that follows the first. The kiosk sleeps
// while the touches come in, so that it finds them together however busy the machine is.
func (g *glass) hand(next string, targets ...string) {
	g.t.Helper()
	var do []string
	for _, target := range targets {
		x, y := g.place(target)
		do = append(do, "mousemove", x, y, "click", "1")
	}
	g.look()
	_ = syscall.Kill(-g.cmd.Process.Pid, syscall.SIGSTOP)
	g.pointer(do...)
	_ = syscall.Kill(-g.cmd.Process.Pid, syscall.SIGCONT)
	g.await(next)
}

// A finger that rests on a key while the glass is painted under it, here because a message turns, has touched that key when it
// leaves.
func TestATouchCountsWhileTheGlassIsPaintedUnderIt(t *testing.T) {
	s := startCollector(t, "exit-poll.yaml", "smiley.yaml")
	g := enrolKiosk(t, s, s.addr)
	g.open(startDisplay(t, "1280x800"))
	rest := func(target, screen, next string) {
		t.Helper()
		x, y := g.place(target)
		g.look()
		g.pointer("mousemove", x, y, "mousedown", "1")
		for pressed := time.Now(); !g.shown.Time.After(pressed); {
			g.await(screen)
		}
		g.pointer("mouseup", "1")
		g.await(next)
	}
	rest("start:en", "attract", "menu")
	g.tap("survey:smiley", "question-visit")
	g.tap("face:2", "thanks")
	g.awaitUpload()
	if rows := s.rows("smiley"); len(rows) != 1 {
		t.Errorf("%d rows for one visitor", len(rows))
	}
}

// A palm that touches everything at once and a finger that taps everything twice give what their first touches say, through a
// whole survey.
func TestPalmsAndDoubleTapsAnswerASurveyOnce(t *testing.T) {
	s := startCollector(t, "exit-poll.yaml")
	g := enrolKiosk(t, s, s.addr)
	g.open(startDisplay(t, "1280x800"))
	said := map[string]string{"language": "ru", "who": "employer", "audience": "employers", "business": "shortage"}
	g.hand("question-who", "start:ru", "start:en", "start:ru")
	g.hand("question-business", "choice:employer", "choice:employer", "back")
	g.hand("question-business", "choice:shortage", "choice:shortage", "choice:shortage")
	g.hand("question-", "next", "choice:shortage", "back", "next")
	for n := range 5 {
		code := g.question()
		faces := [][]string{{"face:3", "face:2", "face:1", "face:4"}, {"face:4", "face:4"}, {"face:4", "back", "face:2"}}[n%3]
		said[code] = faces[0][len("face:"):]
		g.hand("question-", faces...)
		if g.question() == code {
			t.Fatalf("a hand on %v leaves %s", faces, code)
		}
	}
	if g.question() != "comment" {
		t.Fatalf("after the faces: %s", g.shown.Screen)
	}
	g.hand("question-comment", "key:а", "key:а") // somebody who types fast: both count
	said["comment"] = "Аа"
	g.await("question-comment")
	g.hand("thanks", "next", "next", "back")
	g.hand("attract", "finish", "finish", "finish")
	g.awaitUpload()
	check(t, s.rows("exit-poll"), said)
	g.tap("start:ru", "question-who") // the last touches began nothing
}
