package agent_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"otklik/sync/agent"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

func TestARestoredCollectorGetsBackWhatItLacks(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		const all = 3 * wire.MaxHeldSpan
		tm.add(all)
		a, stop := run(t, tm.config(l.transport()))
		after(2 * time.Minute)
		if c.stored() != all || len(c.times(wire.PathOffer)) != 0 {
			t.Fatalf("%d stored, %d offers before anything happened", c.stored(), len(c.times(wire.PathOffer)))
		}
		c.restore(200)
		tm.add(1) // one batch finds out
		after(5 * time.Second)
		if c.stored() != all+1 || tm.queued() != 0 {
			t.Errorf("%d stored, %d queued; want %d, 0", c.stored(), tm.queued(), all+1)
		}
		for seq, n := range c.delivered {
			if seq <= wire.MaxHeldSpan && n != 1 {
				t.Errorf("seq %d, which was not lost, came %d times", seq, n)
			}
		}
		if s := a.Status(); s.Problem() != "" || s.Filled != c.epoch || s.Again != 0 || s.Stored != all+1 {
			t.Errorf("status %+v", s)
		}
		after(2 * time.Minute)
		beats := c.heartbeats()
		if last := beats[len(beats)-1]; last.Filled != c.epoch || last.Kept != (wire.Kept{Stored: all + 1}) {
			t.Errorf("the last heartbeat says %+v, filled %s", last.Kept, last.Filled)
		}
		// The same epoch asks for nothing more, not after a restart either.
		stop()
		offers := len(c.times(wire.PathOffer))
		run(t, tm.config(l.transport()))
		after(5 * time.Minute)
		if got := len(c.times(wire.PathOffer)); got != offers || offers != 1 {
			t.Errorf("%d offers, then %d; want 1", offers, got)
		}
	})
}

// A disk may say that it has written what it has not: after a power cut the collector lacks records in the middle of an epoch.
func TestWhatTheCollectorLostInItsEpochIsSentAgain(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		const all = 300
		tm.add(all)
		a, _ := run(t, tm.config(l.transport()))
		after(2 * time.Minute)
		lost := wire.Ranges{{First: 5, Last: 9}, {First: all, Last: all}}
		for range 2 { // and the same once more
			c.set(func() {
				for _, r := range lost {
					for seq := r.First; seq <= r.Last; seq++ {
						delete(c.answers, seq)
					}
				}
			})
			after(15 * time.Minute)
			if c.stored() != all || tm.queued() != 0 {
				t.Fatalf("%d stored, %d queued", c.stored(), tm.queued())
			}
		}
		for seq, n := range c.delivered {
			want := 1
			if lost.Contains(seq) {
				want = 3
			}
			if n != want {
				t.Errorf("seq %d came %d times, want %d", seq, n, want)
			}
		}
		if s := a.Status(); s.Problem() != "" || len(c.times(wire.PathOffer)) != 0 {
			t.Errorf("%d offers; status %+v", len(c.times(wire.PathOffer)), s)
		}
	})
}

// What is lost once more before the next heartbeat looks to that one as if nothing had been sent.
func TestWhatTheCollectorLostTwiceBetweenTwoHeartbeatsIsSentAgain(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		const all = 20
		tm.add(all)
		run(t, tm.config(l.transport()))
		after(2 * time.Minute)
		c.set(func() {
			delete(c.answers, 7)
			c.instead = func(w http.ResponseWriter, r *http.Request, _ []byte, honest func() []byte) bool {
				if r.URL.Path != wire.PathBatches {
					return false
				}
				reply := honest()
				delete(c.answers, 7)
				c.instead = nil
				w.Header().Set("Content-Type", wire.ContentType)
				w.Write(reply)
				return true
			}
		})
		after(time.Hour)
		if c.stored() != all || c.delivered[7] != 3 {
			t.Errorf("%d stored; the lost one came %d times", c.stored(), c.delivered[7])
		}
	})
}

