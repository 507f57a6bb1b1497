package agent_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
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

// neighbourhood is a collector, a terminal that relays to it, and one that has no way but through that; over real HTTP.
func neighbourhood(t *testing.T, between func(http.Handler) http.Handler) (*collector, *guard, *terminal, agent.Config) {
	t.Helper()
	c := newCollector(t)
	g := &guard{c: c}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	transport := agent.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	neighbours, err := agent.Neighbours([]string{"127.0.0.1", "10.0.0.0/8"})
	must(t, err)
	relay, err := agent.NewRelay(server.URL, transport, neighbours, slog.New(slog.DiscardHandler))
	must(t, err)
	var handler http.Handler = relay
	if between != nil {
		handler = between(relay)
	}
	way := httptest.NewServer(handler)
	t.Cleanup(way.Close)
	tm := newTerminal(t, c, "http://192.0.2.1") // nobody is there
	config := tm.config(nil)
	config.Via = strings.TrimPrefix(way.URL, "http://")
	return c, g, tm, config
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
	c, g, tm, config := neighbourhood(t, nil)
	c.publish(survey("mood", 1))
	tm.add(3)
	a, _ := run(t, config)
	within(t, "the answers are with the collector", func() bool { return c.stored() == 3 && tm.queued() == 0 })
	within(t, "the configuration and its survey came", func() bool { return len(a.Status().Surveys) == 1 })
	if a.Status().URL != "http://192.0.2.1" || g.refused.Load() != 0 {
		t.Errorf("status %+v, %d refused", a.Status(), g.refused.Load())
	}
}

func TestRelayThatChangesWhatItPassesIsCaught(t *testing.T) {
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
		"a bit of every request turned": {func(relay http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if len(body) > 0 {
					r.Body = io.NopCloser(bytes.NewReader(turn(body)))
				}
				relay.ServeHTTP(w, r)
			})
		}, []agent.Reason{agent.Refused}, true},
		"a bit of every reply turned": {func(relay http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				kept := httptest.NewRecorder()
				relay.ServeHTTP(kept, r)
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
			_, g, tm, config := neighbourhood(t, c.between)
			tm.add(2)
			a, stop := run(t, config)
			within(t, "the trouble is told", func() bool {
				got, _ := trouble(a.Status(), agent.UploadArea)
				for _, r := range c.reasons {
					if got.Reason == r && got.Message != "" && got.Hint != "" {
						return true
					}
				}
				return false
			})
			stop()
			if tm.queued() != 2 {
				t.Errorf("%d of 2 answers are queued", tm.queued())
			}
			if c.refused != (g.refused.Load() > 0) {
				t.Errorf("the collector refused %d requests", g.refused.Load())
			}
		})
	}
}

func TestRelayServesNeighboursAndTerminalPathsOnly(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "http://elsewhere.test/", http.StatusFound)
	}))
	defer server.Close()
	transport := agent.NewTransport()
	defer transport.CloseIdleConnections()
	relay, err := agent.NewRelay(server.URL, transport, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, slog.New(slog.DiscardHandler))
	must(t, err)
	for _, c := range []struct {
		method, target, from string
		size, status         int
	}{
		{"POST", wire.PathBatches, "192.0.2.7:1", 100, http.StatusFound}, // and is not followed
		{"POST", wire.PathBatches, "192.0.3.7:1", 100, http.StatusForbidden},
		{"POST", wire.PathBatches, "[::ffff:192.0.2.7]:1", 100, http.StatusFound},
		{"POST", wire.PathBatches, "192.0.2.7:1", wire.MaxBodyBytes + 1, http.StatusRequestEntityTooLarge},
		{"POST", wire.PathEnrol, "192.0.2.7:1", 100, http.StatusNotFound},
		{"GET", wire.PathBatches, "192.0.2.7:1", 0, http.StatusNotFound},
		{"GET", "/", "192.0.2.7:1", 0, http.StatusNotFound},
		{"POST", "/login", "192.0.2.7:1", 10, http.StatusNotFound},
		{"GET", wire.PathSurveys + "a/b?x=1", "192.0.2.7:1", 0, http.StatusNotFound},
		{"GET", wire.PathSurveys + "../../login", "192.0.2.7:1", 0, http.StatusNotFound},
		{"GET", wire.PathSurveys + "mood/0123456789abcdef", "192.0.2.7:1", 0, http.StatusFound},
	} {
		r := httptest.NewRequest(c.method, c.target, bytes.NewReader(make([]byte, c.size)))
		r.RemoteAddr = c.from
		w := httptest.NewRecorder()
		relay.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s %s with %d bytes from %s: %d, not %d", c.method, c.target, c.size, c.from, w.Code, c.status)
		}
	}
	if asked != 3 {
		t.Errorf("the collector was asked %d times", asked)
	}
	if _, err := agent.NewRelay(server.URL, nil, nil, nil); err == nil {
		t.Error("a relay for nobody was made")
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
