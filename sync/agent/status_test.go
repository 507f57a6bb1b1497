package agent_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"otklik/sync/agent"
)

func TestTheStatusFileIsWhatTheStatusSays(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		if _, err := agent.ReadStatus(tm.dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("before the first: %v", err)
		}
		c.publish(survey("smiley", 1))
		tm.add(2)
		a, stop := run(t, tm.config(l.transport()))
		same := func(when string) {
			t.Helper()
			got, err := agent.ReadStatus(tm.dir)
			must(t, err)
			if got.Written.IsZero() {
				t.Errorf("%s: without its time", when)
			}
			got.Written = time.Time{}
			want := a.Status()
			for _, x := range []*time.Time{&want.LastContact, &want.LastUpload, &want.Oldest, &got.LastContact, &got.LastUpload, &got.Oldest} {
				*x = x.Round(0)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: file %+v, status %+v", when, got, want)
			}
		}
		after(2 * time.Second)
		same("after the start")
		l.breakOff(&netError{})
		tm.add(1)
		after(2 * time.Second)
		same("without a network")
		tm.add(1)
		stop()
		same("at the end")
	})
}

func TestTheStatusFileIsWrittenOnlyWithChanges(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		path := filepath.Join(tm.dir, "status.json")
		written := func() time.Time {
			t.Helper()
			s, err := agent.ReadStatus(tm.dir)
			must(t, err)
			return s.Written
		}
		run(t, tm.config(l.transport()))
		after(10 * time.Second)
		before, err := os.ReadFile(path)
		must(t, err)
		after(20 * time.Second) // no heartbeat, no answer
		now, err := os.ReadFile(path)
		must(t, err)
		if !bytes.Equal(before, now) {
			t.Error("written without a change")
		}
		times := map[time.Time]bool{}
		for range 30 { // in 3 seconds
			tm.add(1)
			after(100 * time.Millisecond)
			times[written()] = true
		}
		if len(times) < 3 || len(times) > 5 {
			t.Errorf("written %d times in 3 s of changes", len(times))
		}
	})
}

func TestADamagedStatusFileSaysSo(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "status.json"), []byte(`{"queued":`), 0o644))
	if _, err := agent.ReadStatus(dir); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}
