package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"otklik/sync/collector/store"
)

// sightings: an outbox that is heard of from two machines by turns raises one alarm a day; one machine that restarts or
// moves raises none.
func sightings(t *testing.T, p Place) {
	s := openAt(t, p)
	for name, c := range map[string]struct {
		seen string // boot and address, a letter each
		want int
	}{
		"one machine":              {"aA aA aA", 0},
		"restarts":                 {"aA bA cA dA", 0},
		"moves":                    {"aA aB aC", 0},
		"moves and comes back":     {"aA aB aA", 0},
		"does not tell its start":  {"-A -B -A", 0},
		"two machines":             {"aA bB aA bB aA", 1},
		"two behind one proxy":     {"aA bA aA", 1},
		"a copied virtual machine": {"aA aB aA aB aA aB", 1},
	} {
		terminal := Enrolled(t, s, "Зал", name)
		at, alarms := Now, 0
		for i := 0; i < len(c.seen); i += 3 {
			boot := c.seen[i : i+1]
			if boot == "-" {
				boot = ""
			}
			at = at.Add(2 * time.Minute)
			alarm, err := s.Sight(t.Context(), store.Sighting{
				Terminal: terminal.ID, Origin: Origin(name), At: at, Boot: boot, Address: c.seen[i+1 : i+2],
			})
			must(t, err)
			if alarm {
				alarms++
			}
		}
		if alarms != c.want {
			t.Errorf("%s: %d alarms, want %d", name, alarms, c.want)
		}
		if alarms == 0 {
			continue
		}
		all, err := s.Alarms(t.Context(), 100)
		must(t, err)
		all = slices.DeleteFunc(all, func(a store.Alarm) bool { return a.Origin != Origin(name) })
		if len(all) != 1 || all[0].Kind != store.TwoMachines || all[0].Terminal != terminal.ID || all[0].Origin != Origin(name) {
			t.Errorf("%s: %+v", name, all)
		}
		alarm := false
		for i, boot := range []string{"b", "a"} { // the next day it is raised again
			again, err := s.Sight(t.Context(), store.Sighting{
				Terminal: terminal.ID, Origin: Origin(name), At: at.Add(25*time.Hour + time.Duration(i)*time.Minute), Boot: boot, Address: "A",
			})
			must(t, err)
			alarm = alarm || again
		}
		if c.seen[3] == 'b' && !alarm {
			t.Errorf("%s: a day later there is no alarm", name)
		}
	}
	// A machine that moves all day keeps the table small.
	for i := range 50 {
		_, err := s.Sight(t.Context(), store.Sighting{Origin: Origin("mobile"), At: Now.Add(time.Duration(i) * time.Hour), Boot: "a", Address: fmt.Sprint(i)})
		must(t, err)
	}
}
