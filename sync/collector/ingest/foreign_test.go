package ingest_test

import (
	"crypto/rand"
	"net/http"
	"testing"

	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/keys"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// A terminal that learned another's origin fills none of its gaps, and its own queue is not held up.
func TestOneTerminalDoesNotSpeakForAnother(t *testing.T) {
	c := mustCollector(t)
	left, thief := mustTerminal(t, c, "Левый"), mustTerminal(t, c, "Чужой")
	wantVerdicts(t, left.send(left.batch(left.record(1, "раз"))), wire.Stored)
	forged := *thief
	forged.origin = left.origin
	forged.newSealer(c.keys.SealingPublic())
	b := forged.batch(forged.record(2, "выдумано"), forged.record(3, "выдумано"))
	wantVerdicts(t, forged.send(b), wire.Quarantined, wire.Quarantined)
	if kept := c.kept(t); len(kept) != 1 {
		t.Errorf("%d responses, want the one of the outbox's own terminal", len(kept))
	}
	wantVerdicts(t, left.send(left.batch(left.record(2, "два"))), wire.Stored)
	status, _ := forged.do(http.MethodPost, wire.PathHeartbeat, encode(t, wire.Heartbeat{Origin: left.origin, Beat: 1 << 50, FirstSeq: 1, LastSeq: 900}))
	all, err := c.store.Coverage(t.Context(), left.id)
	if err != nil || status != http.StatusOK || len(all) != 1 || all[0].Last != 2 {
		t.Errorf("status %d, %+v, %v", status, all, err)
	}
	alarms, err := c.store.Alarms(t.Context(), 9)
	if err != nil || len(alarms) != 1 || alarms[0].Kind != store.ForeignOutbox || alarms[0].Terminal != thief.id {
		t.Errorf("%+v, %v", alarms, err)
	}
	// It turns out that the other machine took the place of a revoked one: what is aside is read again, once.
	aside, total, err := c.store.Quarantine(t.Context(), 9)
	if err != nil || total != 2 {
		t.Fatalf("%d in quarantine, %v", total, err)
	}
	id := aside[0].ID // number 3
	if d, err := c.release(t, id); err != nil || d.Verdict != wire.Quarantined || d.Reason == "" {
		t.Errorf("while the other is at work: %+v, %v", d, err)
	}
	if err := c.store.RevokeTerminal(t.Context(), left.id, now()); err != nil {
		t.Fatal(err)
	}
	if d, err := c.release(t, id); err != nil || d.Verdict != wire.Stored || len(c.kept(t)) != 3 {
		t.Errorf("after it was revoked: %+v, %v, %d responses", d, err, len(c.kept(t)))
	}
	wantVerdicts(t, forged.send(b), wire.Conflict, wire.Duplicate)
}

// What stands in the store and can no longer be read holds up what answers it, and nothing else.
func TestWhatNoLongerLoadsHoldsNothingElseUp(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	old := store.SurveyVersion{ID: "old", Number: 1, Version: "0123456789abcdef", Source: []byte("id: [old"), Published: now()}
	if _, err := c.store.PublishSurvey(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	body := m.body(2, "ладно")
	body.Response.Survey, body.Response.Version = old.ID, old.Version
	stuck, err := m.sealer.Seal(2, m.answerID(2), body)
	if err != nil {
		t.Fatal(err)
	}
	// A seal in the store that is damaged, for a session that does not come along.
	earlier, err := wire.NewSealer(wire.Recipients{Collector: c.keys.SealingPublic()}, m.origin, wire.Glossary(c.survey), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.store.Keep(t.Context(), store.Intake{
		Terminal: m.id, Origin: m.origin, Received: now(), Seals: []store.Seal{{Session: earlier.Session().ID, Data: []byte("damaged")}},
		Arrivals: []store.Arrival{{Seq: 9, AnswerID: m.answerID(9), Reason: "brings the seal", Raw: []byte("raw")}},
	}); err != nil {
		t.Fatal(err)
	}
	unopened, err := earlier.Seal(3, m.answerID(3), m.body(3, "ладно"))
	if err != nil {
		t.Fatal(err)
	}
	b := m.batch(m.record(1, "раз"), stuck, unopened, m.record(4, "четыре"))
	wantVerdicts(t, m.send(b), wire.Stored, wire.Quarantined, wire.Quarantined, wire.Stored)
	accepted, err := c.accept(t, m.carried(b), nil)
	if err != nil || accepted.Duplicates != 2 || accepted.Quarantined != 2 {
		t.Errorf("carried: %+v, %v", accepted, err)
	}
}

// A number that no outbox comes to is put aside, and is no gap.
func TestImpossibleNumbersArePutAside(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	var records []wire.Record
	for _, seq := range []uint64{1, store.MaxSeq + 1, 1 << 62, 1<<63 + 1, 1<<64 - 1} {
		r, err := m.sealer.Seal(seq, m.answerID(seq%1000), m.body(1, "раз"))
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	wantVerdicts(t, m.send(m.batch(records...)), wire.Stored, wire.Quarantined, wire.Quarantined, wire.Quarantined, wire.Quarantined)
	if all, err := c.store.Coverage(t.Context(), m.id); err != nil || len(all) != 1 || all[0].Last != 1 || all[0].Missing() != 0 {
		t.Errorf("%+v, %v", all, err)
	}
}

// However many terminals start at once, a batch is read by the sessions that it brought.
func TestSessionsOfABatchOutliveTheCache(t *testing.T) {
	s := collectortest.NewStore(t)
	k, err := keys.Load(t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	c := serveOpening(t, s, s, k, 1)
	m := mustTerminal(t, c, "Левый")
	b := wire.Batch{Origin: m.origin}
	want := make([]wire.Verdict, 12)
	for i := range want {
		m.newSealer(k.SealingPublic())
		b.Sessions = append(b.Sessions, m.sealer.Session())
		b.Records = append(b.Records, m.record(uint64(i+1), "раз"))
		want[i] = wire.Stored
	}
	wantVerdicts(t, m.send(b), want...)
	// From the store, too.
	later := wire.Batch{Origin: m.origin, Sessions: b.Sessions[:1], Records: []wire.Record{m.record(13, "раз")}}
	wantVerdicts(t, m.send(later), wire.Stored)
}

// A revoked terminal is heard for its queue when somebody asks for that, and given nothing to ask.
func TestRevokedTerminalSendsItsQueueWhenAskedTo(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	if err := c.store.RevokeTerminal(t.Context(), m.id, now()); err != nil {
		t.Fatal(err)
	}
	b := m.batch(m.record(1, "раз"))
	refused := func(when string) {
		t.Helper()
		if status, answer := m.do(http.MethodPost, wire.PathBatches, encode(t, b)); status != http.StatusForbidden {
			t.Errorf("%s: %d %s", when, status, answer)
		}
	}
	refused("revoked")
	if err := c.fleet.LetSend(t.Context(), m.id, true, "anna"); err != nil {
		t.Fatal(err)
	}
	wantVerdicts(t, m.send(b), wire.Stored)
	_, answer := m.do(http.MethodPost, wire.PathHeartbeat, encode(t, wire.Heartbeat{Origin: m.origin, Beat: 1}))
	var reply wire.HeartbeatReply
	if err := wire.OpenSigned(wire.HeartbeatContext, c.keys.SigningPublic(), answer, &reply); err != nil || len(reply.Config.Surveys) != 0 || reply.Config.Version == 0 {
		t.Errorf("its configuration %+v, %v", reply.Config, err)
	}
	if err := c.fleet.LetSend(t.Context(), m.id, false, "anna"); err != nil {
		t.Fatal(err)
	}
	refused("heard no more")
}
