package ingest_test

import (
	"net/http"
	"testing"

	"otklik/sync/wire"
)

// Who has a copy of a terminal's disk has its key: he speaks in its name, and hears what is told to it, until it is revoked.
func TestACopiedKeySpeaksForTheTerminalUntilItIsRevoked(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	thief := *m
	beat := func(n uint64) []byte {
		return encode(t, wire.Heartbeat{Origin: thief.origin, Beat: n, Time: now()})
	}
	status, answer := thief.do(http.MethodPost, wire.PathHeartbeat, beat(1))
	var reply wire.HeartbeatReply
	if err := wire.OpenSigned(wire.HeartbeatContext, c.keys.SigningPublic(), answer, &reply); err != nil || status != http.StatusOK ||
		reply.Config.Name != "Левый" {
		t.Fatalf("%d, %+v, %v", status, reply.Config, err)
	}
	wantVerdicts(t, thief.send(thief.batch(thief.record(1, "выдумка"))), wire.Stored)
	if err := c.store.RevokeTerminal(t.Context(), m.id, now()); err != nil {
		t.Fatal(err)
	}
	status, answer = thief.do(http.MethodPost, wire.PathHeartbeat, beat(2))
	wantProblem(t, status, answer, http.StatusForbidden, "revoked")
	status, answer = thief.do(http.MethodPost, wire.PathBatches, encode(t, thief.batch(thief.record(2, "ещё"))))
	wantProblem(t, status, answer, http.StatusForbidden, "revoked")
	if n := len(c.kept(t)); n != 1 {
		t.Errorf("%d answers are kept", n)
	}
}
