// Package agent brings what lies in the outbox to the collector and brings surveys and configuration back. It owns the
// terminal's identity. An answer leaves the queue only on a receipt signed with the key that was pinned at enrolment;
// nothing else that any network says is taken for one.
package agent

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"otklik/surveys"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// Outbox is what the agent needs of the terminal's outbox; *outbox.Outbox documents the methods.
type Outbox interface {
	Origin() wire.Origin
	Next(maxRecords, maxBytes int, skip func(seq uint64) bool) (wire.Batch, error)
	Newest(maxRecords, maxBytes int, skip func(seq uint64) bool) (wire.Batch, error)
	Settle(receipt wire.Receipt) (int, error)
	Prune(now time.Time) (int, error)
	SetKeep(keepFor time.Duration, keepBytes int64)
	Stats() (outbox.Stats, error)
	Added() <-chan struct{}
	Belong(collector wire.Hash) error
	See(epoch wire.Epoch, told time.Time) (fill bool, err error)
	MarkSafe(epoch wire.Epoch, backups bool, safe wire.Ranges) error
	Held(after uint64, most int) ([]wire.Held, error)
	Requeue(missing wire.Ranges) (int, error)
	Filled(epoch wire.Epoch) error
}

// Config is what an agent is made of. Identity, Outbox and Dir are needed; everything else has a default.
type Config struct {
	Identity Identity
	Outbox   Outbox
	// Dir is the data folder.
	Dir string
	// Version is the kiosk program's.
	Version string

	// Describe fills what the agent cannot know into a heartbeat: Boot, DiskFree, Escrow, Problem. The agent sets the rest
	// afterwards and adds its own troubles to Problem. It must not block; nil for nothing.
	Describe func(*wire.Heartbeat)
	// Told is called with each heartbeat that the collector has answered, after its epoch was noted. It must not block; nil
	// for nothing.
	Told func(wire.Heartbeat)
	// Filled is called when a collector that was restored has been offered all that is kept, with the number of records
	// that it lacked and that are queued again. It must not block; nil for nothing.
	Filled func(again int)
	// Settled is called with the collector's decisions on records of the outbox, after they left the queue. It must not
	// block, nor keep or change what it is given; nil for nothing.
	Settled func([]wire.Decision)
	// OnConfig is called from Run with every new configuration and all its surveys, in the order of the menu, after both are
	// on the disk. Not at the start: use LoadLastGood. It must not block; nil for nothing.
	OnConfig func(wire.TerminalConfig, []*surveys.Survey)

	// OnKeys is called from Run with the identity after the collector exchanged its keys or set another escrow key: what is
	// sealed from now on should be for Recipients. It must not block; nil for nothing.
	OnKeys func(Identity)

	// OnRevoked is called from Run when the collector says that the terminal was revoked, and when it takes something from it
	// again. Not at the start: see Status.Revoked. It must not block; nil for nothing.
	OnRevoked func(revoked bool)

	Clock func() time.Time // the wall clock; nil for time.Now
	Rand  io.Reader        // nonces and jitter; nil for crypto/rand
	Log   *slog.Logger     // nil for slog.Default()
	// Via is the HOST:PORT of a neighbour that the connections lead through (see Relay); "" to reach the collector itself.
	Via string
	// Transport carries the requests; nil for NewTransport's, with the identity's authorities and Via.
	Transport http.RoundTripper
	// Timeout bounds one request with its reply; 0 for a minute, which 256 KiB need on a very slow line.
	Timeout time.Duration
}

// Agent talks to the collector for one terminal.
type Agent struct {
	config  Config
	client  *client
	board   *board
	log     *slog.Logger
	started atomic.Bool
	asked   chan struct{} // SyncNow was called
	waitMu  sync.Mutex
	waiting []chan struct{} // of SyncNow, to be closed when what was asked for has ended

	measured atomic.Pointer[measured] // of the clock's offset; nil before the first time

	// Only Run's goroutine touches the rest.
	uploads  task
	beats    task
	prunes   task
	refills  task
	holdTill time.Time // no request before: the collector asked for it
	limits   [ends]int // records of the next batch, by the end of the queue
	turn     int       // batches settled: says which end the next one is from
	stuck    int       // the end whose batch failed last: the next one is from the other; ends for none
	suspect  uint64    // a single record that failed last, 0 for none
	cleared  bool      // another record was settled since
	rate     int64     // bytes a second that uploads may take; 0 for no bound
	paceTill time.Time // no upload before: the last one took the line for so long
	// Not before, what the collector lost is queued again: some was lately.
	againTill time.Time
	refusals  int // single records refused since one was last taken
	asides    map[uint64]aside
	sent      bool // records were settled since the queue was last empty
	lastBeat  time.Time
	counter   beatCounter
	fetcher   fetcher
	held      loaded
	rejected  rejectedConfig
}

