package expr

import (
	"math"
	"strings"
	"time"
)

const daySeconds = 86400

// The days that can be written with a year of four digits, counted from 1970-01-01.
var (
	firstDay = float64(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix() / daySeconds)
	lastDay  = float64(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).Unix() / daySeconds)
)

// wholeDay returns the day that n falls on, empty beyond the calendar.
func wholeDay(n float64) float64 {
	if n = math.Floor(n); n >= firstDay && n <= lastDay {
		return n
	}
	return math.NaN()
}

// wholeSecond returns the moment n, in seconds, to the nearest second, empty beyond the calendar.
func wholeSecond(n float64) float64 {
	if n = math.Round(n); n >= firstDay*daySeconds && n < (lastDay+1)*daySeconds {
		return n
	}
	return math.NaN()
}

// wallClock returns t as a moment on the clock of its zone, empty when t is zero.
func wallClock(t time.Time) float64 {
	if t.IsZero() {
		return math.NaN()
	}
	_, offset := t.Zone()
	return wholeSecond(float64(t.Unix() + int64(offset)))
}

// twoDigits reads two digits at i; ok is false when they are none or above most.
func twoDigits(s string, i, most int) (n int, ok bool) {
	if i+2 > len(s) || !isDigit(s[i]) || !isDigit(s[i+1]) {
		return 0, false
	}
	n = int(s[i]-'0')*10 + int(s[i+1]-'0')
	return n, n <= most
}

// parseDate reads 2026-01-31.
func parseDate(s string) float64 {
	century, ok1 := twoDigits(s, 0, 99)
	year, ok2 := twoDigits(s, 2, 99)
	month, ok3 := twoDigits(s, 5, 12)
	day, ok4 := twoDigits(s, 8, 31)
	if !ok1 || !ok2 || !ok3 || !ok4 || len(s) != len("2026-01-31") || s[4] != '-' || s[7] != '-' {
		return math.NaN()
	}
	t := time.Date(century*100+year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day || int(t.Month()) != month {
		return math.NaN()
	}
	return wholeDay(float64(t.Unix()) / daySeconds)
}

// parseTime reads 14:05 or 14:05:09.
func parseTime(s string) float64 {
	hour, ok1 := twoDigits(s, 0, 23)
	minute, ok2 := twoDigits(s, 3, 59)
	second, ok3 := 0, true
	if len(s) == len("14:05:09") {
		second, ok3 = twoDigits(s, 6, 59)
		ok3 = ok3 && s[5] == ':'
	} else if len(s) != len("14:05") {
		return math.NaN()
	}
	if !ok1 || !ok2 || !ok3 || s[2] != ':' {
		return math.NaN()
	}
	return float64(hour*3600 + minute*60 + second)
}

// parseDateTime reads 2026-01-31T14:05:09, with what DateTimeOf allows after it.
func parseDateTime(s string) float64 {
	date, clock, ok := strings.Cut(s, "T")
	if !ok {
		return math.NaN()
	}
	return wholeSecond(parseDate(date)*daySeconds + parseTime(withoutZone(clock)))
}

// withoutZone cuts Z, +03, +0300 or +03:00 off a time, and then a fraction of its seconds.
func withoutZone(clock string) string {
	if rest, ok := strings.CutSuffix(clock, "Z"); ok {
		clock = rest
	} else if i := strings.LastIndexAny(clock, "+-"); i >= 0 {
		zone := clock[i+1:]
		if len(zone) == len("03:00") && zone[2] == ':' {
			zone = zone[:2] + zone[3:]
		}
		_, hour := twoDigits(zone, 0, 14)
		_, minute := twoDigits(zone, 2, 59)
		if !hour || len(zone) != 2 && (len(zone) != 4 || !minute) {
			return ""
		}
		clock = clock[:i]
	}
	if i := len("14:05:09"); len(clock) > i+1 && clock[i] == '.' && span(clock[i+1:], isDigit) == len(clock)-i-1 {
		return clock[:i]
	}
	return clock
}

// dateOfText reads a date, or the date of a moment.
func dateOfText(s string) float64 {
	if len(s) > len("2026-01-31") {
		return wholeDay(parseDateTime(s) / daySeconds)
	}
	return parseDate(s)
}

// printMoment writes n, which is no NaN, as a Date, a Time or a DateTime.
func printMoment(t Type, n float64) string {
	form := "2006-01-02"
	switch {
	case t == Date:
		n *= daySeconds
	case t == DateTime:
		form = "2006-01-02T15:04:05"
	case math.Mod(n, 60) == 0:
		form = "15:04"
	default:
		form = "15:04:05"
	}
	return time.Unix(int64(n), 0).UTC().Format(form)
}
