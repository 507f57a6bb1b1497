package agent_test

import (
	"testing"
	"time"

	"otklik/sync/wire"
)

// The keep window that the centre decides is the outbox's: under a window of a day an answer goes after a
// day, or after two when it is of those that tell only their day.
func TestTheKeepWindowOfTheConfigurationHolds(t *testing.T) {
	const n = 3
	for days, want := range map[int]uint64{1: 0, 30: n} {
		world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
			c.set(func() { c.config = wire.TerminalConfig{Version: 5, Site: "Зал", Name: "Левый", KeepDays: days} })
			tm.add(n)
			run(t, tm.config(l.transport()))
			after(23 * time.Hour)
			stats, err := tm.outbox.Stats()
			must(t, err)
			if stats.Kept != n {
				t.Errorf("%d days: %d kept after 23 hours", days, stats.Kept)
			}
			after(27 * time.Hour)
			stats, err = tm.outbox.Stats()
			must(t, err)
			if stats.Kept != want {
				t.Errorf("%d days: %d kept after 50 hours, want %d", days, stats.Kept, want)
			}
		})
	}
}
