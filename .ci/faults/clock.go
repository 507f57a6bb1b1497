package main

import (
	"database/sql"
	"fmt"
	"net/url"
	"time"

	"github.com/google/uuid"
)

// decade is how far a clock jumps.
const decade = 10 * 365 * 24 * time.Hour

// near is how far a corrected time may be from the true one: a second for what is cut off, the rest for a slow machine.
const near = 15 * time.Second

// wrongClocks are the ways in which a terminal's clock is wrong, with its time zone. rests says that it stays as it is for
// some answers at least, so that the collector can measure it.
var wrongClocks = []struct {
	name    string
	offsets []time.Duration
	zone    string
	rests   bool
}{
	{"ten years ahead", []time.Duration{decade}, "", true},
	{"ten years behind", []time.Duration{-decade}, "", true},
	{"none, it starts in 1970", []time.Duration{time.Until(time.Unix(60, 0))}, "", true},
	{"right, in Kamchatka", nil, "Asia/Kamchatka", true},
	{"right, in Honolulu", nil, "Pacific/Honolulu", true},
	{"it jumps ten years on", []time.Duration{0, 0, 0, decade, decade, decade}, "", true},
	{"it jumps ten years back", []time.Duration{0, 0, 0, -decade, -decade, -decade}, "", true},
	{"it jumps with each answer", []time.Duration{0, decade, 0, -decade}, "Europe/Moscow", false},
	{"an hour off, as in summer", []time.Duration{time.Hour, 0}, "Europe/Berlin", false},
}

// wrongClock has the clock of terminals be wrong in each of the ways, one after another on the same outboxes.
func wrongClock(r *rig, full bool) (count, error) {
	var c count
	answers, rounds := 6, 1
	if full {
		answers, rounds = 60, 5
	}
	w, err := r.newWorld(2)
	if err != nil {
		return c, err
	}
	defer w.close()
	for range rounds {
		for _, clock := range wrongClocks {
			if err := w.visitBy(clock.offsets, clock.zone, clock.rests, answers, &c); err != nil {
				return c, fmt.Errorf("%s: %w", clock.name, err)
			}
		}
	}
	return c.with(w.settle())
}

// visitBy takes answers by such a clock and looks at the times that the collector made of them.
func (w *world) visitBy(offsets []time.Duration, zone string, rests bool, answers int, c *count) error {
	wrap := []string{"env"}
	if zone != "" {
		wrap = append(wrap, "TZ="+zone)
	}
	args := []string{"--rate", "20"} // so that the collector is met before the last answer
	for _, off := range offsets {
		args = append(args, "--clock-offset="+off.String())
	}
	before, began := w.thankedLines(), time.Now()
	if _, err := w.sim(w.fleet, answers, wrap, args...).end(); err != nil {
		return err
	}
	ended := time.Now()
	c.Injected += answers * w.terminals
	if err := w.moment(); err != nil {
		return err
	}
	all, err := w.times()
	if err != nil {
		return err
	}
	thanked, err := readThanked(w.thankedFile())
	if err != nil {
		return err
	}
	trusted := 0
	for _, id := range thanked[before:] {
		t, is := all[id]
		if !is {
			return fmt.Errorf("invariant A: answer %s is not stored", id)
		}
		right := !t.submitted.Before(began.Add(-near)) && !t.submitted.After(ended.Add(near))
		if t.trusted {
			trusted++
		}
		if t.trusted && !right {
			return fmt.Errorf("answer %s was given between %s and %s; the collector trusts its clock and says %s",
				id, began, ended, t.submitted)
		}
		if t.trusted && t.submitted.After(t.received.Add(5*time.Minute)) {
			return fmt.Errorf("answer %s came at %s; the collector trusts its clock, which says %s", id, t.received, t.submitted)
		}
		if !t.received.After(began) || t.received.After(ended) {
			return fmt.Errorf("answer %s was received at %s, not between %s and %s", id, t.received, began, ended)
		}
	}
	if rests && trusted == 0 {
		return fmt.Errorf("no clock of %d answers is trusted, although the collector was met", len(thanked)-before)
	}
	return w.inOrder()
}

// stamp is what the collector says of when an answer was given.
type stamp struct {
	submitted, received time.Time
	trusted             bool
}

func (w *world) times() (map[uuid.UUID]stamp, error) {
	db, err := w.openStore()
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.Query("SELECT answer_id, submitted, received, clock_trusted FROM responses")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[uuid.UUID]stamp{}
	for rows.Next() {
		var id []byte
		var submitted, received int64
		var s stamp
		if err := rows.Scan(&id, &submitted, &received, &s.trusted); err != nil {
			return nil, err
		}
		s.submitted, s.received = time.UnixMilli(submitted), time.UnixMilli(received)
		all[uuid.UUID(id)] = s
	}
	return all, rows.Err()
}

// inOrder sees that seq tells the order in which people were thanked at each terminal, whatever the clocks said.
func (w *world) inOrder() error {
	e, err := w.gather(false)
	if err != nil {
		return err
	}
	place := map[uuid.UUID]row{}
	for _, r := range e.Stored {
		place[r.ID] = r
	}
	last := map[string]uint64{}
	for _, id := range e.Thanked {
		r := place[id]
		if r.Seq <= last[r.Origin.String()] {
			return fmt.Errorf("answer %s, seq %d of origin %s, was given after seq %d", id, r.Seq, r.Origin, last[r.Origin.String()])
		}
		last[r.Origin.String()] = r.Seq
	}
	return nil
}

func (w *world) openStore() (*sql.DB, error) {
	return sql.Open("sqlite", (&url.URL{Scheme: "file", Path: w.store(), RawQuery: "_pragma=busy_timeout(10000)"}).String())
}
