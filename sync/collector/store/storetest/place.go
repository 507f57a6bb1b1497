package storetest

import (
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// drain: a terminal is empty once it said so with the configuration by which it asks nobody.
func drain(t *testing.T, p Place) {
	s := openAt(t, p)
	id := Enrolled(t, s, "Зал", "Левый").ID
	now := func() store.Terminal {
		t.Helper()
		one, err := s.Terminal(t.Context(), id)
		must(t, err)
		return one
	}
	n := uint64(0)
	beat := func(config, queued uint64, at time.Time) {
		t.Helper()
		n++
		_, err := s.Beat(t.Context(), id, wire.Heartbeat{Origin: Origin("Левый"), Beat: n, Config: config, Queued: queued}, at)
		must(t, err)
	}
	beat(7, 0, Now)
	before := now()
	must(t, s.DrainTerminal(t.Context(), id, true, 10*time.Minute, Now.Add(time.Minute)))
	must(t, s.DrainTerminal(t.Context(), id, true, time.Hour, Now.Add(time.Hour))) // again is no change
	one := now()
	if !one.Draining.Equal(Now.Add(time.Minute)) || one.Settings != before.Settings+1 || one.Drained() {
		t.Errorf("%+v", one)
	}
	beat(7, 0, Now.Add(2*time.Minute)) // it still asks: somebody may be answering
	if one = now(); one.Drained() {
		t.Error("empty by the configuration of before")
	}
	beat(8, 2, Now.Add(3*time.Minute))
	if one = now(); one.Drained() {
		t.Error("empty with two records")
	}
	beat(8, 0, Now.Add(4*time.Minute))
	if one = now(); one.Drained() {
		t.Error("empty while a visit that began before may be under way")
	}
	beat(8, 0, Now.Add(13*time.Minute))
	if one = now(); !one.Drained() {
		t.Errorf("not empty: %+v", one)
	}
	must(t, s.DrainTerminal(t.Context(), id, false, 0, Now))
	if one = now(); one.Drained() || !one.Draining.IsZero() || one.Settings != before.Settings+2 {
		t.Errorf("taken back: %+v", one)
	}
	if err := s.DrainTerminal(t.Context(), uuid.New(), true, 0, Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
}

// replace: another machine takes over a place with all that was set there, once.
func replace(t *testing.T, p Place) {
	s := openAt(t, p)
	old := Enrolled(t, s, "Зал", "Левый")
	must(t, s.SetTerminalPIN(t.Context(), old.ID, "hash"))
	must(t, s.SetTerminalLeave(t.Context(), old.ID, true))
	must(t, s.SetTerminalHours(t.Context(), old.ID, "sat"))
	code := sha256.Sum256([]byte("another"))
	e := store.Enrolment{CodeHash: code, Site: "Зал", Name: "Левый", Surveys: []string{"a"}, Issued: Now, Expires: Now.Add(time.Hour), Replaces: old.ID}
	must(t, s.IssueEnrolment(t.Context(), e))
	if one, err := s.Terminal(t.Context(), old.ID); err != nil || !one.Active() {
		t.Fatalf("before the code is used: %+v, %v", one, err)
	}
	r := store.Redemption{CodeHash: code, PublicKey: []byte("new key"), Origin: Origin("new"), Terminal: uuid.New(), Now: Now.Add(time.Minute)}
	fresh, err := s.RedeemEnrolment(t.Context(), r)
	must(t, err)
	if fresh.Site != "Зал" || fresh.Name != "Левый" || fresh.PIN != "hash" || !fresh.Leave || fresh.Hours != "sat" || fresh.Replaces != old.ID || len(fresh.Surveys) != 1 || !fresh.Active() {
		t.Errorf("%+v", fresh)
	}
	was, err := s.Terminal(t.Context(), old.ID)
	must(t, err)
	if was.Active() || was.ReplacedBy != fresh.ID || was.Replaces != uuid.Nil || fresh.ReplacedBy != uuid.Nil {
		t.Errorf("the old one: %+v", was)
	}
	if again, err := s.RedeemEnrolment(t.Context(), r); err != nil || again.ID != fresh.ID {
		t.Errorf("the reply was missed: %+v, %v", again, err)
	}
	e.CodeHash = sha256.Sum256([]byte("third"))
	if err := s.IssueEnrolment(t.Context(), e); !errors.Is(err, store.ErrConflict) {
		t.Errorf("the place is taken: %v", err)
	}
}
