package ingest_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/fleet"
	"otklik/sync/collector/ingest"
	"otklik/sync/collector/keys"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/wire"
)

// collector is the terminals' side of a collector, on a port of its own.
type collector struct {
	url    string
	store  *sqlite.Store
	fleet  *fleet.Fleet
	keys   *keys.Keys
	survey *surveys.Survey
}

func now() time.Time { return collectortest.Now }

func mustCollector(t testing.TB) *collector {
	t.Helper()
	s := collectortest.NewStore(t)
	return serve(t, s, s)
}

// serve serves a store; terminals' messages go to front.
func serve(t testing.TB, s *sqlite.Store, front ingest.Store) *collector {
	t.Helper()
	k, err := keys.Load(t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	return serveWith(t, s, front, k)
}

func serveWith(t testing.TB, s *sqlite.Store, front ingest.Store, k *keys.Keys) *collector {
	t.Helper()
	return serveOpening(t, s, front, k, 4096)
}

// serveOpening serves with a memory for so many sessions.
func serveOpening(t testing.TB, s *sqlite.Store, front ingest.Store, k *keys.Keys, sessions int) *collector {
	t.Helper()
	return serveBy(t, s, front, k, sessions, now)
}

// serveBy serves with a clock.
func serveBy(t testing.TB, s *sqlite.Store, front ingest.Store, k *keys.Keys, sessions int, clock func() time.Time) *collector {
	t.Helper()
	opener, err := wire.NewOpener(k.Sealing.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	opener.KeepSessions(sessions)
	f := fleet.New(s, k.SigningPublic(), k.SealingPublic(), clock)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	server := httptest.NewServer(ingest.New(front, f, k.Signing, opener, clock, log))
	t.Cleanup(server.Close)
	return &collector{server.URL, s, f, k, collectortest.Publish(t, s, collectortest.Visit1)}
}

// terminal is what the agent will be: it enrols, seals and sends.
type terminal struct {
	t      testing.TB
	at     *collector
	id     uuid.UUID
	key    ed25519.PrivateKey
	origin wire.Origin
	sealer *wire.Sealer
	client http.Client
}

func mustTerminal(t testing.TB, c *collector, name string) *terminal {
	t.Helper()
	code, err := c.fleet.IssueCode(t.Context(), "Зал", name)
	if err != nil {
		t.Fatal(err)
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	m := &terminal{t: t, at: c, key: private}
	rand.Read(m.origin[:])
	status, body := m.do(http.MethodPost, wire.PathEnrol, encode(t, wire.EnrolRequest{
		Code: code.String(), Origin: m.origin, PublicKey: public, Version: "1.0",
	}))
	if status != http.StatusOK {
		t.Fatalf("enrol: %d %s", status, body)
	}
	enrolled, err := wire.OpenEnrolReply(body, code)
	if err != nil {
		t.Fatal(err)
	}
	m.id = enrolled.Terminal
	m.newSealer(enrolled.SealingKey)
	return m
}

func (m *terminal) newSealer(public []byte) {
	m.t.Helper()
	var err error
	m.sealer, err = wire.NewSealer(wire.Recipients{Collector: public}, m.origin, wire.Glossary(m.at.survey), rand.Reader)
	if err != nil {
		m.t.Fatal(err)
	}
}

func encode(t testing.TB, message any) []byte {
	t.Helper()
	data, err := wire.Encode(message)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// do sends a signed request, and returns what came back.
func (m *terminal) do(method, path string, body []byte) (status int, answer []byte) {
	m.t.Helper()
	status, answer, _ = m.doHeader(method, path, body)
	return status, answer
}

func (m *terminal) doHeader(method, path string, body []byte) (status int, answer []byte, header http.Header) {
	m.t.Helper()
	r, err := http.NewRequestWithContext(m.t.Context(), method, m.at.url+path, bytes.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", wire.ContentType)
	}
	if err := wire.SignRequest(r, body, m.id, m.key, "nonce", now()); err != nil {
		m.t.Fatal(err)
	}
	resp, err := m.client.Do(r)
	if err != nil {
		m.t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, err = io.ReadAll(resp.Body); err != nil {
		m.t.Fatal(err)
	}
	return resp.StatusCode, answer, resp.Header
}

// answerID is the same for a seq each time.
func (m *terminal) answerID(seq uint64) uuid.UUID {
	return uuid.NewSHA1(m.id, []byte{byte(seq >> 16), byte(seq >> 8), byte(seq)})
}

// body is what a visitor said in a visit that took all questions.
func (m *terminal) body(seq uint64, comment string) *wire.Body {
	wall := now().Add(-time.Hour + time.Duration(seq)*time.Second)
	said := collectortest.Said
	return &wire.Body{
		Response: surveys.Response{
			Survey: m.at.survey.ID, Version: m.at.survey.Version, Number: m.at.survey.Number, Language: "ru", Audience: "employer",
			Started: wall.Add(-41 * time.Second).Truncate(time.Second), Seconds: 41,
			Answers: []surveys.Answer{
				said("mood", surveys.Number(float64(1+seq%4))), said("who", surveys.String("employer")),
				said("why", surveys.Codes("staff", "speed")), said("advise", surveys.Number(float64(seq%11))),
				said("stars", surveys.Number(5)), collectortest.Skip("clear"), said("again", surveys.String("yes")),
				said("comment", surveys.String(comment)),
			},
		},
		Clock: wire.Clock{Wall: wall, Monotonic: int64(seq) * 1000, Boot: "0a1b2c3d", Offset: 90_000, OffsetKnown: true},
	}
}

func (m *terminal) record(seq uint64, comment string) wire.Record {
	m.t.Helper()
	r, err := m.sealer.Seal(seq, m.answerID(seq), m.body(seq, comment))
	if err != nil {
		m.t.Fatal(err)
	}
	return r
}

func (m *terminal) batch(records ...wire.Record) wire.Batch {
	return wire.Batch{Origin: m.origin, Sessions: []wire.Session{m.sealer.Session()}, Records: records}
}

// send sends a batch and returns the receipt after checking all that a terminal would.
func (m *terminal) send(b wire.Batch) wire.Receipt {
	m.t.Helper()
	return m.sendBytes(encode(m.t, b), b)
}

func (m *terminal) sendBytes(body []byte, b wire.Batch) wire.Receipt {
	m.t.Helper()
	status, answer := m.do(http.MethodPost, wire.PathBatches, body)
	if status != http.StatusOK {
		m.t.Fatalf("batch: %d %s", status, answer)
	}
	var receipt wire.Receipt
	if err := wire.OpenSigned(wire.ReceiptContext, m.at.keys.SigningPublic(), answer, &receipt); err != nil {
		m.t.Fatal(err)
	}
	if receipt.Origin != m.origin || receipt.Batch != sha256.Sum256(body) || len(receipt.Decisions) != len(b.Records) {
		m.t.Fatalf("the receipt answers for another batch: %+v", receipt)
	}
	for i, d := range receipt.Decisions {
		if d.Seq != b.Records[i].Seq || d.AnswerID != b.Records[i].AnswerID {
			m.t.Fatalf("decision %d is about another record: %+v", i, d)
		}
	}
	return receipt
}

func wantVerdicts(t *testing.T, r wire.Receipt, want ...wire.Verdict) {
	t.Helper()
	for i, d := range r.Decisions {
		if d.Verdict != want[i] {
			t.Errorf("seq %d: verdict %d (%s), want %d", d.Seq, d.Verdict, d.Reason, want[i])
		}
		if reasoned := d.Verdict == wire.Quarantined || d.Verdict == wire.Conflict; reasoned != (d.Reason != "") {
			t.Errorf("seq %d: verdict %d with the reason %q", d.Seq, d.Verdict, d.Reason)
		}
	}
}

func wantProblem(t *testing.T, status int, body []byte, wantStatus int, wantCode string) {
	t.Helper()
	var p wire.Problem
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("%d %q: %v", status, body, err)
	}
	if status != wantStatus || p.Code != wantCode || p.Message == "" || p.Hint == "" {
		t.Errorf("%d %+v, want %d %s", status, p, wantStatus, wantCode)
	}
}

// kept returns the responses to the survey.
func (c *collector) kept(t testing.TB) (all []store.Response) {
	t.Helper()
	err := c.store.EachResponse(t.Context(), c.survey.ID, 0, func(r *store.Response) error {
		all = append(all, *r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
