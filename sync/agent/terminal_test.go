package agent_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/agent"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// terminal is a real outbox with an enrolled identity.
type terminal struct {
	t        testing.TB
	dir      string
	outbox   *outbox.Outbox
	sealer   *wire.Sealer
	identity agent.Identity
}

func newTerminal(t testing.TB, c *collector, url string) *terminal {
	t.Helper()
	dir := t.TempDir()
	o, err := outbox.Open(filepath.Join(dir, "outbox.db"), outbox.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, o.Close()) })
	public, key, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	identity := agent.Identity{
		Terminal: uuid.New(), Origin: o.Origin(), URL: url, Key: key, SigningKey: c.public(), SealingKey: c.sealing,
	}
	c.set(func() { c.known[identity.Terminal] = public })
	sealer, err := wire.NewSealer(identity.Recipients(), o.Origin(), nil, rand.Reader)
	must(t, err)
	return &terminal{t: t, dir: dir, outbox: o, sealer: sealer, identity: identity}
}

// add puts n answers into the outbox.
func (tm *terminal) add(n int) {
	tm.t.Helper()
	for range n {
		id := uuid.New()
		_, err := tm.outbox.Append(id, tm.sealer.Session(), func(seq uint64) (wire.Record, error) {
			return tm.sealer.Seal(seq, id, &wire.Body{
				Response: surveys.Response{Survey: "smiley", Version: "0123456789abcdef", Number: 1, Language: "ru", Started: time.Now()},
				Clock:    wire.Clock{Wall: time.Now(), Boot: "00000000"},
			})
		})
		must(tm.t, err)
	}
}

func (tm *terminal) queued() int {
	tm.t.Helper()
	stats, err := tm.outbox.Stats()
	must(tm.t, err)
	return int(stats.Queued)
}

func (tm *terminal) config(transport http.RoundTripper) agent.Config {
	return agent.Config{
		Identity: tm.identity, Outbox: tm.outbox, Dir: tm.dir, Version: "1.2.3", Transport: transport,
		Log: slog.New(slog.DiscardHandler),
	}
}

// run starts an agent. The returned function stops it and waits until it is gone; the end of the test does so too.
func run(t testing.TB, config agent.Config) (*agent.Agent, func()) {
	t.Helper()
	a, err := agent.New(config)
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	stopped := false
	stop := func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
	t.Cleanup(stop)
	return a, stop
}

// after lets simulated time pass, and everything come to rest.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// world is a collector and a terminal on a line in simulated time.
func world(t *testing.T, f func(t *testing.T, c *collector, l *line, tm *terminal)) {
	synctest.Test(t, func(t *testing.T) {
		c := newCollector(t)
		l := serve(t, c)
		f(t, c, l, newTerminal(t, c, "http://collector.test"))
	})
}

// trouble returns the trouble in an area.
func trouble(s agent.Status, area string) (agent.Trouble, bool) {
	for _, tr := range s.Troubles {
		if tr.Area == area {
			return tr, true
		}
	}
	return agent.Trouble{}, false
}
