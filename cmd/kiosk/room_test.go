package main

import (
	"strings"
	"testing"
	"time"

	"otklik/sync/wire"
)

// onDisk is a space whose disk is the scarce part.
func onDisk(bytes uint64) space { return space{disk: amount{bytes, true}} }

func TestRoomIsForecastInDays(t *testing.T) {
	now := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	r := newRoom(dir)
	r.now = func() time.Time { return now }
	const mb = 1 << 20
	for hour := range 24*10 + 1 { // 24 MB a day for ten days
		r.note(onDisk(uint64(1016*mb - hour*mb)))
		now = now.Add(time.Hour)
	}
	now = now.Add(-time.Hour)
	free := onDisk(1016*mb - 240*mb) // 760 MB above the least
	days, ok := r.days(free)
	if !ok || days < 31.6 || days > 31.7 {
		t.Errorf("forecast %.2f days, %v; want 760/24", days, ok)
	}
	if p := r.problem(free); p != "" {
		t.Errorf("a month away it is no problem: %q", p)
	}
	if trouble, is := r.trouble(free); is {
		t.Errorf("much room is trouble: %+v", trouble)
	}
	for left, want := range map[uint64]wire.Trouble{
		15 * mb: {Reason: wire.TroubleDiskFull}, 40 * mb: {Reason: wire.TroubleDiskSoon},
	} {
		if trouble, is := r.trouble(onDisk(left)); !is || trouble != want {
			t.Errorf("%d bytes: %+v, %v; want %+v", left, trouble, is, want)
		}
	}
	if p := r.problem(onDisk(40 * mb)); !strings.Contains(p, "full in 0 days") || !strings.HasPrefix(p, "disk: 41 MB free") {
		t.Errorf("nearly full: %q", p)
	}
	if p := r.problem(onDisk(15 * mb)); !strings.Contains(p, "answers are refused") {
		t.Errorf("full: %q", p)
	}
	again := newRoom(dir)
	again.now = r.now
	if d, ok := again.days(free); !ok || d != days {
		t.Errorf("after a restart: %.2f days, %v", d, ok)
	}
	if _, ok := again.days(onDisk(2000 * mb)); ok {
		t.Error("a forecast although there is more room than a week ago")
	}
	now = now.Add(-100 * time.Hour)
	again.note(free)
	if _, ok := again.days(free); ok || len(again.samples) != 1 {
		t.Error("a forecast across a clock that was set back")
	}
}

// The outbox has a bound of its own: a queue that nobody fetches reaches it on however large a disk.
func TestBoundOfTheQueueIsForecastToo(t *testing.T) {
	const mb, gb = 1 << 20, 1 << 30
	now := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	r := newRoom(dir)
	r.now = func() time.Time { return now }
	at := func(queue uint64) space { return space{disk: amount{900 * gb, true}, queue: amount{queue, true}} }
	for day := range 8 {
		r.note(at(uint64(1016-100*day) * mb))
		now = now.Add(24 * time.Hour)
	}
	s := at(216 * mb)
	if days, ok := r.days(s); !ok || days < 1.99 || days > 2.01 {
		t.Errorf("forecast %.2f days, %v; want 200/100", days, ok)
	}
	if p := r.problem(s); !strings.Contains(p, "the queue may grow by 226 MB, at this rate full in 2 days") ||
		!strings.Contains(p, "answers do not leave") {
		t.Errorf("said %q", p)
	}
	if p := r.problem(at(leastRoom - 1)); !strings.Contains(p, "answers are refused") {
		t.Errorf("at the bound: %q", p)
	}
	if queue, known := newRoom(dir).queue(); !known || queue > 316*mb {
		t.Errorf("who cannot open the outbox is told %d, %v", queue, known)
	}
}

// A disk without one free byte is full; one that cannot be measured is left to the outbox.
func TestNoRoomIsNotUnknownRoom(t *testing.T) {
	for _, c := range []struct {
		space space
		full  bool
		words string
	}{
		{onDisk(0), true, "0 MB free; answers are refused until there is room"},
		{onDisk(leastRoom), false, "16 MB free"},
		{space{}, false, "unknown"},
		{space{queue: amount{0, true}}, true, "the queue may grow by 0 MB; answers are refused until there is room"},
		{space{disk: amount{0, true}, queue: amount{leastRoom, true}}, true, "0 MB free; answers are refused until there is room"},
	} {
		r := newRoom(t.TempDir())
		if c.space.full() != c.full || r.words(c.space) != c.words {
			t.Errorf("%+v: full %v, %q", c.space, c.space.full(), r.words(c.space))
		}
		if told := r.problem(c.space) != ""; told != c.full {
			t.Errorf("%+v: the collector hears of it: %v", c.space, told)
		}
	}
}

func TestRoomFilesOfEveryVersionAreRead(t *testing.T) {
	const samples = `[{"time":"2026-01-15T09:00:00Z","free":1000}]`
	for text, want := range map[string]int{
		samples: 1, `{"format":1,"samples":` + samples + `}`: 1, `{"format":2,"samples":` + samples + `}`: 0, `{"format":1,"sam`: 0, "": 0,
	} {
		if got := parseRoom([]byte(text)); len(got) != want || want > 0 && *got[0].Disk != 1000 {
			t.Errorf("%s: %v", text, got)
		}
	}
}
