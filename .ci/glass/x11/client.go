// Package x11 touches and watches a glass from outside its process, as a finger and an eye would: XTEST for touches and
// keys, DAMAGE for what changed, the core protocol for pictures and windows.
package x11

import (
	"fmt"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// Client is a connection to a display. It is for one goroutine.
type Client struct {
	conn   *xgb.Conn
	root   xproto.Window
	Width  int // of the display, in pixels
	Height int
	keys   map[xproto.Keysym]xproto.Keycode
	atoms  map[string]xproto.Atom
	damage damage.Damage
	events chan event
	last   time.Time     // when the display changed last, as far as the events were taken up
	asks   int           // see Asks
	own    xproto.Window // asks the window manager questions; 0 before Watch
}

// event is what the server said and when it came.
type event struct {
	xgb.Event
	at time.Time
}

// Connect opens a display such as ":37" and watches everything on it.
func Connect(display string) (*Client, error) {
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		return nil, fmt.Errorf("display %s: %w", display, err)
	}
	setup := xproto.Setup(conn)
	screen := setup.DefaultScreen(conn)
	c := &Client{
		conn: conn, root: screen.Root, Width: int(screen.WidthInPixels), Height: int(screen.HeightInPixels),
		keys: map[xproto.Keysym]xproto.Keycode{}, atoms: map[string]xproto.Atom{}, events: make(chan event, 1024),
	}
	if err := xtest.Init(conn); err != nil {
		return nil, fmt.Errorf("display %s has no XTEST: %w", display, err)
	}
	if err := damage.Init(conn); err != nil {
		return nil, fmt.Errorf("display %s has no DAMAGE: %w", display, err)
	}
	if _, err := damage.QueryVersion(conn, 1, 1).Reply(); err != nil {
		return nil, err
	}
	if c.damage, err = damage.NewDamageId(conn); err != nil {
		return nil, err
	}
	if err := damage.CreateChecked(conn, c.damage, xproto.Drawable(c.root), damage.ReportLevelNonEmpty).Check(); err != nil {
		return nil, err
	}
	first, last := setup.MinKeycode, setup.MaxKeycode
	m, err := xproto.GetKeyboardMapping(conn, first, byte(last-first+1)).Reply()
	if err != nil {
		return nil, err
	}
	c.learnKeys(first, m)
	go c.receive()
	return c, nil
}

// learnKeys finds the key of each symbol: the one that has it first, or else any. Meta stands beside Alt on its key and has
// one of its own.
func (c *Client) learnKeys(first xproto.Keycode, m *xproto.GetKeyboardMappingReply) {
	others := map[xproto.Keysym]xproto.Keycode{}
	for i := 0; i < len(m.Keysyms); i += int(m.KeysymsPerKeycode) {
		code, foremost := first+xproto.Keycode(i/int(m.KeysymsPerKeycode)), true
		for _, sym := range m.Keysyms[i : i+int(m.KeysymsPerKeycode)] {
			if sym == 0 {
				continue
			}
			known := others
			if foremost {
				known, foremost = c.keys, false
			}
			if _, there := known[sym]; !there {
				known[sym] = code
			}
		}
	}
	for sym, code := range others {
		if _, there := c.keys[sym]; !there {
			c.keys[sym] = code
		}
	}
}

func (c *Client) receive() {
	defer close(c.events)
	for {
		e, err := c.conn.WaitForEvent()
		if e == nil && err == nil {
			return // closed
		}
		if e != nil {
			c.events <- event{e, time.Now()}
		}
	}
}

// Close ends the connection.
func (c *Client) Close() {
	c.conn.Close()
	for range c.events { // lets receive end
	}
}

// Tap touches a point with the pointer's button (1 is what a finger gives) and returns when the touch was sent.
func (c *Client) Tap(x, y int, button byte) time.Time {
	xtest.FakeInput(c.conn, xproto.MotionNotify, 0, 0, c.root, int16(x), int16(y), 0)
	at := time.Now()
	xtest.FakeInput(c.conn, xproto.ButtonPress, button, 0, c.root, 0, 0, 0)
	xtest.FakeInput(c.conn, xproto.ButtonRelease, button, 0, c.root, 0, 0, 0)
	c.sync()
	return at
}

// Press puts a finger on a point; Release lifts it.
func (c *Client) Press(x, y int) {
	xtest.FakeInput(c.conn, xproto.MotionNotify, 0, 0, c.root, int16(x), int16(y), 0)
	xtest.FakeInput(c.conn, xproto.ButtonPress, 1, 0, c.root, 0, 0, 0)
	c.sync()
}

// Release lifts the finger that Press put down.
func (c *Client) Release() {
	xtest.FakeInput(c.conn, xproto.ButtonRelease, 1, 0, c.root, 0, 0, 0)
	c.sync()
}

// Has reports whether the keyboard has a key.
func (c *Client) Has(k xproto.Keysym) bool { _, ok := c.keys[k]; return ok }

// Chord presses keys in this order and lets go of them backwards. Keys that the keyboard does not have are left out.
func (c *Client) Chord(keys ...xproto.Keysym) {
	var held []xproto.Keycode
	for _, k := range keys {
		if code, ok := c.keys[k]; ok {
			xtest.FakeInput(c.conn, xproto.KeyPress, byte(code), 0, c.root, 0, 0, 0)
			held = append(held, code)
		}
	}
	for i := len(held) - 1; i >= 0; i-- {
		xtest.FakeInput(c.conn, xproto.KeyRelease, byte(held[i]), 0, c.root, 0, 0, 0)
	}
	c.sync()
}

// sync waits until the server has taken up everything sent.
func (c *Client) sync() { _, _ = xproto.GetInputFocus(c.conn).Reply() }
