// Package glass drives what a visitor sees: it hands touches and the passing of time to the visit, has finished
// responses stored off Fyne's thread, and shows what follows. Thanks are shown only after the response is durable.
package glass

import (
	"log/slog"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"otklik/kiosk/loop"
	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// Config is what a glass needs of the terminal around it.
type Config struct {
	Display theme.Display
	Brand   *theme.Brand
	Visit   visit.Config
	// Seed gives each visit the number that its random choices follow from.
	Seed func() uint64
	// Save makes the response to a survey durable; it is called off Fyne's thread, one call at a time. When it returns nil the visitor is
	// thanked; an error puts the terminal out of service until Repair succeeds.
	Save func(*surveys.Survey, *surveys.Response) error
	// Repair tries to get storage to work again and returns nil when it does. It is called every RepairEvery while the
	// terminal is out of service.
	Repair      func() error
	RepairEvery time.Duration
	// Sized, which may be nil, is told of the display whenever the glass gets a size.
	Sized func(theme.Display)
	// Clock shows the time of day on the attract screen.
	Clock bool
	// Discreet has no answer show that it is touched; see screen.Stage.
	Discreet bool
	// Touched, which may be nil, is told of each touch; see screen.Stage.
	Touched func(screen.Touch)
	// Painted, which may be nil, is told of each screen, after the frame that a touch brought is on the display.
	Painted func(screen.Painted)
}

// Glass is the glass of one terminal. Its methods belong to Fyne's thread, but for Configure.
type Glass struct {
	cfg     Config
	machine *visit.Machine
	stage   *screen.Stage
	seen    uint64 // the View.Shown that was painted last
	drawing bool   // its frame may not be on the display yet
	timer   *time.Timer
	scenes  *time.Timer // wakes a screen that waits for visitors
	waits   visit.Screen
	since   time.Time // when it came; zero while none is there
}

// New makes a glass that waits for a visitor.
func New(cfg Config) *Glass {
	g := &Glass{cfg: cfg}
	g.machine = visit.New(cfg.Visit, cfg.Seed, time.Now())
	var painted func(screen.Painted)
	if cfg.Painted != nil {
		painted = func(p screen.Painted) {
			shown := g.seen
			loop.AfterFrame(func() {
				g.drawn(shown)
				cfg.Painted(p)
			})
		}
	}
	g.stage = screen.NewStage(cfg.Display, cfg.Brand, g.handle, painted)
	g.stage.SetSized(cfg.Sized)
	g.stage.SetFelt(cfg.Touched)
	g.stage.SetDiscreet(cfg.Discreet)
	g.stage.SetUnseen(g.unseen)
	g.timer = time.AfterFunc(time.Hour, func() { loop.Do(func() { g.handle(visit.Tick{}) }) })
	g.timer.Stop()
	g.scenes = time.AfterFunc(time.Hour, func() { loop.Do(g.turn) })
	g.scenes.Stop()
	g.show()
	return g
}

// Open puts the glass into a window and takes its keyboard.
func (g *Glass) Open(w fyne.Window) {
	w.SetPadded(false)
	w.SetContent(g.stage.Content())
	w.Canvas().SetOnTypedRune(g.stage.TypedRune)
	w.Canvas().SetOnTypedKey(g.stage.TypedKey)
	if keys, ok := w.Canvas().(desktop.Canvas); ok {
		keys.SetOnKeyDown(g.stage.KeyDown)
		keys.SetOnKeyUp(g.stage.KeyUp)
	}
}

// Configure takes up other surveys: at once when nobody is here, else after the visit. It may be called from anywhere.
func (g *Glass) Configure(cfg visit.Config) {
	loop.Do(func() {
		g.machine.Configure(cfg, time.Now())
		g.show()
	})
}

// SetVoice has what is on the glass read aloud to those who ask for it; see screen.Stage.
func (g *Glass) SetVoice(v screen.Voice) { g.stage.SetVoice(v) }

// SetCorner has open called, with the language shown, when a hand rests in the hidden corner while nobody is asked; nil
// takes the corner away.
func (g *Glass) SetCorner(open func(language string)) {
	if open == nil {
		g.stage.SetCorner(nil)
		return
	}
	g.stage.SetCorner(func() { open(g.machine.View(time.Now()).Language) })
}

// ShowPanel puts a panel in place of the visit, and with nil gives the glass back to it; see screen.Stage.
func (g *Glass) ShowPanel(p *screen.Panel, touched func(name string)) { g.stage.ShowPanel(p, touched) }

// Cells is how many columns and rows of cells the grid of a panel has.
func (g *Glass) Cells() (columns, rows int) { return g.stage.GridSize() }

// handle takes up an event and shows what follows.
func (g *Glass) handle(e visit.Event) {
	response := g.machine.Handle(e, time.Now())
	g.show()
	if response != nil {
		go g.save(g.machine.View(time.Now()).Survey, response)
	}
}

func (g *Glass) show() {
	now := time.Now()
	v := g.machine.View(now)
	g.drawing = g.drawing || g.seen != v.Shown
	g.seen = v.Shown
	g.wake(v) // first: the screen appears as its scene has it
	g.stage.Show(v)
	loop.AfterFrame(func() { g.drawn(v.Shown) })
	g.timer.Stop()
	if d := g.machine.Deadline(now); !d.IsZero() {
		g.timer.Reset(max(0, d.Sub(now)))
	}
}

// Fail puts the glass out of service, for storage that does not work, until Repair succeeds. It is called before the glass
// is opened.
func (g *Glass) Fail(err error) {
	slog.Error("storage does not work; the terminal is out of service", "err", err)
	g.handle(visit.SaveFailed{})
	go func() {
		<-time.After(g.cfg.RepairEvery)
		g.repair()
	}()
}

// drawn notes that a screen is on the display. What Fyne is given to do while it handles a touch it does after the frame; a
// touch that waited for the frame comes before or just after that.
func (g *Glass) drawn(shown uint64) {
	if g.drawing && g.seen == shown {
		g.drawing = false
		g.machine.Appeared(time.Now())
	}
}

// unseen reports whether a touch cannot have been meant for the screen that is there. On the warning any touch counts.
func (g *Glass) unseen() bool {
	now := time.Now()
	return g.machine.Unseen(now) || g.drawing && g.machine.View(now).Warning == 0
}

// save stores a response and says so; without success it keeps trying to repair the storage.
func (g *Glass) save(s *surveys.Survey, response *surveys.Response) {
	err := g.cfg.Save(s, response)
	if err == nil {
		loop.Do(func() { g.handle(visit.Saved{}) })
		return
	}
	slog.Error("the answer could not be stored; the terminal is out of service", "err", err)
	loop.Do(func() { g.handle(visit.SaveFailed{}) })
	g.repair()
}

// repair tries until the storage works again.
func (g *Glass) repair() {
	for wait := time.NewTicker(g.cfg.RepairEvery); ; <-wait.C {
		err := g.cfg.Repair()
		if err == nil {
			wait.Stop()
			break
		}
		slog.Warn("storage still does not work", "err", err, "next_try", g.cfg.RepairEvery)
	}
	slog.Info("storage works again")
	loop.Do(func() { g.handle(visit.Recovered{}) })
}
