package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"os/exec"
	"runtime/debug"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// xCurtain is a window of the X server over everything, the window manager included, with the picture as its ground: the
// server paints it without us, so it is there in the moment it is asked for and costs this process next to nothing. The
// picture is drawn by a short-lived kiosk hold; until it is, the ground is plain.
type xCurtain struct {
	self    string
	conn    *xgb.Conn // nil before open
	screen  *xproto.ScreenInfo
	window  xproto.Window
	down    bool
	drawing sync.Once
	drawn   context.Context // ends with the curtain
	cancel  func()
}

const pictureWithin = 30 * time.Second

// plainGround is what is seen when there is no picture: the paper of the screens.
const plainGround = 0xf6f7f5

func newCurtain(self string) curtain {
	c := &xCurtain{self: self}
	c.drawn, c.cancel = context.WithCancel(context.Background())
	return c
}

func (c *xCurtain) Prepare() {
	if c.open() {
		c.drawing.Do(func() { go c.draw() })
	}
}

// open makes the window, once there is a display.
func (c *xCurtain) open() bool {
	if c.conn != nil {
		return true
	}
	conn, err := xgb.NewConn()
	if err != nil {
		slog.Warn("there is no holding picture", "err", err)
		return false
	}
	screen := xproto.Setup(conn).DefaultScreen(conn)
	window, err := xproto.NewWindowId(conn)
	if err == nil {
		err = xproto.CreateWindowChecked(conn, screen.RootDepth, window, screen.Root, 0, 0, screen.WidthInPixels,
			screen.HeightInPixels, 0, xproto.WindowClassInputOutput, screen.RootVisual, xproto.CwBackPixel|xproto.CwOverrideRedirect,
			[]uint32{plainGround, 1}).Check()
	}
	if err != nil {
		slog.Warn("there is no holding picture", "err", err)
		conn.Close()
		return false
	}
	c.conn, c.screen, c.window = conn, screen, window
	return true
}

func (c *xCurtain) Drop() {
	if !c.open() {
		return
	}
	xproto.MapWindow(c.conn, c.window)
	xproto.ConfigureWindow(c.conn, c.window, xproto.ConfigWindowStackMode, []uint32{xproto.StackModeAbove})
	c.down = true
	c.sync()
	c.Prepare()
}

func (c *xCurtain) Lift() {
	if !c.down {
		return
	}
	xproto.UnmapWindow(c.conn, c.window)
	c.down = false
	c.sync()
}

func (c *xCurtain) Down() bool { return c.down }

func (c *xCurtain) Close() {
	c.cancel()
	if c.conn != nil {
		c.conn.Close()
	}
}

// sync waits until the server has done what it was told. A server that is gone takes the glass with it.
func (c *xCurtain) sync() {
	if _, err := xproto.GetInputFocus(c.conn).Reply(); err != nil {
		slog.Warn("the display does not answer", "err", err)
	}
}

// draw puts the picture on the window, which may be on the display already.
func (c *xCurtain) draw() {
	ctx, cancel := context.WithTimeout(c.drawn, pictureWithin)
	defer cancel()
	size := fmt.Sprintf("%dx%d", c.screen.WidthInPixels, c.screen.HeightInPixels)
	picture, err := exec.CommandContext(ctx, c.self, "hold", "--picture", "--size", size).Output()
	if err == nil {
		err = c.paint(picture)
	}
	debug.FreeOSMemory()
	if err != nil && c.drawn.Err() == nil {
		slog.Warn("the holding picture is a plain one", "err", err)
	}
}

// paint makes the picture the ground of the window.
func (c *xCurtain) paint(drawn []byte) error {
	screen := c.screen
	picture, err := png.Decode(bytes.NewReader(drawn))
	if err != nil {
		return err
	}
	setup := xproto.Setup(c.conn)
	for _, f := range setup.PixmapFormats {
		if f.Depth == screen.RootDepth && f.BitsPerPixel != 32 {
			return fmt.Errorf("a display of %d bits a pixel", f.BitsPerPixel)
		}
	}
	pixmap, err := xproto.NewPixmapId(c.conn)
	if err != nil {
		return err
	}
	b := picture.Bounds()
	w, h := uint16(b.Dx()), uint16(b.Dy())
	if err := xproto.CreatePixmapChecked(c.conn, screen.RootDepth, pixmap, xproto.Drawable(screen.Root), w, h).Check(); err != nil {
		return err
	}
	gc, err := xproto.NewGcontextId(c.conn)
	if err != nil {
		return err
	}
	xproto.CreateGC(c.conn, gc, xproto.Drawable(pixmap), 0, nil)
	strip := max(1, (int(setup.MaximumRequestLength)*4-64)/(4*b.Dx()))
	for y := 0; y < b.Dy(); y += strip {
		rows := min(strip, b.Dy()-y)
		data := pixels(picture, y, rows, setup.ImageByteOrder == xproto.ImageOrderMSBFirst)
		err := xproto.PutImageChecked(c.conn, xproto.ImageFormatZPixmap, xproto.Drawable(pixmap), gc, w, uint16(rows), 0, int16(y), 0,
			screen.RootDepth, data).Check()
		if err != nil {
			return err
		}
	}
	err = xproto.ChangeWindowAttributesChecked(c.conn, c.window, xproto.CwBackPixmap, []uint32{uint32(pixmap)}).Check()
	xproto.ClearArea(c.conn, false, c.window, 0, 0, 0, 0) // shows it at once
	xproto.FreeGC(c.conn, gc)
	xproto.FreePixmap(c.conn, pixmap) // the window keeps it
	return err
}

// pixels are rows of a picture as the server takes them: four bytes each, blue first or last.
func pixels(picture image.Image, from, rows int, big bool) []byte {
	b := picture.Bounds()
	data := make([]byte, 0, rows*b.Dx()*4)
	for y := range rows {
		for x := range b.Dx() {
			r, g, bl, _ := picture.At(b.Min.X+x, b.Min.Y+from+y).RGBA()
			if big {
				data = append(data, 0, byte(r>>8), byte(g>>8), byte(bl>>8))
			} else {
				data = append(data, byte(bl>>8), byte(g>>8), byte(r>>8), 0)
			}
		}
	}
	return data
}
