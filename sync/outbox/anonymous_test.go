package outbox_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/outbox"
	"otklik/sync/wire"
)

func TestAnonymousAnswersKeepOnlyTheirDay(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 34, 56, 0, time.UTC)
	o := mustOpen(t, newPath(t), outbox.Options{Clock: func() time.Time { return now }})
	s := mustSealer(t, o.Origin())
	id := uuid.New() // version 4
	_, err := o.Append(id, s.Session(), func(seq uint64) (wire.Record, error) { return s.Seal(seq, id, body()) })
	ok(t, err)
	stats, err := o.Stats()
	ok(t, err)
	today := now.Truncate(24 * time.Hour)
	if !stats.Oldest.Equal(today) {
		t.Errorf("kept %v in clear, want %v", stats.Oldest, today)
	}
	// Nor do the times of what happens to it later.
	_, err = o.Settle(receiptFor(all(t, o)))
	ok(t, err)
	o.SetKeep(time.Hour, 0)
	for _, c := range []struct {
		at   time.Time
		gone int
	}{{now.Add(2 * time.Hour), 0}, {today.Add(24 * time.Hour), 0}, {today.Add(25 * time.Hour), 0}} {
		if n, err := o.Prune(c.at); err != nil || n != c.gone {
			t.Errorf("%v after it was settled within the day %d were pruned, %v", c.at.Sub(now), n, err)
		}
	}
	if n, err := o.Requeue(wire.Ranges{{First: 1, Last: 1}}); err != nil || n != 1 {
		t.Fatalf("queued %d again: %v", n, err)
	}
	if stats, err = o.Stats(); err != nil || !stats.Oldest.Equal(today) {
		t.Errorf("sent again since %v in clear, want %v", stats.Oldest, today)
	}
	_, err = o.Settle(receiptFor(all(t, o)))
	ok(t, err)
	if n, err := o.Prune(today.Add(25*time.Hour + time.Second)); err != nil || n != 1 {
		t.Errorf("pruned %d after the window, %v", n, err)
	}
}
