package storetest

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

func backups(t *testing.T, p Place) {
	s := p()
	left, right := Origin("Left"), Origin("Right")
	if state, err := s.BackupState(t.Context()); err != nil || !reflect.DeepEqual(state, store.BackupState{}) {
		t.Fatalf("a new store has backups: %+v, %v", state, err)
	}
	safe := func(origin wire.Origin, wantBackups bool, want ...wire.Range) {
		t.Helper()
		got, backups, err := s.Safe(t.Context(), origin)
		must(t, err)
		if backups != wantBackups || len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, wire.Ranges(want)) {
			t.Errorf("safe: %v, backups %v; want %v, %v", got, backups, want, wantBackups)
		}
	}
	safe(left, false)
	must(t, s.SetBackupEvery(t.Context(), 90*time.Minute))
	safe(left, true)
	must(t, s.SetBackupEvery(t.Context(), 0))
	failed := store.Backup{Began: Now, Ended: Now.Add(time.Second), Path: "/b/1", Problem: "the disk is full"}
	must(t, s.NoteBackup(t.Context(), failed))
	safe(left, false)

	good := store.Backup{
		Began: Now.Add(time.Minute), Ended: Now.Add(2 * time.Minute), Path: "/b/2", Bytes: 12345, Responses: 9,
		Ranges: map[wire.Origin]wire.Ranges{left: {{First: 1, Last: 4}, {First: 7, Last: 9}, {First: 1<<63 + 1, Last: 1<<63 + 2}}, right: {{First: 5, Last: 5}}},
	}
	must(t, s.NoteBackup(t.Context(), good))
	must(t, s.NoteBackup(t.Context(), failed))
	must(t, s.Close())
	s = openAt(t, p)
	safe(left, true, good.Ranges[left]...)
	safe(right, true, good.Ranges[right]...)
	safe(Origin("another"), true)
	state, err := s.BackupState(t.Context())
	must(t, err)
	good.Ranges = nil
	if want := (store.BackupState{Good: good, Last: failed}); !reflect.DeepEqual(state, want) {
		t.Errorf("state\n%+v\nwant\n%+v", state, want)
	}
	// The good one is no longer there: nothing is safe, and yet backups are made.
	must(t, s.LoseBackups(t.Context()))
	safe(left, true)
	if state, err := s.BackupState(t.Context()); err != nil || state.Good.Path != "" {
		t.Errorf("lost, and yet %+v, %v", state, err)
	}
	// What terminals keep is a matter of their configuration.
	for _, w := range []store.KeepWindow{{}, {Days: 30, Bytes: 128 << 20}, {Days: 30, Bytes: 128 << 20}, {Days: 30}} {
		was, err := s.KeepWindow(t.Context())
		must(t, err)
		before, err := s.ConfigVersion(t.Context())
		must(t, err)
		must(t, s.SetKeepWindow(t.Context(), w))
		now, err := s.KeepWindow(t.Context())
		must(t, err)
		if after, err := s.ConfigVersion(t.Context()); err != nil || now != w || (after > before) != (was != w) {
			t.Errorf("window %+v after %+v is %+v, configuration %d after %d, %v", w, was, now, after, before, err)
		}
	}
	// Another good one takes the place of the last; of more ranges than a message has, the highest are told.
	many := make(wire.Ranges, wire.MaxRanges+7)
	for i := range many {
		many[i] = wire.Range{First: uint64(3*i + 1), Last: uint64(3*i + 2)}
	}
	must(t, s.NoteBackup(t.Context(), store.Backup{Began: Now, Ended: Now, Path: "/b/3", Ranges: map[wire.Origin]wire.Ranges{left: many}}))
	safe(left, true, many[7:]...)
	safe(right, true)
}

