package surveys

import (
	"slices"
	"time"
)

// Schedule says when a survey is offered. Days and times of day are those of the place of the time it is asked with, which
// should be the terminal's.
type Schedule struct {
	From, Until string    // first and last day ("2026-12-31"), both included; "" is no bound
	Openings    []Opening // none: all day, every day
	within      []Opening // the centre's own, see During; none: it never closes
}

// Opening is one span of the week in which a survey is offered.
type Opening struct {
	Days []time.Weekday // none: every day
	// From and Until are times of day ("09:00"), From included, Until not; Until may be "24:00". "" and "" is the whole day.
	From, Until string
}

// Open reports whether the survey is offered at t. Nil always is.
func (s *Schedule) Open(t time.Time) bool {
	if s == nil {
		return true
	}
	if day := t.Format(dayForm); s.From != "" && day < s.From || s.Until != "" && day > s.Until {
		return false
	}
	return anyOpen(s.Openings, t) && anyOpen(s.within, t)
}

func anyOpen(all []Opening, t time.Time) bool {
	clock := t.Format(clockForm)
	return len(all) == 0 || slices.ContainsFunc(all, func(o Opening) bool {
		return (len(o.Days) == 0 || slices.Contains(o.Days, t.Weekday())) && (o.From == "" || o.From <= clock && clock < o.Until)
	})
}

// During returns the schedule of a survey that is offered only while the centre is open, too; no hours leave it as it is.
func (s *Schedule) During(hours []Opening) *Schedule {
	if len(hours) == 0 {
		return s
	}
	during := Schedule{within: hours}
	if s != nil {
		during = *s
		during.within = hours
	}
	return &during
}

// Next returns the next moment after t at which Open changes; ok is false when it never does again.
func (s *Schedule) Next(t time.Time) (next time.Time, ok bool) {
	if s == nil {
		return time.Time{}, false
	}
	open := s.Open(t)
	year, month, day := t.Date()
	days := daysAhead
	if first, err := time.ParseInLocation(dayForm, s.From, t.Location()); err == nil && first.After(t) {
		year, month, day = first.Date()
	}
	if last, err := time.ParseInLocation(dayForm, s.Until, t.Location()); err == nil && last.After(t) {
		days = int(last.Sub(time.Date(year, month, day, 0, 0, 0, 0, t.Location()))/(24*time.Hour)) + 2
		days = max(min(days, daysOfCentury), daysAhead)
	}
	for i := range days {
		for _, at := range s.edges(time.Date(year, month, day+i, 0, 0, 0, 0, t.Location())) {
			if at.After(t) && s.Open(at) != open {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// daysAhead is how many days Next looks at: with no last day a schedule repeats every week, so two weeks show every change.
// daysOfCentury bounds the search for a last day that lies far ahead.
const (
	daysAhead     = 15
	daysOfCentury = 36525
)

// edges returns, in order, the moments of a day at which Open can change: its beginning, the times of day of the openings,
// and where clocks are set, that moment and every time of day once more on the other side of it.
func (s *Schedule) edges(day time.Time) []time.Time {
	at := []time.Time{day}
	for _, o := range slices.Concat(s.Openings, s.within) {
		for _, clock := range []string{o.From, o.Until} {
			if c, err := time.Parse(clockForm, clock); err == nil {
				at = append(at, time.Date(day.Year(), day.Month(), day.Day(), c.Hour(), c.Minute(), 0, 0, day.Location()))
			}
		}
	}
	if _, set := day.ZoneBounds(); !set.IsZero() && set.Before(day.Add(26*time.Hour)) {
		_, before := day.Zone()
		_, after := set.Zone()
		by := time.Duration(after-before) * time.Second
		for _, edge := range slices.Clone(at) {
			at = append(at, edge.Add(by), edge.Add(-by))
		}
		at = append(at, set)
	}
	slices.SortFunc(at, time.Time.Compare)
	return at
}
