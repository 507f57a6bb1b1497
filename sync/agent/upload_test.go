package agent_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"

	"otklik/sync/agent"
	"otklik/sync/wire"
)

func TestAnswersArriveOnceAndAtOnce(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		tm.add(3)
		config := tm.config(l.transport())
		var told []uint64
		config.Settled = func(decisions []wire.Decision) {
			for _, d := range decisions {
				told = append(told, d.Seq)
			}
		}
		a, _ := run(t, config)
		after(0)
		if !slices.Equal(told, []uint64{1, 2, 3}) {
			t.Errorf("told of the decisions on %v", told)
		}
		if c.stored() != 3 || tm.queued() != 0 {
			t.Fatalf("%d stored, %d queued after the start", c.stored(), tm.queued())
		}
		time.Sleep(20 * time.Minute)
		began := time.Now()
		tm.add(1)
		after(0)
		if c.stored() != 4 || tm.queued() != 0 || !time.Now().Equal(began) {
			t.Fatalf("%d stored, %d queued at the moment of the answer", c.stored(), tm.queued())
		}
		for seq, n := range c.delivered {
			if n != 1 {
				t.Errorf("seq %d came %d times", seq, n)
			}
		}
		s := a.Status()
		if !s.LastUpload.Equal(began) || !s.LastContact.Equal(began) || s.Queued != 0 || s.Problem() != "" || s.LastSeq != 4 {
			t.Errorf("status %+v", s)
		}
	})
}

func TestBatchesKeepToTheirBounds(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		tm.add(wire.MaxBatchRecords + 3)
		run(t, tm.config(l.transport()))
		after(0)
		if want := []int{wire.MaxBatchRecords, 3}; !slices.Equal(c.sizes, want) || tm.queued() != 0 {
			t.Errorf("batches of %v, want %v; %d queued", c.sizes, want, tm.queued())
		}
	})
}

func TestBackOffGrowsWithJitterToFiveMinutes(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		l.breakOff(&netError{})
		tm.add(2)
		config := tm.config(l.transport())
		a, _ := run(t, config)
		after(12 * time.Hour)
		if tm.queued() != 2 {
			t.Fatalf("%d queued", tm.queued())
		}
		// Heartbeats and uploads back off each by itself: at the cap, two tries in 2.5 minutes on average.
		if n := len(l.dialled()); n < 2*12*60/5 || n > 800 {
			t.Errorf("%d tries in 12 hours", n)
		}
		if got, _ := trouble(a.Status(), agent.UploadArea); got.Reason != agent.NotReached || got.Hint == "" {
			t.Errorf("trouble %+v", got)
		}
		l.breakOff(nil)
		after(5 * time.Minute)
		if c.stored() != 2 || tm.queued() != 0 || a.Status().Problem() != "" {
			t.Errorf("five minutes after the line came back %d stored, %d queued, %q", c.stored(), tm.queued(), a.Status().Problem())
		}
	})
}

func TestBackOffWaitsAreDrawnUnderADoublingBound(t *testing.T) {
	for name, draw := range map[string]byte{"longest": 0xff, "half": 0x7f} {
		t.Run(name, func(t *testing.T) {
			world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
				c.set(func() { c.instead = onBatches(func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }) })
				tm.add(1)
				config := tm.config(l.transport())
				config.Rand = constant(draw)
				run(t, config)
				after(time.Hour)
				bound := time.Second
				at := c.times(wire.PathBatches)
				for i := 1; i < len(at); i++ {
					share := at[i].Sub(at[i-1]).Seconds() / bound.Seconds()
					if want := float64(draw) / 0xff; share > 1 || share < want-0.05 || share > want+0.05 {
						t.Errorf("wait %d is %v, %.2f of the bound %v", i, at[i].Sub(at[i-1]), share, bound)
					}
					bound = min(2*bound, 5*time.Minute)
				}
				if len(at) < 12 {
					t.Errorf("%d tries in an hour", len(at))
				}
			})
		})
	}
}

