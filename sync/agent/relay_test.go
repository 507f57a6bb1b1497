package agent_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/agent"
	"otklik/sync/wire"
)

// guard refuses requests whose signature does not hold, as a collector does, and counts them.
type guard struct {
	c       *collector
	refused atomic.Int32
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if _, err := wire.VerifyRequest(r, body, func(id uuid.UUID) (ed25519.PublicKey, error) {
		var key ed25519.PublicKey
		g.c.set(func() { key = g.c.known[id] })
		if key == nil {
			return nil, errors.New("unknown")
		}
		return key, nil
	}); err != nil {
		g.refused.Add(1)
		problem(w, http.StatusUnauthorized, "bad-signature")
		return
	}
	g.c.ServeHTTP(w, r)
}

// neighbourhood is a collector behind what ends its TLS, a terminal that relays to it, and one that has no way but through
// that; over real TCP.
type neighbourhood struct {
	c      *collector
	g      *guard
	tm     *terminal
	config agent.Config
	seen   *tap // what the relay passes
}

// between is what stands between TLS and the collector, nil for nothing; turn changes what the relay passes, nil for not.
func newNeighbourhood(t *testing.T, between func(http.Handler) http.Handler, turn func([]byte)) neighbourhood {
	t.Helper()
	c := newCollector(t)
	g := &guard{c: c}
	var behind http.Handler = g
	if between != nil {
		behind = between(g)
	}
	server := httptest.NewUnstartedServer(behind)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	neighbours, err := agent.Neighbours([]string{"127.0.0.1", "10.0.0.0/8"})
	must(t, err)
	seen := &tap{turn: turn}
	const address = "https://example.com:8443" // which only the relay knows the way to
	relay, err := agent.NewRelay(address, func(ctx context.Context, network, target string) (net.Conn, error) {
		if target != "example.com:8443" {
			t.Errorf("the relay leads to %s", target)
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		return tapped{conn, seen}, err
	}, neighbours, slog.New(slog.DiscardHandler))
	must(t, err)
	way := httptest.NewUnstartedServer(relay)
	ctx, end := context.WithCancel(t.Context())
	way.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	way.Start()
	t.Cleanup(func() { end(); way.Close() })
	tm := newTerminal(t, c, address)
	tm.identity.CA = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	config := tm.config(nil)
	config.Via = way.Listener.Addr().String()
	return neighbourhood{c, g, tm, config, seen}
}

// tap keeps what passes, and may change it.
type tap struct {
	turn func([]byte)
	mu   sync.Mutex
	all  bytes.Buffer
}

func (t *tap) keep(b []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all.Write(b)
}

func (t *tap) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.all.Bytes())
}

type tapped struct {
	net.Conn
	tap *tap
}

func (c tapped) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.tap.keep(b[:n])
	return n, err
}

func (c tapped) Write(b []byte) (int, error) {
	c.tap.keep(b)
	if b = bytes.Clone(b); c.tap.turn != nil {
		c.tap.turn(b)
	}
	return c.Conn.Write(b)
}

// within waits for something to hold; how long it takes is no matter of the test.
func within(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestNeighbourPassesAnswersOn(t *testing.T) {
	n := newNeighbourhood(t, nil, nil)
	n.c.publish(survey("mood", 1))
	n.tm.add(3)
	a, _ := run(t, n.config)
	within(t, "the answers are with the collector", func() bool { return n.c.stored() == 3 && n.tm.queued() == 0 })
	within(t, "the configuration and its survey came", func() bool { return len(a.Status().Surveys) == 1 })
	if a.Status().URL != n.tm.identity.URL || n.g.refused.Load() != 0 {
		t.Errorf("status %+v, %d refused", a.Status(), n.g.refused.Load())
	}
}

func TestRelayCannotReadWhatItPasses(t *testing.T) {
	var said tap // the same, where TLS ends
	n := newNeighbourhood(t, func(g http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			kept := httptest.NewRecorder()
			g.ServeHTTP(kept, r)
			said.keep([]byte(r.URL.Path))
			said.keep(body)
			said.keep(kept.Body.Bytes())
			w.Header().Set("Content-Type", kept.Header().Get("Content-Type"))
			w.WriteHeader(kept.Code)
			w.Write(kept.Body.Bytes())
		})
	}, nil)
	pin, err := wire.HashPIN("482915")
	must(t, err)
	n.c.publish(survey("mood", 1))
	mark := wire.TicketMark("mood", "1234567894")
	n.c.set(func() {
		n.c.config.PIN = pin
		n.c.config.Surveys[0].Tickets = [][8]byte{mark}
	})
	n.tm.add(3)
	a, stop := run(t, n.config)
	within(t, "all is over", func() bool { return n.tm.queued() == 0 && len(a.Status().Surveys) == 1 })
	stop()
	origin := n.tm.outbox.Origin()
	for what, secret := range map[string][]byte{
		"the PIN's hash": []byte(pin), "the site's name": []byte("Чулман"), "a ticket's mark": mark[:],
		"a survey": []byte("smiley"), "the outbox's name": origin[:], "what is asked for": []byte(wire.PathBatches),
	} {
		if what != "a survey" && !bytes.Contains(said.bytes(), secret) {
			t.Errorf("%s was never said: this test looks for the wrong thing", what)
		}
		if bytes.Contains(n.seen.bytes(), secret) {
			t.Errorf("the relay reads %s", what)
		}
	}
	if len(n.seen.bytes()) < len(said.bytes()) {
		t.Errorf("the relay saw %d bytes of %d: this test looks at the wrong place", len(n.seen.bytes()), len(said.bytes()))
	}
}

