package agent_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/agent"
	"otklik/sync/wire"
)

// revokes has a collector refuse everything as it does a terminal that was revoked, with the proof that is made of a request.
func revokes(c *collector, proof func(body []byte) []byte) {
	c.set(func() {
		c.instead = func(w http.ResponseWriter, _ *http.Request, body []byte, _ func() []byte) bool {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusForbidden)
			json.NewEncoder(w).Encode(wire.Problem{Code: "revoked", Message: "it was", Hint: "bring its file", Proof: proof(body)})
			return true
		}
	})
}

func TestATerminalThatWasRevokedAsksNobody(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		tm.add(2)
		sign := func(key ed25519.PrivateKey, kind wire.Context, id uuid.UUID, body []byte) []byte {
			data, err := wire.Sign(kind, key, wire.Revocation{Terminal: id, Request: sha256.Sum256(body), Time: time.Now()})
			must(t, err)
			return data
		}
		_, other, err := ed25519.GenerateKey(nil)
		must(t, err)
		var told []bool
		config := tm.config(l.transport())
		config.OnRevoked = func(is bool) { told = append(told, is) }
		id := tm.identity.Terminal
		revokes(c, func([]byte) []byte { return nil })
		a, stop := run(t, config)
		for what, proof := range map[string]func([]byte) []byte{
			"no proof":                 func([]byte) []byte { return nil },
			"rubbish":                  func([]byte) []byte { return []byte{1, 2, 3} },
			"another's key":            func(body []byte) []byte { return sign(other, wire.RevocationContext, id, body) },
			"of another terminal":      func(body []byte) []byte { return sign(c.key, wire.RevocationContext, uuid.New(), body) },
			"of an older request":      func([]byte) []byte { return sign(c.key, wire.RevocationContext, id, []byte("older")) },
			"signed as something else": func(body []byte) []byte { return sign(c.key, wire.ReceiptContext, id, body) },
		} {
			revokes(c, proof)
			after(10 * time.Minute)
			if s := a.Status(); !s.Revoked.IsZero() || len(told) > 0 {
				t.Fatalf("%s was believed: %v", what, told)
			}
		}
		revokes(c, func(body []byte) []byte { return sign(c.key, wire.RevocationContext, id, body) })
		after(10 * time.Minute)
		if s := a.Status(); s.Revoked.IsZero() || !slices.Equal(told, []bool{true}) || s.Queued != 2 || tm.queued() != 2 {
			t.Errorf("told %v, status %+v", told, s)
		}
		if got, _ := trouble(a.Status(), agent.HeartbeatArea); got.Code != "revoked" || got.Hint == "" {
			t.Errorf("what is to be done is not said: %+v", got)
		}
		// The next start need not reach anybody to know.
		stop()
		l.breakOff(&netError{})
		a, stop = run(t, config)
		after(time.Minute)
		if a.Status().Revoked.IsZero() {
			t.Error("it was forgotten over a restart")
		}
		stop()
		// It was a mistake, or a backup of before was brought back.
		l.breakOff(nil)
		c.set(func() { c.instead = nil })
		a, _ = run(t, config)
		after(10 * time.Minute)
		if s := a.Status(); !s.Revoked.IsZero() || !slices.Equal(told, []bool{true, false}) || tm.queued() != 0 {
			t.Errorf("told %v, %d wait, status %+v", told, tm.queued(), s)
		}
	})
}

// A terminal that was revoked and may send what it has learns that it asks nobody before it hears that it is heard again:
// between the two somebody could begin to answer.
func TestWhatARevokedTerminalMayAskIsKnownBeforeItAsks(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		c.set(func() { c.config = wire.TerminalConfig{Version: 1} })
		var told []string
		config := tm.config(l.transport())
		config.OnRevoked = func(is bool) { told = append(told, fmt.Sprint("revoked ", is)) }
		config.OnConfig = func(to wire.TerminalConfig, _ []*surveys.Survey) {
			told = append(told, fmt.Sprint("version ", to.Version))
		}
		run(t, config)
		after(time.Minute)
		revokes(c, func(body []byte) []byte {
			data, err := wire.Sign(wire.RevocationContext, c.key, wire.Revocation{
				Terminal: tm.identity.Terminal, Request: sha256.Sum256(body), Time: time.Now(),
			})
			must(t, err)
			return data
		})
		after(10 * time.Minute)
		c.set(func() { c.instead, c.config = nil, wire.TerminalConfig{Version: 2} })
		after(10 * time.Minute)
		if want := []string{"version 1", "revoked true", "version 2", "revoked false"}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}
