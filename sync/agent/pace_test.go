package agent_test

import (
	"net/http"
	"testing"
	"time"

	"otklik/sync/wire"
)

// A backlog that takes long is brought from both ends: the answer of this minute is with the collector by the second batch.
func TestBacklogDoesNotKeepTodaysAnswerWaiting(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		const backlog = 6000
		tm.add(backlog + 1)
		batches, arrived := 0, 0
		c.set(func() {
			c.instead = func(w http.ResponseWriter, r *http.Request, body []byte, _ func() []byte) bool {
				if r.URL.Path != wire.PathBatches {
					return false
				}
				batch, err := wire.DecodeBatch(body)
				must(t, err)
				batches++
				if batch.Records[len(batch.Records)-1].Seq == backlog+1 && arrived == 0 {
					arrived = batches
				}
				return false
			}
		})
		_, stop := run(t, tm.config(l.transport()))
		after(10 * time.Minute)
		stop()
		if arrived == 0 || arrived > 2 {
			t.Errorf("the newest answer came with batch %d of %d", arrived, batches)
		}
		if c.stored() != backlog+1 || tm.queued() != 0 {
			t.Errorf("%d stored, %d queued", c.stored(), tm.queued())
		}
		for seq, n := range c.delivered {
			if n != 1 {
				t.Errorf("seq %d came %d times", seq, n)
			}
		}
	})
}

func TestUploadsKeepToTheRateOfTheCentre(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		const rate = 2000
		c.set(func() { c.config.Rate = rate }) // version 0: the rate needs no new configuration
		var sent int64
		began := time.Now()
		c.set(func() {
			c.instead = func(w http.ResponseWriter, r *http.Request, body []byte, _ func() []byte) bool {
				if r.URL.Path == wire.PathBatches {
					// What went before this batch had its time; the batch itself is a burst of 10 s at most.
					if allowed := int64(time.Since(began).Seconds() * rate); sent > allowed {
						t.Errorf("%d bytes after %s", sent, time.Since(began))
					}
					sent += int64(len(body))
					if len(body) > 10*rate+1024 {
						t.Errorf("a batch of %d bytes", len(body))
					}
				}
				return false
			}
		})
		tm.add(1000)
		_, stop := run(t, tm.config(l.transport()))
		after(30 * time.Second)
		if c.stored() == 0 || c.stored() == 1000 {
			t.Errorf("%d stored after half a minute", c.stored())
		}
		after(30 * time.Minute)
		if c.stored() != 1000 || tm.queued() != 0 {
			t.Errorf("%d stored, %d queued", c.stored(), tm.queued())
		}
		c.set(func() { c.config.Rate, c.instead = 0, nil })
		after(2 * time.Minute)
		tm.add(1000)
		after(time.Second)
		stop()
		if c.stored() != 2000 {
			t.Errorf("%d stored after the bound was lifted", c.stored())
		}
	})
}
