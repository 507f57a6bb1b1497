package agent_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"otklik/sync/agent"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// failing is an outbox whose disk does not take receipts.
type failing struct {
	*outbox.Outbox
	fails int // so often
}

func (f *failing) Settle(r wire.Receipt) (int, error) {
	if f.fails > 0 {
		f.fails--
		return 0, errors.New("input/output error")
	}
	return f.Outbox.Settle(r)
}

func TestAReceiptThatCannotBeNotedIsAskedForAgain(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		config := tm.config(l.transport())
		config.Outbox = &failing{tm.outbox, 7}
		config.Rand = constant(0xff)
		tm.add(2)
		a, _ := run(t, config)
		after(time.Minute)
		if got, _ := trouble(a.Status(), agent.UploadArea); got.Reason != agent.Storage || tm.queued() != 2 {
			t.Errorf("trouble %+v, %d queued", got, tm.queued())
		}
		after(10 * time.Minute)
		if c.stored() != 2 || c.delivered[1] != 8 || tm.queued() != 0 || a.Status().Problem() != "" {
			t.Errorf("%d stored, seq 1 came %d times, %d queued, %q", c.stored(), c.delivered[1], tm.queued(), a.Status().Problem())
		}
	})
}

func TestATerminalWithABrokenDiskStillBeats(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		a, stop := run(t, tm.config(l.transport()))
		after(0)
		must(t, tm.outbox.Close())
		after(10 * time.Minute)
		h := c.heartbeats()
		if last := h[len(h)-1]; len(h) < 10 || last.Problem == "" {
			t.Errorf("%d heartbeats, the last %+v", len(h), last)
		} else if want := []wire.Trouble{{Reason: string(agent.Storage)}}; !reflect.DeepEqual(last.Troubles, want) {
			t.Errorf("for programs it says %+v, want %+v", last.Troubles, want)
		}
		if a.Status().Problem() == "" {
			t.Error("the status says nothing of the disk")
		}
		stop()
	})
}

// A disk that cannot be read from the start is no reason to say that nothing was ever answered: the collector would hear of an
// outbox that went back to its beginning.
func TestATerminalWithABrokenDiskSaysWhatItKnowsOfItsOutbox(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		tm.add(3)
		must(t, tm.outbox.Close())
		run(t, tm.config(l.transport()))
		after(2 * time.Minute)
		h := c.heartbeats()
		if last := h[len(h)-1]; last.LastSeq != 3 || last.Queued != 3 || last.Problem == "" {
			t.Errorf("the heartbeat says %+v", last)
		}
	})
}

func TestBeatsGoOnWhenTheirCountCannotBeKept(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		path := filepath.Join(tm.dir, "beat")
		must(t, os.MkdirAll(filepath.Join(path, "in the way"), 0o700))
		a, _ := run(t, tm.config(l.transport()))
		after(10 * time.Minute)
		rises(t, c.heartbeats())
		if got, _ := trouble(a.Status(), agent.StorageArea); len(c.heartbeats()) < 10 || got.Reason != agent.Storage {
			t.Errorf("%d heartbeats, trouble %+v", len(c.heartbeats()), got)
		}
	})
}
