package storetest

import (
	"errors"
	"reflect"
	"sync"
	"testing"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

func epochStays(t *testing.T, p Place) {
	s := p()
	first, err := s.Epoch(t.Context())
	must(t, err)
	if first == (wire.Epoch{}) {
		t.Error("the epoch is empty")
	}
	must(t, s.Ping(t.Context()))
	must(t, s.Close())
	again, err := openAt(t, p).Epoch(t.Context())
	must(t, err)
	if again != first {
		t.Errorf("the epoch changed from %x to %x by opening again", first, again)
	}
}

func keep(t *testing.T, p Place) {
	s := p()
	terminal := Enrolled(t, s, "Hall", "Left")
	// Not in order, more than one insert's worth, and a seq from the far end.
	in := intake(terminal, Arrival(7, "late"), Arrival(1<<63+5, "far"))
	for seq := uint64(700); seq > 10; seq-- {
		in.Arrivals = append(in.Arrivals, Arrival(seq, "one of many"))
	}
	for _, d := range mustKeep(t, s, in) {
		if d.Verdict != wire.Stored {
			t.Fatalf("seq %d: %+v", d.Seq, d)
		}
	}
	must(t, s.Close())

	s = openAt(t, p)
	got := all(t, s, "smiley")
	if len(got) != len(in.Arrivals) {
		t.Fatalf("%d responses are there, %d were kept", len(got), len(in.Arrivals))
	}
	bySeq := map[uint64]store.Response{}
	lastID := int64(0)
	for _, r := range got {
		if r.ID <= lastID {
			t.Errorf("ID %d after %d", r.ID, lastID)
		}
		lastID = r.ID
		bySeq[r.Seq] = r
	}
	for _, a := range in.Arrivals {
		want := a.Response
		want.Key = store.Key{Origin: in.Origin, Seq: a.Seq, AnswerID: a.AnswerID}
		want.ID, want.Terminal, want.Received = bySeq[a.Seq].ID, terminal.ID, in.Received
		if r := bySeq[a.Seq]; !reflect.DeepEqual(r, want) {
			t.Fatalf("seq %d\n got %+v\nwant %+v", a.Seq, r, want)
		}
	}
	sealed := intake(terminal, Arrival(900, "sealed"))
	session := wire.SessionID{1, 2}
	sealed.Seals = []store.Seal{{Session: session, Data: []byte("first")}}
	mustKeep(t, s, sealed)
	sealed.Seals[0].Data = []byte("second")
	mustKeep(t, s, sealed)
	if seal, err := s.Seal(t.Context(), sealed.Origin, session); err != nil || string(seal) != "first" {
		t.Errorf("seal %q, %v", seal, err)
	}
	if _, err := s.Seal(t.Context(), Origin("another"), session); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the seal of another origin: %v", err)
	}
	none := mustKeep(t, s, intake(terminal))
	if len(none) != 0 {
		t.Errorf("an empty batch got %d decisions", len(none))
	}
}

func keepResend(t *testing.T, p Place) {
	s := openAt(t, p)
	terminal := Enrolled(t, s, "Hall", "Left")
	wantVerdicts(t, mustKeep(t, s, intake(terminal, Arrival(1, "a"), Arrival(2, "b"))), wire.Stored, wire.Stored)
	// The reply was lost: the same again, with a new one, and one twice in a batch.
	wantVerdicts(t, mustKeep(t, s, intake(terminal, Arrival(3, "c"), Arrival(2, "b"), Arrival(1, "a"), Arrival(3, "c"))),
		wire.Stored, wire.Duplicate, wire.Duplicate, wire.Duplicate)
	// Seqs far apart are found as well.
	wantVerdicts(t, mustKeep(t, s, intake(terminal, Arrival(1, "a"), Arrival(90000, "z"))), wire.Duplicate, wire.Stored)
	if n := len(all(t, s, "smiley")); n != 4 {
		t.Errorf("%d responses, want 4", n)
	}
	// Another origin has numbers of its own.
	other := Enrolled(t, s, "Hall", "Right")
	wantVerdicts(t, mustKeep(t, s, intake(other, Arrival(1, "a"))), wire.Stored)
}

