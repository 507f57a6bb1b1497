package ingest_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/keys"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// A collector whose own clock jumps by years and back keeps each answer once, knows again what comes twice, hears every
// heartbeat, and never believes that an answer was given long after it came.
func TestTheCollectorsOwnClockJumps(t *testing.T) {
	s := collectortest.NewStore(t)
	k, err := keys.Load(t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	var years atomic.Int64
	clock := func() time.Time { return now().AddDate(int(years.Load()), 0, 0) }
	c := serveBy(t, s, s, k, 4096, clock)
	m := mustTerminal(t, c, "Левый")
	jumps := []int64{0, 10, 0, -10, -56, 10, -10, 0}
	for i, jump := range jumps {
		years.Store(jump)
		seq := uint64(i + 1)
		b := m.batch(m.record(seq, "ладно"))
		wantVerdicts(t, m.send(b), wire.Stored)
		wantVerdicts(t, m.send(b), wire.Duplicate)
		if i > 0 {
			wantVerdicts(t, m.send(m.batch(m.record(seq-1, "ладно"))), wire.Duplicate)
		}
		beat := wire.Heartbeat{Origin: m.origin, Beat: seq, LastSeq: seq, Version: "1.1"}
		status, answer := m.do(http.MethodPost, wire.PathHeartbeat, encode(t, beat))
		var reply wire.HeartbeatReply
		if err := wire.OpenSigned(wire.HeartbeatContext, k.SigningPublic(), answer, &reply); status != http.StatusOK || err != nil || !reply.Time.Equal(clock()) {
			t.Fatalf("%+d years: %d, %v: %+v", jump, status, err, reply)
		}
		if got, err := s.Terminal(t.Context(), m.id); err != nil || !got.LastSeen.Equal(clock()) {
			t.Errorf("%+d years: last seen %s, %v", jump, got.LastSeen, err)
		}
	}
	kept := c.kept(t)
	if len(kept) != len(jumps) {
		t.Fatalf("%d responses are kept, want %d", len(kept), len(jumps))
	}
	for _, r := range kept {
		if want := now().AddDate(int(jumps[r.Seq-1]), 0, 0); !r.Received.Equal(want) {
			t.Errorf("seq %d was received at %s, want %s", r.Seq, r.Received, want)
		}
		if r.ClockTrusted && r.Submitted.After(r.Received.Add(5*time.Minute)) {
			t.Errorf("seq %d was given at %s and came at %s, and its clock is trusted", r.Seq, r.Submitted, r.Received)
		}
	}
	if gaps, err := s.Coverage(t.Context(), m.id); err != nil || len(store.Missing(gaps)) > 0 {
		t.Errorf("missing: %v, %v", gaps, err)
	}
}
