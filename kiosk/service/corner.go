package service

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"otklik/kiosk/keyboard"
	"otklik/kiosk/screen"
	"otklik/kiosk/words"
)

// leaveAfter is how long the corner stays open without a touch.
const leaveAfter = 60 * time.Second

// maxPIN bounds what is typed, in digits.
const maxPIN = 12

// Config is what a corner is made of.
type Config struct {
	Terminal Terminal
	Lock     *Lock
	Machine  Machine
	// Show puts a panel on the glass, and with nil gives the glass back; Cells is how many columns and rows of cells a grid
	// has there.
	Show  func(panel *screen.Panel, touched func(name string))
	Cells func() (columns, rows int)
	// Do runs f on the thread of the glass, After there too when the time has passed unless it is stopped before.
	Do    func(f func())
	After func(d time.Duration, f func()) (stop func() bool)
}

// Corner is the open or closed corner. Its methods belong to the thread of the glass.
type Corner struct {
	cfg      Config
	language string
	page     string // "" while closed
	board    *keyboard.Keyboard
	problem  string // what is wrong with what was typed
	busy     bool
	result   []screen.PanelLine // of what was tried on this page
	state    *State             // nil until it is known; of the page of that name, as the next two
	offers   []Offer
	picked   string
	media    []Medium
	looked   bool // what the page is about is known
	cells    map[int]bool
	stopGrid func() bool // the wait for a cell that does not answer; nil while none is waited for
	colour   int
	cancel   context.CancelFunc // ends what runs for this page; nil for nothing
	stopIdle func() bool
	opened   int // counts pages, so that a late result finds its page gone
}

// New makes a closed corner.
func New(cfg Config) *Corner { return &Corner{cfg: cfg} }

// Open asks for the PIN, in the language of the glass.
func (c *Corner) Open(language string) {
	c.language = words.In(language).Language()
	c.board = keyboard.NewPad(keyboard.PinPad, "", maxPIN)
	c.turn("pin")
}

// close gives the glass back.
func (c *Corner) close() {
	c.leavePage()
	c.page, c.board = "", nil
	if c.stopIdle != nil {
		c.stopIdle()
	}
	c.cfg.Show(nil, nil)
}

func (c *Corner) leavePage() {
	if c.cancel != nil {
		c.cancel()
		c.cancel = nil
	}
	if c.stopGrid != nil {
		c.stopGrid()
		c.stopGrid = nil
	}
	c.problem, c.busy, c.result, c.cells, c.colour = "", false, nil, nil, 0
	c.state, c.offers, c.media, c.looked = nil, nil, nil, false
	c.opened++
}

// turn shows another page.
func (c *Corner) turn(page string) {
	c.leavePage()
	c.page = page
	c.alive()
	if p := pages[page]; p != nil && p.look != nil {
		c.later(func(context.Context) func() { return p.look(c) })
	}
	c.show()
}

// alive notes that somebody is here.
func (c *Corner) alive() {
	if c.stopIdle != nil {
		c.stopIdle()
	}
	c.stopIdle = c.cfg.After(leaveAfter, c.close)
}

func (c *Corner) say(key string) string { return words.In(c.language).Say("service." + key) }

func (c *Corner) show() { c.cfg.Show(c.panel(), c.touched) }

// later runs work off the thread of the glass; what it returns runs there, if the page is still the same.
func (c *Corner) later(work func(context.Context) func()) {
	if c.cancel != nil {
		c.cancel()
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	at := c.opened
	go func() {
		then := work(ctx)
		c.cfg.Do(func() {
			if c.opened == at && c.page != "" {
				then()
				c.show()
			}
		})
	}()
}

// tell shows a result while work goes on.
func (c *Corner) tell(at int, line screen.PanelLine) {
	c.cfg.Do(func() {
		if c.opened == at && c.page != "" {
			c.result = append(c.result, line)
			c.show()
		}
	})
}

// touched takes a touch.
func (c *Corner) touched(name string) {
	if c.page == "" {
		return
	}
	c.alive()
	switch {
	case c.page == "pin":
		c.pinTouched(name)
		return
	case name == "back" || name == "escape":
		if c.page == "menu" {
			c.close()
		} else {
			c.turn("menu")
		}
		return
	case c.page == "menu" && pages[name] != nil:
		c.turn(name)
		return
	case c.page == "menu" && name == "restart":
		c.close()
		c.cfg.Terminal.Restart()
		return
	case c.page == "menu" && name == "leave" && c.cfg.Terminal.MayLeave():
		c.close()
		c.cfg.Terminal.Leave()
		return
	}
	if p := pages[c.page]; p != nil && p.touched != nil && !c.busy {
		p.touched(c, name)
	}
	if c.page != "" {
		c.show()
	}
}

// pinTouched takes a touch on the page of the PIN.
func (c *Corner) pinTouched(name string) {
	switch name {
	case "back", "escape":
		c.close()
		return
	case "open", "enter":
		if c.busy || c.board.Text() == "" {
			return
		}
		pin := c.board.Text()
		c.busy = true
		c.later(func(context.Context) func() {
			right, err := c.cfg.Lock.Try(pin)
			return func() { c.tried(right, err) }
		})
	}
	c.show()
}

func (c *Corner) tried(right bool, err error) {
	if right && err == nil {
		c.board = nil
		c.turn("menu")
		return
	}
	c.busy = false
	c.board = keyboard.NewPad(keyboard.PinPad, "", maxPIN)
	switch {
	case errors.Is(err, ErrWait):
		c.problem = ""
	case err != nil:
		slog.Error("the service corner cannot be opened", "err", err)
		c.problem = c.say("pin.broken")
	default:
		slog.Warn("a wrong PIN for the service corner")
		c.problem = c.say("pin.wrong")
	}
}

// panel is the page as it is now.
func (c *Corner) panel() *screen.Panel {
	p := &screen.Panel{Name: "service-" + c.page, Language: c.language}
	back := screen.PanelKey{Name: "back", Text: words.In(c.language).Say("back")}
	switch c.page {
	case "pin":
		p.Title, p.Board, p.Secret, p.Placeholder = c.say("pin.title"), c.board, true, c.say("pin.placeholder")
		p.Foot = []screen.PanelKey{back, {Name: "open", Text: c.say("pin.open")}}
		if c.problem != "" {
			p.Lines = append(p.Lines, screen.PanelLine{Text: c.problem, Sign: screen.BadSign})
		}
		if wait := c.cfg.Lock.Wait(); wait > 0 {
			p.Lines = append(p.Lines, screen.PanelLine{Text: c.say("pin.wait") + " " + span(c.language, wait), Sign: screen.BadSign})
		}
	case "menu":
		p.Title = c.say("title")
		for _, name := range menu {
			p.Keys = append(p.Keys, screen.PanelKey{Name: name, Text: c.say("menu." + name)})
		}
		p.Keys = append(p.Keys, screen.PanelKey{Name: "restart", Text: c.say("menu.restart")})
		if c.cfg.Terminal.MayLeave() {
			p.Keys = append(p.Keys, screen.PanelKey{Name: "leave", Text: c.say("menu.leave")})
		}
		p.Foot = []screen.PanelKey{{Name: "back", Text: c.say("close")}}
	default:
		p.Title, p.Foot = c.say("menu."+c.page), []screen.PanelKey{back}
		pages[c.page].panel(c, p)
	}
	return p
}
