package main

import (
	"strings"
	"testing"
	"time"
)

func TestRoomIsForecastInDays(t *testing.T) {
	now := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	r := newRoom(dir)
	r.now = func() time.Time { return now }
	const mb = 1 << 20
	for hour := range 24*10 + 1 { // 24 MB a day for ten days
		r.note(uint64(1016*mb - hour*mb))
		now = now.Add(time.Hour)
	}
	now = now.Add(-time.Hour)
	free := uint64(1016*mb - 240*mb) // 760 MB above the least
	days, ok := r.days(free)
	if !ok || days < 31.6 || days > 31.7 {
		t.Errorf("forecast %.2f days, %v; want 760/24", days, ok)
	}
	if p := r.problem(free); p != "" {
		t.Errorf("a month away it is no problem: %q", p)
	}
	if p := r.problem(40 * mb); !strings.Contains(p, "full in 0 days") || !strings.HasPrefix(p, "disk: 41 MB free") {
		t.Errorf("nearly full: %q", p)
	}
	if p := r.problem(15 * mb); !strings.Contains(p, "answers are refused") {
		t.Errorf("full: %q", p)
	}
	again := newRoom(dir)
	again.now = r.now
	if d, ok := again.days(free); !ok || d != days {
		t.Errorf("after a restart: %.2f days, %v", d, ok)
	}
	if _, ok := again.days(2000 * mb); ok {
		t.Error("a forecast although there is more room than a week ago")
	}
	now = now.Add(-100 * time.Hour)
	again.note(free)
	if _, ok := again.days(free); ok || len(again.samples) != 1 {
		t.Error("a forecast across a clock that was set back")
	}
}