func TestRetryAfterIsHonouredUpToTheCap(t *testing.T) {
	for value, bounds := range map[string][2]time.Duration{
		"120":                           {2 * time.Minute, 4 * time.Minute},
		"99999":                         {5 * time.Minute, 10 * time.Minute},
		"Sat, 01 Jan 2000 00:04:00 GMT": {4 * time.Minute, 6 * time.Minute},
		"soon":                          {0, 2 * time.Second},
		"-5":                            {0, 2 * time.Second},
	} {
		t.Run(value, func(t *testing.T) {
			world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
				first := true
				c.set(func() {
					c.instead = onBatches(func(w http.ResponseWriter) { w.Header().Set("Retry-After", value); problem(w, 503, "unavailable") })
					inner := c.instead
					c.instead = func(w http.ResponseWriter, r *http.Request, body []byte, honest func() []byte) bool {
						if r.URL.Path != wire.PathBatches || !first {
							return false
						}
						first = false
						return inner(w, r, body, honest)
					}
				})
				tm.add(1)
				run(t, tm.config(l.transport()))
				after(time.Second / 2)
				tm.add(1) // not even an answer makes it come back earlier
				after(15 * time.Minute)
				at := c.times(wire.PathBatches)
				if len(at) < 2 || tm.queued() != 0 {
					t.Fatalf("%d tries, %d queued", len(at), tm.queued())
				}
				if wait := at[1].Sub(at[0]); wait < bounds[0] || wait > bounds[1] {
					t.Errorf("came back after %v, want %v", wait, bounds)
				}
				for _, beat := range c.times(wire.PathHeartbeat) {
					if beat.After(at[0]) && beat.Before(at[0].Add(bounds[0])) {
						t.Errorf("a heartbeat came %v into the wait", beat.Sub(at[0]))
					}
				}
			})
		})
	}
}

func TestNewAnswersDuringABackOffTryOnceASecond(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		c.set(func() { c.instead = onBatches(func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }) })
		config := tm.config(l.transport())
		config.Rand = constant(0xff)
		tm.add(1)
		run(t, config)
		after(time.Hour) // at the cap
		at := c.times(wire.PathBatches)
		after(time.Until(at[len(at)-1].Add(10*time.Second)).Abs() % time.Second)
		before := len(c.times(wire.PathBatches))
		began := time.Now()
		tm.add(1)
		after(0)
		if got := c.times(wire.PathBatches)[before:]; len(got) != 1 || !got[0].Equal(began) {
			t.Fatalf("an answer in a back-off was tried at %v, want %v", got, began)
		}
		for range 20 { // 20 answers in 2 seconds
			after(100 * time.Millisecond)
			tm.add(1)
		}
		after(2 * time.Second)
		if n := len(c.times(wire.PathBatches)) - before; n < 3 || n > 4 {
			t.Errorf("%d tries for 21 answers in 2 s", n)
		}
		c.set(func() { c.instead = nil })
		tm.add(1)
		after(time.Second)
		if tm.queued() != 0 || c.stored() != 23 {
			t.Errorf("%d queued, %d stored", tm.queued(), c.stored())
		}
	})
}

func TestATryOutOfTurnLeavesTheBackOffAsItWas(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		c.set(func() { c.instead = onBatches(func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }) })
		config := tm.config(l.transport())
		config.Rand = constant(0xff) // waits of 1, 2, 4, 8 s
		tm.add(1)
		began := time.Now()
		run(t, config)
		after(8 * time.Second) // the fifth regular try comes at 15 s
		for range 5 {
			tm.add(1)
			after(time.Second)
		}
		after(3 * time.Second)
		var seconds []int
		for _, at := range c.times(wire.PathBatches) {
			seconds = append(seconds, int(at.Sub(began).Round(time.Second).Seconds()))
		}
		if want := []int{0, 1, 3, 7, 8, 9, 10, 11, 12, 15}; !slices.Equal(seconds, want) {
			t.Errorf("tries at %v s, want %v", seconds, want)
		}
	})
}

