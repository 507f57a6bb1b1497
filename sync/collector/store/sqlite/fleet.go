package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// IssueEnrolment implements store.Fleet.
func (s *Store) IssueEnrolment(ctx context.Context, e store.Enrolment) error {
	err := s.writer.do(ctx, func(t *tx) error {
		if err := t.nameIsFree(e.Site, e.NameOf(1), e.Replaces); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM enrolments WHERE site = ? AND name = ? AND terminal IS NULL AND used = 0",
			e.Site, e.Name); err != nil {
			return err
		}
		_, err := t.exec("INSERT INTO enrolments (code_hash, site, name, surveys, issued, expires, uses, replaces, pin, pin_made) "+
			"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", e.CodeHash[:], e.Site, e.Name, strings.Join(e.Surveys, " "), millis(e.Issued),
			millis(e.Expires), max(1, e.Uses), orNull(e.Replaces), e.PIN, e.PINMade)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: issue a code for %q at %q: %w", e.Name, e.Site, hint(err))
	}
	return nil
}

// orNull is an id, NULL for none.
func orNull(id uuid.UUID) any {
	if id == uuid.Nil {
		return nil
	}
	return id[:]
}

// nameIsFree looks whether a terminal other than except works under a name.
func (t *tx) nameIsFree(site, name string, except uuid.UUID) error {
	var one int
	err := t.row("SELECT 1 FROM terminals WHERE site = ? AND name = ? AND revoked = 0 AND id <> ?", []any{site, name, except[:]}, &one)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("a terminal of that name works there: %w", store.ErrConflict)
}

// RedeemEnrolment implements store.Fleet.
func (s *Store) RedeemEnrolment(ctx context.Context, r store.Redemption) (store.Terminal, error) {
	var id uuid.UUID
	err := s.writer.do(ctx, func(t *tx) (err error) {
		id, err = t.redeem(r)
		return err
	})
	if err != nil {
		return store.Terminal{}, fmt.Errorf("store: redeem a code: %w", hint(err))
	}
	return s.Terminal(ctx, id)
}

func (t *tx) redeem(r store.Redemption) (uuid.UUID, error) {
	var code store.Enrolment
	var surveys string
	var expires int64
	var made, replaces []byte
	var used int
	err := t.row("SELECT site, name, surveys, expires, terminal, uses, used, replaces, pin, pin_made FROM enrolments WHERE code_hash = ?",
		[]any{r.CodeHash[:]}, &code.Site, &code.Name, &surveys, &expires, &made, &code.Uses, &used, &replaces, &code.PIN, &code.PINMade)
	if errors.Is(err, sql.ErrNoRows) {
		return uuid.Nil, store.ErrNotFound
	}
	if err != nil {
		return uuid.Nil, err
	}
	if code.Uses > 1 {
		err := t.row("SELECT id FROM terminals WHERE public_key = ? AND code_hash = ?", []any{r.PublicKey, r.CodeHash[:]}, &made)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return uuid.Nil, err
		}
	}
	switch {
	case made != nil:
		return t.redeemAgain(made, r.PublicKey)
	case r.Now.UnixMilli() >= expires:
		return uuid.Nil, store.ErrExpired
	case used >= code.Uses:
		return uuid.Nil, fmt.Errorf("it was issued for %d terminals: %w", code.Uses, store.ErrSpent)
	}
	if replaces != nil { // from now on the name is free
		if _, err := t.exec("UPDATE terminals SET revoked = ? WHERE id = ? AND revoked = 0", millis(r.Now), replaces); err != nil {
			return uuid.Nil, err
		}
		if err := t.note(replaces, store.WasReplaced, "", r.Now); err != nil {
			return uuid.Nil, err
		}
	}
	name, err := t.nextName(&code, used)
	if err != nil {
		return uuid.Nil, err
	}
	if code.PINMade && r.OwnPIN {
		code.PIN = ""
	}
	_, err = t.exec("INSERT INTO terminals (id, site, name, surveys, public_key, enrolled, version, code_hash, origin, pin) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		r.Terminal[:], code.Site, name, surveys, r.PublicKey, millis(r.Now), r.Version, r.CodeHash[:], r.Origin[:], code.PIN)
	if isUnique(err) {
		return uuid.Nil, fmt.Errorf("the key belongs to another terminal: %w", store.ErrConflict)
	}
	if err != nil {
		return uuid.Nil, err
	}
	if replaces != nil {
		if _, err := t.exec("UPDATE terminals SET (replaces, pin, may_leave, hours, settings) = (SELECT id, "+
			"CASE pin WHEN '' THEN ? ELSE pin END, may_leave, hours, settings + 1 FROM terminals WHERE id = ?) WHERE id = ?",
			code.PIN, replaces, r.Terminal[:]); err != nil {
			return uuid.Nil, err
		}
	}
	if err := t.note(r.Terminal[:], store.WasEnrolled, "", r.Now); err != nil {
		return uuid.Nil, err
	}
	// Where the outbox is that of a terminal at work it stays so; what this one sends of it is put aside.
	if _, err := t.owns(r.Origin, r.Terminal); err != nil {
		return uuid.Nil, err
	}
	if err := t.leavePlace(code.Site, name, r.Now); err != nil {
		return uuid.Nil, err
	}
	_, err = t.exec("UPDATE enrolments SET used = used + 1, terminal = CASE uses WHEN 1 THEN ? END WHERE code_hash = ?",
		r.Terminal[:], r.CodeHash[:])
	return r.Terminal, err
}

