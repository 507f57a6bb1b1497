package agent_test

import (
	"errors"
	"testing"
	"time"
)

// Who asks for everything to be sent at once learns when that was tried, on a line that works and on one that does not.
func TestWhoAsksForASyncLearnsWhenItWasTried(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		l.breakOff(errors.New("cut"))
		a, _ := run(t, tm.config(l.transport()))
		after(time.Hour) // deep in a back-off
		tm.add(3)
		after(time.Second)
		began := time.Now()
		<-a.SyncNow()
		if s := a.Status(); s.Queued != 3 || len(s.Troubles) == 0 || !s.LastContact.IsZero() {
			t.Errorf("without a line: %+v", s)
		}
		if waited := time.Since(began); waited > time.Second {
			t.Errorf("learned of it after %s", waited)
		}
		l.breakOff(nil)
		first, second := a.SyncNow(), a.SyncNow()
		<-first
		<-second
		if s := a.Status(); s.Queued != 0 || len(s.Troubles) != 0 || tm.queued() != 0 {
			t.Errorf("with a line: %+v", s)
		}
	})
}