// A collector that asks for ever, and for something else each time, does not keep the terminal's disk and line busy.
func TestACollectorThatAlwaysLacksSomethingIsSentItNowAndThen(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		const all = 300
		tm.add(all)
		beats := 0
		c.set(func() {
			c.instead = func(w http.ResponseWriter, r *http.Request, body []byte, _ func() []byte) bool {
				var h wire.Heartbeat
				if r.URL.Path != wire.PathHeartbeat || wire.Decode(body, &h) != nil {
					return false
				}
				beats++
				reply, err := wire.Sign(wire.HeartbeatContext, c.key, wire.HeartbeatReply{
					Origin: h.Origin, Beat: h.Beat, Epoch: c.epoch, Time: time.Now(), Missing: wire.Ranges{{First: uint64(1 + beats%2), Last: all}},
				})
				must(t, err)
				w.Header().Set("Content-Type", wire.ContentType)
				w.Write(reply)
				return true
			}
		})
		run(t, tm.config(l.transport()))
		after(3 * time.Hour)
		if n := c.delivered[all]; n < 3 || n > 25 || beats < 3*60 {
			t.Errorf("a record came %d times with %d heartbeats", n, beats)
		}
	})
}

// Without a new answer the heartbeat finds out, and a terminal without a network when it has one again.
func TestAHeartbeatFindsOutThatTheCollectorWasRestored(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		tm.add(300)
		run(t, tm.config(l.transport()))
		after(time.Minute)
		l.breakOff(&netError{})
		c.restore(0)
		after(time.Hour)
		c.restore(0) // and once more
		l.breakOff(nil)
		after(10 * time.Minute)
		if c.stored() != 300 || tm.queued() != 0 {
			t.Errorf("%d stored, %d queued", c.stored(), tm.queued())
		}
	})
}

// flaky is an outbox whose disk fails in each step of a refill, once each.
type flaky struct {
	*outbox.Outbox
	failed map[string]bool
}

func (f *flaky) fails(step string) error {
	if f.failed[step] {
		return nil
	}
	f.failed[step] = true
	return errors.New("input/output error")
}

func (f *flaky) See(e wire.Epoch, told time.Time) (bool, error) {
	if e[0] == 2 {
		if err := f.fails("see"); err != nil {
			return false, err
		}
	}
	return f.Outbox.See(e, told)
}

func (f *flaky) Held(after uint64, most int) ([]wire.Held, error) {
	if err := f.fails("held"); err != nil {
		return nil, err
	}
	return f.Outbox.Held(after, min(most, 2))
}

func (f *flaky) Requeue(m wire.Ranges) (int, error) {
	if len(m) > 1 {
		if err := f.fails("requeue"); err != nil {
			n, _ := f.Outbox.Requeue(m[:1])
			return n, err
		}
	}
	return f.Outbox.Requeue(m)
}

func (f *flaky) Filled(e wire.Epoch) error {
	if err := f.fails("filled"); err != nil {
		return err
	}
	return f.Outbox.Filled(e)
}

func TestARefillThatIsBrokenOffBeginsAnew(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		const all = 7 * wire.MaxHeldSpan
		f := &flaky{tm.outbox, map[string]bool{}}
		config := tm.config(l.transport())
		config.Outbox = f
		tm.add(all)
		lost := false
		c.instead = func(w http.ResponseWriter, r *http.Request, _ []byte, honest func() []byte) bool {
			if r.URL.Path == wire.PathOffer && !lost {
				lost = true
				honest()
				problem(w, http.StatusServiceUnavailable, "unavailable")
				return true
			}
			return false
		}
		a, _ := run(t, config)
		after(time.Minute)
		c.restore(100)
		after(30 * time.Minute)
		if c.stored() != all || tm.queued() != 0 || a.Status().Filled != c.epoch || a.Status().Problem() != "" {
			t.Errorf("%d stored, %d queued, status %+v", c.stored(), tm.queued(), a.Status())
		}
		if len(f.failed) != 4 || !lost {
			t.Errorf("only %v failed", f.failed)
		}
	})
}

// Somebody between keeps a receipt of before the restore and answers the same batch with it.
func TestAReceiptOfALifeBeforeSettlesNothing(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		var old []byte
		replaying := false
		c.instead = func(w http.ResponseWriter, r *http.Request, _ []byte, honest func() []byte) bool {
			if r.URL.Path != wire.PathBatches {
				return false
			}
			if old == nil {
				old = honest()
			}
			if !replaying {
				return false
			}
			w.Header().Set("Content-Type", wire.ContentType)
			w.Write(old)
			return true
		}
		tm.add(5)
		a, _ := run(t, tm.config(l.transport()))
		after(time.Minute)
		c.restore(0)
		c.set(func() { replaying = true })
		after(10 * time.Minute)
		if got, is := trouble(a.Status(), agent.UploadArea); !is || !strings.Contains(got.Message, "another epoch") || tm.queued() != 5 {
			t.Errorf("trouble %+v, %d queued, want 5", got, tm.queued())
		}
		c.set(func() { replaying = false })
		after(10 * time.Minute)
		if c.stored() != 5 || tm.queued() != 0 || a.Status().Problem() != "" {
			t.Errorf("%d stored, %d queued, %s", c.stored(), tm.queued(), a.Status().Problem())
		}
	})
}

