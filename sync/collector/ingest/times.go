package ingest

import (
	"time"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

const (
	// ahead is how far in the future a corrected time may lie before its clock is not trusted.
	ahead = 5 * time.Minute
	// farOff is more than any clock can be off, in milliseconds: one that was never set says 1970, or 1980.
	farOff = int64(100 * 365 * 24 * time.Hour / time.Millisecond)
)

// fill fills in a response from a body. Times are moved by what the terminal knew of the collector's clock; a terminal
// that knew nothing, or whose answer would come from the future, keeps its own times and is not trusted.
func fill(to *store.Response, body *wire.Body, received time.Time) {
	r, clock := &body.Response, &body.Clock
	to.Survey, to.Version, to.Number = r.Survey, r.Version, r.Number
	to.Language, to.Audience, to.Seconds, to.Ticket = r.Language, r.Audience, r.Seconds, r.Ticket
	var offset time.Duration
	if clock.OffsetKnown && -farOff < clock.Offset && clock.Offset < farOff {
		offset = time.Duration(clock.Offset) * time.Millisecond
		to.ClockTrusted = !clock.Wall.Add(offset).After(received.Add(ahead))
	}
	if !to.ClockTrusted {
		offset = 0
	}
	to.Started, to.Submitted = plausible(r.Started.Add(offset)), plausible(clock.Wall.Add(offset))
}

// plausible drops a time that no calendar people use can show.
func plausible(t time.Time) time.Time {
	if y := t.UTC().Year(); y < 1970 || y > 9999 {
		return time.Time{}
	}
	return t.UTC()
}