// nextName is what the next terminal of a code is called. A reusable code passes over names that were taken meanwhile.
func (t *tx) nextName(code *store.Enrolment, used int) (string, error) {
	for n := used + 1; ; n++ {
		name := code.NameOf(n)
		err := t.nameIsFree(code.Site, name, uuid.Nil)
		if err == nil || code.Uses == 1 || !errors.Is(err, store.ErrConflict) {
			return name, err
		}
	}
}

// redeemAgain answers a code that was used: its terminal may have missed the reply.
func (t *tx) redeemAgain(terminal, publicKey []byte) (uuid.UUID, error) {
	var key []byte
	var revoked int64
	if err := t.row("SELECT public_key, revoked FROM terminals WHERE id = ?", []any{terminal}, &key, &revoked); err != nil {
		return uuid.Nil, err
	}
	if string(key) != string(publicKey) {
		return uuid.Nil, fmt.Errorf("another terminal used it: %w", store.ErrConflict)
	}
	if revoked != 0 {
		return uuid.Nil, store.ErrRevoked
	}
	return uuid.FromBytes(terminal)
}

// selectTerminals sums up what is here of each terminal's outboxes.
const selectTerminals = `SELECT t.id, t.site, t.name, t.surveys, t.public_key, t.enrolled, t.revoked, t.last_seen, t.version,
	t.queued, t.oldest, t.disk_free, t.config, t.problem, t.troubles, t.escrow, t.display, t.pin, t.may_leave, t.hours, t.settings,
	t.sending, t.draining, t.drain_config, t.drain_noted, t.drain_visit, t.replaces, (SELECT n.id FROM terminals AS n WHERE n.replaces = t.id ORDER BY n.enrolled DESC LIMIT 1),
	coalesce((SELECT sum(kept) FROM origins WHERE terminal = t.id), 0)
	FROM terminals AS t `

const orderTerminals = "ORDER BY t.revoked > 0, t.site, t.name, t.enrolled, t.id"

func scanTerminal(rows *sql.Rows, t *store.Terminal) error {
	var enrolled, revoked, seen, oldest, sending, draining, noted, visit int64
	var escrow, replaces, replacedBy []byte
	var surveys, troubles string
	err := rows.Scan(bytesInto(t.ID[:]), &t.Site, &t.Name, &surveys, &t.PublicKey, &enrolled, &revoked, &seen, &t.Version,
		&t.Queued, &oldest, &t.DiskFree, &t.Config, &t.Problem, &troubles, &escrow, &t.Display, &t.PIN, &t.Leave, &t.Hours, &t.Settings,
		&sending, &draining, &t.DrainConfig, &noted, &visit, &replaces, &replacedBy, &t.Kept)
	if surveys != "" {
		t.Surveys = strings.Fields(surveys)
	}
	t.Troubles = parseTroubles(troubles)
	copy(t.Escrow[:], escrow)
	copy(t.Replaces[:], replaces)
	copy(t.ReplacedBy[:], replacedBy)
	t.Sending, t.Draining, t.DrainNoted = instant(sending), instant(draining), instant(noted)
	t.DrainVisit = time.Duration(visit) * time.Millisecond
	t.Enrolled, t.Revoked, t.LastSeen, t.Oldest = instant(enrolled), instant(revoked), instant(seen), instant(oldest)
	return err
}

// Terminal implements store.Fleet.
func (s *Store) Terminal(ctx context.Context, id uuid.UUID) (store.Terminal, error) {
	found, err := list(ctx, s.db, "terminal", scanTerminal, selectTerminals+"WHERE t.id = ?", id[:])
	if err != nil {
		return store.Terminal{}, err
	}
	if len(found) == 0 {
		return store.Terminal{}, fmt.Errorf("store: terminal %s: %w", id, store.ErrNotFound)
	}
	return found[0], nil
}

