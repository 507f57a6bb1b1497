package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"otklik/sync/collector/store"
)

const (
	// sightingsKept is how many changes of machine or address are remembered of each outbox.
	sightingsKept = 16
	// turns is how many changes of address in turnsWithin, each back to one before, are two machines and not one that moved.
	turns       = 3
	turnsWithin = 30 * time.Minute
	// alarmAgain is how long the same alarm about the same outbox is not raised again.
	alarmAgain = 24 * time.Hour
)

// Sight implements store.Fleet.
func (s *Store) Sight(ctx context.Context, sighting store.Sighting) (bool, error) {
	last, err := s.sightings(ctx, sighting, 1)
	if err != nil || len(last) == 1 && last[0].Boot == sighting.Boot && last[0].Address == sighting.Address {
		return false, err
	}
	alarm := false
	err = s.writer.do(ctx, func(t *tx) (err error) {
		alarm, err = t.sight(sighting)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("store: from where terminal %s was heard: %w", sighting.Terminal, hint(err))
	}
	return alarm, nil
}

const selectSightings = "SELECT at, boot, address FROM sightings WHERE origin = ? ORDER BY id DESC LIMIT ?"

func scanSighting(rows *sql.Rows, s *store.Sighting) error {
	var at int64
	err := rows.Scan(&at, &s.Boot, &s.Address)
	s.At = instant(at)
	return err
}

func (s *Store) sightings(ctx context.Context, of store.Sighting, n int) ([]store.Sighting, error) {
	return list(ctx, s.db, "sightings", scanSighting, selectSightings, of.Origin[:], n)
}

// sight notes a change, and raises the alarm where one outbox is heard of from two machines by turns.
func (t *tx) sight(now store.Sighting) (bool, error) {
	var owner []byte
	err := t.row("SELECT terminal FROM origins WHERE origin = ?", []any{now.Origin[:]}, &owner)
	if err != nil && !errors.Is(err, sql.ErrNoRows) || owner != nil && !bytes.Equal(owner, now.Terminal[:]) {
		return false, err // another terminal is no copy of this one's disk; see ForeignOutbox
	}
	rows, err := t.query(selectSightings, now.Origin[:], sightingsKept)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	var before []store.Sighting // the latest first
	for rows.Next() {
		var one store.Sighting
		if err := scanSighting(rows, &one); err != nil {
			return false, err
		}
		before = append(before, one)
	}
	if err := rows.Err(); err != nil {
		return false, err
	}
	rows.Close()
	if len(before) > 0 && before[0].Boot == now.Boot && before[0].Address == now.Address {
		return false, nil // another request was faster
	}
	if _, err := t.exec("INSERT INTO sightings (origin, at, boot, address) VALUES (?, ?, ?, ?)", now.Origin[:], millis(now.At),
		now.Boot, now.Address); err != nil {
		return false, err
	}
	if _, err := t.exec("DELETE FROM sightings WHERE origin = ?1 "+
		"AND id NOT IN (SELECT id FROM sightings WHERE origin = ?1 ORDER BY id DESC LIMIT ?2)", now.Origin[:], sightingsKept); err != nil {
		return false, err
	}
	if !store.TwoAtOnce(before, now, turns, turnsWithin) {
		return false, nil
	}
	var one int
	err = t.row("SELECT 1 FROM alarms WHERE origin = ? AND kind = ? AND at > ?",
		[]any{now.Origin[:], string(store.TwoMachines), millis(now.At.Add(-alarmAgain))}, &one)
	if !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	return true, t.raise(store.Alarm{Key: store.Key{Origin: now.Origin}, Kind: store.TwoMachines, Terminal: now.Terminal, At: now.At})
}
