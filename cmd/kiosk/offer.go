package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"otklik/kiosk/visit"
)

// roomEvery is how often the free space is looked at.
const roomEvery = 5 * time.Second

// offer is what the glass asks now: what the centre decided, within what the disk allows.
type offer struct {
	dir  string
	show func(visit.Config)

	mu     sync.Mutex
	config visit.Config
	known  bool // there is a configuration
	full   bool
}

// begin is what the glass starts with.
func (o *offer) begin(v visit.Config) visit.Config {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.config, o.known = v, true
	o.look()
	return o.now()
}

// set takes up another configuration.
func (o *offer) set(v visit.Config) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.config, o.known = v, true
	o.show(o.now())
}

// now is what is asked; the caller holds the lock.
func (o *offer) now() visit.Config {
	v := o.config
	v.Full = o.full
	return v
}

// look finds out whether there is room and returns whether that has changed; the caller holds the lock.
func (o *offer) look() bool {
	free := diskFree(o.dir)
	if free == 0 { // not known, or not one byte: then the outbox will say so
		return false
	}
	full := free < leastRoom || o.full && free < enoughRoom
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
			slog.Warn("the room on the disk", "full", o.full, "free", diskFree(o.dir), "least", leastRoom)
			o.show(o.now())
		}
		o.mu.Unlock()
	}
}
