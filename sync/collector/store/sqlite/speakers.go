package sqlite

import (
	"bytes"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

// owns reports whether an outbox is a terminal's. One that nobody signed for becomes it; so does that of a revoked terminal
// when this one was enrolled with it, as kiosk enrol --again does. Of a terminal enrolled before that was kept, its word is
// taken.
func (t *tx) owns(origin wire.Origin, terminal uuid.UUID) (bool, error) {
	var owner []byte
	var revoked int64
	err := t.row("SELECT o.terminal, t.revoked FROM origins AS o JOIN terminals AS t ON t.id = o.terminal WHERE o.origin = ?",
		[]any{origin[:]}, &owner, &revoked)
	if errors.Is(err, sql.ErrNoRows) {
		if _, err := t.exec("INSERT INTO origins (origin, terminal) VALUES (?, ?)", origin[:], terminal[:]); err != nil {
			return false, err
		}
		return true, t.addSpeaker(origin, terminal)
	}
	if err != nil || bytes.Equal(owner, terminal[:]) {
		return err == nil, err
	}
	if revoked == 0 {
		return false, nil
	}
	var with []byte
	var self int64
	err = t.row("SELECT origin, revoked FROM terminals WHERE id = ?", []any{terminal[:]}, &with, &self)
	if err != nil || self != 0 || len(with) > 0 && !bytes.Equal(with, origin[:]) {
		return false, err
	}
	if _, err := t.exec("UPDATE origins SET terminal = ?, left_at = 0, ignored = 0 WHERE origin = ?", terminal[:], origin[:]); err != nil {
		return false, err
	}
	return true, t.addSpeaker(origin, terminal)
}

// speaks reports whether what a terminal sends of an outbox counts: the outbox is its own, or was, as a file written before
// the machine was enrolled again shows; or, carried by hand, it is that of a revoked terminal.
func (t *tx) speaks(origin wire.Origin, terminal uuid.UUID, carried bool) (bool, error) {
	own, err := t.owns(origin, terminal)
	if own || err != nil {
		return own, err
	}
	var one int
	err = t.row("SELECT 1 FROM speakers WHERE origin = ? AND terminal = ?", []any{origin[:], terminal[:]}, &one)
	if !errors.Is(err, sql.ErrNoRows) {
		return err == nil, err
	}
	if !carried {
		return false, nil
	}
	err = t.row("SELECT 1 FROM origins AS o JOIN terminals AS t ON t.id = o.terminal WHERE o.origin = ? AND t.revoked > 0",
		[]any{origin[:]}, &one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, t.addSpeaker(origin, terminal)
}

func (t *tx) addSpeaker(origin wire.Origin, terminal uuid.UUID) error {
	_, err := t.exec("INSERT INTO speakers (origin, terminal) VALUES (?, ?) ON CONFLICT DO NOTHING", origin[:], terminal[:])
	return err
}

// leave notes that the other outboxes of a terminal are in use no more.
func (t *tx) leave(terminal uuid.UUID, inUse wire.Origin, at time.Time) error {
	_, err := t.exec("UPDATE origins SET left_at = ? WHERE left_at = 0 AND origin <> ? AND terminal = ?", millis(at), inUse[:], terminal[:])
	return err
}

// leavePlace notes that the outboxes of terminals that were revoked are in use no more where another took their place.
func (t *tx) leavePlace(site, name string, at time.Time) error {
	_, err := t.exec("UPDATE origins SET left_at = ? WHERE left_at = 0 AND terminal IN "+
		"(SELECT id FROM terminals WHERE site = ? AND name = ? AND revoked > 0)", millis(at), site, name)
	return err
}
