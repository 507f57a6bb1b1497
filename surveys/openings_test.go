package surveys_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/surveys"
)

func TestOpeningsAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		"09:00-18:00":            "09:00-18:00",
		"Mon-Fri 09:00-18:00":    "mon-fri 09:00-18:00",
		"sat":                    "sat",
		" sat  10:00-14:00,sun ": "sat 10:00-14:00, sun",
		"fri-mon 20:00-24:00":    "fri-mon 20:00-24:00",
		"mon-mon":                "mon",
	} {
		all, err := surveys.ParseOpenings(text)
		if err != nil || surveys.FormatOpenings(all) != want {
			t.Errorf("%q: %q, %v; want %q", text, surveys.FormatOpenings(all), err, want)
		}
	}
	for text, says := range map[string]string{
		"mon-fri 9-18":             `"mon-fri 9-18" is not days`,
		"mo 09:00-18:00":           `"mo 09:00-18:00" is not days`,
		"mon-fry":                  `has the day "fry"`,
		"sat, sun 18:00-09:00":     `"sun 18:00-09:00" ends before it begins`,
		"mon 09:00-25:00":          "is not days",
		"mon tue":                  "is not days",
		"mon,,tue":                 `"" is not days`,
		"mon 09:00-12:00 sharp":    "is not days",
		strings.Repeat("mon,", 50): "more than",
	} {
		if _, err := surveys.ParseOpenings(text); !errors.Is(err, surveys.ErrOpenings) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v; want it to say %q", text, err, says)
		}
	}
}

func TestOpeningsAreWrittenAsTheyAreRead(t *testing.T) {
	clocks := []string{"00:00", "08:30", "12:00", "23:59", "24:00"}
	rapid.Check(t, func(t *rapid.T) {
		var all []surveys.Opening
		for range rapid.IntRange(0, 4).Draw(t, "openings") {
			var o surveys.Opening
			if rapid.Bool().Draw(t, "clock") {
				from := rapid.IntRange(0, len(clocks)-2).Draw(t, "from")
				o.From, o.Until = clocks[from], clocks[rapid.IntRange(from+1, len(clocks)-1).Draw(t, "until")]
			}
			first := rapid.IntRange(0, 6).Draw(t, "first")
			for d := range rapid.IntRange(0, 7).Draw(t, "days") {
				o.Days = append(o.Days, time.Weekday((first+d)%7))
			}
			if o.From == "" && o.Days == nil {
				continue // says nothing, and is written as all the week
			}
			all = append(all, o)
		}
		again, err := surveys.ParseOpenings(surveys.FormatOpenings(all))
		if err != nil || !reflect.DeepEqual(again, all) {
			t.Fatalf("%v is written %q and read %v, %v", all, surveys.FormatOpenings(all), again, err)
		}
	})
}

// TestASurveyIsOfferedOnlyWhileTheCentreIsOpen: 17 January 2026 is a Saturday.
func TestASurveyIsOfferedOnlyWhileTheCentreIsOpen(t *testing.T) {
	hours, err := surveys.ParseOpenings("mon-fri 09:00-18:00")
	if err != nil {
		t.Fatal(err)
	}
	early := &surveys.Schedule{Openings: []surveys.Opening{{From: "08:00", Until: "10:00"}}}
	never := &surveys.Schedule{Openings: []surveys.Opening{{Days: []time.Weekday{time.Sunday}}}}
	now := time.Date(2026, 1, 17, 9, 30, 0, 0, time.UTC)
	monday := now.AddDate(0, 0, 2).Add(-30 * time.Minute)
	if s := early.During(hours); s.Open(now) || !s.Open(monday) || s.Open(monday.Add(time.Hour)) || s.Open(monday.Add(-time.Minute)) {
		t.Errorf("%+v is open at the wrong times", s)
	} else if next, ok := s.Next(now); !ok || !next.Equal(monday) {
		t.Errorf("it opens at %v, %v", next, ok)
	}
	if next, ok := never.During(hours).Next(now); ok {
		t.Errorf("a survey that the centre's hours never let be asked opens at %v", next)
	}
	var always *surveys.Schedule
	if always.During(nil) != nil || early.During(nil) != early || always.During(hours).Open(now) || !early.Open(now) {
		t.Error("the hours of a centre change schedules that they should not")
	}
}
