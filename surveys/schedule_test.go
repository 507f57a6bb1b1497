package surveys_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/surveys"
)

func TestASampleAsksItsShare(t *testing.T) {
	const visitors = 10000
	for _, c := range []struct {
		sample         *surveys.Sample
		lowest, higest int
	}{
		{nil, visitors, visitors},
		{&surveys.Sample{Every: 5}, visitors / 5, visitors / 5},
		{&surveys.Sample{Probability: 0.2}, 1800, 2200}, // five standard deviations
		{&surveys.Sample{Probability: 1e-12}, 0, 0},
	} {
		asked := 0
		for i := range uint64(visitors) {
			if c.sample.Asks(i+1, i) {
				asked++
			}
		}
		if asked < c.lowest || asked > c.higest {
			t.Errorf("%+v asks %d of %d", c.sample, asked, visitors)
		}
	}
}

func TestAScheduleOpensAndCloses(t *testing.T) {
	moscow := time.FixedZone("MSK", 3*60*60)
	at := func(s string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", s, moscow)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	schedule := mustLoad(t, rich).Schedule // Mondays and Tuesdays 9 to 18, Wednesdays, from 12 January to 1 February 2026
	for _, c := range []struct {
		now  string
		open bool
		next string
	}{
		{"2020-01-01 00:00", false, "2026-01-12 09:00"},
		{"2026-01-11 23:59", false, "2026-01-12 09:00"},
		{"2026-01-12 08:59", false, "2026-01-12 09:00"},
		{"2026-01-12 09:00", true, "2026-01-12 18:00"},
		{"2026-01-12 18:00", false, "2026-01-13 09:00"},
		{"2026-01-13 18:30", false, "2026-01-14 00:00"},
		{"2026-01-14 00:00", true, "2026-01-15 00:00"},
		{"2026-01-15 12:00", false, "2026-01-19 09:00"},
		{"2026-01-28 12:00", true, "2026-01-29 00:00"},
		{"2026-01-29 00:00", false, ""},
		{"2026-02-02 10:00", false, ""},
	} {
		if open := schedule.Open(at(c.now)); open != c.open {
			t.Errorf("%s: open is %v", c.now, open)
		}
		next, ok := schedule.Next(at(c.now))
		if ok != (c.next != "") || ok && !next.Equal(at(c.next)) {
			t.Errorf("%s: next is %v, want %s", c.now, next, c.next)
		}
	}
	var always *surveys.Schedule
	if _, changes := always.Next(at("2026-01-01 00:00")); !always.Open(at("2026-01-01 00:00")) || changes {
		t.Error("no schedule is not always open")
	}
	far := &surveys.Schedule{Until: "2031-05-09"}
	if next, ok := far.Next(at("2026-01-01 00:00")); !ok || !next.Equal(at("2031-05-10 00:00")) {
		t.Errorf("the end of 2031-05-09 is %v", next)
	}
	late := &surveys.Schedule{Openings: []surveys.Opening{{From: "20:00", Until: "24:00"}}}
	if next, ok := late.Next(at("2026-01-01 21:00")); !ok || !next.Equal(at("2026-01-02 00:00")) || !late.Open(at("2026-01-01 23:59")) {
		t.Errorf("it closes at %v", next)
	}
}

// TestNextIsTheFirstChange looks at every minute between now and what Next says, in a zone that changes its clocks.
func TestNextIsTheFirstChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	clocks := []string{"00:00", "01:30", "02:00", "02:30", "03:00", "12:00", "24:00"}
	rapid.Check(t, func(t *rapid.T) {
		var schedule surveys.Schedule
		for range rapid.IntRange(1, 2).Draw(t, "openings") {
			from := rapid.IntRange(0, len(clocks)-2).Draw(t, "from")
			until := rapid.IntRange(from+1, len(clocks)-1).Draw(t, "until")
			o := surveys.Opening{From: clocks[from], Until: clocks[until]}
			if rapid.Bool().Draw(t, "sundays") {
				o.Days = []time.Weekday{time.Sunday}
			}
			schedule.Openings = append(schedule.Openings, o)
		}
		if rapid.Bool().Draw(t, "centre") {
			schedule = *schedule.During([]surveys.Opening{{From: "01:30", Until: "12:00"}, {Days: []time.Weekday{time.Sunday}}})
		}
		if rapid.Bool().Draw(t, "bounded") {
			schedule.From, schedule.Until = "2026-03-28", "2026-10-25"
		}
		// Clocks are set in the nights to 29 March and 25 October 2026.
		day := rapid.SampledFrom([]int{86, 87, 88, 296, 297, 298}).Draw(t, "day of the year")
		now := time.Date(2026, 1, day, rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"), 0, 0, berlin)
		open := schedule.Open(now)
		next, ok := schedule.Next(now)
		for at := now; at.Before(now.Add(8*24*time.Hour)) && (!ok || at.Before(next)); at = at.Add(time.Minute) {
			if schedule.Open(at) != open {
				t.Fatalf("%+v changes at %v, before %v %v", schedule, at, next, ok)
			}
		}
		if ok && schedule.Open(next) == open {
			t.Fatalf("%+v does not change at %v", schedule, next)
		}
	})
}
