package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"fyne.io/fyne/v2"

	"otklik/kiosk/glass"
	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
	"otklik/sync/agent"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// glassFlags are the settings of the glass; kiosk run hands them on as they were given.
type glassFlags struct {
	dataFlag
	Diagonal float64 `help:"Diagonal of the display in inches; a usual one for the resolution when not given."`
	Distance float64 `help:"From the eye to the glass in millimetres; 400 for tablets and 600 for stands when not given."`
	Brand    string  `default:"otklik" env:"OTKLIK_BRAND" help:"Brand of the glass: one of the program's (otklik, work-of-russia), or a folder with a brand.yaml."`
	Clock    bool    `help:"Show the time of day on the attract screen."`
	Discreet bool    `help:"Do not show which answer is touched, for halls where people stand behind the visitor."`
	Aloud    string  `default:"off" enum:"off,headphones,loudspeakers" env:"OTKLIK_ALOUD" help:"Let visitors have the screens read aloud: off, headphones (silent unless they are known to be plugged in) or loudspeakers. Needs speech-dispatcher or espeak-ng."`
	Window   string  `help:"Window the terminal stands at, for hidden questions."`
	Service  string  `help:"Service it asks about, for hidden questions."`
	Event    string  `help:"Event it asks after, for hidden questions."`
	Trace    string  `type:"path" help:"Write every screen that is painted to this file, with the places to touch. For tests only: it tells what visitors do and write."`

	Via         string   `help:"HOST:PORT of a neighbouring terminal that passes answers on, for a terminal that does not reach the collector itself."`
	RelayListen string   `help:"Pass answers of neighbouring terminals on to this terminal's collector: listen at this address, such as :8410." placeholder:"HOST:PORT"`
	RelayFor    []string `help:"Addresses or networks of the neighbours, such as 192.168.7.0/24." placeholder:"ADDRESS"`

	HangAfter time.Duration `hidden:"" default:"20s" help:"How long the glass may stand still before it is restarted."`
	Unseen    time.Duration `hidden:"" help:"How long after a screen appeared a touch on it is ignored; 150ms when not given. For tests only."`
}

type glassCommand struct{ glassFlags }

// Run asks visitors until the program is told to stop: by a signal or by the end of its standard input, which the
// supervisor holds. On its standard output it says that its UI thread answers.
func (c *glassCommand) Run() error {
	dir, err := c.dir()
	if err != nil {
		return err
	}
	brand, err := theme.FindBrand(c.Brand)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go outlived(stop)
	trace, err := openTrace(c.Trace)
	if err != nil {
		return err
	}
	var g *glass.Glass
	ready := make(chan struct{}) // closed when there is a glass to configure
	behind := &behind{}
	offer := &offer{dir: dir, ready: ready, room: behind.room, show: func(v visit.Config) { g.Configure(v) }}
	corner := newCorner(dir, behind, offer, stop)
	behind.restart = corner.Restart
	configured := func(config wire.TerminalConfig, all []*surveys.Survey) {
		offer.set(c.visitConfig(config, all, behind))
		corner.configure(config)
	}
	t, err := openTerminal(dir, c.Via, configured)
	behind.set(t)
	enrol := newEnroller(dir)
	enrol.via = c.Via
	unenrolled := errors.Is(err, agent.ErrNotEnrolled)
	if err != nil && !unenrolled {
		return err
	}
	relay, err := newRelay(c.RelayListen, c.RelayFor)
	if err != nil {
		return err
	}
	var work sync.WaitGroup
	if unenrolled {
		slog.Warn("this terminal is not enrolled; waiting for a code on the glass or for kiosk enrol", "data", dir)
		work.Go(func() {
			if t := enrol.await(ctx, configured); t != nil {
				behind.set(t)
				configured(t.config, t.surveys)
				fyne.Do(corner.enrolled)
				behind.run(ctx)
			}
		})
	} else {
		work.Go(func() { behind.run(ctx) })
	}
	work.Go(func() { relay.run(ctx, behind) })
	show(ctx, brand, func() *glass.Glass {
		first := visit.Config{Unenrolled: true}
		if t != nil {
			first = offer.begin(c.visitConfig(t.config, t.surveys, behind))
			corner.configure(t.config)
		}
		g = glass.New(glass.Config{
			Display: theme.Display{Inches: c.Diagonal, Distance: c.Distance}, Brand: brand, Clock: c.Clock, Discreet: c.Discreet, Visit: first, Seed: seed,
			Save: behind.save, Repair: behind.repair, RepairEvery: repairEvery, Sized: behind.sized, Touched: behind.touched, Painted: trace.painted(),
		})
		corner.attach(g)
		if unenrolled {
			corner.ask(enrol)
		}
		close(ready)
		work.Go(func() { offer.watch(ctx) })
		if c.Aloud != "off" {
			work.Go(func() { readAloud(ctx, c.Aloud == "headphones", g) })
		}
		go pulse(ctx, c.HangAfter/4, os.Stdout)
		return g
	})
	stop()
	work.Wait()
	if err := behind.close(); err != nil || !corner.again.Load() {
		return err
	}
	return endedError{startAgain}
}

// visitConfig is what a terminal's configuration means for its visits. A survey that this program cannot show is left out
// and named.
func (c *glassCommand) visitConfig(config wire.TerminalConfig, all []*surveys.Survey, behind *behind) visit.Config {
	shown := slices.DeleteFunc(slices.Clone(all), func(s *surveys.Survey) bool {
		err := screen.Shows(s)
		if err != nil {
			slog.Error("a survey is not offered", "err", err)
		}
		return err != nil
	})
	hours, err := surveys.ParseOpenings(config.Hours)
	if err != nil {
		slog.Error("the centre's opening hours are passed over: the terminal asks at all hours", "err", err)
	}
	return visit.Config{
		Surveys: shown, Hours: hours, Language: config.Language, Idle: time.Duration(config.IdleSeconds) * time.Second, Unseen: c.Unseen,
		Improvements: improvements(config), Tickets: behind.admissions(config), Completed: behind.completed,
		Known: map[string]string{
			"site": config.Site, "terminal": config.Name, "window": c.Window, "service": c.Service, "event": c.Event,
		},
	}
}

func improvements(config wire.TerminalConfig) (told []visit.Improvement) {
	for _, i := range config.Improvements {
		told = append(told, visit.Improvement{Text: i.Text, Until: i.Until})
	}
	return told
}

// behind is the terminal behind the glass, which comes into being when the machine is enrolled.
type behind struct {
	restart func() // has the glass started anew
	mu      sync.Mutex
	t       *terminal
	// display is the glass in front, which may be there before the terminal; nil before it has a size.
	display *theme.Display
}

func (b *behind) set(t *terminal) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.t = t; t != nil {
		t.display.Store(b.display)
	}
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

func (b *behind) run(ctx context.Context) {
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
	_, err := t.record.Save(s, r)
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

// repair gets the outbox to work again. One that turns out to be damaged is set aside by the next start.
func (b *behind) repair() error {
	err := b.get().box.Recover()
	if errors.Is(err, outbox.ErrDamaged) {
		slog.Error("the outbox is damaged; the glass starts anew with another one", "err", err)
		b.restart()
	}
	return err
}

func (b *behind) close() error {
	if t := b.get(); t != nil {
		return t.box.Close()
	}
	return nil
}

// seed draws a number for the random choices of one visit: at most 2⁵³, so that every tool reads it without loss.
func seed() uint64 {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(fmt.Sprintf("no randomness: %v", err)) // crypto/rand never fails on a working system
	}
	return binary.LittleEndian.Uint64(b[:]) >> 11
}
