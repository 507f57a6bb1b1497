package cmd_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"otklik/surveys"
)

// knowledge is the knowledge test as it is shipped.
func knowledge(t *testing.T) *surveys.Survey {
	t.Helper()
	path := filepath.Join("..", "assets", "surveys", "knowledge-test.yaml")
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := surveys.Load(path, source)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// right answers the question on the glass as the survey wants it and waits for the screen that follows.
func (g *glass) right(s *surveys.Survey) {
	g.t.Helper()
	defer func(was string) {
		for g.shown.Screen == was { // it was painted once more before it was left
			g.await("")
		}
	}(g.shown.Screen)
	q := s.Question(g.question())
	if q == nil || len(q.Correct) == 0 {
		g.t.Fatalf("on the glass is %s, which has no right answer", g.shown.Screen)
	}
	if code, ok := q.Correct[0].Text(); ok {
		g.tap("choice:"+code, "")
		return
	}
	if n, ok := q.Correct[0].Float(); ok {
		g.write(strconv.Itoa(int(n)))
		g.tap("next", "")
		return
	}
	codes, ok := q.Correct[0].List()
	if !ok {
		g.t.Fatalf("the test cannot answer %s", q.Code)
	}
	for _, code := range codes {
		g.tap("choice:"+code, g.shown.Screen)
	}
	g.tap("next", "")
}

func TestKnowledgeTestFromItsOpeningToTheMarksInTheExport(t *testing.T) {
	survey := knowledge(t)
	s := startCollector(t, "knowledge-test.yaml")
	g := enrolKiosk(t, s, s.addr)
	g.open(startDisplay(t, "1280x800"))
	g.tap("start:ru", "opening")
	g.tap("begin", "question-")
	first := g.question()
	g.tap("skip", "question-")
	for questions := 1; g.shown.Screen != "result"; questions++ {
		if questions == len(survey.Questions()) || !strings.HasPrefix(g.shown.Screen, "question-") {
			t.Fatalf("after %d questions: %s", questions, g.shown.Screen)
		}
		g.right(survey)
	}
	g.tap("finish", "attract")
	g.awaitUpload()
	rows := s.rows("knowledge-test")
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	if r := rows[0]; r["score"] != "11" || r["score_max"] != "12" || r["passed"] != "1" || r[first] != "" {
		t.Errorf("eleven of twelve right, the first left out, is exported as %v", r)
	}
}
