package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"otklik/sync/disk"
	"otklik/sync/wire"
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

// amount is a number of bytes, where it is known.
type amount struct {
	bytes uint64
	known bool
}

// space is what answers can still take: on the disk, and in the file of the queue before its own bound.
type space struct{ disk, queue amount }

// spaceOf measures the space of a data folder. queue returns what the outbox may still grow by; nil for not known.
func spaceOf(dir string, queue func() (int64, bool)) (s space) {
	s.disk.bytes, s.disk.known = disk.Free(dir)
	if queue != nil {
		bytes, known := queue()
		s.queue = amount{uint64(max(0, bytes)), known}
	}
	return s
}

// least is what is left of the scarcer part.
func (s space) least() amount {
	if !s.disk.known || s.queue.known && s.queue.bytes < s.disk.bytes {
		return s.queue
	}
	return s.disk
}

// full reports whether nobody may be asked. A space of which nothing is known is not full: the outbox will say so.
func (s space) full() bool { l := s.least(); return l.known && l.bytes < leastRoom }

// roomSample is the space at a time; nil for a part that was not known.
type roomSample struct {
	Time  time.Time `json:"time"`
	Disk  *uint64   `json:"free,omitempty"`
	Queue *uint64   `json:"queue,omitempty"`
}

// room remembers the space of the last week, and forecasts from that.
type room struct {
	path string
	now  func() time.Time

	mu      sync.Mutex
	samples []roomSample // the oldest first
}

func newRoom(dir string) *room {
	r := &room{path: filepath.Join(dir, roomFile), now: time.Now}
	if data, err := os.ReadFile(r.path); err == nil {
		r.samples = parseRoom(data)
	}
	return r
}

// roomFormat is the version of the file.
const roomFormat = 1

// roomRecord is what is in it. Programs before it wrote the samples alone.
type roomRecord struct {
	Format  int          `json:"format"`
	Samples []roomSample `json:"samples"`
}

// parseRoom returns no samples for a file that a power loss cut off, or of a newer program: a week brings them back.
func parseRoom(data []byte) (samples []roomSample) {
	if json.Unmarshal(data, &samples) == nil {
		return samples
	}
	var r roomRecord
	if json.Unmarshal(data, &r) != nil || r.Format != roomFormat {
		return nil
	}
	return r.Samples
}

// note takes a sample when one is due. The file is a help, so a disk that does not take it is no trouble of its own.
func (r *room) note(s space) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if n := len(r.samples); n > 0 && now.Before(r.samples[n-1].Time) {
		r.samples = nil // the clock was set back
	}
	if n := len(r.samples); !s.least().known || n > 0 && now.Sub(r.samples[n-1].Time) < sampleEvery {
		return
	}
	for len(r.samples) > 0 && now.Sub(r.samples[0].Time) > sampleFor {
		r.samples = r.samples[1:]
	}
	r.samples = append(r.samples, roomSample{now.UTC().Truncate(time.Second), s.disk.kept(), s.queue.kept()})
	data, err := json.Marshal(roomRecord{roomFormat, r.samples})
	if err == nil {
		err = disk.ReplaceLoosely(r.path, data, 0o600)
	}
	if err != nil {
		slog.Warn("the record of free space cannot be kept", "err", err)
	}
}

func (a amount) kept() *uint64 {
	if !a.known {
		return nil
	}
	return &a.bytes
}

// queue is the room of the outbox as it was last noted, for who cannot open it.
func (r *room) queue() (int64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.samples); n > 0 && r.samples[n-1].Queue != nil {
		return int64(*r.samples[n-1].Queue), true
	}
	return 0, false
}

// days forecasts in how many days answers will be refused, going by the last week at most; false when the space does not
// shrink, or too little is known.
func (r *room) days(s space) (days float64, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.full() {
		return 0, true
	}
	days = math.Inf(1)
	for _, part := range []struct {
		now amount
		of  func(roomSample) *uint64
	}{
		{s.disk, func(s roomSample) *uint64 { return s.Disk }},
		{s.queue, func(s roomSample) *uint64 { return s.Queue }},
	} {
		at := slices.IndexFunc(r.samples, func(s roomSample) bool { return part.of(s) != nil })
		if at < 0 || !part.now.known {
			continue
		}
		span, first := r.now().Sub(r.samples[at].Time), *part.of(r.samples[at])
		if span >= leastSpan && first > part.now.bytes {
			rate := float64(first-part.now.bytes) / (span.Hours() / 24)
			days = min(days, float64(part.now.bytes-leastRoom)/rate)
		}
	}
	return days, !math.IsInf(days, 1)
}

// words says how much room there is and for how long.
func (r *room) words(s space) string {
	left := s.least()
	if !left.known {
		return "unknown"
	}
	var parts []string
	if s.disk.known {
		parts = append(parts, inBytes(s.disk.bytes)+" free")
	}
	if left == s.queue {
		parts = append(parts, "the queue may grow by "+inBytes(left.bytes))
	}
	text := strings.Join(parts, ", ")
	if s.full() {
		return text + "; answers are refused until there is room"
	}
	if days, ok := r.days(s); ok {
		text += fmt.Sprintf(", at this rate full in %.0f days", math.Floor(days))
	}
	return text
}

func inBytes(bytes uint64) string {
	if bytes < 1e9 {
		return fmt.Sprintf("%d MB", bytes/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
}

// soon reports whether answers are refused, or will be before long.
func (r *room) soon(s space) bool {
	days, ok := r.days(s)
	return ok && days < soonDays
}

// trouble is what is wrong with the space, false while there is enough for long.
func (r *room) trouble(s space) (wire.Trouble, bool) {
	if s.full() {
		return wire.Trouble{Reason: wire.TroubleDiskFull}, true
	}
	days, _ := r.days(s)
	return wire.Trouble{Reason: wire.TroubleDiskSoon, Count: uint64(max(0, days))}, r.soon(s)
}

// problem is what the collector should hear of the space, "" while there is enough for long.
func (r *room) problem(s space) string {
	r.note(s)
	switch {
	case !r.soon(s):
		return ""
	case s.least() == s.queue:
		return "disk: " + r.words(s) + "; see why the terminal's answers do not leave"
	}
	return "disk: " + r.words(s) + "; make room on the terminal"
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
