package surveys

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrOpenings says that a text is no opening hours.
var ErrOpenings = errors.New("not opening hours")

const openingsForm = `write them such as "mon-fri 09:00-18:00, sat 10:00-14:00"; days are mon, tue, wed, thu, fri, sat, sun`

// ParseOpenings reads opening hours as people write them in a command: openings with commas between, each a day, a span of
// days or none for every day, and a span of time or none for the whole day. "" is none. The error wraps ErrOpenings and says
// which opening is wrong.
func ParseOpenings(text string) ([]Opening, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var all []Opening
	for _, part := range strings.Split(text, ",") {
		o, err := parseOpening(strings.Fields(strings.ToLower(part)))
		if err != nil {
			return nil, fmt.Errorf("%w: %q %w; %s", ErrOpenings, strings.TrimSpace(part), err, openingsForm)
		}
		if all = append(all, o); len(all) > maxOpenings {
			return nil, fmt.Errorf("%w: more than %d of them", ErrOpenings, maxOpenings)
		}
	}
	return all, nil
}

func parseOpening(words []string) (o Opening, err error) {
	if len(words) == 0 || len(words) > 2 {
		return o, errors.New("is not days and a span of time")
	}
	if day, last, span := strings.Cut(words[0], "-"); slices.Contains(days, day) {
		if !span {
			last = day
		}
		from, until := slices.Index(days, day), slices.Index(days, last)
		if until < 0 {
			return o, fmt.Errorf("has the day %.20q", last)
		}
		for d := from; ; d = (d + 1) % len(days) {
			o.Days = append(o.Days, time.Weekday(d))
			if d == until {
				break
			}
		}
		words = words[1:]
	}
	if len(words) == 0 {
		return o, nil
	}
	var span bool
	o.From, o.Until, span = strings.Cut(words[0], "-")
	switch {
	case len(words) > 1 || !span || !written(o.From, clockForm) || o.Until != "24:00" && !written(o.Until, clockForm):
		return o, errors.New("is not days and a span of time")
	case o.Until <= o.From:
		return o, errors.New("ends before it begins; a span over midnight is two openings")
	}
	return o, nil
}

// FormatOpenings writes opening hours so that ParseOpenings reads the same. Days that are no span become openings of their
// own.
func FormatOpenings(all []Opening) string {
	var parts []string
	for _, o := range all {
		hours := ""
		if o.From != "" {
			hours = o.From + "-" + o.Until
		}
		if len(o.Days) == 0 {
			parts = append(parts, cmp.Or(hours, "sun-sat"))
		}
		for from := 0; from < len(o.Days); {
			until := from
			for until+1 < len(o.Days) && o.Days[until+1] == (o.Days[until]+1)%7 && until-from < 6 {
				until++
			}
			span := days[o.Days[from]]
			if until > from {
				span += "-" + days[o.Days[until]]
			}
			parts = append(parts, strings.TrimSpace(span+" "+hours))
			from = until + 1
		}
	}
	return strings.Join(parts, ", ")
}