// whoeverChanges holds that nothing is acknowledged to a terminal whose way something tampers with.
func (n neighbourhood) whoeverChanges(t *testing.T, reasons []agent.Reason) {
	t.Helper()
	n.tm.add(2)
	a, stop := run(t, n.config)
	within(t, "the trouble is told", func() bool {
		got, _ := trouble(a.Status(), agent.UploadArea)
		return slices.Contains(reasons, got.Reason) && got.Message != "" && got.Hint != ""
	})
	stop()
	if n.tm.queued() != 2 {
		t.Errorf("%d of 2 answers are queued", n.tm.queued())
	}
}

func TestRelayThatChangesWhatItPassesIsCaught(t *testing.T) {
	t.Run("a bit turned", func(t *testing.T) {
		const data = 23 // of TLS records
		n := newNeighbourhood(t, nil, func(b []byte) {
			for len(b) > 5 { // one record after another, however many came at once
				if b[0] == data {
					b[5] ^= 1
				}
				b = b[min(len(b), 5+int(b[3])<<8+int(b[4])):]
			}
		})
		n.whoeverChanges(t, []agent.Reason{agent.CutOff, agent.Untrusted})
		if n.c.stored() > 0 {
			t.Error("the collector took what was changed")
		}
	})
	t.Run("TLS of its own", func(t *testing.T) {
		n := newNeighbourhood(t, nil, nil)
		n.tm.identity.CA = otherCA // of a collector that is not the one at the end
		n.config.Identity = n.tm.identity
		n.whoeverChanges(t, []agent.Reason{agent.Untrusted})
	})
}

// What ends TLS before the collector can read and change what passes: signatures tell.
func TestProxyThatChangesWhatItPassesIsCaught(t *testing.T) {
	turn := func(b []byte) []byte {
		b = bytes.Clone(b)
		b[len(b)/2] ^= 1
		return b
	}
	for name, c := range map[string]struct {
		between func(http.Handler) http.Handler
		reasons []agent.Reason
		refused bool // by the collector
	}{
		"a bit of every request turned": {func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if len(body) > 0 {
					r.Body = io.NopCloser(bytes.NewReader(turn(body)))
				}
				next.ServeHTTP(w, r)
			})
		}, []agent.Reason{agent.Refused}, true},
		"a bit of every reply turned": {func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				kept := httptest.NewRecorder()
				next.ServeHTTP(kept, r)
				w.Header().Set("Content-Type", kept.Header().Get("Content-Type"))
				w.WriteHeader(kept.Code)
				w.Write(turn(kept.Body.Bytes()))
			})
		}, []agent.Reason{agent.NotSigned, agent.Malformed}, false},
		"replies of its own": {func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, key, _ := ed25519.GenerateKey(nil)
				body, _ := io.ReadAll(r.Body)
				if r.URL.Path != wire.PathBatches {
					http.NotFound(w, r)
					return
				}
				reply, _ := wire.Sign(wire.ReceiptContext, key, receiptFor(t, body))
				ours(w, reply)
			})
		}, []agent.Reason{agent.NotSigned}, false},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNeighbourhood(t, c.between, nil)
			n.whoeverChanges(t, c.reasons)
			if c.refused != (n.g.refused.Load() > 0) {
				t.Errorf("the collector refused %d requests", n.g.refused.Load())
			}
		})
	}
}

