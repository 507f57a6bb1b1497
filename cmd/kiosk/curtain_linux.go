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
// picture is drawn by a short-lived kiosk hold.
type xCurtain struct {
	conn   *xgb.Conn
	window xproto.Window
	down   bool
	self   string
	begin  sync.Once
	ready  chan *xCurtain // what prepare made; nil when it could not
}

const pictureWithin = 30 * time.Second

// plainGround is what is seen when there is no picture: the paper of the screens.
const plainGround = 0xf6f7f5

func newCurtain(self string) curtain { return &xCurtain{self: self, ready: make(chan *xCurtain, 1)} }

func (c *xCurtain) Prepare() {
	c.begin.Do(func() {
		go func() {
			made := &xCurtain{}
			if err := made.prepare(c.self); err != nil {
				slog.Warn("there is no holding picture", "err", err)
				made = nil
			}
			c.ready <- made
		}()
	})
}

// take waits for the window when it is needed.
func (c *xCurtain) take() bool {
	c.Prepare()
	if c.ready != nil {
		if made := <-c.ready; made != nil {
			c.conn, c.window = made.conn, made.window
		}
		c.ready = nil
	}
	return c.conn != nil
}

func (c *xCurtain) Drop() {
	if !c.take() {
		return
	}
	xproto.MapWindow(c.conn, c.window)
	xproto.ConfigureWindow(c.conn, c.window, xproto.ConfigWindowStackMode, []uint32{xproto.StackModeAbove})
	c.down = true
	c.sync()
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

// prepare makes the window and puts the picture on it.
func (c *xCurtain) prepare(self string) error {
	conn, err := xgb.NewConn()
	if err != nil {
		return fmt.Errorf("the display: %w", err)
	}
	c.conn = conn
	screen := xproto.Setup(conn).DefaultScreen(conn)
	if c.window, err = xproto.NewWindowId(conn); err != nil {
		return err
	}
	w, h := screen.WidthInPixels, screen.HeightInPixels
	err = xproto.CreateWindowChecked(conn, screen.RootDepth, c.window, screen.Root, 0, 0, w, h, 0,
		xproto.WindowClassInputOutput, screen.RootVisual, xproto.CwBackPixel|xproto.CwOverrideRedirect,
		[]uint32{plainGround, 1}).Check()
	if err != nil {
		return fmt.Errorf("a window: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), pictureWithin)
	defer cancel()
	drawn, err := exec.CommandContext(ctx, self, "hold", "--picture", "--size", fmt.Sprintf("%dx%d", w, h)).Output()
	if err == nil {
		err = c.paint(screen, drawn)
	}
	debug.FreeOSMemory()
	if err != nil {
		slog.Warn("the holding picture is a plain one", "err", err)
	}
	return nil
}

// paint makes the picture the ground of the window.
func (c *xCurtain) paint(screen *xproto.ScreenInfo, drawn []byte) error {
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
