package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Bounds of the room on the disk.
const (
	leastRoom   = 16 << 20          // below it nobody is asked: what is under way still finds its place
	enoughRoom  = leastRoom * 5 / 4 // from here on people are asked again, so that the screen does not change to and fro
	sampleEvery = time.Hour
	sampleFor   = 7 * 24 * time.Hour
	leastSpan   = 6 * time.Hour // a forecast from less would be a guess
	soonDays    = 30            // the collector hears of a disk that will be full by then
	roomFile    = "disk.json"
)

// roomSample is how many bytes were free at a time.
type roomSample struct {
	Time time.Time `json:"time"`
	Free uint64    `json:"free"`
}

// room remembers how much was free on the disk over the last week, and forecasts from that.
type room struct {
	path string
	now  func() time.Time

	mu      sync.Mutex
	samples []roomSample // the oldest first
}

func newRoom(dir string) *room {
	r := &room{path: filepath.Join(dir, roomFile), now: time.Now}
	if data, err := os.ReadFile(r.path); err == nil && json.Unmarshal(data, &r.samples) != nil {
		r.samples = nil // it was cut off by a power loss; a week brings it back
	}
	return r
}

// note takes a sample when one is due. The file is a help, so a disk that does not take it is no trouble of its own.
func (r *room) note(free uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if n := len(r.samples); n > 0 && now.Before(r.samples[n-1].Time) {
		r.samples = nil // the clock was set back
	}
	if n := len(r.samples); free == 0 || n > 0 && now.Sub(r.samples[n-1].Time) < sampleEvery {
		return
	}
	for len(r.samples) > 0 && now.Sub(r.samples[0].Time) > sampleFor {
		r.samples = r.samples[1:]
	}
	r.samples = append(r.samples, roomSample{now.UTC().Truncate(time.Second), free})
	data, err := json.Marshal(r.samples)
	if err == nil {
		if err = os.WriteFile(r.path+".new", data, 0o600); err == nil {
			err = os.Rename(r.path+".new", r.path)
		}
	}
	if err != nil {
		slog.Warn("the record of free space cannot be kept", "err", err)
	}
}

// days forecasts in how many days answers will be refused, going by the last week at most; false when the room does not
// shrink, or too little is known.
func (r *room) days(free uint64) (float64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if free <= leastRoom {
		return 0, free > 0
	}
	if len(r.samples) == 0 {
		return 0, false
	}
	first := r.samples[0]
	span := r.now().Sub(first.Time)
	if span < leastSpan || first.Free <= free {
		return 0, false
	}
	return float64(free-leastRoom) / float64(first.Free-free) * span.Hours() / 24, true
}

// words says how much room there is and for how long.
func (r *room) words(free uint64) string {
	if free == 0 {
		return "unknown"
	}
	text := fmt.Sprintf("%.1f GB free", float64(free)/1e9)
	if free < 1e9 {
		text = fmt.Sprintf("%d MB free", free/1e6)
	}
	if free < leastRoom {
		return text + "; answers are refused until there is room"
	}
	if days, ok := r.days(free); ok {
		text += fmt.Sprintf(", at this rate full in %.0f days", math.Floor(days))
	}
	return text
}

// problem is what the collector should hear of the disk, "" while there is room for long.
func (r *room) problem(free uint64) string {
	r.note(free)
	if days, ok := r.days(free); ok && days < soonDays {
		return "disk: " + r.words(free) + "; make room on the terminal"
	}
	return ""
}

// words joins what is not empty.
func words(between string, parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, between)
}
