package agent_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"otklik/sync/agent"
	"otklik/sync/wire"
)

func TestHeartbeatsComeAtTheStartAndEveryMinute(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		config := tm.config(l.transport())
		config.Describe = func(h *wire.Heartbeat) { h.Boot, h.DiskFree, h.Problem = "cafe0123", 42, "the glass is cracked" }
		run(t, config)
		after(0)
		if len(c.heartbeats()) != 1 {
			t.Fatalf("%d heartbeats at the start", len(c.heartbeats()))
		}
		after(time.Hour)
		at := c.times(wire.PathHeartbeat)
		for i := 1; i < len(at); i++ {
			if gap := at[i].Sub(at[i-1]); gap < 50*time.Second || gap > time.Minute {
				t.Errorf("heartbeat %d came after %v", i, gap)
			}
		}
		h := c.heartbeats()[len(at)-1]
		if len(at) < 60 || h.Origin != tm.outbox.Origin() || h.Version != "1.2.3" || h.Boot != "cafe0123" || h.DiskFree != 42 ||
			h.Problem != "the glass is cracked" || !h.Time.Equal(at[len(at)-1]) {
			t.Errorf("%d heartbeats, the last %+v", len(at), h)
		}
		rises(t, c.heartbeats())
	})
}

func TestAHeartbeatFollowsADrain(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		run(t, tm.config(l.transport()))
		after(20 * time.Second)
		before := len(c.heartbeats())
		tm.add(2)
		after(5 * time.Second)
		got := c.heartbeats()[before:]
		if len(got) != 1 || got[0].Queued != 0 || got[0].LastSeq != 2 || got[0].FirstSeq != 1 {
			t.Errorf("heartbeats after the drain: %+v", got)
		}
		for range 50 { // answers one after another do not bring one heartbeat each
			tm.add(1)
			after(time.Second)
		}
		if n := len(c.heartbeats()) - before; n > 7 {
			t.Errorf("%d heartbeats in 55 s of answers", n)
		}
	})
}

func TestBeatsRiseOverRestarts(t *testing.T) {
	for name, between := range map[string]func(t *testing.T, path string){
		"kept":    func(*testing.T, string) {},
		"lost":    func(t *testing.T, path string) { must(t, os.Remove(path)) },
		"damaged": func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("\x00\x00"), 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
				for range 3 {
					_, stop := run(t, tm.config(l.transport()))
					after(10 * time.Minute)
					stop()
					between(t, filepath.Join(tm.dir, "beat"))
				}
				rises(t, c.heartbeats())
				if len(c.heartbeats()) < 30 {
					t.Errorf("%d heartbeats", len(c.heartbeats()))
				}
			})
		})
	}
}

func TestBeatsRiseWhenTheClockFallsBack(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		for _, year := range []int{2030, 1970, 2001} {
			config := tm.config(l.transport())
			config.Clock = func() time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }
			_, stop := run(t, config)
			after(2 * time.Minute)
			stop()
		}
		rises(t, c.heartbeats())
	})
}

// A clock that is set while the program runs has another offset from then on: answers are not moved by the old one.
func TestTheOffsetOfAClockThatWasSetIsMeasuredAgain(t *testing.T) {
	for _, by := range []time.Duration{time.Minute, -10 * 365 * 24 * time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
				var off atomic.Int64
				config := tm.config(l.transport())
				config.Clock = func() time.Time { return time.Now().Add(time.Duration(off.Load())) }
				a, _ := run(t, config)
				after(3 * time.Second)
				if got, known := a.Offset(); !known || got != 0 {
					t.Fatalf("offset %v, %v", got, known)
				}
				off.Store(int64(5 * time.Second))
				if _, known := a.Offset(); !known {
					t.Error("a clock that was put right by seconds is not known any more")
				}
				off.Store(int64(by))
				if got, known := a.Offset(); known {
					t.Errorf("offset %v is that of the clock before it was set", got)
				}
				after(time.Second)
				if got, known := a.Offset(); !known || got != -by {
					t.Errorf("offset %v, %v after the clock was set by %v", got, known, by)
				}
			})
		})
	}
}

func TestTheClockIsMeasuredAgainstTheCollector(t *testing.T) {
	for _, ahead := range []time.Duration{0, 90 * time.Second, -48 * time.Hour} {
		t.Run(ahead.String(), func(t *testing.T) {
			world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
				c.set(func() {
					c.ahead = ahead
					c.instead = func(w http.ResponseWriter, r *http.Request, _ []byte, honest func() []byte) bool {
						time.Sleep(time.Second) // the way there
						reply := honest()
						time.Sleep(time.Second) // and back
						ours(w, reply)
						return true
					}
				})
				a, err := agent.New(tm.config(l.transport()))
				must(t, err)
				if _, known := a.Offset(); known {
					t.Error("the offset is known before anything was said")
				}
				a, _ = run(t, tm.config(l.transport()))
				after(3 * time.Second)
				if got, known := a.Offset(); !known || got != ahead {
					t.Errorf("offset %v, %v", got, known)
				}
			})
		})
	}
}

func TestAHeartbeatTellsTheTroubles(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		c.set(func() { c.instead = onBatches(func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }) })
		tm.add(2)
		run(t, tm.config(l.transport()))
		after(2 * time.Minute)
		h := c.heartbeats()[len(c.heartbeats())-1]
		if h.Queued != 2 || h.Oldest.IsZero() || !strings.Contains(h.Problem, "502") {
			t.Errorf("heartbeat %+v", h)
		}
	})
}

func TestAHeartbeatReplyMustBeToThisHeartbeat(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		c.publish(survey("smiley", 1))
		var first []byte
		c.set(func() {
			c.instead = func(w http.ResponseWriter, r *http.Request, _ []byte, honest func() []byte) bool {
				if first == nil {
					first = honest()
				}
				ours(w, first)
				return true
			}
		})
		stale := newTerminal(t, c, "http://collector.test")
		_, stop := run(t, stale.config(l.transport()))
		after(0)
		stop()
		a, _ := run(t, tm.config(l.transport()))
		after(10 * time.Minute)
		s := a.Status()
		if got, _ := trouble(s, agent.HeartbeatArea); got.Reason != agent.WrongReply || s.OffsetKnown || s.Config != 0 {
			t.Errorf("status %+v", s)
		}
	})
}

func TestALifeSignOfTheCollectorEndsTheBackOff(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		c.set(func() { c.instead = onBatches(func(http.ResponseWriter) { panic(http.ErrAbortHandler) }) })
		tm.add(1)
		config := tm.config(l.transport())
		config.Rand = constant(0xff) // the longest waits
		run(t, config)
		after(3 * time.Hour)
		c.set(func() { c.instead = nil })
		after(time.Minute)
		if tm.queued() != 0 {
			t.Error("an answer still waits a minute after the way was free")
		}
	})
}

func rises(t *testing.T, beats []wire.Heartbeat) {
	t.Helper()
	for i := 1; i < len(beats); i++ {
		if beats[i].Beat <= beats[i-1].Beat {
			t.Errorf("beat %d after %d", beats[i].Beat, beats[i-1].Beat)
		}
	}
}
