package ingest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/wire"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"), goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"))
}

func TestBatchIsKeptOnceHoweverOftenItComes(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	b := m.batch(m.record(1, "Долго ждали"), m.record(2, "Спасибо"))
	wantVerdicts(t, m.send(b), wire.Stored, wire.Stored)
	wantVerdicts(t, m.send(b), wire.Duplicate, wire.Duplicate)
	// Sealed anew from the same body, together with a new one.
	wantVerdicts(t, m.send(m.batch(m.record(2, "Спасибо"), m.record(3, ""))), wire.Duplicate, wire.Quarantined)
	wantVerdicts(t, m.send(m.batch(m.record(2, "Спасибо"), m.record(4, "Тесно"))), wire.Duplicate, wire.Stored)

	kept := c.kept(t)
	if len(kept) != 3 {
		t.Fatalf("%d responses, want 3", len(kept))
	}
	canonical, err := wire.CanonicalBody(m.body(1, "Долго ждали"))
	if err != nil {
		t.Fatal(err)
	}
	got := kept[0]
	wall := now().Add(-time.Hour + time.Second + 90*time.Second)
	want := store.Response{
		Key: store.Key{Origin: m.origin, Seq: 1, AnswerID: m.answerID(1)}, ID: got.ID, Terminal: m.id,
		Survey: "visit", Version: c.survey.Version, Number: 1, Language: "ru", Audience: "employer",
		Started: m.body(1, "").Response.Started.Add(90 * time.Second), Submitted: wall, ClockTrusted: true, Received: now(),
		Seconds: 41, Hash: wire.BodyHash(m.origin, 1, m.answerID(1), canonical),
	}
	body := got.Body
	got.Body = nil
	if !bytes.Equal(body, canonical) {
		t.Errorf("kept  %s\nsealed %s", body, canonical)
	}
	if !equal(got, want) {
		t.Errorf("kept %+v\nwant %+v", got, want)
	}
}

func equal(a, b store.Response) bool {
	a.Body, b.Body = nil, nil
	return a.Key == b.Key && a.ID == b.ID && a.Terminal == b.Terminal && a.Survey == b.Survey && a.Version == b.Version &&
		a.Number == b.Number && a.Language == b.Language && a.Audience == b.Audience && a.Started.Equal(b.Started) &&
		a.Submitted.Equal(b.Submitted) && a.ClockTrusted == b.ClockTrusted && a.Received.Equal(b.Received) &&
		a.Seconds == b.Seconds && a.Hash == b.Hash
}

func TestPoisonHoldsNothingUp(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	good := func(seq uint64) wire.Record { return m.record(seq, "ладно") }
	flipped := good(2)
	flipped.Sealed = bytes.Clone(flipped.Sealed)
	flipped.Sealed[5] ^= 1
	moved := good(3) // sealed for another seq
	moved.Seq = 4
	unknown := good(5)
	unknown.Session = wire.SessionID{9, 9}
	empty := good(6)
	empty.Sealed = nil
	nameless := good(7)
	nameless.AnswerID = uuid.Nil
	offScale := m.body(8, "ладно")
	offScale.Response.Answers[0].Value = surveys.Number(9)
	wrong, err := m.sealer.Seal(8, m.answerID(8), offScale)
	if err != nil {
		t.Fatal(err)
	}
	b := m.batch(good(1), flipped, moved, unknown, empty, nameless, wrong, good(9))
	for _, first := range []wire.Verdict{wire.Stored, wire.Duplicate} {
		q := wire.Quarantined
		wantVerdicts(t, m.send(b), first, q, q, q, q, q, q, first)
	}
	if n := len(c.kept(t)); n != 2 {
		t.Errorf("%d responses, want 2", n)
	}
	aside, total, err := c.store.Quarantine(t.Context(), 10)
	if err != nil || total != 6 {
		t.Fatalf("%d in quarantine (%v), want 6", total, err)
	}
	for _, q := range aside {
		var raw wire.Batch
		if err := wire.Decode(q.Raw, &raw); err != nil || len(raw.Records) != 1 || raw.Records[0].Seq != q.Seq || raw.Origin != m.origin {
			t.Errorf("seq %d is kept as %+v (%v)", q.Seq, raw, err)
		}
	}
	// The session of a record that was damaged on the way is there: the whole record replaces it.
	wantVerdicts(t, m.send(m.batch(good(2))), wire.Stored)
}

