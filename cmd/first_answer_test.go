package cmd_test

import (
	"strings"
	"testing"
)

// write taps a text on the keyboard of the glass, letter by letter: every tap is a touch on the real window.
func (g *glass) write(text string) {
	g.t.Helper()
	for _, r := range text {
		key := "key:" + strings.ToLower(string(r))
		if r == ' ' {
			key = "key:space"
		}
		g.tap(key, g.shown.Screen)
	}
}

// next is the button that leads on from an answered question.
func (g *glass) next(screen string) { g.t.Helper(); g.tap("next", screen) }

// visitor answers the exit poll as an employer and returns what the export must say of it, by column. faces are the
// answers to the items, in the order they are asked; which items those are, the lot decides.
func (g *glass) visitor(language string, faces []string, comment string) map[string]string {
	g.t.Helper()
	said := map[string]string{"language": language, "who": "employer", "audience": "employers"}
	g.tap("start:"+language, "question-who")
	g.tap("choice:employer", "question-business")
	g.tap("choice:shortage", "question-business")
	said["business"] = "shortage"
	g.next("question-")
	low := false
	for _, face := range faces {
		said[g.question()] = face
		low = low || face <= "2"
		g.tap("face:"+face, "question-")
	}
	if low {
		if g.question() != "reason" {
			g.t.Fatalf("a low score led to %s, not to the reason", g.shown.Screen)
		}
		said["reason"] = "waiting"
		g.tap("choice:waiting", "question-comment")
	}
	if g.question() != "comment" {
		g.t.Fatalf("after %d faces: %s", len(faces), g.shown.Screen)
	}
	if comment == "" {
		g.tap("skip", "thanks")
	} else {
		g.write(comment)
		said["comment"] = comment
		g.next("thanks")
	}
	g.tap("finish", "attract")
	return said
}

// awaitUpload waits until the agent says that nothing is left to upload.
func (g *glass) awaitUpload() {
	g.t.Helper()
	g.log.await(g.t, "the end of the upload", func(l string) bool {
		return strings.Contains(l, "uploaded") && strings.Contains(l, "queued=0")
	})
}

// check compares exported rows with what visitors said, in the order of their visits.
func check(t *testing.T, rows []map[string]string, said ...map[string]string) {
	t.Helper()
	if len(rows) != len(said) {
		t.Fatalf("%d visitors were thanked, the export has %d rows: %v", len(said), len(rows), rows)
	}
	// columns that every response has and no visitor says
	about := map[string]bool{
		"response_id": true, "survey": true, "version": true, "terminal": true, "site": true, "started": true,
		"submitted": true, "seconds": true,
	}
	for i, want := range said {
		for column, got := range rows[i] {
			switch {
			case about[column]:
				if got == "" {
					t.Errorf("row %d: %s is empty", i, column)
				}
			case strings.Contains(column, "/"): // one choice of several: 1 or 0 where the question was answered
				question, choice, _ := strings.Cut(column, "/")
				expect := ""
				if want[question] != "" {
					expect = map[bool]string{true: "1", false: "0"}[want[question] == choice]
				}
				if got != expect {
					t.Errorf("row %d: %s is %q, want %q", i, column, got, expect)
				}
			case got != want[column]:
				t.Errorf("row %d: %s is %q, the visitor said %q", i, column, got, want[column])
			}
		}
	}
}

func TestFirstAnswerFromTheGlassToTheExport(t *testing.T) {
	s := startCollector(t, "exit-poll.yaml")
	g := enrolKiosk(t, s, s.addr)
	g.open(startDisplay(t, "1280x800"))
	said := g.visitor("tt", []string{"4", "1", "3", "4", "2"}, "Үзәктә озак көттек")
	g.awaitUpload()
	check(t, s.rows("exit-poll"), said)
}

func TestEveryThankedAnswerIsExportedOnceWhateverBreaks(t *testing.T) {
	s := startCollector(t, "exit-poll.yaml")
	c := startCable(t, s.addr)
	g := enrolKiosk(t, s, c.addr())
	d := startDisplay(t, "1280x800")
	g.open(d)

	var said []map[string]string
	c.set(true) // the network is off during three visits
	for i, language := range []string{"ru", "tt", "en"} {
		faces := []string{"4", "3", "4", "3", "4"}
		faces[i] = "2"
		said = append(said, g.visitor(language, faces, ""))
	}
	g.kill() // between the last commit and the upload, which the cut network has kept from happening

	// the collector dies between its commit and its reply
	died := make(chan struct{})
	c.loseReply(func() { s.kill(); close(died) })
	c.set(false)
	g.open(d)
	<-died
	s.start()
	g.awaitUpload()
	check(t, s.rows("exit-poll"), said...)

	said = append(said, g.visitor("ru", []string{"4", "4", "4", "4", "4"}, "все хорошо"))
	said[3]["comment"] = "Все хорошо" // the keyboard begins a sentence with a capital
	g.awaitUpload()
	check(t, s.rows("exit-poll"), said...)
}
