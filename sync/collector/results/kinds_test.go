package results_test

import (
	"fmt"
	"testing"
	"time"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/results"
	"otklik/sync/collector/store/storetest"
)

func TestEveryKindIsCounted(t *testing.T) {
	s := collectortest.NewStore(t)
	v := collectortest.Publish(t, s, collectortest.All1)
	terminal := storetest.Enrolled(t, s, "Зал", "Левый")
	said, n, text := collectortest.Said, surveys.Number, surveys.String
	rows := func(code string, v surveys.Value) surveys.Value {
		return surveys.Rows(surveys.RowValue{Row: code, Value: v})
	}
	for i, answers := range [][]surveys.Answer{
		{
			said("who", text("seeker")), said("order", surveys.Codes("speed", "price")), said("parts", rows("staff", n(4))), said("minutes", n(12.5)),
			said("phone", text("+79172345678")), said("comment", text("Тесно")), said("agree", text("yes")), said("again", text("yes")),
		},
		{
			said("who", text("employer")), said("order", surveys.Codes("outcome", "speed")), said("parts", rows("hall", n(2))), said("minutes", n(1)),
			said("sign", text("M1 2")), said("window", text("A-1")), said("sum", n(1.5)), said("day", text("2026-03-01")),
		},
		{said("parts", rows("hall", n(4))), said("minutes", n(3)), said("window", text("A-1")), {Question: "who", Outcome: surveys.Declined}},
		{said("minutes", n(-10)), {Question: "mood", Outcome: surveys.TimedOut}, {Question: "order", Outcome: surveys.Skipped}},
	} {
		collectortest.Respond(t, s, terminal, uint64(i+1), v, answers...)
	}
	v2 := collectortest.Publish(t, s, collectortest.All2)
	collectortest.Respond(t, s, terminal, 5, v2, said("parts", rows("toilet", n(1))))
	sum, err := results.New(s).Survey(t.Context(), "all")
	if err != nil {
		t.Fatal(err)
	}
	q := func(code string) results.Question { return question(t, sum, code) }
	if got := fmt.Sprintf("%+v", *q("minutes").Figures); got != "{N:4 Mean:1.625 Median:2 Min:-10 Max:12.5}" {
		t.Errorf("minutes %s", got)
	}
	for _, c := range q("order").Counts {
		want := map[string]string{"speed": "2 1 1.5", "price": "1 0 2", "outcome": "1 1 1", "people": "0 0 0"}[c.Code]
		if got := fmt.Sprint(c.N, c.First, c.Place); got != want {
			t.Errorf("rank of %s: %s, want %s", c.Code, got, want)
		}
	}
	var parts []string
	for _, r := range q("parts").Rows {
		parts = append(parts, fmt.Sprint(r.Code, r.Answered, r.Mean, len(r.Counts)))
	}
	if got := fmt.Sprint(parts); got != "[parts/toilet1 1 4 parts/staff1 4 4 parts/hall2 3 4]" {
		t.Errorf("rows %s", got)
	}
	for code, want := range map[string]string{"again": "yes:1=1.00 no:0=0.00", "agree": "yes:1=1.00 no:0=0.00", "window": "A-1:2=1.00", "phone": "", "sign": "", "day": ""} {
		if got := q(code); counts(got) != want || got.Answered == 0 || len(got.Texts) > 0 {
			t.Errorf("%s: %s, %+v", code, counts(got), got.Texts)
		}
	}
	if q("who").Declined != 1 || q("mood").TimedOut != 1 || q("order").Skipped != 1 || len(q("comment").Texts) != 1 || q("sum").Figures.N != 1 {
		t.Errorf("%+v\n%+v\n%+v", q("who"), q("mood"), q("order"))
	}
	// 4 of 4 points, then 0 of 4 three times; the last visit's question of one point is the same in version 2.
	f := *sum.Test
	if got := fmt.Sprintf("%d %g of %g, %d %g %.3f…%.3f", f.Marked, f.Points, f.Highest, f.Passed, f.PassedOfMarked, f.PassedLow,
		f.PassedHigh); got != "5 0.8 of 4, 1 0.2 0.036…0.624" {
		t.Errorf("test %s", got)
	}
}

// A question that is asked on one day only counts for the marks of those who came on that day where the terminal stands,
// whatever day it was in UTC.
func TestTestsAreMarkedByTheDayOfTheTerminalsPlace(t *testing.T) {
	s := collectortest.NewStore(t)
	v := collectortest.Publish(t, s, []byte(`id: visit
number: 1
kind: test
languages: [en]
title: {en: Dated}
thanks: {en: Thanks}
test: {pass_mark: 50}
pages:
  - questions:
      - {code: one, kind: yes-no, text: {en: One?}, correct: 'yes'}
      - {code: feast, kind: yes-no, text: {en: Feast?}, correct: 'yes', relevance: "today() = date('2026-01-16')"}
`))
	terminal := storetest.Enrolled(t, s, "Зал", "Левый")
	for seq, zone := range []int{0, 180} {
		collectortest.RespondAs(t, s, terminal, uint64(seq+1), v, func(r *surveys.Response) {
			r.Started, r.Zone = time.Date(2026, 1, 15, 21, 30, 0, 0, time.UTC), zone
		}, collectortest.Said("one", surveys.String("yes")), collectortest.Said("feast", surveys.String("yes")))
	}
	if f := mustSummary(t, results.New(s)).Test; f.Marked != 2 || f.Points != 1.5 || f.Highest != 1.5 {
		t.Errorf("on average %g of %g points in %d tests, want 1.5 of 1.5 in 2", f.Points, f.Highest, f.Marked)
	}
}
