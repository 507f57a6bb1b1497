package agent_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"otklik/sync/wire"
)

// A count that fell behind what the collector saw finds its way above it, wherever that is.
func TestBeatsThatFellBehindAreHeardAgain(t *testing.T) {
	for name, last := range map[string]uint64{
		"after a thousand restarts in a row":   1_000_000_000 + 1000*1000,
		"with a clock of 1970":                 uint64(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()),
		"behind a count of a broken program's": 1 << 50,
	} {
		t.Run(name, func(t *testing.T) {
			world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
				heard := 0
				c.set(func() {
					c.instead = func(w http.ResponseWriter, r *http.Request, body []byte, honest func() []byte) bool {
						if r.URL.Path != wire.PathHeartbeat {
							return false
						}
						var h wire.Heartbeat
						must(c.t, wire.Decode(body, &h))
						reply := wire.HeartbeatReply{Origin: h.Origin, Beat: h.Beat, Epoch: c.epoch, Time: time.Now(), Stale: h.Beat <= last}
						if !reply.Stale {
							last = h.Beat
							heard++
						}
						data, err := wire.Sign(wire.HeartbeatContext, c.key, reply)
						must(c.t, err)
						ours(w, data)
						return true
					}
				})
				config := tm.config(l.transport())
				began := time.Now()
				config.Clock = func() time.Time { return time.Unix(0, 0).Add(time.Since(began)) }
				told := 0
				config.Told = func(wire.Heartbeat) { told++ }
				_, stop := run(t, config)
				after(5 * time.Minute)
				if heard < 3 || told != heard {
					t.Errorf("%d heartbeats were heard, %d reported", heard, told)
				}
				stop()
				// And again after the file of the count was lost.
				must(t, os.Remove(filepath.Join(tm.dir, "beat")))
				was := heard
				run(t, config)
				after(5 * time.Minute)
				if heard < was+3 {
					t.Errorf("after the file was lost %d were heard", heard-was)
				}
			})
		})
	}
}

// A collector that calls every count an old one is beaten to as often as any other, once there is no higher count to try.
func TestACollectorThatHearsNothingIsNotBeatenToForEver(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		beats, highest := 0, uint64(0)
		c.set(func() {
			c.instead = func(w http.ResponseWriter, r *http.Request, body []byte, _ func() []byte) bool {
				var h wire.Heartbeat
				if r.URL.Path != wire.PathHeartbeat || wire.Decode(body, &h) != nil {
					return false
				}
				beats++
				if h.Beat <= highest {
					c.t.Errorf("beat %d comes after %d", h.Beat, highest)
				}
				highest = h.Beat
				data, err := wire.Sign(wire.HeartbeatContext, c.key, wire.HeartbeatReply{
					Origin: h.Origin, Beat: h.Beat, Epoch: c.epoch, Time: time.Now(), Stale: true,
				})
				must(c.t, err)
				ours(w, data)
				return true
			}
		})
		run(t, tm.config(l.transport()))
		after(3 * time.Hour)
		if beats < 3*60 || beats > 3*60+150 {
			t.Errorf("%d heartbeats in three hours", beats)
		}
	})
}
