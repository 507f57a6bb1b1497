package agent_test

import (
	"net/http"
	"testing"
	"time"

	"otklik/sync/wire"
)

// failsOn has a collector that answers 503 to every batch in which one of the records is.
func failsOn(c *collector, poison func(seq uint64) bool) {
	c.set(func() {
		c.instead = func(w http.ResponseWriter, r *http.Request, body []byte, _ func() []byte) bool {
			if r.URL.Path != wire.PathBatches {
				return false
			}
			batch, err := wire.DecodeBatch(body)
			must(c.t, err)
			for _, record := range batch.Records {
				if poison(record.Seq) {
					problem(w, http.StatusServiceUnavailable, "unavailable")
					return true
				}
			}
			return false
		}
	})
}

func TestABacklogThatNeverPassesDoesNotKeepTodaysAnswerWaiting(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		const backlog = 2000
		tm.add(backlog)
		failsOn(c, func(seq uint64) bool { return seq <= backlog })
		run(t, tm.config(l.transport()))
		after(24 * time.Hour)
		for day := range 3 {
			tm.add(1)
			after(30 * time.Minute)
			if got := c.stored(); got != day+1 {
				t.Errorf("half an hour after the answer of day %d, %d of today's are there", day, got)
			}
			after(23 * time.Hour)
		}
		if got := tm.queued(); got != backlog {
			t.Errorf("%d wait", got)
		}
	})
}

// A collector that stumbles over one record does not say which: the batch is halved until it is alone.
func TestARecordThatTheCollectorStumblesOverIsPutAside(t *testing.T) {
	for _, poison := range []uint64{1, 700, 1300} {
		world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
			tm.add(1300)
			failsOn(c, func(seq uint64) bool { return seq == poison })
			a, _ := run(t, tm.config(l.transport()))
			after(2 * time.Hour)
			if c.stored() != 1299 || tm.queued() != 1 {
				t.Fatalf("poison %d: %d stored, %d wait", poison, c.stored(), tm.queued())
			}
			tm.add(1)
			after(15 * time.Minute) // it may be in the longest back-off
			if c.stored() != 1300 {
				t.Errorf("poison %d: it keeps another answer waiting", poison)
			}
			if s := a.Status(); s.AsideCount != 1 || s.Asides[0].Seq != poison {
				t.Errorf("put aside: %+v", s.Asides)
			}
			failsOn(c, func(uint64) bool { return false })
			after(2 * time.Hour)
			if c.stored() != 1301 || tm.queued() != 0 {
				t.Errorf("poison %d: when it is cured %d are stored, %d wait", poison, c.stored(), tm.queued())
			}
		})
	}
}

// That a collector is down for hours puts nothing aside.
func TestNothingIsPutAsideBecauseTheCollectorRests(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		tm.add(30)
		failsOn(c, func(uint64) bool { return true })
		a, _ := run(t, tm.config(l.transport()))
		after(5 * time.Hour)
		if s := a.Status(); s.AsideCount != 0 {
			t.Errorf("put aside: %+v", s.Asides)
		}
		failsOn(c, func(uint64) bool { return false })
		after(6 * time.Minute)
		if c.stored() != 30 || tm.queued() != 0 {
			t.Errorf("%d stored, %d wait", c.stored(), tm.queued())
		}
	})
}
