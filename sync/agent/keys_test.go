package agent_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"net/http"
	"slices"
	"testing"
	"time"

	"otklik/sync/agent"
	"otklik/sync/wire"
)

// succession makes a link from one signing key to another.
func succession(t *testing.T, from, to ed25519.PrivateKey, sealing []byte) []byte {
	return signed(t, wire.SuccessionContext, from, wire.Succession{
		From: from.Public().(ed25519.PublicKey), SigningKey: to.Public().(ed25519.PublicKey), SealingKey: sealing, Time: time.Now().UTC(),
	})
}

func TestATerminalFollowsTheKeysThatItsOwnNames(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		var keys []ed25519.PrivateKey
		for range 3 {
			_, key, err := ed25519.GenerateKey(rand.Reader)
			must(t, err)
			keys = append(keys, key)
		}
		_, sealing, err := wire.NewSealingKey(nil)
		must(t, err)
		old, stranger := c.key, keys[2]
		chain := [][]byte{succession(t, stranger, keys[1], sealing)}
		lied := succession(t, stranger, keys[1], sealing)
		lied[len(lied)-1] ^= 1
		chain = append(chain, lied)
		c.set(func() {
			c.key = keys[1] // as a go-between would answer, who has a key of his own
			c.instead = func(w http.ResponseWriter, r *http.Request, _ []byte, _ func() []byte) bool {
				if r.URL.Path != wire.PathKeys {
					return false
				}
				body, err := wire.Encode(wire.Successions{Chain: chain})
				must(t, err)
				ours(w, body)
				return true
			}
		})
		tm.add(2)
		config := tm.config(l.transport())
		var told []agent.Identity
		config.OnKeys = func(i agent.Identity) { told = append(told, i) }
		a, stop := run(t, config)
		after(time.Hour)
		if got, _ := trouble(a.Status(), agent.UploadArea); got.Reason != agent.NotSigned || tm.queued() != 2 || len(told) != 0 {
			t.Fatalf("a forged succession: %+v, %d queued, told %v", got, tm.queued(), told)
		}
		if _, err := agent.LoadIdentity(tm.dir); err == nil {
			t.Fatal("an identity was written for a forged succession")
		}
		c.set(func() { // exchanged twice while the terminal was away
			chain = append(chain, succession(t, old, keys[0], make([]byte, 32)), succession(t, keys[0], keys[1], sealing))
		})
		after(time.Hour)
		stop()
		if c.stored() != 2 || tm.queued() != 0 || a.Status().Problem() != "" {
			t.Errorf("%d stored, %d queued, %q", c.stored(), tm.queued(), a.Status().Problem())
		}
		kept, err := agent.LoadIdentity(tm.dir)
		must(t, err)
		if !kept.SigningKey.Equal(c.public()) || !slices.Equal(kept.SealingKey, sealing) || len(told) != 1 ||
			!slices.Equal(told[0].Recipients().Collector, sealing) {
			t.Errorf("it trusts %x, seals for %x, told %d times", kept.SigningKey, kept.SealingKey, len(told))
		}
		trusted := kept.Trusted()
		if len(trusted) != 3 || !trusted[2].Equal(old.Public()) || !trusted[1].Equal(keys[0].Public()) {
			t.Errorf("receipts may be signed with %x", trusted)
		}
		if kept.Terminal != tm.identity.Terminal || !kept.Key.Equal(tm.identity.Key) {
			t.Errorf("it became %s", kept)
		}
	})
}

// The escrow key is the collector's word alone: another's is none, what cannot be a key is none, and all that is sealed later
// is for the one in force.
func TestATerminalSealsForTheEscrowKeyThatItsCollectorNames(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		_, escrow, err := wire.NewSealingKey(nil)
		must(t, err)
		_, stranger, err := ed25519.GenerateKey(rand.Reader)
		must(t, err)
		real := c.key
		config := tm.config(l.transport())
		var told []agent.Identity
		config.OnKeys = func(i agent.Identity) { told = append(told, i) }
		c.set(func() { c.key, c.escrow = stranger, escrow })
		a, stop := run(t, config)
		after(time.Hour)
		c.set(func() { c.key, c.escrow = real, escrow[1:] })
		after(time.Hour)
		if len(told) != 0 || a.Status().LastContact.IsZero() {
			t.Fatalf("a stranger's key and half a key: told %v", told)
		}
		c.set(func() { c.requests, c.escrow = nil, escrow })
		after(time.Hour)
		var beats []time.Time
		c.set(func() {
			for _, r := range c.requests {
				if r.path == wire.PathHeartbeat {
					beats = append(beats, r.at)
				}
			}
			c.escrow = nil
		})
		if len(beats) < 3 || beats[1].Sub(beats[0]) > 15*time.Second || beats[2].Sub(beats[1]) < 30*time.Second {
			t.Errorf("the collector is told when the key holds: heartbeats at %v", beats)
		}
		after(time.Hour)
		stop()
		if len(told) != 2 || !slices.Equal(told[0].Recipients().Escrow, escrow) || !slices.Equal(told[0].SealingKey, tm.identity.SealingKey) ||
			told[1].Recipients().Escrow != nil {
			t.Fatalf("told %+v", told)
		}
		kept, err := agent.LoadIdentity(tm.dir)
		must(t, err)
		if kept.EscrowKey != nil || !kept.SigningKey.Equal(tm.identity.SigningKey) || !kept.Key.Equal(tm.identity.Key) {
			t.Errorf("it became %+v", kept)
		}
	})
}

// Of what couriers bring the collector's latest word on the escrow key holds, in whatever order they come, and whether it was
// the last to come by another way. A receipt that says nothing, as an older collector's, changes nothing.
func TestOfCouriersTheLatestWordOnTheEscrowKeyHolds(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		_, one, err := wire.NewSealingKey(nil)
		must(t, err)
		_, two, err := wire.NewSealingKey(nil)
		must(t, err)
		start := time.Now()
		says := func(after time.Duration, key []byte, none bool) wire.Receipt {
			return wire.Receipt{Time: start.Add(after), EscrowKey: key, NoEscrow: none}
		}
		carry := func(what string, r wire.Receipt, want []byte) {
			t.Helper()
			tm.identity, err = agent.HearEscrow(tm.dir, tm.identity, r)
			must(t, err)
			if !slices.Equal(tm.identity.EscrowKey, want) {
				t.Errorf("%s: it seals for %.4x, want %.4x", what, tm.identity.EscrowKey, want)
			}
		}
		carry("a key", says(2*time.Hour, one, false), one)
		carry("none, said before", says(time.Hour, nil, true), one)
		carry("nothing", says(3*time.Hour, nil, false), one)
		batch := says(3*time.Hour, nil, true)
		batch.Batch = wire.Hash{1}
		carry("a receipt for a batch", batch, one)
		carry("none", says(4*time.Hour, nil, true), nil)
		carry("the key that ended", says(2*time.Hour, one, false), nil)
		carry("another", says(5*time.Hour, two, false), two)
		carry("another, said once more", says(7*time.Hour, two, false), two)
		carry("none, said between", says(6*time.Hour, nil, true), two)

		after(8 * time.Hour)
		c.set(func() { c.escrow = one })
		_, stop := run(t, tm.config(l.transport()))
		after(time.Hour)
		stop()
		tm.identity, err = agent.LoadIdentity(tm.dir)
		must(t, err)
		carry("what was said before the heartbeat", says(7*time.Hour, nil, true), one)
		carry("what was said after it", says(20*time.Hour, nil, true), nil)
	})
}
