package agent

import (
	"context"
	"encoding/binary"
	"io"
	"math"
	"time"
)

// How often things happen.
const (
	backOffFirst = time.Second     // bounds the wait after the first failure; it doubles with each further one
	backOffMost  = 5 * time.Minute // bounds every wait
	quickEvery   = time.Second     // at most one try in this time because of new answers during a back-off
	beatEvery    = time.Minute     // between heartbeats
	beatSpread   = 6 * time.Second // heartbeats come up to so much earlier, so that a fleet does not beat at once
	beatSoon     = 2 * time.Second // after a drain
	beatLeast    = 10 * time.Second
	pruneEvery   = time.Hour
	asideFor     = time.Hour        // a record that was refused by itself is offered again after that
	againEvery   = 10 * time.Minute // between records that the collector lost and asks for
)

// never is later than any deadline.
const never = time.Duration(math.MaxInt64 / 4)

// task is one kind of work with its own back-off. Times are by the process's clock, which only goes forward.
type task struct {
	due      time.Time // zero: nothing to do
	waiting  bool      // in a back-off until due
	quick    time.Time // one try out of turn; zero for none
	last     time.Time // when the last try began
	failures int       // in a row
	lostWay  bool      // the last failure was about reaching the collector
}

// at returns when the task should run next, and false when there is nothing to do.
func (t *task) at(hold time.Time) (time.Time, bool) {
	next := t.due
	if !t.quick.IsZero() && (next.IsZero() || t.quick.Before(next)) {
		next = t.quick
	}
	if next.IsZero() {
		return next, false
	}
	if next.Before(hold) {
		next = hold
	}
	return next, true
}

// wake asks for a run as soon as may be: now, or within quickEvery of the last try during a back-off.
func (t *task) wake(now time.Time) {
	switch {
	case !t.waiting:
		if t.due.IsZero() || now.Before(t.due) {
			t.due = now
		}
	case t.quick.IsZero():
		t.quick = later(now, t.last.Add(quickEvery))
	}
}

// begin notes that a try starts.
func (t *task) begin(now time.Time) { t.last, t.quick = now, time.Time{} }

// succeed ends the back-off; the task is due next at the given time, or not at all with zero.
func (t *task) succeed(next time.Time) {
	t.due, t.waiting, t.failures, t.lostWay = next, false, 0, false
}

// goOn runs the task again at once without calling what happened a success.
func (t *task) goOn(now time.Time) { t.due, t.waiting = now, false }

// fail starts or prolongs the back-off. A try out of turn that failed leaves it as it was. The wait has full jitter: it
// is drawn evenly between nothing and a bound that doubles from backOffFirst to backOffMost.
func (t *task) fail(now time.Time, random io.Reader) {
	if t.waiting && now.Before(t.due) {
		return
	}
	t.waiting, t.due = true, now.Add(jitter(backOffBound(t.failures), random))
	t.failures++
}

// backOffBound is the longest wait after so many failures before this one.
func backOffBound(failures int) time.Duration {
	if failures >= 9 { // 2^9 s is over the cap
		return backOffMost
	}
	return min(backOffFirst<<failures, backOffMost)
}

// jitter draws a duration of 0 to most evenly. Without randomness it is most.
func jitter(most time.Duration, random io.Reader) time.Duration {
	var b [8]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return most
	}
	return time.Duration(float64(most) * float64(binary.BigEndian.Uint64(b[:])>>11) / (1 << 53))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// loop does one thing at a time, the heartbeat before the next batch, until ctx ends.
func (a *Agent) loop(ctx context.Context) {
	now := time.Now()
	a.beats.due, a.uploads.due, a.prunes.due = now, now, now
	if s, err := a.config.Outbox.Stats(); err == nil && s.Filled != s.Epoch {
		a.refills.due = now
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	var asked []chan struct{} // who asked for what is done now
	tried := func() {
		for _, ended := range asked {
			close(ended)
		}
		asked = nil
	}
	defer tried()
	for ctx.Err() == nil {
		now := time.Now()
		next := now.Add(never)
		var run func(context.Context)
		for _, t := range []struct {
			task *task
			hold time.Time
			run  func(context.Context)
		}{
			{&a.beats, a.holdTill, a.heartbeat},
			{&a.refills, a.holdTill, a.refill},
			{&a.uploads, later(a.holdTill, a.paceTill), a.upload},
			{&a.prunes, time.Time{}, a.prune},
		} {
			at, todo := t.task.at(t.hold)
			if todo && !at.After(now) {
				t.task.begin(now)
				run = t.run
				break
			}
			if todo && at.Before(next) {
				next = at
			}
		}
		if run != nil {
			run(ctx)
			continue
		}
		tried()
		timer.Reset(next.Sub(now))
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-a.asked:
			now := time.Now()
			a.beats.due, a.uploads.due = now, now
			asked = a.took()
		case <-a.config.Outbox.Added():
			a.board.queue(a.config.Outbox)
			a.uploads.wake(time.Now())
		}
	}
}

// failed notes why a task failed and when it comes again.
func (a *Agent) failed(ctx context.Context, area string, t *task, err error) {
	if ctx.Err() != nil {
		return // the program ends; that is no trouble
	}
	f := asFailure(err)
	now := time.Now()
	if f.retryAfter > 0 {
		// A fleet that is told the same should not come back at the same moment.
		wait := min(f.retryAfter+jitter(f.retryAfter/2, a.config.Rand), backOffMost)
		a.holdTill = later(a.holdTill, now.Add(wait))
	}
	t.fail(now, a.config.Rand)
	t.lostWay = f.lostWay()
	a.board.trouble(area, f)
}

// prune drops acknowledged records that are out of the keep window.
func (a *Agent) prune(ctx context.Context) {
	a.prunes.succeed(time.Now().Add(pruneEvery))
	if _, err := a.config.Outbox.Prune(a.config.Clock()); err != nil {
		a.board.trouble(StorageArea, storageFailure("old records cannot be deleted", err))
		return
	}
	a.board.trouble(StorageArea, nil)
	a.board.queue(a.config.Outbox)
}
