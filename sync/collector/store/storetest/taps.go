package storetest

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// tapMaps: counts are those of the latest state of each row of counts, whichever heartbeats came again or late, and rows of
// the same survey version add up.
func tapMaps(t *testing.T, p Place) {
	s := openAt(t, p)
	left, right := Enrolled(t, s, "Зал", "Левый"), Enrolled(t, s, "Зал", "Правый")
	row := func(id byte, survey string, counts ...uint32) wire.TapMap {
		m := wire.NewTapMap(true)
		m.ID, m.Survey, m.Version = [8]byte{id}, survey, "v"
		copy(m.Cells, counts)
		return m
	}
	beats := uint64(0)
	beat := func(terminal store.Terminal, maps ...wire.TapMap) {
		t.Helper()
		beats++
		fresh, err := s.Beat(t.Context(), terminal.ID, wire.Heartbeat{Origin: Origin(terminal.Name), Beat: beats, Taps: maps},
			Now.Add(time.Duration(beats)*time.Minute))
		must(t, err)
		if !fresh {
			t.Error("not fresh")
		}
	}
	beat(left, row(1, "poll", 3, 1), row(2, "", 1))
	beat(left, row(1, "poll", 5, 1))
	beat(left, row(1, "poll", 4, 0)) // an older state
	bad := row(9, "poll", 1000)
	bad.Cells = bad.Cells[:10]
	beat(left, bad, row(3, "poll", 0, 10)) // the terminal began anew
	turned := row(3, "poll", 7)
	turned.Columns = wire.TapsLong // the same row on another grid is a mistake
	beat(left, turned)
	beat(right, row(1, "poll", 70))
	_, err := s.Beat(t.Context(), left.ID, wire.Heartbeat{Origin: Origin(left.Name), Beat: 1, Taps: []wire.TapMap{row(8, "poll", 9)}}, Now)
	must(t, err) // a replay
	got, err := s.TapMaps(t.Context(), left.ID)
	must(t, err)
	if len(got) != 2 || got[0].Survey != "poll" || got[0].Version != "v" || got[0].Columns != wire.TapsShort || got[0].Cells[0] != 5 ||
		got[0].Cells[1] != 11 || got[0].Taps() != 16 || got[1].Survey != "" || got[1].Taps() != 1 {
		t.Errorf("got %+v", got)
	}
	if got, err = s.TapMaps(t.Context(), uuid.Max); err != nil || len(got) != 0 {
		t.Errorf("of nobody: %v, %v", got, err)
	}
	for id := range store.MaxTapMaps {
		beat(left, row(byte(100+id), "poll", 1))
	}
	got, err = s.TapMaps(t.Context(), left.ID)
	must(t, err)
	if len(got) != 1 || got[0].Taps() != store.MaxTapMaps {
		t.Errorf("%d rows of one touch each: %+v", store.MaxTapMaps, got)
	}
}
