package ingest_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/uuid"

	"otklik/sync/collector/ingest"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

func (c *collector) release(t testing.TB, id int64) (wire.Decision, error) {
	t.Helper()
	opener, err := wire.NewOpener(c.keys.Sealing.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return ingest.New(c.store, c.fleet, c.keys.Signing, opener, now, slog.New(slog.DiscardHandler)).Release(t.Context(), id)
}

func TestQuarantinedRecordCountsOnceItCanBeRead(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	// The session did not come along, and another record is wrong in itself.
	wantVerdicts(t, m.send(wire.Batch{Origin: m.origin, Records: []wire.Record{m.record(1, "раз"), m.record(2, "")}}),
		wire.Quarantined, wire.Quarantined)
	aside := func() (ids []int64) {
		t.Helper()
		some, err := c.store.QuarantinedAfter(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range some {
			ids = append(ids, q.ID)
		}
		return ids
	}
	ids := aside()
	if d, err := c.release(t, ids[0]); err != nil || d.Verdict != wire.Quarantined || len(aside()) != 2 {
		t.Fatalf("without its session: %+v, %v, %v left", d, err, aside())
	}
	wantVerdicts(t, m.send(m.batch(m.record(3, "три"))), wire.Stored) // brings the session
	if d, err := c.release(t, ids[0]); err != nil || d.Verdict != wire.Stored || d.Seq != 1 || d.AnswerID != m.answerID(1) {
		t.Errorf("with its session: %+v, %v", d, err)
	}
	if d, err := c.release(t, ids[1]); err != nil || d.Verdict != wire.Quarantined {
		t.Errorf("wrong in itself: %+v, %v", d, err)
	}
	left, total, err := c.store.Quarantine(t.Context(), 10)
	if err != nil || total != 1 || left[0].ID != ids[1] || left[0].Reason == "unknown session" {
		t.Errorf("left: %+v, %v", left, err)
	}
	if _, err := c.release(t, ids[0]); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("again: %v", err)
	}
	// Its number is here once, it is counted once, and a resend is a duplicate.
	wantVerdicts(t, m.send(m.batch(m.record(1, "раз"))), wire.Duplicate)
	terminal, err := c.store.Terminal(t.Context(), m.id)
	if err != nil || terminal.Kept != 3 || len(c.kept(t)) != 2 {
		t.Errorf("%d kept, %d responses, %v", terminal.Kept, len(c.kept(t)), err)
	}
	if v, err := c.store.Verify(t.Context(), nil); err != nil || len(v.Faults) != 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

// What went bad in the store stays where it is, and is no reason to leave off before the others are read again.
func TestARecordThatWentBadInTheQuarantineStaysThere(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	_, err := c.store.Keep(t.Context(), store.Intake{Terminal: m.id, Origin: m.origin, Received: now(), Arrivals: []store.Arrival{
		{Seq: 1, AnswerID: m.answerID(1), Reason: "seal broken", Raw: []byte{4}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	left, _, err := c.store.Quarantine(t.Context(), 1)
	if err != nil || len(left) != 1 {
		t.Fatalf("%+v, %v", left, err)
	}
	d, err := c.release(t, left[0].ID)
	if err != nil || d.Verdict != wire.Quarantined || d.Seq != 1 || !strings.Contains(d.Reason, "not as it was kept") {
		t.Errorf("%+v, %v", d, err)
	}
	if _, total, err := c.store.Quarantine(t.Context(), 1); err != nil || total != 1 {
		t.Errorf("%d are left, %v", total, err)
	}
}

func TestChangedRecordLiesBesideTheOneThatCounts(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	m.send(m.batch(m.record(1, "первое")))
	m.send(m.batch(m.record(1, "второе")))
	clone, err := m.sealer.Seal(1, uuid.New(), m.body(1, "другой"))
	if err != nil {
		t.Fatal(err)
	}
	m.send(m.batch(clone)) // is counted, and no change of that one
	changed, total, err := c.store.Changed(t.Context(), 10)
	if err != nil || total != 1 || len(changed) != 1 {
		t.Fatalf("%d, %+v, %v", total, changed, err)
	}
	first, _ := wire.CanonicalBody(m.body(1, "первое"))
	second, _ := wire.CanonicalBody(m.body(1, "второе"))
	if got := changed[0]; string(got.Original) != string(first) || string(got.Body) != string(second) || got.Terminal != m.id || got.First.IsZero() {
		t.Errorf("%s\nbeside\n%s", got.Body, got.Original)
	}
}
