package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"otklik/surveys"
	"otklik/sync/agent"
	"otklik/sync/outbox"
)

const (
	maxTerminals = 9999
	enrolAtOnce  = 8
	enrolAgain   = 2 * time.Second // after the collector was not there
)

// fleet is all simulated terminals.
type fleet struct {
	*command
	survey  *surveys.Survey
	thanks  *os.File
	way     *way
	figures figures
}

// run enrols the terminals that are none yet and then lets all of them work at once. The first error ends all of them.
func (f *fleet) run(ctx context.Context) error {
	terminals, err := f.open(ctx)
	defer func() {
		for _, t := range terminals {
			if t != nil {
				_ = t.box.Close() // what was saved is on the disk whatever closing says
			}
		}
	}()
	if err != nil || ctx.Err() != nil {
		return err
	}
	f.way.cut(f.Outage)
	f.figures.begin()
	var stranded []error
	var mu sync.Mutex
	err = together(ctx, len(terminals), len(terminals), func(ctx context.Context, i int) error {
		err := terminals[i].run(ctx)
		if errors.Is(err, errStranded) { // the others go on
			mu.Lock()
			defer mu.Unlock()
			stranded = append(stranded, fmt.Errorf("terminal %d: %w", i+1, err))
			return nil
		}
		return err
	})
	return errors.Join(append(stranded, err)...)
}

// open opens every terminal; those that it returns have open outboxes, with an error too.
func (f *fleet) open(ctx context.Context) ([]*terminal, error) {
	terminals := make([]*terminal, f.Terminals)
	err := together(ctx, len(terminals), enrolAtOnce, func(ctx context.Context, i int) error {
		t, err := f.openOne(ctx, i+1)
		terminals[i] = t
		if err != nil {
			return fmt.Errorf("terminal %d: %w", i+1, err)
		}
		return nil
	})
	return terminals, err
}

func (f *fleet) openOne(ctx context.Context, number int) (*terminal, error) {
	dir := filepath.Join(f.Data, fmt.Sprintf("%04d", number))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	t := &terminal{fleet: f, number: number, dir: dir, clock: &clock{}}
	t.clock.jump(f.ClockOffset, 0)
	box, _, err := outbox.OpenOrSetAside(t.path(), outbox.Options{Clock: t.clock.now})
	if err != nil {
		return nil, err
	}
	t.box = box
	identity, err := agent.LoadIdentity(dir)
	if errors.Is(err, agent.ErrNotEnrolled) {
		identity, err = f.enrol(ctx, t)
	}
	if err != nil || ctx.Err() != nil {
		return t, err
	}
	if identity.URL != strings.TrimSuffix(f.Collector, "/") {
		return t, fmt.Errorf("%s holds a terminal of %s; give that address, or another folder", dir, identity.URL)
	}
	return t, t.start(identity)
}

// enrol makes a terminal of the folder, however long the collector is away.
func (f *fleet) enrol(ctx context.Context, t *terminal) (agent.Identity, error) {
	if f.Code == "" {
		return agent.Identity{}, fmt.Errorf("%s holds no terminal yet; give --code, "+
			"as collector terminal enrol --reusable %d prints it", t.dir, f.Terminals)
	}
	for {
		identity, err := agent.Enrol(ctx, agent.EnrolOptions{
			URL: f.Collector, Code: f.Code, Dir: t.dir, Origin: t.box.Origin(), Version: version,
			Transport: f.way.transport(),
		})
		var failure *agent.Failure
		if err == nil || ctx.Err() != nil {
			return identity, nil
		}
		if !errors.As(err, &failure) || !away(failure.Reason) {
			return identity, err
		}
		slog.Warn("not enrolled yet", "terminal", t.number, "problem", err)
		if !wait(ctx, enrolAgain) {
			return identity, nil
		}
	}
}

// away says that the collector was not there, and may be in a moment.
func away(r agent.Reason) bool {
	switch r {
	case agent.NotReached, agent.TimedOut, agent.CutOff, agent.Unavailable:
		return true
	}
	return false
}

// wait reports whether the time passed before ctx ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// together calls do for 0 to n-1, at most so many at once, until all have returned; the first error ends the others' ctx
// and is returned.
func together(ctx context.Context, n, atOnce int, do func(context.Context, int) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var work sync.WaitGroup
	var once sync.Once
	var first error
	free := make(chan struct{}, atOnce)
	for i := range n {
		free <- struct{}{}
		work.Go(func() {
			defer func() { <-free }()
			if ctx.Err() != nil {
				return
			}
			if err := do(ctx, i); err != nil {
				once.Do(func() { first = err })
				stop(err)
			}
		})
	}
	work.Wait()
	return first
}