// Terminals implements store.Fleet.
func (s *Store) Terminals(ctx context.Context) ([]store.Terminal, error) {
	return list(ctx, s.db, "terminals", scanTerminal, selectTerminals+orderTerminals)
}

// RevokeTerminal implements store.Fleet.
func (s *Store) RevokeTerminal(ctx context.Context, id uuid.UUID, at time.Time) error {
	err := s.writer.do(ctx, func(t *tx) error {
		n, err := t.changed("UPDATE terminals SET revoked = ? WHERE id = ? AND revoked = 0", millis(at), id[:])
		if err != nil || n > 0 {
			return errors.Join(err, t.note(id[:], store.WasRevoked, "", at))
		}
		return t.known(id)
	})
	if err != nil {
		return fmt.Errorf("store: revoke terminal %s: %w", id, hint(err))
	}
	return nil
}

// DrainTerminal implements store.Fleet.
func (s *Store) DrainTerminal(ctx context.Context, id uuid.UUID, on bool, visit time.Duration, at time.Time) error {
	since := int64(0)
	if on {
		since = millis(at)
	}
	err := s.writer.do(ctx, func(t *tx) error {
		// Again is no change: the first time stays, and the configuration from before it.
		n, err := t.changed("UPDATE terminals SET settings = settings + 1, drain_config = config, draining = ?1, drain_noted = 0, "+
			"drain_visit = ?3 WHERE id = ?2 AND (draining = 0) = (?1 <> 0)", since, id[:], visit.Milliseconds())
		if err != nil || n > 0 {
			return err
		}
		return t.known(id)
	})
	if err != nil {
		return fmt.Errorf("store: drain terminal %s: %w", id, hint(err))
	}
	return nil
}

// SetTerminalPIN implements store.Fleet.
func (s *Store) SetTerminalPIN(ctx context.Context, id uuid.UUID, hash string) error {
	return s.setTerminal(ctx, id, "pin", hash)
}

// SetTerminalLeave implements store.Fleet.
func (s *Store) SetTerminalLeave(ctx context.Context, id uuid.UUID, on bool) error {
	return s.setTerminal(ctx, id, "may_leave", on)
}

// SetTerminalHours implements store.Fleet.
func (s *Store) SetTerminalHours(ctx context.Context, id uuid.UUID, hours string) error {
	return s.setTerminal(ctx, id, "hours", hours)
}

