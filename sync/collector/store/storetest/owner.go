package storetest

import (
	"crypto/sha256"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// enrolAgain enrols a machine anew: another key and terminal, with an outbox that it has already.
func enrolAgain(t *testing.T, s store.Store, site, name string, replaces uuid.UUID, origin wire.Origin) store.Terminal {
	t.Helper()
	code := sha256.Sum256([]byte(site + "/" + name + " again " + replaces.String()))
	must(t, s.IssueEnrolment(t.Context(), store.Enrolment{
		CodeHash: code, Site: site, Name: name, Issued: Now, Expires: Now.Add(24 * time.Hour), Replaces: replaces,
	}))
	terminal, err := s.RedeemEnrolment(t.Context(), store.Redemption{
		CodeHash: code, PublicKey: code[:], Origin: origin, Terminal: uuid.NewSHA1(uuid.Nil, code[:]), Now: Now.Add(time.Hour),
	})
	must(t, err)
	return terminal
}

// lost: what waited in an outbox that is in use no more is missing, and told apart; brought after all, it is here.
func lost(t *testing.T, p Place) {
	s := openAt(t, p)
	beat := func(terminal store.Terminal, origin string, number, last, queued uint64) {
		t.Helper()
		fresh, err := s.Beat(t.Context(), terminal.ID, wire.Heartbeat{
			Origin: Origin(origin), Beat: number, FirstSeq: min(1, last), LastSeq: last, Queued: queued,
		}, Now.Add(time.Duration(number)*time.Minute))
		must(t, err)
		if !fresh {
			t.Fatalf("heartbeat %d of %s was not taken", number, origin)
		}
	}
	of := func(origin string) store.Coverage {
		t.Helper()
		all, err := s.Coverage(t.Context(), uuid.Nil)
		must(t, err)
		for _, c := range all {
			if c.Origin == Origin(origin) {
				return c
			}
		}
		t.Fatalf("nothing is told of %s", origin)
		return store.Coverage{}
	}
	want := func(when, origin string, missing, former uint64) {
		t.Helper()
		if c := of(origin); c.Missing() != missing || c.OnFormerDisk() != former {
			t.Errorf("%s: %d missing, %d of them on a former disk; want %d, %d (%+v)", when, c.Missing(), c.OnFormerDisk(), missing, former, c)
		}
	}
	left := Enrolled(t, s, "Hall", "Left")
	mustKeep(t, s, intake(left, Arrival(1, "a"), Arrival(2, "b")))
	beat(left, "Left", 1, 52, 50)
	want("the disk works", "Left", 0, 0)
	beat(left, "another disk", 2, 0, 0)
	want("another disk is in its place", "Left", 50, 50)
	mustKeep(t, s, intake(left, Arrival(3, "c")))
	want("one was brought", "Left", 49, 49)
	beat(left, "Left", 3, 52, 49)
	want("the disk is back", "Left", 0, 0)

	right := Enrolled(t, s, "Hall", "Right")
	beat(right, "Right", 1, 7, 7)
	must(t, s.RevokeTerminal(t.Context(), right.ID, Now))
	want("revoked, its queue stays on it", "Right", 0, 0)
	enrolAgain(t, s, "Hall", "Right", uuid.Nil, Origin("another machine"))
	want("another machine stands in its place", "Right", 7, 7)

	gate := Enrolled(t, s, "Yard", "Gate")
	beat(gate, "Gate", 1, 5, 5)
	enrolAgain(t, s, "Yard", "Gate", gate.ID, Origin("a new gate"))
	want("replaced", "Gate", 5, 5)
}

// enrolledAgain: an outbox goes over to the terminal that its machine becomes.
func enrolledAgain(t *testing.T, p Place) {
	s := openAt(t, p)
	old := Enrolled(t, s, "Hall", "Left")
	mustKeep(t, s, intake(old, Arrival(1, "a")))
	_, err := s.Beat(t.Context(), old.ID, wire.Heartbeat{Origin: Origin("Left"), Beat: 1, FirstSeq: 1, LastSeq: 4, Queued: 2}, Now)
	must(t, err)
	must(t, s.RevokeTerminal(t.Context(), old.ID, Now))
	must(t, s.Revive(t.Context(), Now, store.Backup{Began: Now, Ended: Now, Path: "/b/1"}))
	epoch, err := s.Epoch(t.Context())
	must(t, err)
	fresh := enrolAgain(t, s, "Hall", "Left", uuid.Nil, Origin("Left"))
	if c, err := s.Coverage(t.Context(), fresh.ID); err != nil || len(c) != 1 || c[0].Origin != Origin("Left") || c[0].Missing() != 1 || fresh.Kept != 1 {
		t.Errorf("the new terminal has %d here, %+v, %v; its machine has 4 records", fresh.Kept, c, err)
	}
	if c, err := s.Coverage(t.Context(), old.ID); err != nil || len(c) != 0 {
		t.Errorf("the old one has %+v, %v", c, err)
	}
	// A file that the machine wrote while it was the other terminal counts, too.
	carried := intake(old, Arrival(2, "b"))
	carried.Carried = true
	wantVerdicts(t, mustKeep(t, s, carried), wire.Stored)
	_, err = s.Beat(t.Context(), fresh.ID, wire.Heartbeat{Origin: Origin("Left"), Beat: 2, FirstSeq: 1, LastSeq: 4, Filled: epoch}, Now)
	must(t, err)
	if r, err := s.Restored(t.Context()); err != nil || r.Terminals != 1 || r.Refilled != 1 {
		t.Errorf("%+v, %v: the restore is never done", r, err)
	}
}

// foreign: what a terminal says in the name of another's outbox counts nowhere, and nothing of it is lost.
func foreign(t *testing.T, p Place) {
	s := openAt(t, p)
	left, thief := Enrolled(t, s, "Hall", "Left"), Enrolled(t, s, "Yard", "Thief")
	mustKeep(t, s, intake(left, Arrival(1, "a")))
	beat := func(of store.Terminal, number, last uint64) bool {
		t.Helper()
		fresh, err := s.Beat(t.Context(), of.ID, wire.Heartbeat{Origin: Origin("Left"), Beat: number, FirstSeq: 1, LastSeq: last, Version: "9"}, Now)
		must(t, err)
		return fresh
	}
	beat(left, 5, 3)
	before, err := s.Coverage(t.Context(), left.ID)
	must(t, err)

	in := store.Intake{Terminal: thief.ID, Origin: Origin("Left"), Received: Now.Add(time.Minute), Arrivals: []store.Arrival{Arrival(2, "invented")}}
	if _, err := s.Keep(t.Context(), in); !errors.Is(err, store.ErrForeign) {
		t.Fatalf("another's outbox: %v", err)
	}
	in.Arrivals[0].Reason, in.Arrivals[0].Raw = "not its own", []byte("raw")
	for range 2 {
		wantVerdicts(t, mustKeep(t, s, in), wire.Quarantined)
	}
	if beat(thief, 1<<40, 77) {
		t.Error("its heartbeat was taken for the outbox")
	}
	for i, of := range []store.Terminal{left, thief, left, thief, left} {
		sighting := store.Sighting{Terminal: of.ID, Origin: Origin("Left"), At: Now.Add(time.Duration(i) * time.Minute), Boot: of.Name, Address: of.Name}
		if alarm, err := s.Sight(t.Context(), sighting); err != nil || alarm {
			t.Errorf("taken for a copy of the disk: %v, %v", alarm, err)
		}
	}
	if one, err := s.Terminal(t.Context(), thief.ID); err != nil || one.Version != "9" || one.LastSeen.IsZero() {
		t.Errorf("what it says of itself is not heard: %+v, %v", one, err)
	}
	for name, s := range map[string]store.Store{"watching": s, "opened later": openAt(t, p)} {
		if after, err := s.Coverage(t.Context(), left.ID); err != nil || !reflect.DeepEqual(after, before) {
			t.Errorf("%s: the outbox has %+v, %v; want %+v", name, after, err, before)
		}
	}
	held := wire.Held{First: 2, Last: 2}
	held.Sum.Add(AnswerID(2))
	if lacks, err := s.Lacks(t.Context(), Origin("Left"), []wire.Held{held}); err != nil || len(lacks) != 1 {
		t.Errorf("what another invented is taken for the answer: %v, %v", lacks, err)
	}
	if !beat(left, 6, 3) {
		t.Error("the outbox's own heartbeat is not taken any more")
	}
	alarms, err := s.Alarms(t.Context(), 10)
	must(t, err)
	if len(alarms) != 1 || alarms[0].Kind != store.ForeignOutbox || alarms[0].Terminal != thief.ID || alarms[0].Times != 3 {
		t.Errorf("alarms %+v", alarms)
	}
	// It stays aside until the outbox is its own: after the other terminal was revoked, brought by hand.
	aside, total, err := s.Quarantine(t.Context(), 5)
	must(t, err)
	if total != 1 || !aside[0].Stray {
		t.Fatalf("aside %+v", aside)
	}
	again := in
	again.Carried, again.Arrivals = true, []store.Arrival{Arrival(2, "invented")}
	if _, err := s.Release(t.Context(), aside[0].ID, again); !errors.Is(err, store.ErrForeign) {
		t.Errorf("released in the name of another: %v", err)
	}
	must(t, s.RevokeTerminal(t.Context(), left.ID, Now))
	d, err := s.Release(t.Context(), aside[0].ID, again)
	must(t, err)
	wantVerdicts(t, []wire.Decision{d}, wire.Stored)
	if one, err := s.Terminal(t.Context(), left.ID); err != nil || one.Kept != 2 {
		t.Errorf("%d kept, %v; want 2", one.Kept, err)
	}
	if v, err := s.Verify(t.Context(), nil); err != nil || v.Quarantined != 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

// beats: no number that a terminal says keeps its later heartbeats from being heard, and none is ignored in silence.
func beats(t *testing.T, p Place) {
	s := openAt(t, p)
	terminal := Enrolled(t, s, "Hall", "Left")
	clock := uint64(Now.Unix())
	for i, c := range []struct {
		number uint64
		fresh  bool
		alarm  store.AlarmKind
	}{
		{clock, true, ""},
		{1 << 60, true, store.FarBeat},
		{clock + 1, true, ""},
		{clock + 1, false, ""}, // the reply was lost
		{clock - 1, false, ""}, // overtaken on the way
		{clock - 2, false, ""},
		{clock - 3, false, store.OldBeats},
		{clock - 4, false, store.OldBeats},
		{clock + 2, true, ""},
		{clock - 5, false, ""},
	} {
		fresh, err := s.Beat(t.Context(), terminal.ID, wire.Heartbeat{Origin: Origin("Left"), Beat: c.number, Queued: uint64(i)}, Now)
		must(t, err)
		alarms, err := s.Alarms(t.Context(), 10)
		must(t, err)
		kind := store.AlarmKind("")
		for _, a := range alarms {
			kind = a.Kind
			must(t, s.AcknowledgeAlarm(t.Context(), a.ID, "anna", Now))
		}
		one, err := s.Terminal(t.Context(), terminal.ID)
		must(t, err)
		if fresh != c.fresh || kind != c.alarm || (one.Queued == uint64(i)) != c.fresh {
			t.Errorf("heartbeat %d, %d: taken %v, alarm %q, queue %d; want %v, %q", i, c.number, fresh, kind, one.Queued, c.fresh, c.alarm)
		}
	}
}

// wentBack: an outbox that says it gave out fewer numbers than it had said is an older copy of itself: what had waited beyond is
// gone, and its numbers will be given out again, so that nobody would miss it.
func wentBack(t *testing.T, p Place) {
	s := openAt(t, p)
	terminal := Enrolled(t, s, "Hall", "Left")
	for i, c := range []struct {
		last, queued uint64
		alarms       int
	}{{150, 60, 0}, {150, 0, 0}, {151, 1, 0}, {90, 0, 1}, {91, 0, 1}, {150, 0, 1}, {40, 0, 2}} {
		_, err := s.Beat(t.Context(), terminal.ID, wire.Heartbeat{
			Origin: Origin("Left"), Beat: uint64(i + 1), FirstSeq: 1, LastSeq: c.last, Queued: c.queued,
		}, Now)
		must(t, err)
		alarms, err := s.Alarms(t.Context(), 10)
		must(t, err)
		times := 0
		for _, a := range alarms {
			if a.Kind != store.WentBack || a.Terminal != terminal.ID || a.Origin != Origin("Left") || a.Seq != 151 && a.Seq != 150 {
				t.Errorf("%+v", a)
			}
			times += a.Times
		}
		if times != c.alarms {
			t.Errorf("heartbeat %d, up to %d: raised %d times, want %d", i+1, c.last, times, c.alarms)
		}
	}
}

// alarms: many of one kind about one outbox are one, until somebody has read it.
func alarms(t *testing.T, p Place) {
	s := openAt(t, p)
	left, right := Enrolled(t, s, "Hall", "Left"), Enrolled(t, s, "Hall", "Right")
	clone := func(of store.Terminal, seq uint64, at time.Time) {
		t.Helper()
		a := Arrival(seq, "on the copy")
		a.AnswerID = AnswerID(1000 + seq)
		in := intake(of, Arrival(seq, "a"), a)
		in.Received = at
		mustKeep(t, s, in)
	}
	for seq := uint64(1); seq <= 20; seq++ {
		clone(left, seq, Now.Add(time.Duration(seq)*time.Minute))
	}
	clone(right, 1, Now)
	got, err := s.Alarms(t.Context(), 10)
	must(t, err)
	if len(got) != 2 || got[0].Terminal != left.ID || got[0].Times != 20 || got[0].Seq != 20 || !got[0].First.Equal(Now.Add(time.Minute)) ||
		!got[0].At.Equal(Now.Add(20*time.Minute)) || got[1].Terminal != right.ID || got[1].Times != 1 {
		t.Fatalf("%+v", got)
	}
	must(t, s.AcknowledgeAlarm(t.Context(), got[0].ID, "anna", Now))
	if err := s.AcknowledgeAlarm(t.Context(), got[0].ID, "anna", Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("read twice: %v", err)
	}
	if got, err = s.Alarms(t.Context(), 10); err != nil || len(got) != 1 || got[0].Terminal != right.ID {
		t.Errorf("after one was read: %+v, %v", got, err)
	}
	clone(left, 21, Now.Add(time.Hour))
	if got, err = s.Alarms(t.Context(), 10); err != nil || len(got) != 2 || got[0].Times != 1 || got[0].Seq != 21 {
		t.Errorf("and again: %+v, %v", got, err)
	}
}

// quarantineNumbers: a record that left the quarantine gives its number to none that comes after it.
func quarantineNumbers(t *testing.T, p Place) {
	s := openAt(t, p)
	terminal := Enrolled(t, s, "Hall", "Left")
	unread := func(seq uint64) store.Arrival {
		return store.Arrival{Seq: seq, AnswerID: AnswerID(seq), Reason: "cannot be opened", Raw: []byte{byte(seq)}}
	}
	mustKeep(t, s, intake(terminal, Arrival(1, "a"), unread(2)))
	here := func() wire.Ranges {
		t.Helper()
		c, err := s.Coverage(t.Context(), terminal.ID)
		must(t, err)
		return c[0].Here
	}
	here()
	aside, _, err := s.Quarantine(t.Context(), 5)
	must(t, err)
	_, err = s.Release(t.Context(), aside[0].ID, intake(terminal, Arrival(2, "b")))
	must(t, err)
	mustKeep(t, s, intake(terminal, unread(3), unread(store.MaxSeq+1), unread(1<<63+7), unread(0)))
	for name, s := range map[string]store.Store{"watching": s, "opened later": openAt(t, p)} {
		c, err := s.Coverage(t.Context(), terminal.ID)
		must(t, err)
		if want := (wire.Ranges{{First: 1, Last: 3}}); !reflect.DeepEqual(c[0].Here, want) || c[0].Missing() != 0 || c[0].Last != 3 {
			t.Errorf("%s: %+v, want %v", name, c, want)
		}
	}
	later, total, err := s.Quarantine(t.Context(), 9)
	must(t, err)
	if total != 4 || later[3].ID <= aside[0].ID {
		t.Errorf("%d in quarantine, the first of which is %d after %d was released", total, later[3].ID, aside[0].ID)
	}
	if one, err := s.Terminal(t.Context(), terminal.ID); err != nil || one.Kept != 3 {
		t.Errorf("%d kept, %v", one.Kept, err)
	}
}

// letSend: a revoked terminal may be heard for its queue; what was done is told later.
func letSend(t *testing.T, p Place) {
	s := openAt(t, p)
	left, right := Enrolled(t, s, "Hall", "Left"), Enrolled(t, s, "Hall", "Right")
	if err := s.LetSend(t.Context(), left.ID, true, "anna", Now); !errors.Is(err, store.ErrConflict) {
		t.Errorf("one that is at work: %v", err)
	}
	if err := s.LetSend(t.Context(), uuid.Max, true, "anna", Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
	must(t, s.RevokeTerminal(t.Context(), left.ID, Now.Add(time.Hour)))
	for _, on := range []bool{true, true, false, true} {
		before, err := s.Terminal(t.Context(), left.ID)
		must(t, err)
		must(t, s.LetSend(t.Context(), left.ID, on, "anna", Now.Add(2*time.Hour)))
		one, err := s.Terminal(t.Context(), left.ID)
		must(t, err)
		if one.MaySend() != on || one.Active() || (one.Settings > before.Settings) != (before.MaySend() != on) {
			t.Errorf("%v: %+v after %+v", on, one, before)
		}
	}
	got, err := s.History(t.Context(), left.ID)
	must(t, err)
	if want := []store.Event{
		{At: Now, What: store.WasEnrolled},
		{At: Now.Add(time.Hour), What: store.WasRevoked},
		{At: Now.Add(2 * time.Hour), What: store.MayBeHeard, By: "anna"},
		{At: Now.Add(2 * time.Hour), What: store.NotHeard, By: "anna"},
		{At: Now.Add(2 * time.Hour), What: store.MayBeHeard, By: "anna"},
	}; !reflect.DeepEqual(got, want) {
		t.Errorf("history %+v", got)
	}
	enrolAgain(t, s, "Hall", "Right", right.ID, Origin("new"))
	if got, err = s.History(t.Context(), right.ID); err != nil || len(got) != 2 || got[1].What != store.WasReplaced {
		t.Errorf("history of the other %+v, %v", got, err)
	}
}