func TestABadRecordHoldsUpNoOther(t *testing.T) {
	for name, refuse := range map[string]func(http.ResponseWriter){
		"413 of a proxy":          func(w http.ResponseWriter) { w.WriteHeader(413) },
		"413 of the collector":    func(w http.ResponseWriter) { problem(w, 413, "too-large") },
		"refused by the contents": func(w http.ResponseWriter) { problem(w, 400, "malformed") },
	} {
		t.Run(name, func(t *testing.T) {
			world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
				bad := map[uint64]bool{1: true, 40: true, 41: true, 100: true}
				c.set(func() { c.instead = onRecords(t, bad, refuse) })
				tm.add(100)
				a, _ := run(t, tm.config(l.transport()))
				after(0)
				s := a.Status()
				if c.stored() != 96 || tm.queued() != 4 {
					t.Fatalf("%d stored, %d queued", c.stored(), tm.queued())
				}
				var seqs []uint64
				for _, aside := range s.Asides {
					seqs = append(seqs, aside.Seq)
				}
				got, _ := trouble(s, agent.RecordsArea)
				if !slices.Equal(seqs, []uint64{1, 40, 41, 100}) || s.AsideCount != 4 || got.Reason != agent.PassedOver {
					t.Errorf("asides %v (%d), %+v", seqs, s.AsideCount, got)
				}
				tries := len(c.times(wire.PathBatches))
				after(50 * time.Minute)
				if n := len(c.times(wire.PathBatches)); n != tries {
					t.Errorf("%d tries of refused records within the hour", n-tries)
				}
				tm.add(5) // the others go on
				after(0)
				if c.stored() != 101 || tm.queued() != 4 {
					t.Errorf("%d stored, %d queued", c.stored(), tm.queued())
				}
				c.set(func() { c.instead = nil })
				after(15 * time.Minute)
				if s := a.Status(); c.stored() != 105 || tm.queued() != 0 || s.AsideCount != 0 || s.Problem() != "" {
					t.Errorf("%d stored, %d queued, status %+v", c.stored(), tm.queued(), s)
				}
			})
		})
	}
}

func TestACollectorThatRefusesEverythingIsNotHammered(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		c.set(func() { c.instead = onBatches(func(w http.ResponseWriter) { problem(w, 400, "malformed") }) })
		tm.add(300)
		a, _ := run(t, tm.config(l.transport()))
		after(time.Hour)
		if n := len(c.times(wire.PathBatches)); n > 400 {
			t.Errorf("%d tries in an hour", n)
		}
		if got, is := trouble(a.Status(), agent.UploadArea); !is || got.Reason != agent.Refused || tm.queued() != 300 {
			t.Errorf("%+v, %d queued", got, tm.queued())
		}
		c.set(func() { c.instead = nil })
		after(70 * time.Minute)
		if c.stored() != 300 || tm.queued() != 0 {
			t.Errorf("%d stored, %d queued", c.stored(), tm.queued())
		}
	})
}

func TestALineThatCutsLargeBodiesGetsSmallOnes(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		c.set(func() {
			c.instead = func(w http.ResponseWriter, r *http.Request, body []byte, _ func() []byte) bool {
				if r.URL.Path == wire.PathBatches && len(body) > 2000 {
					panic(http.ErrAbortHandler)
				}
				return false
			}
		})
		tm.add(60)
		run(t, tm.config(l.transport()))
		after(time.Hour)
		if c.stored() != 60 || tm.queued() != 0 {
			t.Errorf("%d stored, %d queued", c.stored(), tm.queued())
		}
	})
}

func TestRunEndsDuringARequest(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		hang := make(chan struct{})
		stuck := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang })
		tm.add(1)
		_, stop := run(t, tm.config(serve(t, stuck).transport()))
		after(time.Second)
		began := time.Now()
		stop()
		close(hang)
		if took := time.Since(began); took != 0 || tm.queued() != 1 {
			t.Errorf("Run ended after %v with %d queued", took, tm.queued())
		}
	})
}

func TestRunTwiceIsRefused(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		a, _ := run(t, tm.config(l.transport()))
		after(0)
		if err := a.Run(context.Background()); err == nil {
			t.Error("a second Run was taken")
		}
	})
}

// onBatches has every batch answered by f.
func onBatches(f func(http.ResponseWriter)) func(http.ResponseWriter, *http.Request, []byte, func() []byte) bool {
	return func(w http.ResponseWriter, r *http.Request, _ []byte, _ func() []byte) bool {
		if r.URL.Path != wire.PathBatches {
			return false
		}
		f(w)
		return true
	}
}

// onRecords has every batch with one of the records answered by f.
func onRecords(t testing.TB, bad map[uint64]bool, f func(http.ResponseWriter),
) func(http.ResponseWriter, *http.Request, []byte, func() []byte) bool {
	return func(w http.ResponseWriter, r *http.Request, body []byte, _ func() []byte) bool {
		if r.URL.Path != wire.PathBatches {
			return false
		}
		batch, err := wire.DecodeBatch(body)
		must(t, err)
		if !slices.ContainsFunc(batch.Records, func(r wire.Record) bool { return bad[r.Seq] }) {
			return false
		}
		f(w)
		return true
	}
}

// constant is randomness of one byte.
type constant byte

func (c constant) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c)
	}
	return len(p), nil
}

// netError is a collector that nobody listens for.
type netError struct{}

func (*netError) Error() string { return "connect: connection refused" }
func (*netError) Unwrap() error { return errors.Join(syscall.ECONNREFUSED) }