func (s *Store) setTerminal(ctx context.Context, id uuid.UUID, column string, value any) error {
	err := s.writer.do(ctx, func(t *tx) error {
		n, err := t.changed("UPDATE terminals SET settings = settings + ("+column+" IS NOT ?1), "+column+" = ?1 WHERE id = ?2",
			value, id[:])
		if err == nil && n == 0 {
			return store.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("store: settings of terminal %s: %w", id, hint(err))
	}
	return nil
}

// Beat implements store.Fleet.
func (s *Store) Beat(ctx context.Context, terminal uuid.UUID, b wire.Heartbeat, received time.Time) (bool, error) {
	var fresh bool
	err := s.writer.do(ctx, func(t *tx) (err error) {
		fresh, err = t.beat(terminal, b, received)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("store: heartbeat of %s: %w", terminal, hint(err))
	}
	return fresh, nil
}

// NoteEscrow implements store.Fleet.
func (s *Store) NoteEscrow(ctx context.Context, terminal uuid.UUID, escrow wire.EscrowMark) error {
	err := s.writer.do(ctx, func(t *tx) error {
		n, err := t.changed("UPDATE terminals SET escrow = ? WHERE id = ?", escrow[:], terminal[:])
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("store: note the escrow key of terminal %s: %w", terminal, hint(err))
	}
	return nil
}

// known looks whether there is such a terminal.
func (t *tx) known(id uuid.UUID) error {
	var one int
	err := t.row("SELECT 1 FROM terminals WHERE id = ?", []any{id[:]}, &one)
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

func (t *tx) beat(terminal uuid.UUID, b wire.Heartbeat, received time.Time) (bool, error) {
	if err := t.known(terminal); err != nil {
		return false, err
	}
	alarm := store.Alarm{Key: store.Key{Origin: b.Origin}, Terminal: terminal, At: received}
	own, err := t.owns(b.Origin, terminal)
	if err != nil {
		return false, err
	}
	if !own { // it is at work, and its outbox is not
		alarm.Kind = store.ForeignOutbox
		_, err := t.exec("UPDATE terminals SET last_seen = ?, version = ?, problem = ?, troubles = ?, escrow = ? WHERE id = ?", millis(received),
			b.Version, b.Problem, troubles(b.Troubles), b.Escrow[:], terminal[:])
		return false, errors.Join(err, t.raise(alarm))
	}
	var last, ignored, before int64
	if err := t.row("SELECT beat, ignored, last_seq FROM origins WHERE origin = ?", []any{b.Origin[:]}, &last, &ignored, &before); err != nil {
		return false, err
	}
	limit := received.Add(farBeat).Unix()
	if last > limit {
		last = 0 // remembered before such were not
	}
	number := count(b.Beat)
	switch {
	case number == last: // its answer was lost, and it came again
		return false, nil
	case number < last:
		return false, t.ignore(alarm, ignored+1)
	case number > limit:
		number, alarm.Kind = last, store.FarBeat
		if err := t.raise(alarm); err != nil {
			return false, err
		}
	}
	if count(b.LastSeq) < before {
		alarm.Kind, alarm.Seq = store.WentBack, uint64(before)
		if err := t.raise(alarm); err != nil {
			return false, err
		}
	}
	_, err = t.exec("UPDATE origins SET beat = ?, first_seq = ?, last_seq = ?, queued = ?, filled = ?, again = ?, left_at = 0, ignored = 0 "+
		"WHERE origin = ?", number, count(b.FirstSeq), count(b.LastSeq), count(b.Queued), b.Filled[:], count(b.Kept.Again), b.Origin[:])
	if err == nil {
		err = t.leave(terminal, b.Origin, received)
	}
	if err == nil {
		_, err = t.exec("UPDATE terminals SET last_seen = ?1, version = ?2, queued = ?3, oldest = ?4, disk_free = ?5, config = ?6, "+
			"problem = ?7, troubles = ?11, escrow = ?12, display = ?8, drain_noted = CASE WHEN draining BETWEEN 1 AND ?1 AND drain_noted = 0 AND drain_config <> ?6 "+
			"THEN ?1 ELSE drain_noted END, origin = CASE origin WHEN x'' THEN ?10 ELSE origin END WHERE id = ?9", millis(received), b.Version, count(b.Queued), millis(b.Oldest),
			count(b.DiskFree), count(b.Config), b.Problem, display(b.Display), terminal[:], b.Origin[:], troubles(b.Troubles), b.Escrow[:])
	}
	if err == nil {
		err = t.mergeTaps(terminal, b.Taps, received)
	}
	return err == nil, err
}

const (
	// farBeat is how far a count of heartbeats, which begins at the clock and rises slower but for restarts, may be ahead.
	farBeat = 7 * 24 * time.Hour
	// ignoredBeats in a row are none that overtook each other on the way.
	ignoredBeats = 3
)

// ignore counts a heartbeat that is older than one before.
func (t *tx) ignore(alarm store.Alarm, times int64) error {
	_, err := t.exec("UPDATE origins SET ignored = ? WHERE origin = ?", times, alarm.Origin[:])
	if err != nil || times < ignoredBeats {
		return err
	}
	alarm.Kind = store.OldBeats
	return t.raise(alarm)
}

// count bounds a number that a terminal says, so that sums over a fleet stay whole numbers whatever it says.
func count(n uint64) int64 { return int64(min(n, 1<<48)) }

// troubles are kept as "reason:count" with a blank between each two; what a terminal may not say is left out.
func troubles(all []wire.Trouble) string {
	var kept []string
	for _, t := range all[:min(len(all), wire.MaxTroubles)] {
		if isReason(t.Reason) {
			kept = append(kept, fmt.Sprintf("%s:%d", t.Reason, count(t.Count)))
		}
	}
	return strings.Join(kept, " ")
}

func parseTroubles(text string) (all []wire.Trouble) {
	for one := range strings.FieldsSeq(text) {
		reason, digits, _ := strings.Cut(one, ":")
		n, _ := strconv.ParseUint(digits, 10, 64) // troubles wrote it
		all = append(all, wire.Trouble{Reason: reason, Count: n})
	}
	return all
}

func isReason(s string) bool {
	odd := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }
	return s != "" && len(s) <= store.MaxReason && !strings.ContainsFunc(s, odd)
}

// display bounds what a terminal says of its glass.
func display(s string) string {
	if len(s) > store.MaxDisplay {
		return ""
	}
	return s
}
