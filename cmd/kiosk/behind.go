package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/surveys"
	"otklik/sync/agent"
	"otklik/sync/outbox"
)

// behind is the terminal behind the glass, which may come into being later: when the machine is enrolled, or when its disk
// works.
type behind struct {
	open func() (*terminal, error) // see openTerminal
	// rise is told of a terminal that could not be opened before; anew starts the glass anew, where it turned out meanwhile
	// that the machine is no terminal, or that its outbox is damaged.
	rise func(*terminal)
	anew func()
	// revoked is told whether the terminal was revoked.
	revoked func(bool)
	trace   *trace        // nil without one
	there   chan struct{} // closed when there is a terminal

	mu sync.Mutex
	t  *terminal
	// display is the glass in front, which may be there before the terminal; nil before it has a size.
	display *theme.Display
	lacking error     // why the terminal cannot be opened; nil when it is, or was not tried
	since   time.Time // when that began
}

func newBehind() *behind { return &behind{there: make(chan struct{})} }

// set puts a terminal behind the glass, once.
func (b *behind) set(t *terminal) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.t, b.lacking = t, nil
	if b.revoked != nil {
		t.revoked = b.revoked
	}
	t.display.Store(b.display)
	close(b.there)
}

// lacks notes that the terminal cannot be opened.
func (b *behind) lacks(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lacking == nil {
		b.since = time.Now()
	}
	b.lacking = err
}

// trouble is why the terminal cannot be opened and since when; nil when that is not so.
func (b *behind) trouble() (since time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.since, b.lacking
}

// sized takes note of the glass for the terminal's heartbeats.
func (b *behind) sized(d theme.Display) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.display = &d; b.t != nil {
		b.t.display.Store(&d)
	}
}

// touched counts a touch for the terminal's tap maps.
func (b *behind) touched(touch screen.Touch) {
	if t := b.get(); t != nil {
		t.taps.touched(touch)
	}
}

func (b *behind) get() *terminal {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.t
}

// run has the terminal work, from when there is one until ctx ends.
func (b *behind) run(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-b.there:
	}
	if err := b.get().agent.Run(ctx); err != nil {
		slog.Error("the agent stopped", "err", err)
	}
}

// save stores a response under the very version of the survey that was asked.
func (b *behind) save(s *surveys.Survey, r *surveys.Response) error {
	t := b.get()
	if t == nil {
		return errors.New("not enrolled")
	}
	id, err := t.record.Save(s, r)
	if err == nil {
		b.trace.stored(id)
	}
	return err
}

// completed is the count of a quota; see recorder.Completed.
func (b *behind) completed(survey, quota string) int {
	if t := b.get(); t != nil {
		return t.record.Completed(survey, quota)
	}
	return 0
}

// room is how much the outbox can still take; false before there is one.
func (b *behind) room() (int64, bool) {
	t := b.get()
	if t == nil {
		return 0, false
	}
	room, known := t.box.Room()
	if !known { // before the next visitor finds out
		_ = b.repair()
	}
	return room, known
}

// repair gets the storage to work: the terminal's, or what keeps the terminal from being opened.
func (b *behind) repair() error {
	if t := b.get(); t != nil {
		err := t.box.Recover()
		if errors.Is(err, outbox.ErrDamaged) { // the next start sets it aside
			slog.Error("the outbox is damaged; the glass starts anew with another one", "err", err)
			b.anew()
		}
		return err
	}
	t, err := b.open()
	switch {
	case errors.Is(err, agent.ErrNotEnrolled):
		b.anew()
		return err
	case err != nil:
		b.lacks(err)
		return err
	}
	b.set(t)
	b.rise(t)
	return nil
}

func (b *behind) close() error {
	if t := b.get(); t != nil {
		return t.box.Close()
	}
	return nil
}