func keepConflicts(t *testing.T, p Place) {
	s := openAt(t, p)
	terminal := Enrolled(t, s, "Hall", "Left")
	clone := Arrival(2, "said on the copy")
	clone.AnswerID = AnswerID(777)
	changed := Arrival(1, "not what was said")
	in := intake(terminal, Arrival(1, "a"), Arrival(2, "b"))
	mustKeep(t, s, in)
	for round, want := range [][]wire.Verdict{{wire.Conflict, wire.Conflict, wire.Stored}, {wire.Duplicate, wire.Duplicate, wire.Duplicate}} {
		d := mustKeep(t, s, intake(terminal, clone, changed, Arrival(3, "c")))
		wantVerdicts(t, d, want...)
		if round == 0 && (d[0].Reason == "" || d[1].Reason == "") {
			t.Errorf("conflicts without a reason: %+v", d)
		}
	}
	got := all(t, s, "smiley")
	if len(got) != 4 {
		t.Errorf("%d responses, want 1, 2, the clone's 2, and 3", len(got))
	}
	for _, r := range got {
		if r.Seq == 1 && r.Hash != in.Arrivals[0].Response.Hash {
			t.Error("a changed body took the place of the first one")
		}
	}
	alarms, err := s.Alarms(t.Context(), 10)
	must(t, err)
	kinds := map[store.AlarmKind]uint64{}
	for _, a := range alarms {
		kinds[a.Kind] = a.Seq
		if a.Terminal != terminal.ID || a.Origin != Origin("Left") || !a.At.Equal(in.Received) {
			t.Errorf("alarm %+v", a)
		}
	}
	if len(alarms) != 2 || kinds[store.ClonedDisk] != 2 || kinds[store.ChangedBody] != 1 {
		t.Errorf("alarms %+v", alarms)
	}
}

func keepQuarantine(t *testing.T, p Place) {
	s := openAt(t, p)
	terminal := Enrolled(t, s, "Hall", "Left")
	poison := store.Arrival{Seq: 2, AnswerID: AnswerID(2), Reason: "cannot be opened", Raw: []byte{0, 1, 2}}
	for range 2 {
		d := mustKeep(t, s, intake(terminal, Arrival(1, "a"), poison, Arrival(3, "c")))
		if d[1].Verdict != wire.Quarantined || d[1].Reason != poison.Reason {
			t.Errorf("the poison: %+v", d[1])
		}
	}
	if n := len(all(t, s, "smiley")); n != 2 {
		t.Errorf("%d responses beside the poison, want 2", n)
	}
	latest, total, err := s.Quarantine(t.Context(), 5)
	must(t, err)
	if total != 1 || len(latest) != 1 || string(latest[0].Raw) != string(poison.Raw) || latest[0].Reason != poison.Reason ||
		latest[0].Seq != 2 || latest[0].AnswerID != poison.AnswerID || latest[0].Terminal != terminal.ID {
		t.Errorf("quarantine: %d, %+v", total, latest)
	}
	got, err := s.Terminal(t.Context(), terminal.ID)
	must(t, err)
	if got.Kept != 3 {
		t.Errorf("kept %d, want 3: a record aside is here too", got.Kept)
	}
	// Read at last: it is a response now, and still counts as one record.
	wantVerdicts(t, mustKeep(t, s, intake(terminal, Arrival(2, "b"))), wire.Stored)
	got, err = s.Terminal(t.Context(), terminal.ID)
	must(t, err)
	if got.Kept != 3 {
		t.Errorf("kept %d, want 3", got.Kept)
	}
	// One that names no seq is none of those the terminal gave out: counted, it would hide one that is missing.
	wantVerdicts(t, mustKeep(t, s, intake(terminal, store.Arrival{AnswerID: AnswerID(9), Reason: "no seq", Raw: []byte{9}})), wire.Quarantined)
	got, err = s.Terminal(t.Context(), terminal.ID)
	must(t, err)
	if got.Kept != 3 {
		t.Errorf("kept %d, want 3: a record without a seq is counted", got.Kept)
	}
}