// A collector that knows no offers, or answers them wrongly, gets today's answers all the same.
func TestOffersThatAreNotAnsweredHoldNothingUp(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter, c *collector, body []byte){
		"an older collector": func(w http.ResponseWriter, _ *collector, _ []byte) { http.NotFound(w, nil) },
		"another offer": func(w http.ResponseWriter, c *collector, _ []byte) {
			data, err := wire.Sign(wire.OfferContext, c.key, wire.OfferReply{Epoch: c.epoch})
			must(c.t, err)
			w.Header().Set("Content-Type", wire.ContentType)
			w.Write(data)
		},
		"what was not offered": func(w http.ResponseWriter, c *collector, body []byte) {
			var o wire.Offer
			must(c.t, wire.Decode(body, &o))
			reply := c.compare(&o, body)
			reply.Missing = wire.Ranges{{First: 1, Last: 1 << 40}}
			data, err := wire.Sign(wire.OfferContext, c.key, reply)
			must(c.t, err)
			w.Header().Set("Content-Type", wire.ContentType)
			w.Write(data)
		},
		"the same twice": func(w http.ResponseWriter, c *collector, body []byte) {
			var o wire.Offer
			must(c.t, wire.Decode(body, &o))
			reply := c.compare(&o, body)
			reply.Missing = append(reply.Missing, reply.Missing...)
			data, err := wire.Sign(wire.OfferContext, c.key, reply)
			must(c.t, err)
			w.Header().Set("Content-Type", wire.ContentType)
			w.Write(data)
		},
		"a receipt": func(w http.ResponseWriter, c *collector, body []byte) {
			var o wire.Offer
			must(c.t, wire.Decode(body, &o))
			data, err := wire.Sign(wire.ReceiptContext, c.key, c.compare(&o, body))
			must(c.t, err)
			w.Header().Set("Content-Type", wire.ContentType)
			w.Write(data)
		},
	} {
		t.Run(name, func(t *testing.T) {
			world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
				wrong := true
				c.instead = func(w http.ResponseWriter, r *http.Request, body []byte, _ func() []byte) bool {
					if r.URL.Path != wire.PathOffer || !wrong {
						return false
					}
					answer(w, c, body)
					return true
				}
				tm.add(4)
				a, _ := run(t, tm.config(l.transport()))
				after(time.Minute)
				c.restore(2)
				after(2 * time.Minute)
				tm.add(1)
				after(time.Minute)
				got, is := trouble(a.Status(), agent.RefillArea)
				if !is || got.Reason == agent.Storage || c.stored() != 3 || tm.queued() != 0 || a.Status().Filled == c.epoch {
					t.Errorf("trouble %+v, %d stored, %d queued", got, c.stored(), tm.queued())
				}
				t.Log(got)
				c.set(func() { wrong = false })
				after(10 * time.Minute)
				if c.stored() != 5 || a.Status().Problem() != "" {
					t.Errorf("%d stored, %s", c.stored(), a.Status().Problem())
				}
			})
		})
	}
}

func TestTheTerminalLearnsWhatIsSafe(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		tm.add(9)
		c.set(func() { c.safe = wire.Ranges{{First: 1, Last: 4}} })
		a, _ := run(t, tm.config(l.transport()))
		after(2 * time.Minute)
		if s := a.Status(); s.Stored != 5 || s.Safe != 4 {
			t.Errorf("%d stored, %d safe; want 5, 4", s.Stored, s.Safe)
		}
		c.set(func() { c.safe = wire.Ranges{{First: 1, Last: 9}} })
		after(2 * time.Minute)
		beats := c.heartbeats()
		if last := beats[len(beats)-1]; last.Kept.Stored+last.Kept.Safe != 9 || a.Status().Safe != 9 {
			t.Errorf("the last heartbeat says %+v, status %+v", last.Kept, a.Status())
		}
	})
}