func TestRelayConnectsNeighboursWithItsCollectorOnly(t *testing.T) {
	dialled := 0
	dial := func(context.Context, string, string) (net.Conn, error) {
		dialled++
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}
	neighbours := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	relay, err := agent.NewRelay("https://example.com", dial, neighbours, slog.New(slog.DiscardHandler))
	must(t, err)
	for _, c := range []struct {
		method, target, from string
		status               int
	}{
		{"CONNECT", "example.com:443", "192.0.2.7:1", http.StatusBadGateway},
		{"CONNECT", "EXAMPLE.com:443", "[::ffff:192.0.2.7]:1", http.StatusBadGateway},
		{"CONNECT", "example.com:443", "192.0.3.7:1", http.StatusForbidden},
		{"CONNECT", "example.com:22", "192.0.2.7:1", http.StatusNotFound},
		{"CONNECT", "elsewhere.test:443", "192.0.2.7:1", http.StatusNotFound},
		{"POST", "http://example.com:443" + wire.PathBatches, "192.0.2.7:1", http.StatusNotFound},
		{"GET", "http://example.com:443/", "192.0.2.7:1", http.StatusNotFound},
	} {
		r := httptest.NewRequest(c.method, c.target, nil)
		r.RemoteAddr = c.from
		w := httptest.NewRecorder()
		relay.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s %s from %s: %d, not %d", c.method, c.target, c.from, w.Code, c.status)
		}
	}
	if dialled != 2 {
		t.Errorf("the collector was dialled %d times", dialled)
	}
	if _, err := agent.NewRelay("https://example.com", nil, nil, nil); err == nil {
		t.Error("a relay for nobody was made")
	}
	if _, err := agent.NewRelay("http://example.com", nil, neighbours, nil); !errors.Is(err, agent.ErrNotSecret) {
		t.Errorf("a relay was made that reads what it passes: %v", err)
	}
	tm := newTerminal(t, newCollector(t), "http://example.com")
	config := tm.config(nil)
	config.Via = "192.0.2.7:8410"
	if _, err := agent.New(config); !errors.Is(err, agent.ErrNotSecret) {
		t.Errorf("a terminal shows a neighbour what passes: %v", err)
	}
}

// What the neighbour says is told where people look.
func TestNeighbourThatDoesNotRelayIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		via    func(t *testing.T) string
		reason agent.Reason
		code   string
	}{
		"nobody there": {func(t *testing.T) string {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			must(t, err)
			must(t, l.Close())
			return l.Addr().String()
		}, agent.NotReached, ""},
		"for others alone": {func(t *testing.T) string {
			relay, err := agent.NewRelay("https://example.com", nil, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, slog.New(slog.DiscardHandler))
			must(t, err)
			s := httptest.NewServer(relay)
			t.Cleanup(s.Close)
			return s.Listener.Addr().String()
		}, agent.Refused, "no-neighbour"},
	} {
		t.Run(name, func(t *testing.T) {
			tm := newTerminal(t, newCollector(t), "https://example.com")
			tm.add(1)
			config := tm.config(nil)
			config.Via = c.via(t)
			a, _ := run(t, config)
			within(t, "the trouble is told", func() bool {
				got, _ := trouble(a.Status(), agent.UploadArea)
				return got.Reason == c.reason && got.Code == c.code && got.Hint != ""
			})
		})
	}
}

func TestPinnedAuthorityAloneIsTrusted(t *testing.T) {
	c := newCollector(t)
	server := httptest.NewUnstartedServer(c)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	server.StartTLS()
	defer server.Close()
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	for name, pinned := range map[string]string{"its own": ca, "none": "", "another's": otherCA} {
		t.Run(name, func(t *testing.T) {
			tm := newTerminal(t, c, server.URL)
			tm.add(1)
			tm.identity.CA = pinned
			a, stop := run(t, tm.config(nil))
			if pinned == ca {
				within(t, "the answer is with the collector", func() bool { return tm.queued() == 0 })
			} else {
				within(t, "the trouble is told", func() bool {
					got, _ := trouble(a.Status(), agent.UploadArea)
					return got.Reason == agent.Untrusted && got.Hint != ""
				})
				if tm.queued() != 1 {
					t.Error("the answer left the queue")
				}
			}
			stop()
		})
	}
	tm := newTerminal(t, c, server.URL)
	tm.identity.CA = "no certificate"
	if _, err := agent.New(tm.config(nil)); err == nil || !strings.Contains(err.Error(), "PEM") {
		t.Errorf("pinned to nothing: %v", err)
	}
}

// otherCA is an authority that signed nothing here.
const otherCA = `-----BEGIN CERTIFICATE-----
MIIBeDCCAR2gAwIBAgIUMoBAuh/ECE6K70pVjZXre3IV24IwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFb3RoZXIwIBcNMjYxMTI0MDM1NTUxWhgPMjEyNjEwMzEwMzU1
NTFaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
0xqC5js89X8XRHcl1lep1t80WEXecXkHA/E6kNkcR7+AdeuE/BFJepGAGckK5bFA
dvHkENCWZabLeRthbH7qvaNTMFEwHQYDVR0OBBYEFIn9WB0lLFaljsW1xAkD+NAA
GboDMB8GA1UdIwQYMBaAFIn9WB0lLFaljsW1xAkD+NAAGboDMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhANFxTmj8woNCqqtVPyi+h45UW/4GH/dL
c28Q5XGtFcuKAiEAunL4PE01011ZmSeLrJQO0v4CpXgiGlRfNyOFSN9nz/Y=
-----END CERTIFICATE-----
`