func keepAtOnce(t *testing.T, p Place) {
	s := openAt(t, p)
	terminals := []store.Terminal{Enrolled(t, s, "Hall", "Left"), Enrolled(t, s, "Hall", "Right")}
	// Eight senders, four for each terminal, all sending the same sixty records in batches of three.
	var senders sync.WaitGroup
	stored := make([]int, 8)
	for sender := range stored {
		senders.Go(func() {
			for seq := uint64(1); seq <= 60; seq += 3 {
				d, err := s.Keep(t.Context(), intake(terminals[sender%2], Arrival(seq+2, "c"), Arrival(seq, "a"), Arrival(seq+1, "b")))
				if err != nil {
					t.Error(err)
					return
				}
				for i := range d {
					if d[i].Verdict == wire.Stored {
						stored[sender]++
					} else if d[i].Verdict != wire.Duplicate {
						t.Errorf("verdict %d", d[i].Verdict)
					}
				}
			}
		})
	}
	senders.Wait()
	sum := 0
	for _, n := range stored {
		sum += n
	}
	if n := len(all(t, s, "smiley")); sum != 120 || n != 120 {
		t.Errorf("said stored %d times and kept %d, want 120 both", sum, n)
	}
}

func keepNeedsTerminal(t *testing.T, p Place) {
	s := openAt(t, p)
	terminal := Enrolled(t, s, "Hall", "Left")
	var senders sync.WaitGroup
	// A change that fails is undone alone: those that share its commit stay.
	for seq := uint64(1); seq <= 20; seq++ {
		senders.Go(func() {
			in := intake(terminal, Arrival(seq, "a"))
			if seq%2 == 0 {
				in.Terminal, in.Origin = uuid.Max, Origin("nobody")
			}
			if _, err := s.Keep(t.Context(), in); (err == nil) != (seq%2 == 1) {
				t.Errorf("seq %d: %v", seq, err)
			}
		})
	}
	senders.Wait()
	if n := len(all(t, s, "smiley")); n != 10 {
		t.Errorf("%d responses, want 10", n)
	}
}

func responses(t *testing.T, p Place) {
	s := openAt(t, p)
	terminal := Enrolled(t, s, "Hall", "Left")
	other := Arrival(4, "of another survey")
	other.Response.Survey = "exit-poll"
	mustKeep(t, s, intake(terminal, Arrival(1, "a"), Arrival(2, "b"), Arrival(3, "c"), other))

	rs := all(t, s, "smiley")
	var after []uint64
	must(t, s.EachResponse(t.Context(), "smiley", rs[0].ID, func(r *store.Response) error {
		after = append(after, r.Seq)
		return nil
	}))
	if !reflect.DeepEqual(after, []uint64{2, 3}) {
		t.Errorf("after the first came %v", after)
	}
	stop := errors.New("enough")
	calls := 0
	err := s.EachResponse(t.Context(), "smiley", 0, func(*store.Response) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%d calls, error %v", calls, err)
	}
	latest, err := s.LatestResponses(t.Context(), "smiley", 2)
	must(t, err)
	if len(latest) != 2 || !reflect.DeepEqual(latest, []store.Response{rs[2], rs[1]}) {
		t.Errorf("latest: %+v", latest)
	}
	versions, err := s.ResponseVersions(t.Context(), "smiley")
	must(t, err)
	if !reflect.DeepEqual(versions, []string{"0123456789abcdef"}) {
		t.Errorf("versions: %v", versions)
	}
	totals, err := s.Totals(t.Context())
	must(t, err)
	want := map[string]store.Total{
		"smiley": {Responses: 3, Last: rs[2].Received}, "exit-poll": {Responses: 1, Last: rs[2].Received},
	}
	if !reflect.DeepEqual(totals, want) {
		t.Errorf("totals %+v, want %+v", totals, want)
	}
}
