package service

import (
	"fmt"
	"time"

	"otklik/kiosk/words"
)

// moment writes a time as the terminal's clock shows it; none for no time.
func moment(language string, t time.Time, none string) string {
	if t.IsZero() {
		return none
	}
	layout := "02.01.2006 15:04:05"
	if language == "en" {
		layout = "2006-01-02 15:04:05"
	}
	return t.Local().Format(layout)
}

// span writes a duration in the largest unit that says enough.
func span(language string, d time.Duration) string {
	say := words.In(language).Say
	switch d = d.Round(time.Second); {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d %s", d/time.Second, say("service.unit.seconds"))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d %s", (d+59*time.Second)/time.Minute, say("service.unit.minutes"))
	}
	return fmt.Sprintf("%d %s", d/time.Hour, say("service.unit.hours"))
}

// size writes a number of bytes.
func size(language string, bytes uint64) string {
	say := words.In(language).Say
	if bytes < 1e9 {
		return fmt.Sprintf("%d %s", bytes/1e6, say("service.unit.megabytes"))
	}
	return fmt.Sprintf("%.1f %s", float64(bytes)/1e9, say("service.unit.gigabytes"))
}
