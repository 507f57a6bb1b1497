package ingest_test

import (
	"net/http"
	"slices"
	"testing"

	"otklik/sync/wire"
)

// A collector tells a terminal which of its records should be here and are not: what waits on the terminal, and what lies in
// quarantine, is not missed.
func TestAHeartbeatTellsWhatIsMissing(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	flipped := m.record(3, "ладно")
	flipped.Sealed = slices.Clone(flipped.Sealed)
	flipped.Sealed[5] ^= 1
	m.send(m.batch(m.record(1, "раз"), flipped, m.record(6, "шесть")))
	beats := uint64(0)
	for _, x := range []struct {
		last, queued uint64
		want         wire.Ranges
	}{
		{0, 0, wire.Ranges{{First: 2, Last: 2}, {First: 4, Last: 5}}}, // the records themselves show how far it counted
		{6, 3, nil},
		{6, 2, wire.Ranges{{First: 2, Last: 2}, {First: 4, Last: 5}}},
		{8, 0, wire.Ranges{{First: 2, Last: 2}, {First: 4, Last: 5}, {First: 7, Last: 8}}},
	} {
		beats++
		beat := wire.Heartbeat{Origin: m.origin, Beat: beats, Version: "1.1", FirstSeq: min(1, x.last), LastSeq: x.last, Queued: x.queued}
		status, answer := m.do(http.MethodPost, wire.PathHeartbeat, encode(t, beat))
		var reply wire.HeartbeatReply
		if err := wire.OpenSigned(wire.HeartbeatContext, c.keys.SigningPublic(), answer, &reply); status != http.StatusOK || err != nil {
			t.Fatalf("%d, %v", status, err)
		}
		if !slices.Equal(reply.Missing, x.want) {
			t.Errorf("counted to %d, %d wait: %v is missing, want %v", x.last, x.queued, reply.Missing, x.want)
		}
	}
	other := mustTerminal(t, c, "Правый")
	status, answer := other.do(http.MethodPost, wire.PathHeartbeat, encode(t, wire.Heartbeat{Origin: other.origin, Beat: 1, Version: "1.1"}))
	var reply wire.HeartbeatReply
	if err := wire.OpenSigned(wire.HeartbeatContext, c.keys.SigningPublic(), answer, &reply); status != http.StatusOK || err != nil || reply.Missing != nil {
		t.Errorf("another terminal: %d, %v, %v is missing", status, err, reply.Missing)
	}
}
