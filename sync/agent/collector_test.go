package agent_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"otklik/surveys"
	"otklik/sync/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// collector speaks the terminal interface with real keys. It holds every request to its signature and opens every record.
type collector struct {
	t        testing.TB
	key      ed25519.PrivateKey
	sealing  []byte // public
	opener   *wire.Opener
	epoch    wire.Epoch
	ahead    time.Duration // of the terminal's clock
	terminal uuid.UUID     // the one that enrols

	mu        sync.Mutex
	known     map[uuid.UUID]ed25519.PublicKey
	answers   map[uint64]uuid.UUID
	delivered map[uint64]int // how often
	sizes     []int          // of batches, in records
	requests  []request
	beats     []wire.Heartbeat
	config    wire.TerminalConfig
	safe      wire.Ranges       // what its last backup has; nil for no backups
	escrow    []byte            // its escrow key, nil for none
	offered   int               // records, in offers
	surveys   map[string][]byte // by id/version
	codes     map[wire.Hash]ed25519.PublicKey
	// instead answers in place of the collector if it returns true. honest is the reply there would have been.
	instead func(w http.ResponseWriter, r *http.Request, body []byte, honest func() []byte) bool
}

type request struct {
	at   time.Time
	path string
}

func newCollector(t testing.TB) *collector {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	private, public, err := wire.NewSealingKey(nil)
	must(t, err)
	opener, err := wire.NewOpener(private)
	must(t, err)
	return &collector{
		t: t, key: key, sealing: public, opener: opener, epoch: wire.Epoch{1}, terminal: uuid.New(),
		known: map[uuid.UUID]ed25519.PublicKey{}, answers: map[uint64]uuid.UUID{}, delivered: map[uint64]int{},
		surveys: map[string][]byte{}, codes: map[wire.Hash]ed25519.PublicKey{},
	}
}

func (c *collector) public() ed25519.PublicKey { return c.key.Public().(ed25519.PublicKey) }

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the terminal went away
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, request{time.Now(), r.URL.Path})
	if r.URL.Path != wire.PathEnrol {
		if _, err := wire.VerifyRequest(r, body, func(id uuid.UUID) (ed25519.PublicKey, error) {
			if key := c.known[id]; key != nil {
				return key, nil
			}
			return nil, errors.New("unknown terminal")
		}); err != nil {
			c.t.Errorf("%s: %v", r.URL.Path, err)
		}
	}
	honest := func() []byte { return c.answer(r, body) }
	if c.instead != nil && c.instead(w, r, body, honest) {
		return
	}
	reply := honest()
	if reply == nil {
		problem(w, http.StatusNotFound, "unknown-survey")
		return
	}
	if r.Method == http.MethodPost {
		w.Header().Set("Content-Type", wire.ContentType)
	} else {
		w.Header().Set("Content-Type", "application/yaml")
	}
	w.Write(reply)
}

func problem(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(wire.Problem{Code: code, Message: "said about " + code, Hint: "do about " + code})
}

// answer does what a collector does; nil for a survey that is not there.
func (c *collector) answer(r *http.Request, body []byte) []byte {
	now := time.Now().Add(c.ahead).UTC()
	var ctx wire.Context
	var reply any
	switch path := r.URL.Path; {
	case path == wire.PathBatches:
		batch, err := wire.DecodeBatch(body)
		must(c.t, err)
		must(c.t, batch.Validate())
		ctx, reply = wire.ReceiptContext, c.keep(batch, body, now)
	case path == wire.PathHeartbeat:
		var h wire.Heartbeat
		must(c.t, wire.Decode(body, &h))
		c.beats = append(c.beats, h)
		ctx, reply = wire.HeartbeatContext, wire.HeartbeatReply{Origin: h.Origin, Beat: h.Beat, Epoch: c.epoch, Time: now, Config: c.config, Backups: c.safe != nil, Safe: c.safe, EscrowKey: c.escrow, Missing: c.missing(&h)}
	case path == wire.PathOffer:
		var o wire.Offer
		must(c.t, wire.Decode(body, &o))
		must(c.t, o.Validate())
		ctx, reply = wire.OfferContext, c.compare(&o, body)
	case path == wire.PathEnrol:
		var e wire.EnrolRequest
		must(c.t, wire.Decode(body, &e))
		c.known[c.terminal] = e.PublicKey
		ctx, reply = wire.EnrolContext, wire.EnrolReply{
			Terminal: c.terminal, Origin: e.Origin, SigningKey: c.public(), SealingKey: c.sealing, Epoch: c.epoch, Config: c.config,
		}
	default:
		return c.surveys[strings.TrimPrefix(path, wire.PathSurveys)]
	}
	data, err := wire.Sign(ctx, c.key, reply)
	must(c.t, err)
	return data
}

