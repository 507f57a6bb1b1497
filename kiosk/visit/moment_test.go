package visit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// dated has a question that only those who come on 16 January are asked, and a value that tells the moment.
const dated = `id: dated
number: 1
kind: exit-poll
languages: [en]
title: {en: Dated}
thanks: {en: Thanks}
pages:
  - questions:
      - {code: mood, kind: smiley, text: {en: How was it?}}
      - {code: feast, kind: yes-no, text: {en: Was it a good feast?}, relevance: "today() = date('2026-01-16')"}
      - {code: moment, kind: calculated, text: {en: Moment}, calculation: now()}
`

// A visit half an hour after midnight where the terminal stands, before midnight in UTC: who looks at the response later
// finds the visitor's own way again, and of an anonymous one no more than its day.
func TestResponseTellsTheDayOfTheTerminalsPlace(t *testing.T) {
	began := time.Date(2026, 1, 16, 0, 29, 59, 0, time.FixedZone("Europe/Moscow", 3*3600))
	for _, c := range []struct{ name, source, started, moment string }{
		{"named", dated, "2026-01-15T21:30:00Z 180", "2026-01-16T00:30:00"},
		{"anonymous", strings.Replace(dated, "kind: exit-poll", "kind: exit-poll\nanonymous: true", 1), "2026-01-16T00:00:00Z 0", "2026-01-16T00:00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mustLoad(t, c.source)
			l := &lobby{visit.New(visit.Config{Surveys: []*surveys.Survey{s}}, func() uint64 { return 7 }, began), began}
			l.do(visit.Start{})
			l.do(visit.Answer{Value: surveys.Number(3)})
			r := l.do(visit.Answer{Value: surveys.String("yes")})
			if r == nil {
				t.Fatalf("not at the end: %+v", l.view())
			}
			if got := fmt.Sprint(r.Started.Format(time.RFC3339), " ", r.Zone); got != c.started {
				t.Errorf("began at %s, want %s", got, c.started)
			}
			if err := s.CheckResponse(r); err != nil {
				t.Error(err)
			}
			answers := surveys.Answers{}
			for _, a := range r.Answers {
				answers[a.Question] = a.Value
			}
			if got, _ := answers["moment"].Text(); got != c.moment {
				t.Errorf("now() was %s, want %s", got, c.moment)
			}
			var again []string
			for _, q := range (surveys.Visit{Survey: s, Seed: r.Seed, Began: r.Began()}).Path(answers) {
				again = append(again, q.Code)
			}
			if got := strings.Join(again, " "); got != "mood feast moment" {
				t.Errorf("the way found again is %s", got)
			}
		})
	}
}
