package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"otklik/kiosk/glass"
	"otklik/kiosk/loop"
	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
	"otklik/sync/agent"
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

// Validate says what is wrong with how the glass was started, before anything is.
func (f *glassFlags) Validate() error {
	if f.Via == "" {
		return nil
	}
	if _, _, err := net.SplitHostPort(f.Via); err != nil {
		return fmt.Errorf("--via %q is no HOST:PORT: %w", f.Via, err)
	}
	return nil
}

// Run asks visitors until the program is told to stop: by a signal or by the end of its standard input, which the
// supervisor holds. On its standard output it says that its UI thread answers. A disk that does not work is no reason to
// show a desktop: the glass comes up out of service, and asks as soon as the terminal behind it can be opened.
func (c *glassCommand) Run() error {
	dir, err := c.where()
	if err != nil {
		return err
	}
	brand, err := theme.FindBrand(c.Brand)
	if err != nil {
		return err
	}
	for _, a := range brand.Advice {
		slog.Warn("the brand could be read more easily", "advice", a)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if supervised {
		go outlived(stop)
	}
	trace, err := openTrace(c.Trace)
	if err != nil {
		return err
	}
	relay, err := newRelay(c.RelayListen, c.RelayFor)
	if err != nil {
		return err
	}
	var g *glass.Glass
	ready := make(chan struct{}) // closed when there is a glass to configure
	behind := newBehind()
	behind.trace = trace
	offer := &offer{dir: dir, ready: ready, room: behind.room, show: func(v visit.Config) { g.Configure(v) }}
	corner := newCorner(dir, behind, offer, stop)
	behind.anew, behind.revoked = corner.Restart, offer.stop
	configured := func(config wire.TerminalConfig, all []*surveys.Survey) {
		offer.set(c.visitConfig(config, all, behind))
		corner.configure(config)
	}
	behind.open = func() (*terminal, error) { return openTerminal(dir, c.Via, configured) }
	t, failed := behind.open()
	unenrolled := errors.Is(failed, agent.ErrNotEnrolled)
	var work sync.WaitGroup
	work.Go(func() { behind.run(ctx) })
	work.Go(func() { relay.run(ctx, behind) })
	enrol := &enroller{dir: dir, asked: make(chan enrolRequest)}
	first, config := visit.Config{Unenrolled: true}, wire.TerminalConfig{}
	switch {
	case failed == nil:
		behind.set(t)
		config = t.config
		first = c.visitConfig(config, t.surveys, behind)
	case unenrolled:
		slog.Warn("this terminal is not enrolled; waiting for a code on the glass or for kiosk enrol", "data", dir)
		work.Go(func() {
			if t := enrol.await(ctx, behind.open); t != nil {
				behind.set(t)
				configured(t.config, t.surveys)
				loop.Do(corner.enrolled)
			}
		})
	default: // what can be read tells the language and lets IT in; the rest comes with the disk
		var known []*surveys.Survey
		config, known, _ = agent.LoadLastGood(dir)
		first = c.visitConfig(config, known, behind)
		behind.lacks(failed)
		behind.rise = func(t *terminal) { configured(t.config, t.surveys) }
	}
	show(ctx, brand, func() *glass.Glass {
		if !unenrolled {
			offer.stopped = t != nil && !t.agent.Status().Revoked.IsZero()
			first = offer.begin(first)
			corner.configure(config)
		}
		g = glass.New(glass.Config{
			Display: theme.Display{Inches: c.Diagonal, Distance: c.Distance}, Brand: brand, Clock: c.Clock, Discreet: c.Discreet, Visit: first, Seed: seed,
			Save: behind.save, Repair: behind.repair, RepairEvery: repairEvery, Sized: behind.sized, Touched: behind.touched, Painted: trace.painted(),
		})
		corner.attach(g)
		switch {
		case unenrolled:
			corner.ask(enrol)
		case failed != nil:
			g.Fail(failed)
		}
		close(ready)
		work.Go(func() { offer.watch(ctx) })
		if c.Aloud != "off" {
			work.Go(func() { readAloud(ctx, c.Aloud == "headphones", g) })
		}
		if supervised {
			go pulse(ctx, c.HangAfter/4, os.Stdout)
		}
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

// seed draws a number for the random choices of one visit: at most 2⁵³, so that every tool reads it without loss.
func seed() uint64 {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(fmt.Sprintf("no randomness: %v", err)) // crypto/rand never fails on a working system
	}
	return binary.LittleEndian.Uint64(b[:]) >> 11
}
