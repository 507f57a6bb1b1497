package main

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"otklik/kiosk/screen"
	"otklik/kiosk/visit"
	"otklik/surveys"
	"otklik/sync/wire"
)

// visitors has so many people touch a survey at a place, each after a touch of the attract screen in its middle.
func visitors(t *taps, n int, s *surveys.Survey, at surveys.Tap) {
	for range n {
		t.touched(screen.Touch{At: surveys.Tap{500, 500}, Upright: true, Screen: visit.Attract})
		t.touched(screen.Touch{At: at, Upright: true, Screen: visit.Question, Survey: s})
	}
}

func TestTouchesAreToldOfManyVisitorsAtOnceAndKeptOverARestart(t *testing.T) {
	dir := t.TempDir()
	poll := &surveys.Survey{ID: "poll", Version: "1"}
	counts := newTaps(dir)
	visitors(counts, tapVisits, poll, surveys.Tap{0, 0})
	if told := counts.tell(); len(told) != 0 {
		// the map of the attract screen has ten visits as well, the last of them under way
		t.Errorf("while the tenth visitor is here %v is told", told)
	}
	if _, err := os.Stat(filepath.Join(dir, tapsFile)); !os.IsNotExist(err) {
		t.Errorf("the disk knows of few visitors: %v", err)
	}
	visitors(counts, 1, poll, surveys.Tap{1000, 1000})
	told := counts.tell()
	if len(told) != 2 {
		t.Fatalf("told %v", told)
	}
	of := func(maps []wire.TapMap, survey string) wire.TapMap {
		return maps[slices.IndexFunc(maps, func(m wire.TapMap) bool { return m.Survey == survey })]
	}
	if m := of(told, "poll"); m.Cells[0] != 10 || m.Cells[239] != 1 || m.Taps() != 11 || m.Columns != wire.TapsShort || m.Check() != nil {
		t.Errorf("%+v", m)
	}
	if again := counts.tell(); !reflect.DeepEqual(again, told) {
		t.Errorf("before the collector answered: %v", again)
	}
	if counts.told(told); len(counts.tell()) != 0 {
		t.Error("told again although the collector has it")
	}

	counts = newTaps(dir)
	if again := counts.tell(); !reflect.DeepEqual(again, told) {
		t.Errorf("after a restart: %v, want %v", again, told)
	}
	visitors(counts, tapVisits+1, poll, surveys.Tap{0, 0})
	if m := of(counts.tell(), "poll"); m.ID != of(told, "poll").ID || m.Cells[0] != 21 {
		t.Errorf("more touches: %+v", m)
	}
}

func TestTouchesOfAnAnonymousSurveyAreNotCounted(t *testing.T) {
	counts := newTaps(t.TempDir())
	visitors(counts, 3*tapVisits, &surveys.Survey{ID: "staff", Version: "1", Anonymous: true}, surveys.Tap{0, 0})
	if told := counts.tell(); len(told) != 1 || told[0].Survey != "" {
		t.Errorf("told %v", told)
	}
}

func TestSpoiledCountsBeginAnew(t *testing.T) {
	dir := t.TempDir()
	for _, spoiled := range []string{"", "{", `[{"columns":12,"cells":[1]}]`} {
		if err := os.WriteFile(filepath.Join(dir, tapsFile), []byte(spoiled), 0o600); err != nil {
			t.Fatal(err)
		}
		counts := newTaps(dir)
		visitors(counts, tapVisits+1, &surveys.Survey{ID: "poll"}, surveys.Tap{0, 0})
		if told := counts.tell(); len(told) != 2 {
			t.Errorf("after %q: %v", spoiled, told)
		}
	}
}

func TestOldCountsMakeRoom(t *testing.T) {
	counts := newTaps(t.TempDir())
	for i := range 2 * wire.MaxTapMaps {
		visitors(counts, tapVisits+1, &surveys.Survey{ID: "poll", Version: string(rune('a' + i))}, surveys.Tap{0, 0})
		counts.told(counts.tell())
	}
	if n := len(counts.whole); n != wire.MaxTapMaps || counts.whole[n-1].Version == "" && counts.whole[n-2].Version == "" {
		t.Errorf("%d maps: %v", n, counts.whole)
	}
}
