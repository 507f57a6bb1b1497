package results_test

import (
	"slices"
	"testing"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/results"
	"otklik/sync/collector/store/storetest"
)

const smiley = `id: visit
number: 1
kind: poll
languages: [ru]
title: {ru: Как прошёл визит}
pages:
  - questions:
      - {code: mood, kind: smiley, text: {ru: Как вас встретили?}}
`

// tap is one visit of one tap.
type tap struct {
	gap, x, y int
	face      float64
}

func TestABurstOfTapsIsToldAndCanBeCountedOnce(t *testing.T) {
	same := func(gap int) tap { return tap{gap, 500, 640, 4} }
	for name, c := range map[string]struct {
		taps []tap
		want int
	}{
		"one child":             {[]tap{{900, 510, 630, 4}, same(13), same(50), same(2), {400, 100, 640, 1}}, 3},
		"its first taps":        {[]tap{same(900), same(13)}, 0},
		"clients one by one":    {[]tap{same(900), same(51), same(70), same(60)}, 0},
		"several faces":         {[]tap{same(900), {10, 700, 640, 2}, {10, 300, 640, 3}, same(10)}, 0},
		"a hand that trembles":  {[]tap{{900, 500, 600, 4}, {10, 550, 650, 4}, {10, 500, 600, 4}}, 2},
		"just beside":           {[]tap{{900, 500, 600, 4}, {10, 551, 600, 4}, {10, 500, 600, 4}}, 0},
		"after a start":         {[]tap{same(0), same(0), same(0)}, 0},
		"by keyboard":           {[]tap{{0, 0, 0, 4}, {5, 0, 0, 4}, {5, 0, 0, 4}, {5, 0, 0, 4}}, 0},
		"two bursts in a row":   {[]tap{same(9), same(9), same(9), {9, 100, 100, 1}, {9, 100, 100, 1}, {9, 100, 100, 1}}, 4},
		"two bursts with a gap": {[]tap{same(9), same(9), same(9), same(600), same(9), same(9)}, 4},
	} {
		for _, backwards := range []bool{false, true} { // a backlog leaves from both ends
			s := collectortest.NewStore(t)
			v := collectortest.Publish(t, s, []byte(smiley))
			terminal := storetest.Enrolled(t, s, "Зал", "Левый")
			r := results.New(s)
			order := make([]int, len(c.taps))
			for i := range order {
				order[i] = i
			}
			if backwards {
				slices.Reverse(order)
			}
			mustSummary(t, r)
			for _, i := range order {
				one := c.taps[i]
				collectortest.RespondAs(t, s, terminal, uint64(i+1), v, func(r *surveys.Response) {
					r.Gap, r.Tap = one.gap, surveys.Tap{one.x, one.y}
				}, collectortest.Said("mood", surveys.Number(one.face)))
				if _, err := r.SurveyOnce(t.Context(), "visit"); err != nil {
					t.Fatal(err)
				}
			}
			sum := mustSummary(t, r)
			once, err := r.SurveyOnce(t.Context(), "visit")
			if err != nil {
				t.Fatal(err)
			}
			if len(sum.Repeats) != c.want || sum.Responses != len(c.taps) || question(t, sum, "mood").Answered != len(c.taps) {
				t.Errorf("%s, backwards %v: %d repeats of %d, want %d", name, backwards, len(sum.Repeats), sum.Responses, c.want)
			}
			if left := len(c.taps) - c.want; len(once.Repeats) != c.want || once.Responses != left || question(t, once, "mood").Answered != left {
				t.Errorf("%s, backwards %v: counted once %d are left, %d repeats; want %d, %d", name, backwards, once.Responses, len(once.Repeats), left, c.want)
			}
		}
	}
}

// A visit to another survey between two taps, or one that has not arrived, ends a burst; so does another terminal.
func TestABurstIsOfVisitsInARow(t *testing.T) {
	s := collectortest.NewStore(t)
	v := collectortest.Publish(t, s, []byte(smiley))
	r := results.New(s)
	for _, name := range []string{"Левый", "Правый"} {
		terminal := storetest.Enrolled(t, s, "Зал", name)
		for _, seq := range []uint64{1, 2, 4, 5} {
			collectortest.RespondAs(t, s, terminal, seq, v, func(r *surveys.Response) { r.Gap, r.Tap = 9, surveys.Tap{5, 5} },
				collectortest.Said("mood", surveys.Number(1)))
		}
	}
	if sum := mustSummary(t, r); len(sum.Repeats) != 0 {
		t.Errorf("%d repeats", len(sum.Repeats))
	}
}