func TestSessionFromAnEarlierBatchIsRemembered(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	m.send(m.batch(m.record(1, "раз")))
	later := wire.Batch{Origin: m.origin, Records: []wire.Record{m.record(2, "два")}}
	// After a restart the keys are no longer in memory.
	m.at = serveWith(t, c.store, c.store, c.keys)
	wantVerdicts(t, m.send(later), wire.Stored)
}

func TestCopiedDiskAndChangedBody(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	m.send(m.batch(m.record(1, "первый"), m.record(2, "второй")))
	clone, err := m.sealer.Seal(1, uuid.New(), m.body(1, "другой человек"))
	if err != nil {
		t.Fatal(err)
	}
	b := m.batch(clone, m.record(2, "подменено"))
	wantVerdicts(t, m.send(b), wire.Conflict, wire.Conflict)
	wantVerdicts(t, m.send(b), wire.Duplicate, wire.Duplicate)
	alarms, err := c.store.Alarms(t.Context(), 10)
	if err != nil || len(alarms) != 2 || len(c.kept(t)) != 3 {
		t.Errorf("%d alarms, %d responses, %v", len(alarms), len(c.kept(t)), err)
	}
}

func TestAnswersToASurveyNotKnownHereAreKept(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	lost := m.body(1, "ладно")
	lost.Response.Survey, lost.Response.Version = "lost", "0123456789abcdef"
	odd := m.body(2, "ладно")
	odd.Response.Survey = ""
	long := m.body(3, "ладно")
	long.Response.Version = strings.Repeat("x", 65)
	never := m.body(4, "ладно") // nobody can publish it and have the answer shown
	never.Response.Survey, never.Response.Version = "../lost", "0123456789abcdef"
	var records []wire.Record
	for i, body := range []*wire.Body{lost, odd, long, never} {
		seq := uint64(i + 1)
		r, err := m.sealer.Seal(seq, m.answerID(seq), body)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	wantVerdicts(t, m.send(m.batch(records...)), wire.Stored, wire.Quarantined, wire.Quarantined, wire.Quarantined)
}

func TestTimes(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	past := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, x := range []struct {
		clock   wire.Clock
		want    time.Time
		trusted bool
	}{
		{wire.Clock{Wall: now().Add(-time.Minute), OffsetKnown: true}, now().Add(-time.Minute), true},
		{wire.Clock{Wall: past, Offset: now().Sub(past).Milliseconds(), OffsetKnown: true}, now(), true},
		{wire.Clock{Wall: past}, past, false},
		{wire.Clock{Wall: time.Unix(60, 0), Offset: now().Sub(time.Unix(60, 0)).Milliseconds(), OffsetKnown: true}, now(), true},
		{wire.Clock{Wall: now(), Offset: 600_000, OffsetKnown: true}, now(), false},
		{wire.Clock{Wall: now(), Offset: 1 << 62, OffsetKnown: true}, now(), false},
		{wire.Clock{Wall: past.AddDate(-200, 0, 0)}, time.Time{}, false},
	} {
		seq := uint64(i + 1)
		body := m.body(seq, "ладно")
		body.Clock = x.clock
		r, err := m.sealer.Seal(seq, m.answerID(seq), body)
		if err != nil {
			t.Fatal(err)
		}
		wantVerdicts(t, m.send(m.batch(r)), wire.Stored)
		kept := c.kept(t)
		if got := kept[len(kept)-1]; !got.Submitted.Equal(x.want) || got.ClockTrusted != x.trusted {
			t.Errorf("%+v: submitted %v, trusted %v", x.clock, got.Submitted, got.ClockTrusted)
		}
	}
}

func TestRefusals(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	batch := encode(t, m.batch(m.record(1, "ладно")))
	tooMany := wire.Batch{Origin: m.origin, Records: make([]wire.Record, wire.MaxBatchRecords+1)}
	for name, x := range map[string]struct {
		body   []byte
		status int
		code   string
	}{
		"nothing":          {nil, http.StatusBadRequest, "malformed"},
		"noise":            {[]byte("hello"), http.StatusBadRequest, "malformed"},
		"cut":              {batch[:len(batch)-1], http.StatusBadRequest, "malformed"},
		"no records":       {encode(t, wire.Batch{Origin: m.origin}), http.StatusBadRequest, "malformed"},
		"no origin":        {encode(t, wire.Batch{Records: []wire.Record{m.record(1, "ладно")}}), http.StatusBadRequest, "malformed"},
		"too many records": {encode(t, tooMany), http.StatusBadRequest, "malformed"},
		"too large":        {make([]byte, wire.MaxBodyBytes+1), http.StatusRequestEntityTooLarge, "too-large"},
	} {
		status, answer := m.do(http.MethodPost, wire.PathBatches, x.body)
		t.Log(name)
		wantProblem(t, status, answer, x.status, x.code)
	}
	other := mustTerminal(t, c, "Правый")
	forger := *other
	forger.id = m.id
	status, answer := forger.do(http.MethodPost, wire.PathBatches, batch)
	wantProblem(t, status, answer, http.StatusUnauthorized, "unsigned")
	forger.id = uuid.New()
	status, answer = forger.do(http.MethodPost, wire.PathBatches, batch)
	wantProblem(t, status, answer, http.StatusUnauthorized, "unknown-terminal")

	if err := c.store.RevokeTerminal(t.Context(), m.id, now()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{wire.PathBatches, wire.PathHeartbeat} {
		status, answer = m.do(http.MethodPost, path, batch)
		wantProblem(t, status, answer, http.StatusForbidden, "revoked")
		var p wire.Problem
		var proof wire.Revocation
		if err := json.Unmarshal(answer, &p); err != nil {
			t.Fatal(err)
		}
		if err := wire.OpenSigned(wire.RevocationContext, c.keys.SigningPublic(), p.Proof, &proof); err != nil || proof.Terminal != m.id ||
			proof.Request != sha256.Sum256(batch) {
			t.Errorf("the proof is %+v, %v", proof, err)
		}
	}
	if n := len(c.kept(t)); n != 0 {
		t.Errorf("%d responses came through", n)
	}

	for name, header := range map[string][2]string{"coded": {"Content-Encoding", "gzip"}, "a form": {"Content-Type", "text/plain"}} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url+wire.PathBatches, bytes.NewReader(batch))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", wire.ContentType)
		r.Header.Set(header[0], header[1])
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnsupportedMediaType {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
}

func TestEnrolRefusals(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	request := wire.EnrolRequest{Code: wire.Code{5}.String(), Origin: m.origin, PublicKey: make([]byte, 32)}
	status, answer := m.do(http.MethodPost, wire.PathEnrol, encode(t, request))
	wantProblem(t, status, answer, http.StatusNotFound, "code-unknown")
	request.Code = "hello"
	status, answer = m.do(http.MethodPost, wire.PathEnrol, encode(t, request))
	wantProblem(t, status, answer, http.StatusBadRequest, "code-malformed")
	request.PublicKey = nil
	request.Code = wire.Code{5}.String()
	status, answer = m.do(http.MethodPost, wire.PathEnrol, encode(t, request))
	wantProblem(t, status, answer, http.StatusBadRequest, "malformed")
}

// failing is a store on a disk that fails before the commit, or whose answer is lost after it.
type failing struct {
	*sqlite.Store
	before, after error
}

func (f *failing) Keep(ctx context.Context, in store.Intake) ([]wire.Decision, error) {
	if f.before != nil {
		return nil, f.before
	}
	d, err := f.Store.Keep(ctx, in)
	if f.after != nil {
		return nil, f.after
	}
	return d, err
}

func TestNoReceiptWhenTheStoreFails(t *testing.T) {
	s := collectortest.NewStore(t)
	f := &failing{Store: s, before: errors.New("disk is full")}
	c := serve(t, s, f)
	m := mustTerminal(t, c, "Левый")
	b := m.batch(m.record(1, "ладно"))
	body := encode(t, b)
	status, answer := m.do(http.MethodPost, wire.PathBatches, body)
	wantProblem(t, status, answer, http.StatusServiceUnavailable, "unavailable")
	if strings.Contains(string(answer), "disk") {
		t.Error("what is wrong inside is told outside")
	}
	f.before, f.after = nil, errors.New("killed between commit and reply")
	status, answer = m.do(http.MethodPost, wire.PathBatches, body)
	wantProblem(t, status, answer, http.StatusServiceUnavailable, "unavailable")
	f.after = nil
	wantVerdicts(t, m.send(b), wire.Duplicate)
	if n := len(c.kept(t)); n != 1 {
		t.Errorf("%d responses, want 1", n)
	}
}

func TestHeartbeatBringsTheConfiguration(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	beat := wire.Heartbeat{Origin: m.origin, Beat: 1, Version: "1.1", Queued: 3, Problem: "no network"}
	heartbeat := func() (reply wire.HeartbeatReply) {
		t.Helper()
		status, answer := m.do(http.MethodPost, wire.PathHeartbeat, encode(t, beat))
		if status != http.StatusOK {
			t.Fatalf("%d %s", status, answer)
		}
		if err := wire.OpenSigned(wire.HeartbeatContext, c.keys.SigningPublic(), answer, &reply); err != nil {
			t.Fatal(err)
		}
		if reply.Origin != m.origin || reply.Beat != beat.Beat || !reply.Time.Equal(now()) {
			t.Errorf("the reply is to another heartbeat: %+v", reply)
		}
		return reply
	}
	first := heartbeat()
	if first.Config.Version != 2 || first.Config.Name != "Левый" || len(first.Config.Surveys) != 1 {
		t.Errorf("configuration %+v", first.Config)
	}
	got, err := c.store.Terminal(t.Context(), m.id)
	if err != nil || got.Queued != 3 || got.Problem != "no network" || !got.LastSeen.Equal(now()) {
		t.Errorf("terminal %+v, %v", got, err)
	}
	// A replay is answered and changes nothing.
	beat.Problem = "old"
	heartbeat()
	if got, err = c.store.Terminal(t.Context(), m.id); err != nil || got.Problem != "no network" {
		t.Errorf("terminal %+v, %v", got, err)
	}

	v2 := collectortest.Publish(t, c.store, collectortest.Visit2)
	beat.Beat++
	second := heartbeat().Config
	if second.Version != 3 || len(second.Surveys) != 1 || second.Surveys[0].Version != v2.Version {
		t.Errorf("after publishing %+v", second)
	}
	status, source := m.do(http.MethodGet, wire.PathSurveys+"visit/"+v2.Version, nil)
	if status != http.StatusOK || !bytes.Equal(source, collectortest.Visit2) {
		t.Errorf("survey: %d, %d bytes", status, len(source))
	}
	status, answer := m.do(http.MethodGet, wire.PathSurveys+"visit/ffff", nil)
	wantProblem(t, status, answer, http.StatusNotFound, "unknown-survey")
	beat.Origin = wire.Origin{}
	status, answer = m.do(http.MethodPost, wire.PathHeartbeat, encode(t, beat))
	wantProblem(t, status, answer, http.StatusBadRequest, "malformed")
}

// FuzzBatch sends any bytes as a batch of a terminal: the answer is a receipt or a refusal, never a failure, and what
// was kept before stays.
func FuzzBatch(f *testing.F) {
	c := mustCollector(f)
	m := mustTerminal(f, c, "Левый")
	good := m.batch(m.record(1, "ладно"), m.record(2, "хорошо"))
	m.send(good)
	f.Add(encode(f, good))
	f.Add(encode(f, wire.Batch{Origin: wire.Origin{1}, Records: []wire.Record{{}, {Seq: 1 << 63}}}))
	f.Add(encode(f, wire.Heartbeat{Origin: m.origin}))
	f.Add(encode(f, wire.Offer{Origin: m.origin, Held: []wire.Held{{First: 1, Last: 128}, {First: 1 << 63, Last: 1<<64 - 1}}}))
	f.Fuzz(func(t *testing.T, body []byte) {
		m := *m
		m.t = t
		for _, path := range []string{wire.PathBatches, wire.PathHeartbeat, wire.PathEnrol, wire.PathOffer, wire.PathKeys} {
			method, sent := http.MethodPost, body
			if path == wire.PathKeys {
				method, sent = http.MethodGet, nil
			}
			status, answer := m.do(method, path, sent)
			if status >= 500 || status == http.StatusUnauthorized {
				t.Errorf("%s: %d %s", path, status, answer)
			}
		}
		receipt := m.send(good)
		wantVerdicts(t, receipt, wire.Duplicate, wire.Duplicate)
	})
}