func (c *collector) keep(batch wire.Batch, body []byte, now time.Time) wire.Receipt {
	c.sizes = append(c.sizes, len(batch.Records))
	receipt := wire.Receipt{Origin: batch.Origin, Batch: sha256.Sum256(body), Epoch: c.epoch, Time: now}
	for _, s := range batch.Sessions {
		must(c.t, c.opener.Session(batch.Origin, s))
	}
	for _, r := range batch.Records {
		_, _, err := c.opener.Open(batch.Origin, r)
		must(c.t, err)
		verdict := wire.Stored
		if was, is := c.answers[r.Seq]; is {
			if verdict = wire.Duplicate; was != r.AnswerID {
				c.t.Errorf("seq %d came with answer %s and with %s", r.Seq, was, r.AnswerID)
			}
		}
		c.answers[r.Seq] = r.AnswerID
		c.delivered[r.Seq]++
		receipt.Decisions = append(receipt.Decisions, wire.Decision{Seq: r.Seq, AnswerID: r.AnswerID, Verdict: verdict})
	}
	return receipt
}

func (c *collector) compare(o *wire.Offer, body []byte) wire.OfferReply {
	reply := wire.OfferReply{Origin: o.Origin, Offer: sha256.Sum256(body), Epoch: c.epoch}
	for _, h := range o.Held {
		var sum wire.Sum
		here := true
		for seq := h.First; seq <= h.Last; seq++ {
			c.offered++
			id, is := c.answers[seq]
			here = here && is
			sum.Add(id)
		}
		if !here || sum != h.Sum {
			reply.Missing = append(reply.Missing, wire.Range{First: h.First, Last: h.Last})
		}
	}
	return reply
}

// restore brings the collector back as it was when it had the first n answers.
func (c *collector) restore(n uint64) {
	c.set(func() {
		c.epoch[0]++
		for seq := range c.answers {
			if seq > n {
				delete(c.answers, seq)
			}
		}
	})
}

// set changes the collector between requests.
func (c *collector) set(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

func (c *collector) publish(sources ...[]byte) {
	c.t.Helper()
	c.set(func() {
		c.config.Version++
		c.config.Site, c.config.Name = "Чулман, 12", "Зал 1"
		c.config.Surveys = nil
		for _, source := range sources {
			s, err := surveys.Load("published.yaml", source)
			must(c.t, err)
			c.surveys[s.ID+"/"+s.Version] = source
			c.config.Surveys = append(c.config.Surveys, wire.SurveyRef{ID: s.ID, Version: s.Version, Number: s.Number})
		}
	})
}

// stored is how many answers the collector has; each came once.
func (c *collector) stored() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.answers)
}

// times are when a path was asked for.
func (c *collector) times(path string) (at []time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.requests {
		if strings.HasPrefix(r.path, path) {
			at = append(at, r.at)
		}
	}
	return at
}

func (c *collector) heartbeats() []wire.Heartbeat {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.beats)
}

// line is a network between the terminal and the collector that exists in memory, so that time can be simulated. A real
// HTTP server and client talk over it.
type line struct {
	conns  chan net.Conn
	closed chan struct{}
	mu     sync.Mutex
	broken error
	dials  []time.Time
}

// serve has c answer on a new line until the test ends.
func serve(t testing.TB, c http.Handler) *line {
	l := &line{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: c}
	done := make(chan struct{})
	go func() { defer close(done); server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-done })
	return l
}

func (l *line) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *line) Close() error { close(l.closed); return nil }

func (l *line) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "memory"} }

func (l *line) breakOff(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = err
}

func (l *line) dialled() []time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.dials)
}

func (l *line) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	l.mu.Lock()
	l.dials = append(l.dials, time.Now())
	broken := l.broken
	l.mu.Unlock()
	if broken != nil {
		return nil, broken
	}
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// transport dials anew for each request when fresh, so that a broken line shows at once.
func (l *line) transport() *http.Transport {
	return &http.Transport{DialContext: l.dial, DisableCompression: true, DisableKeepAlives: true}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func survey(id string, number int) []byte {
	return bytes.ReplaceAll([]byte(`id: ID
number: `+string(rune('0'+number))+`
kind: poll
languages: [ru]
title: {ru: Опрос}
pages:
  - questions:
      - {code: mood, kind: smiley, text: {ru: Как вас приняли?}}
`), []byte("ID"), []byte(id))
}

// sum16 is the version of a survey's source.
func sum16(source []byte) string {
	sum := sha256.Sum256(source)
	return hex.EncodeToString(sum[:8])
}

// missing is what the collector does not have and the terminal does not say that it waits.
func (c *collector) missing(h *wire.Heartbeat) (missing wire.Ranges) {
	for seq := h.FirstSeq; seq > 0 && seq <= h.LastSeq; seq++ {
		if _, here := c.answers[seq]; !here {
			missing = missing.With(seq)
		}
	}
	if missing.Count() <= h.Queued {
		return nil
	}
	return missing
}
