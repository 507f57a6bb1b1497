package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"time"

	"otklik/surveys/simulate"
	"otklik/sync/agent"
	"otklik/sync/outbox"
	"otklik/sync/recorder"
	"otklik/sync/wire"
)

const (
	repairEvery = time.Second     // of an outbox whose disk failed
	visitTakes  = 2 * time.Minute // about: how long before its answer is saved a visit began
)

// terminal is one simulated terminal, without a glass.
type terminal struct {
	*fleet
	number int
	dir    string
	clock  *clock
	box    *outbox.Outbox
	record *recorder.Recorder
	agent  *agent.Agent
	known  map[string]string
	// decided receives a value after records left the queue, or others joined it again; several times may come as one.
	decided chan struct{}
	// told says that the collector answered a heartbeat: whatever it lacks since it was restored is known then.
	told atomic.Bool
}

// start makes what works with the outbox.
func (t *terminal) start(identity agent.Identity) (err error) {
	config, all, err := agent.LoadLastGood(t.dir)
	switch {
	case err != nil && !errors.Is(err, agent.ErrNoConfig):
		return err
	case err == nil:
		offered := false
		for _, s := range all {
			offered = offered || s.ID == t.survey.ID && s.Version == t.survey.Version
		}
		if !offered {
			slog.Warn("the collector does not offer this version of the survey", "terminal", t.number,
				"survey", t.survey.ID, "version", t.survey.Version)
		}
	}
	t.known = map[string]string{"site": config.Site, "terminal": config.Name}
	t.decided = make(chan struct{}, 1)
	t.agent, err = agent.New(agent.Config{
		Clock:    t.clock.now,
		OnKeys:   func(i agent.Identity) { t.record.SetRecipients(i.Recipients()) },
		Identity: identity, Outbox: t.box, Dir: t.dir, Version: version, Transport: t.way.transport(),
		Log: slog.With("terminal", t.number),
		Describe: func(h *wire.Heartbeat) {
			h.Escrow = t.record.EscrowMark()
			if h.Boot, h.Problem = recorder.BootID(), outbox.AsideProblem(t.path()); h.Problem != "" {
				h.Troubles = []wire.Trouble{{Reason: wire.TroubleDamaged}}
			}
		},
		Settled: t.settled,
		Told:    func(wire.Heartbeat) { t.told.Store(true); t.wake() },
		Filled:  func(int) { t.wake() },
	})
	t.record = recorder.New(recorder.Config{Outbox: t.box, Recipients: identity.Recipients(), Offset: t.agent.Offset, Now: t.clock.now})
	return err
}

func (t *terminal) path() string { return filepath.Join(t.dir, "outbox.bolt") }

func (t *terminal) settled(decisions []wire.Decision) {
	t.figures.settled(decisions)
	t.wake()
}

func (t *terminal) wake() {
	select {
	case t.decided <- struct{}{}:
	default:
	}
}

// run takes the answers while the agent uploads, until every one is acknowledged or ctx ends.
func (t *terminal) run(ctx context.Context) error {
	uploading, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- t.agent.Run(uploading) }()
	err := t.visits(ctx)
	if err == nil {
		err = t.drain(ctx)
	}
	stop()
	return errors.Join(err, <-ended, t.box.Close())
}

// visits saves so many responses, each thanked when it is on the disk.
func (t *terminal) visits(ctx context.Context) error {
	stats, err := t.box.Stats()
	if err != nil {
		return err
	}
	// A later run goes on with other visitors.
	random := rand.New(rand.NewPCG(t.Seed, uint64(t.number)<<40|stats.LastSeq))
	began := time.Now()
	for n := 0; n < t.Answers && ctx.Err() == nil; {
		if t.Rate > 0 && !wait(ctx, time.Until(began.Add(time.Duration(float64(n)/t.Rate*float64(time.Second))))) {
			return nil
		}
		t.clock.jump(t.ClockOffset, n)
		response, err := simulate.Visitor{Began: t.clock.now().Add(-visitTakes), Known: t.known}.Respond(t.survey, random)
		if err != nil {
			return err
		}
		before := time.Now()
		id, err := t.record.Save(t.survey, response)
		switch {
		case errors.Is(err, outbox.ErrStorage):
			slog.Error("out of service: nobody is thanked", "terminal", t.number, "answer", id, "err", err)
			t.repair(ctx)
			continue
		case err != nil:
			return err
		}
		t.figures.saved(time.Since(before))
		if _, err := t.thanks.WriteString(id.String() + "\n"); err != nil {
			return err
		}
		t.figures.thanked.Add(1)
		n++
	}
	slog.Debug("all visitors were thanked", "terminal", t.number)
	return nil
}

// repair waits until the outbox works again or ctx ends.
func (t *terminal) repair(ctx context.Context) {
	for wait(ctx, repairEvery) {
		err := t.box.Recover()
		if err == nil {
			return
		}
		slog.Error("still out of service", "terminal", t.number, "err", err)
	}
}

// errStranded says that what a terminal has cannot leave it without somebody's help. All of it stays.
var errStranded = errors.New("its answers stay in its queue")

// lookEvery is how often a terminal looks how it stands when nothing calls it: not all that ends a wait is told.
const lookEvery = time.Second

// drain waits until nothing is queued, nor asked for again by a collector that was restored, or ctx ends.
func (t *terminal) drain(ctx context.Context) error {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		stats, err := t.box.Stats()
		switch {
		case errors.Is(err, outbox.ErrStorage):
			slog.Error("the outbox cannot be read", "terminal", t.number, "err", err)
			t.repair(ctx)
			if ctx.Err() != nil {
				return nil
			}
			continue
		case err != nil || stats.Queued == 0 && t.told.Load() && stats.Filled == stats.Epoch:
			return err
		}
		if err := t.stranded(stats); err != nil {
			return err
		}
		select {
		case <-t.decided:
		case <-look.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// stranded says why waiting is of no use, with an error that wraps errStranded; nil when it may be.
func (t *terminal) stranded(stats outbox.Stats) error {
	for _, trouble := range t.agent.Status().Troubles {
		// Only people end these. Every other trouble may be over in a moment.
		if trouble.Code == "revoked" || trouble.Code == "unknown-terminal" {
			return fmt.Errorf("%s: %w, %d of them", trouble, errStranded, stats.Queued)
		}
	}
	if stats.Damaged == 0 || !t.told.Load() {
		return nil
	}
	next, err := t.box.Next(1, wire.MaxBatchBytes, nil)
	if err != nil || len(next.Records) > 0 {
		return nil // the disk fails, which repair is for, or there is something to send
	}
	return fmt.Errorf("%d records went bad on the disk: %w", stats.Damaged, errStranded)
}
