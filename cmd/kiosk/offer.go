package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"otklik/kiosk/visit"
	"otklik/surveys"
	"otklik/sync/disk"
)

// roomEvery is how often the free space is looked at.
const roomEvery = 5 * time.Second

// offer is what the glass asks now: what the centre decided, within what the disk allows.
type offer struct {
	dir   string
	ready <-chan struct{} // closed when there is a glass to show to, after begin
	show  func(visit.Config)
	// room returns what the outbox may still grow by, false when there is none yet; nil for never.
	room func() (int64, bool)

	mu     sync.Mutex
	config visit.Config
	known  bool // there is a configuration
	full   bool
	// stopped says that the terminal was revoked: what people would say could not reach anybody.
	stopped bool
	picked  string // the id of the one survey to offer, "" for all that are assigned
	read    bool   // picked is what the disk says
}

// pickFile keeps what was picked in the service corner over restarts.
const pickFile = "picked"

// begin is what the glass starts with.
func (o *offer) begin(v visit.Config) visit.Config {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.take(v)
	o.look()
	return o.now()
}

// set takes up another configuration. One that comes before there is a glass waits for it, without the lock, which begin
// needs for the glass to come about, and so is not overwritten by what the glass starts with.
func (o *offer) set(v visit.Config) {
	<-o.ready
	o.mu.Lock()
	defer o.mu.Unlock()
	o.take(v)
	o.show(o.now())
}

// take makes a configuration the present one; the caller holds the lock. What was picked is read until it could be: the
// disk may not work yet.
func (o *offer) take(v visit.Config) {
	o.config, o.known = v, true
	if o.read {
		return
	}
	data, err := os.ReadFile(filepath.Join(o.dir, pickFile))
	if o.read = err == nil || errors.Is(err, fs.ErrNotExist); err == nil {
		o.picked = strings.TrimSpace(string(data))
	}
}

// stop has nobody asked any more, or people asked again. A visit under way is finished first.
func (o *offer) stop(stopped bool) {
	<-o.ready
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stopped = stopped
	if o.known {
		o.show(o.now())
	}
}

// now is what is asked; the caller holds the lock.
func (o *offer) now() visit.Config {
	v := o.config
	v.Full = o.full
	if o.stopped {
		v.Surveys = nil
		return v
	}
	for _, s := range v.Surveys {
		if s.ID == o.picked { // one that is no longer assigned is passed over
			v.Surveys = []*surveys.Survey{s}
			break
		}
	}
	return v
}

// assigned are the surveys that can be picked, and the one that is, "" for all.
func (o *offer) assigned() ([]*surveys.Survey, string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.config.Surveys {
		if s.ID == o.picked {
			return o.config.Surveys, o.picked
		}
	}
	return o.config.Surveys, ""
}

// pick has one survey offered alone, or with "" all, from now on.
func (o *offer) pick(id string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := disk.Replace(filepath.Join(o.dir, pickFile), []byte(id+"\n"), 0o600); err != nil {
		return err
	}
	o.picked, o.read = id, true
	o.show(o.now())
	return nil
}

// look finds out whether there is room and returns whether that has changed; the caller holds the lock.
func (o *offer) look() bool {
	s := spaceOf(o.dir, o.room)
	left := s.least()
	full := s.full() || o.full && left.known && left.bytes < enoughRoom
	changed := full != o.full
	o.full = full
	return changed
}

// watch looks at the disk until ctx ends. A visit under way is finished first.
func (o *offer) watch(ctx context.Context) {
	for tick := time.NewTicker(roomEvery); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		o.mu.Lock()
		if o.look() && o.known {
			slog.Warn("the room on the disk", "full", o.full, "left", spaceOf(o.dir, o.room).least().bytes, "least", leastRoom)
			o.show(o.now())
		}
		o.mu.Unlock()
	}
}