// New makes an agent. The error says what of Config is missing, or that the folder cannot be used.
func New(config Config) (*Agent, error) {
	if config.Outbox == nil || config.Dir == "" {
		return nil, errors.New("agent: an outbox and a data folder are needed")
	}
	if err := config.Identity.check(); err != nil {
		return nil, fmt.Errorf("agent: the identity: %w", err)
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Rand == nil {
		config.Rand = rand.Reader
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	if config.Describe == nil {
		config.Describe = func(*wire.Heartbeat) {}
	}
	if config.Told == nil {
		config.Told = func(wire.Heartbeat) {}
	}
	if config.Filled == nil {
		config.Filled = func(int) {}
	}
	if config.Settled == nil {
		config.Settled = func([]wire.Decision) {}
	}
	if config.OnConfig == nil {
		config.OnConfig = func(wire.TerminalConfig, []*surveys.Survey) {}
	}
	if config.OnRevoked == nil {
		config.OnRevoked = func(bool) {}
	}
	if config.OnKeys == nil {
		config.OnKeys = func(Identity) {}
	}
	if config.Transport == nil {
		t, err := config.Identity.transport()
		if err != nil {
			return nil, err
		}
		if config.Via != "" {
			if _, _, err := net.SplitHostPort(config.Via); err != nil {
				return nil, fmt.Errorf("agent: the neighbour %q is no HOST:PORT: %w", config.Via, err)
			}
			if _, err := secretTarget(config.Identity.URL); err != nil {
				return nil, err
			}
			t.Proxy, t.DialContext = nil, dialVia(config.Via)
		}
		config.Transport = t
	}
	a := &Agent{
		config: config,
		log:    config.Log,
		client: newClient(config.Identity.URL, config.Version, config.Transport, config.Timeout),
		board:  newBoard(config.Dir, config.Clock, config.Log),
		limits: [ends]int{wire.MaxBatchRecords, wire.MaxBatchRecords},
		stuck:  ends,
		asides: map[uint64]aside{},
		asked:  make(chan struct{}, 1),
	}
	a.client.signFor(config.Identity, config.Clock, config.Rand)
	a.counter = newBeatCounter(config.Dir, config.Clock, config.Log)
	a.fetcher = fetcher{a.client, config.Dir}

	held, err := loadLastGood(config.Dir)
	if err != nil && !errors.Is(err, ErrNoConfig) {
		// The collector brings it again with the first heartbeat.
		a.board.trouble(ConfigArea, asFailure(err))
		held.config.Version = 0
	}
	a.held = held
	a.rate = held.config.Rate
	config.Outbox.SetKeep(keepWindow(held.config))
	if err := config.Outbox.Belong(config.Identity.Collector); err != nil {
		// It cannot be written to, and will be said to be out of service; the next start notes it.
		a.board.trouble(StorageArea, storageFailure("the collector cannot be noted", err))
	}
	a.board.change(func(s *Status) { s.Terminal, s.URL = config.Identity.Terminal, config.Identity.URL })
	if last, err := ReadStatus(config.Dir); err == nil && last.Terminal == config.Identity.Terminal {
		a.board.change(func(s *Status) { s.Revoked = last.Revoked }) // until the collector says something else
	}
	a.board.config(held.config)
	a.board.queue(config.Outbox)
	return a, nil
}

// Status tells how things stand. Any goroutine may call it.
func (a *Agent) Status() Status { return a.board.read() }

// SyncNow asks for a heartbeat and an upload as soon as may be, whatever back-off is under way, but for a wait that the
// collector asked for. It does not wait for them: what it returns is closed when they have been tried, as often as the
// collector takes something, and Status tells how it went. Any goroutine may call it.
func (a *Agent) SyncNow() (tried <-chan struct{}) {
	a.waitMu.Lock()
	defer a.waitMu.Unlock()
	ended := make(chan struct{})
	a.waiting = append(a.waiting, ended)
	select {
	case a.asked <- struct{}{}:
	default:
	}
	return ended
}

// took hands over who waits for what was just asked for.
func (a *Agent) took() []chan struct{} {
	a.waitMu.Lock()
	defer a.waitMu.Unlock()
	waiting := a.waiting
	a.waiting = nil
	return waiting
}

// keepWindow is what a configuration says of acknowledged records.
func keepWindow(c wire.TerminalConfig) (time.Duration, int64) {
	return time.Duration(c.KeepDays) * 24 * time.Hour, c.KeepBytes
}

// Run works until ctx ends, and then returns nil; an upload under way is broken off and its records stay. It fails only
// when it runs already.
func (a *Agent) Run(ctx context.Context) error {
	if !a.started.CompareAndSwap(false, true) {
		return errors.New("agent: Run was called twice")
	}
	defer a.client.close()
	var writer sync.WaitGroup
	// The writer outlives the loop, so that the file ends with the last status.
	writing, stop := context.WithCancel(context.WithoutCancel(ctx))
	writer.Go(func() { a.board.write(writing) })
	a.loop(ctx)
	stop()
	writer.Wait()
	return nil
}
