package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// keepInFront brings the window back until ctx ends, whatever pushes it away: iconified, lowered, made smaller, sent to
// another desktop or covered. It listens to the X server on a connection of its own, so that it works while the glass
// paints, and does nothing while the window is where it belongs. Call it when the window is shown.
func keepInFront(ctx context.Context, w fyne.Window) {
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return
	}
	native.RunNative(func(c any) {
		if x, ok := c.(driver.X11WindowContext); ok && x.WindowHandle != 0 {
			go func() {
				if err := newKeeper(xproto.Window(x.WindowHandle)).keep(ctx); err != nil {
					slog.Error("the window is not watched; a window manager could cover it", "err", err)
				}
			}()
		}
	})
}

// keeper keeps one window in front. It is told of changes by the server and needs no clock while all is well.
type keeper struct {
	window, root xproto.Window
	conn         *xgb.Conn
	atoms        map[string]xproto.Atom
	width        uint16
	height       uint16
}

// Of the extended window manager hints: what to do with a state, and that a person asked (a manager may refuse what a
// program asks on its own).
const (
	stateRemove, stateAdd = 0, 1
	byPerson              = 2
)

// again is how long after an attempt the window is looked at once more, though nothing was heard.
const again = 150 * time.Millisecond

func newKeeper(w xproto.Window) *keeper { return &keeper{window: w, atoms: map[string]xproto.Atom{}} }

func (k *keeper) keep(ctx context.Context) error {
	xgb.Logger.SetOutput(io.Discard) // it tells of a missing .Xauthority, which is no trouble
	conn, err := xgb.NewConn()
	if err != nil {
		return fmt.Errorf("connecting to the X server: %w", err)
	}
	defer conn.Close()
	k.conn = conn
	screen := xproto.Setup(conn).DefaultScreen(conn)
	k.root = screen.Root
	masks := map[xproto.Window]uint32{
		k.window: xproto.EventMaskPropertyChange | xproto.EventMaskStructureNotify | xproto.EventMaskVisibilityChange |
			xproto.EventMaskFocusChange,
		k.root: xproto.EventMaskPropertyChange | xproto.EventMaskStructureNotify,
	}
	for w, mask := range masks {
		if err := xproto.ChangeWindowAttributesChecked(conn, w, xproto.CwEventMask, []uint32{mask}).Check(); err != nil {
			return fmt.Errorf("listening to window %#x: %w", w, err)
		}
	}
	heard := make(chan xgb.Event, 64)
	go func() {
		defer close(heard)
		for {
			e, err := conn.WaitForEvent()
			if e == nil && err == nil {
				return
			}
			if e != nil {
				heard <- e
			}
		}
	}()
	defer func() {
		conn.Close()
		for range heard { // lets the reader end
		}
	}()
	obscured := false
	var tried time.Time
	look := time.NewTimer(again)
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-heard:
			if !ok {
				return nil // the display is gone, and with it the window
			}
			if v, ok := e.(xproto.VisibilityNotifyEvent); ok {
				obscured = v.State != xproto.VisibilityUnobscured
			}
		case <-look.C:
		}
		// what is done here is heard here too: an attempt is given its time, or one would be made for each change of the last
		if since := time.Since(tried); since < again {
			look.Reset(again - since)
		} else if !k.inFront() || obscured {
			k.bringBack()
			tried = time.Now()
			look.Reset(again)
		}
	}
}

// inFront reports whether the window is shown and as large as the display.
func (k *keeper) inFront() bool {
	a, err := xproto.GetWindowAttributes(k.conn, k.window).Reply()
	if err != nil {
		return true // the window is gone: nothing is to be kept
	}
	display, err := xproto.GetGeometry(k.conn, xproto.Drawable(k.root)).Reply()
	if err != nil {
		return true
	}
	g, err := xproto.GetGeometry(k.conn, xproto.Drawable(k.window)).Reply()
	if err != nil {
		return true
	}
	at, err := xproto.TranslateCoordinates(k.conn, k.window, k.root, 0, 0).Reply()
	if err != nil {
		return true
	}
	k.width, k.height = display.Width, display.Height
	return a.MapState == xproto.MapStateViewable && g.Width >= display.Width && g.Height >= display.Height &&
		at.DstX <= 0 && at.DstY <= 0
}

// bringBack asks the window manager, as a taskbar would, and where there is none does it itself.
func (k *keeper) bringBack() {
	for _, unwanted := range []string{"_NET_WM_STATE_HIDDEN", "_NET_WM_STATE_SHADED", "_NET_WM_STATE_BELOW"} {
		k.tell(k.window, "_NET_WM_STATE", stateRemove, uint32(k.atom(unwanted)), 0, byPerson)
	}
	k.tell(k.root, "_NET_SHOWING_DESKTOP", 0)
	if here, ok := k.number(k.root, "_NET_CURRENT_DESKTOP"); ok {
		k.tell(k.window, "_NET_WM_DESKTOP", here, byPerson)
	}
	k.tell(k.window, "_NET_ACTIVE_WINDOW", byPerson, xproto.TimeCurrentTime, 0)
	k.tell(k.window, "_NET_WM_STATE", stateAdd, uint32(k.atom("_NET_WM_STATE_FULLSCREEN")), 0, byPerson)
	if _, managed := k.number(k.root, "_NET_SUPPORTING_WM_CHECK"); !managed {
		xproto.MapWindow(k.conn, k.window)
		xproto.ConfigureWindow(k.conn, k.window, xproto.ConfigWindowX|xproto.ConfigWindowY|xproto.ConfigWindowWidth|
			xproto.ConfigWindowHeight, []uint32{0, 0, uint32(k.width), uint32(k.height)})
	}
	xproto.ConfigureWindow(k.conn, k.window, xproto.ConfigWindowStackMode, []uint32{xproto.StackModeAbove})
	_, _ = xproto.GetInputFocus(k.conn).Reply() // all was taken up
}

func (k *keeper) atom(name string) xproto.Atom {
	a, ok := k.atoms[name]
	if !ok {
		if r, err := xproto.InternAtom(k.conn, false, uint16(len(name)), name).Reply(); err == nil {
			a = r.Atom
			k.atoms[name] = a
		}
	}
	return a
}

// number reads a property of one number.
func (k *keeper) number(w xproto.Window, name string) (uint32, bool) {
	r, err := xproto.GetProperty(k.conn, false, w, k.atom(name), xproto.GetPropertyTypeAny, 0, 1).Reply()
	if err != nil || r.Format != 32 || len(r.Value) < 4 {
		return 0, false
	}
	return binary.LittleEndian.Uint32(r.Value), true
}

// tell sends the window manager a message about a window.
func (k *keeper) tell(w xproto.Window, name string, data ...uint32) {
	full := make([]uint32, 5)
	copy(full, data)
	e := xproto.ClientMessageEvent{Format: 32, Window: w, Type: k.atom(name), Data: xproto.ClientMessageDataUnionData32New(full)}
	xproto.SendEvent(k.conn, false, k.root, xproto.EventMaskSubstructureNotify|xproto.EventMaskSubstructureRedirect,
		string(e.Bytes()))
}
