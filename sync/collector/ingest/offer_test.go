package ingest_test

import (
	"crypto/sha256"
	"net/http"
	"reflect"
	"testing"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

func (m *terminal) offer(o wire.Offer) (reply wire.OfferReply, status int) {
	m.t.Helper()
	body := encode(m.t, o)
	status, answer := m.do(http.MethodPost, wire.PathOffer, body)
	if status != http.StatusOK {
		return reply, status
	}
	if err := wire.OpenSigned(wire.OfferContext, m.at.keys.SigningPublic(), answer, &reply); err != nil {
		m.t.Fatal(err)
	}
	if reply.Origin != o.Origin || reply.Offer != sha256.Sum256(body) {
		m.t.Errorf("the reply is for %s, %s", reply.Origin, reply.Offer)
	}
	return reply, status
}

func held(records ...wire.Record) wire.Held {
	h := wire.Held{First: records[0].Seq, Last: records[len(records)-1].Seq}
	for _, r := range records {
		h.Sum.Add(r.AnswerID)
	}
	return h
}

func TestAnOfferIsAnsweredByWhatIsMissing(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	epoch, err := c.store.Epoch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	batch := m.batch()
	for seq := uint64(1); seq <= 6; seq++ {
		batch.Records = append(batch.Records, m.record(seq, "Хорошо"))
	}
	sent := batch
	sent.Records = append([]wire.Record(nil), batch.Records...)
	sent.Records = append(sent.Records[:3], sent.Records[4:]...) // all but seq 4
	m.sendBytes(encode(t, sent), sent)

	r := batch.Records
	reply, _ := m.offer(wire.Offer{Origin: m.origin, Epoch: epoch, Held: []wire.Held{held(r[0], r[1], r[2]), held(r[3]), held(r[4], r[5])}})
	if want := (wire.Ranges{{First: 4, Last: 4}}); reply.Epoch != epoch || !reflect.DeepEqual(reply.Missing, want) {
		t.Errorf("epoch %s, missing %v; want %s, %v", reply.Epoch, reply.Missing, epoch, want)
	}
	// A terminal that heard of another epoch learns of the true one.
	if reply, _ := m.offer(wire.Offer{Origin: m.origin, Epoch: wire.Epoch{1}, Held: []wire.Held{held(r[0])}}); reply.Epoch != epoch {
		t.Errorf("the reply names the epoch %s, want %s", reply.Epoch, epoch)
	}
	for name, o := range map[string]wire.Offer{
		"nothing":  {Origin: m.origin, Epoch: epoch},
		"too long": {Origin: m.origin, Epoch: epoch, Held: []wire.Held{{First: 1, Last: 1 << 60}}},
	} {
		if _, status := m.offer(o); status != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, status)
		}
	}
}

func TestHeartbeatsTellWhatIsSafe(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	beat := func(n uint64) (reply wire.HeartbeatReply) {
		t.Helper()
		status, body := m.do(http.MethodPost, wire.PathHeartbeat, encode(t, wire.Heartbeat{Origin: m.origin, Beat: n}))
		if status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
		if err := wire.OpenSigned(wire.HeartbeatContext, c.keys.SigningPublic(), body, &reply); err != nil {
			t.Fatal(err)
		}
		return reply
	}
	if reply := beat(1); reply.Backups || len(reply.Safe) != 0 {
		t.Errorf("without backups: %+v", reply)
	}
	safe := wire.Ranges{{First: 1, Last: 3}, {First: 5, Last: 9}}
	if err := c.store.NoteBackup(t.Context(), store.Backup{Began: now(), Ended: now(), Ranges: map[wire.Origin]wire.Ranges{m.origin: safe}}); err != nil {
		t.Fatal(err)
	}
	if reply := beat(2); !reply.Backups || !reflect.DeepEqual(reply.Safe, safe) {
		t.Errorf("after a backup: %+v", reply)
	}
}
