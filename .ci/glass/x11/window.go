package x11

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/jezek/xgb/xproto"
)

// Atom returns the number of a name.
func (c *Client) Atom(name string) xproto.Atom {
	a, ok := c.atoms[name]
	if !ok {
		if r, err := xproto.InternAtom(c.conn, false, uint16(len(name)), name).Reply(); err == nil {
			a = r.Atom
			c.atoms[name] = a
		}
	}
	return a
}

// property reads a property of 32-bit numbers; none when it is not set or the window is gone.
func (c *Client) property(w xproto.Window, name string) []uint32 {
	r, err := xproto.GetProperty(c.conn, false, w, c.Atom(name), xproto.GetPropertyTypeAny, 0, 1<<12).Reply()
	if err != nil || r.Format != 32 {
		return nil
	}
	values := make([]uint32, len(r.Value)/4)
	for i := range values {
		values[i] = binary.LittleEndian.Uint32(r.Value[4*i:])
	}
	return values
}

// Title returns a window's name.
func (c *Client) Title(w xproto.Window) string {
	for _, name := range []string{"_NET_WM_NAME", "WM_NAME"} {
		r, err := xproto.GetProperty(c.conn, false, w, c.Atom(name), xproto.GetPropertyTypeAny, 0, 1<<14).Reply()
		if err == nil && len(r.Value) > 0 {
			return string(r.Value)
		}
	}
	return ""
}

// Window is what the display says of one window of a program.
type Window struct {
	ID      xproto.Window
	PID     int
	Visible bool // mapped, and so are all around it
	X, Y    int  // on the display
	W, H    int
	States  []string // of _NET_WM_STATE
}

// Fills reports whether the window takes the whole display.
func (w Window) Fills(c *Client) bool {
	return w.Visible && w.X == 0 && w.Y == 0 && w.W == c.Width && w.H == c.Height
}

// Windows returns the windows that say which process they belong to, the uppermost last. A window manager's own are
// among them where it says so.
func (c *Client) Windows() []Window {
	var all []Window
	c.walk(c.root, 0, &all)
	return all
}

func (c *Client) walk(w xproto.Window, depth int, all *[]Window) {
	tree, err := xproto.QueryTree(c.conn, w).Reply()
	if err != nil || depth > 4 {
		return
	}
	for _, child := range tree.Children { // bottom to top
		if pid := c.property(child, "_NET_WM_PID"); len(pid) == 1 {
			if found, err := c.describe(child, int(pid[0])); err == nil {
				*all = append(*all, found)
			}
		}
		c.walk(child, depth+1, all)
	}
}

func (c *Client) describe(w xproto.Window, pid int) (Window, error) {
	found := Window{ID: w, PID: pid}
	attributes, err := xproto.GetWindowAttributes(c.conn, w).Reply()
	if err != nil {
		return found, err
	}
	geometry, err := xproto.GetGeometry(c.conn, xproto.Drawable(w)).Reply()
	if err != nil {
		return found, err
	}
	at, err := xproto.TranslateCoordinates(c.conn, w, c.root, 0, 0).Reply()
	if err != nil {
		return found, err
	}
	found.Visible = attributes.MapState == xproto.MapStateViewable
	found.X, found.Y, found.W, found.H = int(at.DstX), int(at.DstY), int(geometry.Width), int(geometry.Height)
	for _, a := range c.property(w, "_NET_WM_STATE") {
		if name, err := xproto.GetAtomName(c.conn, xproto.Atom(a)).Reply(); err == nil {
			found.States = append(found.States, name.Name)
		}
	}
	return found, nil
}

// On says why the window is not what a person at the display sees, full screen and above everything; nil when it is.
func (c *Client) On(w Window) error {
	switch {
	case !w.Visible:
		return fmt.Errorf("the window is not shown (%v)", w.States)
	case !w.Fills(c):
		return fmt.Errorf("the window is %dx%d at %d,%d on a display of %dx%d", w.W, w.H, w.X, w.Y, c.Width, c.Height)
	}
	top, err := c.top()
	if err != nil {
		return err
	}
	if top == w.ID || c.inside(w.ID, top) { // the window, or the frame that a manager put around it
		return nil
	}
	place := "gone by now"
	if g, err := xproto.GetGeometry(c.conn, xproto.Drawable(top)).Reply(); err == nil {
		place = fmt.Sprintf("%dx%d at %d,%d", g.Width, g.Height, g.X, g.Y)
	}
	return fmt.Errorf("window %#x (%q, %s) lies over the glass", top, c.Title(top), place)
}

// top returns the uppermost window that is seen.
func (c *Client) top() (xproto.Window, error) {
	tree, err := xproto.QueryTree(c.conn, c.root).Reply()
	if err != nil {
		return 0, err
	}
	for _, top := range slices.Backward(tree.Children) {
		a, err := xproto.GetWindowAttributes(c.conn, top).Reply()
		if err != nil || a.MapState != xproto.MapStateViewable || a.Class == xproto.WindowClassInputOnly {
			continue
		}
		g, err := xproto.GetGeometry(c.conn, xproto.Drawable(top)).Reply()
		if err != nil || int(g.X) >= c.Width || int(g.Y) >= c.Height || int(g.X)+int(g.Width) <= 0 || int(g.Y)+int(g.Height) <= 0 {
			continue // off the display
		}
		return top, nil
	}
	return 0, fmt.Errorf("the display shows no window at all")
}

func (c *Client) inside(w, outer xproto.Window) bool {
	for range 8 {
		tree, err := xproto.QueryTree(c.conn, w).Reply()
		if err != nil || tree.Parent == 0 {
			return false
		}
		if tree.Parent == outer {
			return true
		}
		w = tree.Parent
	}
	return false
}

// Message sends a window manager's message about a window, as a taskbar would: to the root, as the standard asks.
func (c *Client) Message(w xproto.Window, name string, data ...uint32) {
	c.send(w, c.root, xproto.EventMaskSubstructureNotify|xproto.EventMaskSubstructureRedirect, name, data)
}

// Protocol sends a message of WM_PROTOCOLS straight to a window, as a window manager would.
func (c *Client) Protocol(w xproto.Window, name string) {
	c.send(w, w, xproto.EventMaskNoEvent, "WM_PROTOCOLS", []uint32{uint32(c.Atom(name)), xproto.TimeCurrentTime})
}

func (c *Client) send(w, to xproto.Window, mask uint32, name string, data []uint32) {
	full := make([]uint32, 5)
	copy(full, data)
	e := xproto.ClientMessageEvent{Format: 32, Window: w, Type: c.Atom(name), Data: xproto.ClientMessageDataUnionData32New(full)}
	xproto.SendEvent(c.conn, false, to, mask, string(e.Bytes()))
	c.sync()
}

// Root is the window that lies under all others.
func (c *Client) Root() xproto.Window { return c.root }

// Titled returns the names of all windows that have one.
func (c *Client) Titled() []string {
	var all []string
	var walk func(w xproto.Window, depth int)
	walk = func(w xproto.Window, depth int) {
		tree, err := xproto.QueryTree(c.conn, w).Reply()
		if err != nil || depth > 4 {
			return
		}
		for _, child := range tree.Children {
			if title := c.Title(child); title != "" {
				all = append(all, title)
			}
			walk(child, depth+1)
		}
	}
	walk(c.root, 0)
	return all
}
