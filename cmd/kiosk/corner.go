package main

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"otklik/kiosk/glass"
	"otklik/kiosk/loop"
	"otklik/kiosk/service"
	"otklik/sync/agent"
	"otklik/sync/disk"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// corner is the terminal as the service corner sees it: it implements service.Terminal.
type corner struct {
	dir    string
	behind *behind
	offer  *offer
	stop   func()
	again  atomic.Bool // the glass ends in order to be started anew

	started time.Time // since when crashes are told of

	layers    *layers
	corner    *service.Corner
	enrolment *service.Enrolment // nil on an enrolled terminal

	mu    sync.Mutex
	hash  string // of the PIN that the centre set, "" for none
	leave bool
}

func newCorner(dir string, behind *behind, offer *offer, stop func()) *corner {
	return &corner{dir: dir, behind: behind, offer: offer, stop: stop, started: supervisedSince()}
}

// attach gives the glass its corner. It is called before the glass is shown.
func (c *corner) attach(g *glass.Glass) {
	c.layers = &layers{show: g.ShowPanel}
	wrong := filepath.Join(c.dir, wrongFile)
	lock := service.NewLock(wrong, func(count []byte) error { return disk.Replace(wrong, count, 0o600) },
		func(pin string) (bool, error) { return wire.CheckPIN(pin, c.pin()) }, time.Now)
	c.corner = service.New(service.Config{
		Terminal: c, Lock: lock, Show: c.layers.showOver, Cells: g.Cells, Do: loop.Do, After: after,
	})
	g.SetCorner(func(language string) {
		go func() { // the disk may be slow
			if c.pin() != "" {
				loop.Do(func() { c.corner.Open(language) })
			}
		}()
	})
}

// after runs f on Fyne's thread when the time has passed.
func after(d time.Duration, f func()) (stop func() bool) {
	return time.AfterFunc(d, func() { loop.Do(f) }).Stop
}

// ask has the glass ask for the code that makes this machine a terminal, until enrolled. Both belong to Fyne's thread.
func (c *corner) ask(e service.Enroller) {
	c.enrolment = service.NewEnrolment(service.EnrolmentConfig{
		Enroller: e, Show: c.layers.showUnder, Do: loop.Do, After: after,
	})
	c.enrolment.Open("")
}

func (c *corner) enrolled() {
	if c.enrolment != nil {
		c.enrolment.Close()
	}
}

// pin is the hash of the PIN as it is now, "" for no corner: the centre's, or the one set on the terminal, which may have
// been while the glass runs.
func (c *corner) pin() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hash != "" {
		return c.hash
	}
	return ownPIN(c.dir)
}

// configure takes up what the centre decided of the corner. It may be called from anywhere.
func (c *corner) configure(config wire.TerminalConfig) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hash, c.leave = config.PIN, config.Leave
}

// Offers implements service.Terminal.
func (c *corner) Offers(language string) (offers []service.Offer, picked string) {
	all, picked := c.offer.assigned()
	for _, s := range all {
		offers = append(offers, service.Offer{ID: s.ID, Title: s.Title.In(language, s.Languages...)})
	}
	return offers, picked
}

// Pick implements service.Terminal.
func (c *corner) Pick(id string) error { return c.offer.pick(id) }

// Rescue implements service.Terminal. Where the terminal cannot be opened, on a disk that takes nothing any more, the
// records are read from the file as it is.
func (c *corner) Rescue(folder string) (string, int, error) {
	identity, err := agent.LoadIdentity(c.dir)
	if err != nil {
		return "", 0, err
	}
	if t := c.behind.get(); t != nil {
		s := t.agent.Status()
		return rescue(folder, t.box, identity, s.Site+" "+s.Name, time.Now())
	}
	found, err := outbox.Salvage(filepath.Join(c.dir, outboxName))
	if err != nil {
		return "", 0, err
	}
	known, _, _ := agent.LoadLastGood(c.dir) // names the file alone
	return rescue(folder, found, identity, known.Site+" "+known.Name, time.Now())
}

// Restart implements service.Terminal.
func (c *corner) Restart() {
	c.again.Store(true)
	c.stop()
}

// Leave implements service.Terminal.
func (c *corner) Leave() { c.stop() }

// MayLeave implements service.Terminal.
func (c *corner) MayLeave() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leave
}
