package main

import (
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"otklik/kiosk/screen"
	"otklik/kiosk/visit"
	"otklik/sync/disk"
	"otklik/sync/wire"
)

const (
	tapsFile = "taps.json"
	// tapVisits is how many visits are counted before the counts leave the memory of the program, all at once: nobody who
	// reads the disk or the line can tell where one visitor touched. A restart loses the counts of fewer visits.
	tapVisits = 10
)

// taps counts where the glass is touched, by survey version: how often, never when or in which order. Surveys that promise
// anonymity are not counted.
type taps struct {
	path string

	mu    sync.Mutex
	whole []wire.TapMap       // on the disk, and what the collector may hear; the one that rose last is the last
	fresh map[tapKey]*counted // of too few visits yet
	heard map[[8]byte]uint64  // how many touches of each map the collector has
}

type tapKey struct {
	survey, version string
	upright         bool
}

// counted are the touches of a few visits.
type counted struct {
	wire.TapMap
	visits int
	here   bool // the visit under way is among them
}

func newTaps(dir string) *taps {
	t := &taps{path: filepath.Join(dir, tapsFile), fresh: make(map[tapKey]*counted), heard: make(map[[8]byte]uint64)}
	data, err := os.ReadFile(t.path)
	if err == nil && json.Unmarshal(data, &t.whole) != nil {
		slog.Warn("the counts of touches cannot be read; they begin anew", "file", t.path)
		t.whole = nil
	}
	t.whole = slices.DeleteFunc(t.whole, func(m wire.TapMap) bool { return m.Check() != nil })
	return t
}

// touched counts a touch.
func (t *taps) touched(touch screen.Touch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if touch.Screen == visit.Attract { // whoever was here before is gone
		for _, c := range t.fresh {
			c.here = false
		}
	}
	key := tapKey{upright: touch.Upright}
	if s := touch.Survey; s != nil {
		if s.Anonymous {
			return
		}
		key.survey, key.version = s.ID, s.Version
	}
	c := t.fresh[key]
	if c == nil {
		c = &counted{TapMap: wire.NewTapMap(key.upright)}
		t.fresh[key] = c
	}
	if !c.here {
		c.here = true
		c.visits++
	}
	if at := c.Cell(touch.At[0], touch.At[1]); c.Cells[at] < math.MaxUint32 {
		c.Cells[at]++
	}
}

// tell returns the maps that the collector has not heard of as they are. Only what is on the disk is told, so that a count
// never falls behind what was told.
func (t *taps) tell() []wire.TapMap {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.gather()
	var risen []wire.TapMap
	for _, m := range t.whole {
		if m.Taps() > t.heard[m.ID] {
			m.Cells = slices.Clone(m.Cells)
			risen = append(risen, m)
		}
	}
	return risen
}

// gather adds what enough visits have touched to the counts on the disk.
func (t *taps) gather() {
	var ready []tapKey
	for key, c := range t.fresh {
		if c.visits > tapVisits || c.visits == tapVisits && !c.here {
			ready = append(ready, key)
		}
	}
	if len(ready) == 0 {
		return
	}
	next := slices.Clone(t.whole)
	for _, key := range ready {
		next = add(next, key, t.fresh[key].Cells)
	}
	if err := t.write(next); err != nil {
		slog.Warn("the counts of touches cannot be kept", "err", err)
		return // they stay in memory
	}
	t.whole = next
	for _, key := range ready {
		delete(t.fresh, key)
	}
}

// add returns maps with more counts of a key, its map the last; the ones that rose longest ago make room.
func add(maps []wire.TapMap, key tapKey, cells []uint32) []wire.TapMap {
	sum := wire.NewTapMap(key.upright)
	sum.Survey, sum.Version = key.survey, key.version
	at := slices.IndexFunc(maps, func(m wire.TapMap) bool {
		return m.Survey == key.survey && m.Version == key.version && m.Columns == sum.Columns
	})
	if at >= 0 {
		sum.ID = maps[at].ID
		copy(sum.Cells, maps[at].Cells)
		maps = slices.Delete(maps, at, at+1)
	} else if _, err := rand.Read(sum.ID[:]); err != nil {
		panic("no randomness: " + err.Error()) // crypto/rand never fails on a working system
	}
	for i, n := range cells {
		sum.Cells[i] += min(n, math.MaxUint32-sum.Cells[i])
	}
	maps = append(maps, sum)
	return maps[max(0, len(maps)-wire.MaxTapMaps):]
}

func (t *taps) write(maps []wire.TapMap) error {
	data, err := json.Marshal(maps)
	if err != nil {
		return err
	}
	return disk.Replace(t.path, data, 0o600)
}

// told notes which maps the collector has.
func (t *taps) told(maps []wire.TapMap) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range maps {
		t.heard[m.ID] = m.Taps()
	}
}
