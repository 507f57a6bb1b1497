package cmd_test

import (
	"strings"
	"testing"
)

// A machine that is no terminal yet asks for a code; a scanner that poses as a keyboard writes the collector's invitation
// and Enter, and the surveys are there without a restart. A code that was used makes no second terminal.
func TestScannedCodeMakesATerminalOnTheGlass(t *testing.T) {
	s := startCollector(t, "smiley.yaml")
	out := run(t, "collector", "terminal", "enrol", "--data", s.data, "--site", "Зал", "--name", "Терминал")
	_, after, _ := strings.Cut(out, "scan: ")
	scan, _, ok := strings.Cut(after, "\n")
	if !ok {
		t.Fatalf("enrol printed %q", out)
	}
	g := &glass{t: t, data: t.TempDir()}
	g.openTo(startDisplay(t, "1280x800"), "enrol-code")
	g.pointer("type", "--delay", "2", "nonsense")
	g.pointer("key", "Return")
	g.awaitText("enrol-code", "не код подключения")
	g.pointer("type", "--delay", "2", scan)
	g.pointer("key", "Return")
	g.await("attract")
	g.tap("start:ru", "question-visit")
	g.tap("face:4", "thanks")
	g.awaitUpload()
	g.tap("finish", "attract")
	if rows := s.rows("smiley"); len(rows) != 1 || rows[0]["terminal"] != "Терминал" {
		t.Errorf("the collector has %v", rows)
	}
	_, after, _ = strings.Cut(out, "pin: ") // the corner is there without anybody going to the terminal
	pin, _, _ := strings.Cut(after, "\n")
	g.openCorner(pin, "service-menu")

	second := &glass{t: t, data: t.TempDir()}
	second.openTo(startDisplay(t, "800x480"), "enrol-code")
	second.pointer("type", "--delay", "2", scan)
	second.pointer("key", "Return")
	second.await("enrol-busy")
	second.awaitText("enrol-code", "уже использован")
}

// awaitText waits until a screen has these words on it.
func (g *glass) awaitText(screen, words string) {
	g.t.Helper()
	for g.await(screen); !strings.Contains(strings.Join(g.shown.Texts, " "), words); {
		g.await(screen)
	}
}
