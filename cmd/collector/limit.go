package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// uploadLimit is how much of the line each terminal may take: "32K", or "32K@8-20" for the hours of the day, in the
// collector's time zone, in which it holds.
type uploadLimit struct {
	bytes    int64 // a second
	from, to int   // hours; equal for always
}

// leastLimit is what a terminal needs to bring a day's answers in a day.
const leastLimit = 256

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *uploadLimit) UnmarshalText(text []byte) error {
	rate, hours, timed := strings.Cut(string(text), "@")
	bad := func() error {
		return fmt.Errorf("%q is no limit; give bytes a second, at least %d, with K or M, and hours: 32K or 32K@8-20", text, leastLimit)
	}
	factor := int64(1)
	switch {
	case strings.HasSuffix(rate, "K"):
		factor = 1 << 10
	case strings.HasSuffix(rate, "M"):
		factor = 1 << 20
	}
	n, err := strconv.ParseInt(strings.TrimRight(rate, "KM"), 10, 32)
	if err != nil || n*factor < leastLimit {
		return bad()
	}
	out := uploadLimit{bytes: n * factor}
	if timed {
		from, to, cut := strings.Cut(hours, "-")
		var errFrom, errTo error
		out.from, errFrom = strconv.Atoi(from)
		out.to, errTo = strconv.Atoi(to)
		if !cut || errFrom != nil || errTo != nil || min(out.from, out.to) < 0 || max(out.from, out.to) > 24 || out.from == out.to {
			return bad()
		}
	}
	*l = out
	return nil
}

// at is the limit at a time; 0 for none.
func (l uploadLimit) at(now time.Time) int64 {
	hour := now.Local().Hour()
	within := l.from <= hour && hour < l.to
	if l.from > l.to { // over midnight
		within = hour >= l.from || hour < l.to
	}
	if l.from != l.to && !within {
		return 0
	}
	return l.bytes
}
