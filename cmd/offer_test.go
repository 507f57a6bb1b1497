package cmd_test

import (
	"os"
	"path/filepath"
	"testing"
)

const asksTwoEmployers = `id: asks
number: 1
kind: exit-poll
languages: [en]
title: {en: Who comes}
thanks: {en: Thanks}
quotas: [{code: employers, when: "${who} = 'employer'", limit: 2}]
pages:
  - questions:
      - {code: who, kind: single-choice, text: {en: Who are you?}, choices: [{code: employer, text: {en: Employer}}, {code: seeker, text: {en: Seeker}}]}
  - questions:
      - {code: mood, kind: smiley, text: {en: How was it?}}
`

const opensLater = `id: later
number: 1
kind: exit-poll
languages: [en]
title: {en: Later}
thanks: {en: Thanks}
schedule: {from: 2199-01-01}
pages: [{questions: [{code: mood, kind: smiley, text: {en: How will it be?}}]}]
`

// publish publishes a survey that the test wrote itself.
func (s *server) publish(source string) {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "survey.yaml")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		s.t.Fatal(err)
	}
	run(s.t, "collector", "survey", "publish", "--data", s.data, path)
}

// A quota counts what is on the disk: it holds after the glass was killed, lets others in, and thanks who is not needed any
// more without keeping what was said.
func TestQuotaHoldsOverAKilledGlass(t *testing.T) {
	s := startCollector(t)
	s.publish(asksTwoEmployers)
	g := enrolKiosk(t, s, s.addr)
	d := startDisplay(t, "1280x800")
	visit := func(who string) {
		t.Helper()
		g.tap("start:en", "question-who")
		g.tap("choice:"+who, "question-mood")
		g.tap("face:4", "thanks")
		g.tap("finish", "attract")
	}
	g.open(d)
	visit("employer")
	visit("employer")
	g.kill()
	g.open(d)
	g.tap("start:en", "question-who")
	g.tap("choice:employer", "enough")
	g.tap("finish", "attract")
	visit("seeker")
	g.awaitUpload()
	came := ""
	for _, row := range s.rows("asks") {
		came += row["who"] + " "
	}
	if came != "employer employer seeker " {
		t.Errorf("the collector has %s", came)
	}
}

// A survey that opens later leaves the glass closed, and it says when to come; beside an open one it is not offered.
func TestSurveyThatOpensLaterIsNotOffered(t *testing.T) {
	s := startCollector(t)
	s.publish(opensLater)
	d := startDisplay(t, "1280x800")
	g := enrolKiosk(t, s, s.addr)
	g.openTo(d, "closed")
	g.says("closed", "01.01.2199")
	g.kill()
	s.publish(asksTwoEmployers)
	g.open(d) // as soon as the collector has told it
	g.tap("start:en", "question-who")
}