func lacks(t *testing.T, p Place) {
	s := openAt(t, p)
	terminal := Enrolled(t, s, "Hall", "Left")
	in := intake(terminal)
	for seq := uint64(1); seq <= 300; seq++ {
		if seq == 130 {
			continue
		}
		a := Arrival(seq, "a")
		if seq == 20 {
			a.Reason, a.Raw = "cannot be read", []byte("raw")
		}
		in.Arrivals = append(in.Arrivals, a)
	}
	clone := Arrival(290, "said on the copy")
	clone.AnswerID = AnswerID(777)
	in.Arrivals = append(in.Arrivals, clone)
	mustKeep(t, s, in)
	held := func(first, last uint64, other ...uuid.UUID) wire.Held {
		h := wire.Held{First: first, Last: last}
		for seq := first; seq <= last; seq++ {
			h.Sum.Add(AnswerID(seq))
		}
		for _, id := range other {
			h.Sum.Add(id)
		}
		return h
	}
	for _, c := range []struct {
		what    string
		held    wire.Held
		missing bool
	}{
		{"all here, one in quarantine", held(1, 128), false},
		{"the same again", held(5, 5), false},
		{"one is not here", held(129, 200), true},
		{"that one", held(130, 130), true},
		{"another answer under a seq", held(201, 210, AnswerID(203), AnswerID(999)), true},
		{"a seq of two terminals", held(281, 300), true},
		{"beyond the end", held(301, 310), true},
	} {
		got, err := s.Lacks(t.Context(), in.Origin, []wire.Held{c.held})
		must(t, err)
		if want := (wire.Ranges{{First: c.held.First, Last: c.held.Last}}); c.missing != (len(got) == 1) || c.missing && !reflect.DeepEqual(got, want) {
			t.Errorf("%s: lacks %v", c.what, got)
		}
	}
	got, err := s.Lacks(t.Context(), in.Origin, []wire.Held{held(1, 3), held(130, 131), held(140, 150), held(400, 401)})
	must(t, err)
	if want := (wire.Ranges{{First: 130, Last: 131}, {First: 400, Last: 401}}); !reflect.DeepEqual(got, want) {
		t.Errorf("lacks %v, want %v", got, want)
	}
	if got, err := s.Lacks(t.Context(), Origin("another"), []wire.Held{held(1, 3)}); err != nil || len(got) != 1 {
		t.Errorf("another origin lacks %v, %v", got, err)
	}
}

func revive(t *testing.T, p Place) {
	s := openAt(t, p)
	var terminals []store.Terminal
	for i, name := range []string{"Left", "Right", "Gone"} {
		terminals = append(terminals, Enrolled(t, s, "Hall", name))
		if _, err := s.Beat(t.Context(), terminals[i].ID, wire.Heartbeat{Origin: Origin(name), Beat: 1}, Now); err != nil {
			t.Fatal(err)
		}
	}
	Enrolled(t, s, "Hall", "Never seen")
	must(t, s.RevokeTerminal(t.Context(), terminals[2].ID, Now))
	if r, err := s.Restored(t.Context()); err != nil || r != (store.Restored{}) {
		t.Errorf("a store that was never restored says %+v, %v", r, err)
	}
	was, err := s.Epoch(t.Context())
	must(t, err)
	version, err := s.ConfigVersion(t.Context())
	must(t, err)
	must(t, s.SetBackupEvery(t.Context(), time.Hour))
	mustKeep(t, s, intake(terminals[0], Arrival(1, "a")))

	at, taken := Now.Add(48*time.Hour), Now.Add(time.Hour)
	safe := wire.Ranges{{First: 1, Last: 1}}
	must(t, s.Revive(t.Context(), at, store.Backup{
		Began: taken, Ended: taken, Path: "/b/1", Ranges: map[wire.Origin]wire.Ranges{Origin("Left"): safe},
	}))
	epoch, err := s.Epoch(t.Context())
	must(t, err)
	higher, err := s.ConfigVersion(t.Context())
	must(t, err)
	if epoch == was || epoch == (wire.Epoch{}) || higher < version+uint64(at.UnixMilli()) {
		t.Errorf("epoch %s after %s, configuration %d after %d", epoch, was, higher, version)
	}
	if got, backups, err := s.Safe(t.Context(), Origin("Left")); err != nil || !backups || !reflect.DeepEqual(got, safe) {
		t.Errorf("safe after all: %v, %v, %v", got, backups, err)
	}
	want := store.Restored{At: at, Taken: taken, Terminals: 2}
	restored := func() {
		t.Helper()
		if r, err := s.Restored(t.Context()); err != nil || r != want {
			t.Errorf("%+v, %v; want %+v", r, err, want)
		}
	}
	restored()
	beat := func(i int, n uint64, b wire.Heartbeat) {
		t.Helper()
		b.Origin, b.Beat = Origin(terminals[i].Name), n
		if _, err := s.Beat(t.Context(), terminals[i].ID, b, at); err != nil {
			t.Fatal(err)
		}
	}
	beat(0, 2, wire.Heartbeat{Filled: was})
	restored()
	beat(0, 3, wire.Heartbeat{Filled: epoch, Kept: wire.Kept{Again: 40}})
	beat(2, 3, wire.Heartbeat{Filled: epoch}) // revoked
	restored()
	beat(0, 4, wire.Heartbeat{Filled: epoch})
	want.Refilled = 1
	restored()
	// An outbox of before that was set aside says nothing more and does not hold the terminal up.
	if _, err := s.Beat(t.Context(), terminals[1].ID, wire.Heartbeat{Origin: Origin("fresh"), Beat: 1, Filled: epoch}, at); err != nil {
		t.Fatal(err)
	}
	want.Refilled = 2
	restored()
}
