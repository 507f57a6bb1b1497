package main

import (
	"testing"
	"time"
)

func TestUploadLimitHoldsInItsHours(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 3, 4, hour, 30, 0, 0, time.Local) }
	for _, c := range []struct {
		text  string
		limit map[int]int64 // by hour
	}{
		{"32K", map[int]int64{0: 32 << 10, 12: 32 << 10}},
		{"4096@8-20", map[int]int64{7: 0, 8: 4096, 19: 4096, 20: 0}},
		{"1M@22-6", map[int]int64{21: 0, 22: 1 << 20, 3: 1 << 20, 6: 0}},
	} {
		var l uploadLimit
		if err := l.UnmarshalText([]byte(c.text)); err != nil {
			t.Fatal(err)
		}
		for hour, want := range c.limit {
			if got := l.at(at(hour)); got != want {
				t.Errorf("%s at %d:30 is %d, not %d", c.text, hour, got, want)
			}
		}
	}
	for _, text := range []string{"", "K", "-1", "10", "32K@", "32K@8", "32K@8-8", "32K@8-25", "32X"} {
		if err := new(uploadLimit).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken for a limit", text)
		}
	}
}
