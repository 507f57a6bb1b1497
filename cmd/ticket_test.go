package cmd_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"otklik/surveys"
)

// rules is a test of two questions of five, drawn for everybody anew.
const rules = `id: rules
number: 1
kind: test
languages: [ru, en]
title: {ru: Правила приёма, en: Rules of the reception}
test: {pass_mark: 60, time_limit: 900, show_result: true, tickets: true}
pages:
  - pick: 2
    questions:
      - {code: paid, kind: yes-no, points: 1, correct: 'no', text: {ru: Приём платный?, en: Is there a charge?}}
      - {code: days, kind: number, points: 2, correct: 11, text: {ru: Сколько дней?, en: How many days?}}
      - code: who
        kind: single-choice
        points: 4
        correct: both
        text: {ru: Кого принимают?, en: Who is received?}
        choices:
          - {code: seekers, text: {ru: Ищущих работу, en: Those who look for work}}
          - {code: both, text: {ru: Всех, en: Everybody}}
      - code: papers
        kind: multiple-choice
        points: 8
        correct: [passport, diploma]
        text: {ru: Что взять с собой?, en: What to bring?}
        choices:
          - {code: passport, text: {ru: Паспорт, en: The passport}}
          - {code: photo, text: {ru: Фотографию, en: A photograph}}
          - {code: diploma, text: {ru: Диплом, en: The diploma}}
      - {code: queue, kind: yes-no, points: 16, correct: 'yes', text: {ru: Есть запись?, en: Can one book?}}
  - questions:
      - {code: last, kind: yes-no, points: 4, correct: 'yes', text: {ru: Всё понятно?, en: Is all clear?}}
`

// offer types a ticket's number, instead of one that is there, and taps Next.
func (g *glass) offer(ticket, instead string) {
	g.t.Helper()
	for range []rune(surveys.FormatTicket(instead)) { // the glass groups the digits as they are printed
		g.tap("key:backspace", "ticket")
	}
	g.write(ticket)
	g.tap("next", "")
}

// says waits until the screen is on the glass with these words on it.
func (g *glass) says(screen, words string) {
	g.t.Helper()
	for g.shown.Screen != screen || !strings.Contains(strings.Join(g.shown.Texts, " "), words) {
		g.await("")
	}
	g.came = g.shown.Time
}

// wrong answers the question on the glass as the survey does not want it.
func (g *glass) wrong(s *surveys.Survey) {
	g.t.Helper()
	was := g.shown.Screen
	q := s.Question(g.question())
	switch right, _ := q.Correct[0].Text(); {
	case q.Kind == surveys.YesNo:
		g.tap("choice:"+map[string]string{"yes": "no", "no": "yes"}[right], "")
	case q.Kind == surveys.NumberEntry:
		g.write("12")
		g.tap("next", "")
	case q.Kind == surveys.MultipleChoice: // one of the two that are right, and one that is not
		g.tap("choice:passport", was)
		g.tap("choice:photo", was)
		g.tap("next", "")
	default:
		g.tap("choice:seekers", "")
	}
	for g.shown.Screen == was {
		g.await("")
	}
}

// issueTickets returns new tickets of a test.
func (s *server) issueTickets(survey string, count int) (tickets []string) {
	s.t.Helper()
	out := run(s.t, "collector", "ticket", "issue", "--data", s.data, "--survey", survey, "--count", strconv.Itoa(count), "--series", "A")
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(rows) != count+1 {
		s.t.Fatalf("%d tickets were asked for, %v: %s", count, err, out)
	}
	for _, row := range rows[1:] {
		tickets = append(tickets, row[slices.Index(rows[0], "ticket")])
	}
	return tickets
}

func TestTicketFromItsIssueToTheMarksAndNeverAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(path, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	survey, err := surveys.Load(path, []byte(rules))
	if err != nil {
		t.Fatal(err)
	}
	s := startCollector(t)
	run(t, "collector", "survey", "publish", "--data", s.data, path)
	tickets := s.issueTickets("rules", 2)
	ticket := tickets[0]
	mistyped := ticket[:9] + strconv.Itoa(int(ticket[9]-'0'+1)%10)
	unknown, err := surveys.Ticket("000000001")
	if err != nil || slices.Contains(tickets, unknown) {
		t.Fatal(unknown, err)
	}

	g := enrolKiosk(t, s, s.addr)
	d := startDisplay(t, "1280x800")
	g.open(d)
	g.tap("start:ru", "ticket")
	g.offer(mistyped, "")
	g.says("ticket", "Такого номера не бывает")
	g.offer(unknown, mistyped)
	g.says("ticket", "Этот билет не подходит к тесту")
	g.offer(ticket, unknown)
	g.says("opening", "Правила приёма")
	g.tap("begin", "question-")

	// Which questions the lot drew the glass tells, and what they are worth the survey.
	picked := []string{g.question()}
	g.right(survey)
	picked = append(picked, g.question())
	g.wrong(survey)
	if g.question() != "last" || picked[0] == "last" || picked[0] == picked[1] || survey.Question(picked[1]) == nil {
		t.Fatalf("the test asked %v and then %s", picked, g.shown.Screen)
	}
	g.right(survey)
	points := survey.Question(picked[0]).Points + survey.Question("last").Points
	highest := points + survey.Question(picked[1]).Points
	g.says("result", fmt.Sprintf("Баллы: %d из %d", points, highest))
	g.tap("finish", "attract")
	g.awaitUpload()

	passed := map[bool]string{true: "1", false: "0"}[100*points >= 60*highest]
	rows := s.rows("rules")
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	row := rows[0]
	for column, want := range map[string]string{
		"ticket": ticket, "ticket_state": "good", "score": strconv.Itoa(points), "score_max": strconv.Itoa(highest), "passed": passed,
		"last": "yes",
	} {
		if row[column] != want {
			t.Errorf("%s is %q, want %q; the test asked %v", column, row[column], want, picked)
		}
	}
	for _, q := range survey.Questions() {
		if asked := q.Code == "last" || slices.Contains(picked, q.Code); asked != (row[q.Code] != "") {
			t.Errorf("%s: asked %v, exported %q", q.Code, asked, row[q.Code])
		}
	}
	list := run(t, "collector", "ticket", "list", "--data", s.data, "--survey", "rules")
	for _, line := range strings.Split(strings.TrimSpace(list), "\n")[1:] {
		if used := strings.Contains(line, "by response "+row["response_id"]); used != strings.HasPrefix(line, ticket) ||
			used == strings.Contains(line, "not used") {
			t.Errorf("the list says %s", line)
		}
	}

	// The terminal itself remembers what it let in, whatever the network and the power do.
	refused := func() {
		g.tap("start:ru", "ticket")
		g.offer(ticket, "")
		g.says("ticket", "По этому билету тест уже пройден")
	}
	refused()
	g.kill()
	g.open(startDisplay(t, d.size)) // the power cut took the display as well
	refused()
}
