package x11

import (
	"errors"
	"fmt"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Watch listens, from now on, to what programs and the window manager tell each other. It is needed for Managed and
// Asks.
func (c *Client) Watch() error {
	listen := uint32(xproto.EventMaskSubstructureNotify)
	if err := xproto.ChangeWindowAttributesChecked(c.conn, c.root, xproto.CwEventMask, []uint32{listen}).Check(); err != nil {
		return err
	}
	w, err := xproto.NewWindowId(c.conn)
	if err != nil {
		return err
	}
	err = xproto.CreateWindowChecked(c.conn, 0, w, c.root, -2, -2, 1, 1, 0, xproto.WindowClassInputOnly, 0,
		xproto.CwOverrideRedirect|xproto.CwEventMask, []uint32{1, xproto.EventMaskPropertyChange}).Check()
	c.own = w
	return err
}

// Managed returns when the window manager has done everything that it was told before: it is asked a question that it
// answers in turn.
func (c *Client) Managed(patience time.Duration) error {
	answer := c.Atom("_NET_FRAME_EXTENTS")
	c.Message(c.own, "_NET_REQUEST_FRAME_EXTENTS")
	for until := time.Now().Add(patience); ; {
		e, err := c.next(until)
		if errors.Is(err, ErrLate) {
			return fmt.Errorf("the window manager has not answered for %s", patience)
		}
		if err != nil {
			return err
		}
		if p, ok := e.Event.(xproto.PropertyNotifyEvent); ok && p.Window == c.own && p.Atom == answer {
			return nil
		}
	}
}

// Asks is how often programs have asked the window manager to bring a window to the front, as far as the events were taken
// up; Asked waits until that is more than it was.
func (c *Client) Asks() int { return c.asks }

// Asked waits for more asks than before.
func (c *Client) Asked(before int, patience time.Duration) error {
	for until := time.Now().Add(patience); c.asks <= before; {
		if _, err := c.next(until); err != nil {
			return err
		}
	}
	return nil
}

// Over returns the uppermost window shown, when that neither is w nor has it inside; else 0.
func (c *Client) Over(w xproto.Window) xproto.Window {
	top, _ := c.top()
	if top == w || c.inside(w, top) {
		return 0
	}
	return top
}

// Managers reports whether a window is the window manager's own, such as a menu of its.
func (c *Client) Managers(w xproto.Window) bool {
	manager := c.property(c.root, "_NET_SUPPORTING_WM_CHECK")
	mask := ^xproto.Setup(c.conn).ResourceIdMask
	return len(manager) == 1 && w != 0 && uint32(w)&mask == manager[0]&mask
}
