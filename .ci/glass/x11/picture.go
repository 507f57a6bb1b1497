package x11

import (
	"bytes"
	"errors"
	"time"

	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
)

// Picture is a part of the display: four bytes a pixel, row by row.
type Picture struct {
	X, Y, W, H int
	Pixels     []byte
}

// Same reports whether the pixels are equal.
func (p Picture) Same(other Picture) bool { return bytes.Equal(p.Pixels, other.Pixels) }

// Look takes a picture of a part of the display.
func (c *Client) Look(x, y, w, h int) (Picture, error) {
	r, err := xproto.GetImage(c.conn, xproto.ImageFormatZPixmap, xproto.Drawable(c.root), int16(x), int16(y), uint16(w), uint16(h),
		0xffffffff).Reply()
	if err != nil {
		return Picture{}, err
	}
	return Picture{x, y, w, h, r.Data}, nil
}

// LookAll takes a picture of the whole display.
func (c *Client) LookAll() (Picture, error) { return c.Look(0, 0, c.Width, c.Height) }

// Part cuts a piece out of a picture of the whole display.
func (p Picture) Part(x, y, w, h int) Picture {
	part := Picture{x, y, w, h, make([]byte, 0, w*h*4)}
	for row := y - p.Y; row < y-p.Y+h; row++ {
		at := (row*p.W + x - p.X) * 4
		part.Pixels = append(part.Pixels, p.Pixels[at:at+w*4]...)
	}
	return part
}

// Blank makes a part of a picture of the whole display black.
func (p Picture) Blank(x, y, w, h int) {
	for row := max(0, y); row < min(p.H, y+h); row++ {
		clear(p.Pixels[(row*p.W+max(0, x))*4 : (row*p.W+min(p.W, x+w))*4])
	}
}

// Sign finds where a picture tells itself from another one at a glance: the piece of w×h pixels, on a grid of such pieces,
// that differs in most pixels. It returns false when the pictures are equal.
func (p Picture) Sign(other Picture, w, h int) (Picture, bool) {
	best, most := Picture{}, 0
	for y := 0; y+h <= p.H; y += h {
		for x := 0; x+w <= p.W; x += w {
			differs := 0
			for row := y; row < y+h; row++ {
				at := (row*p.W + x) * 4
				a, b := p.Pixels[at:at+w*4], other.Pixels[at:at+w*4]
				for i := 0; i < len(a); i += 4 {
					if a[i] != b[i] || a[i+1] != b[i+1] || a[i+2] != b[i+2] {
						differs++
					}
				}
			}
			if differs > most {
				best, most = Picture{X: x, Y: y, W: w, H: h}, differs
			}
		}
	}
	if most == 0 {
		return Picture{}, false
	}
	return p.Part(best.X, best.Y, w, h), true
}

// ErrLate is returned when what was awaited did not come in time.
var ErrLate = errors.New("the glass did not change in time")

// errGone is returned when the server ended.
var errGone = errors.New("the display is gone")

// next waits for the next event of the server; ErrLate when none comes until then.
func (c *Client) next(until time.Time) (event, error) {
	var e event
	var ok bool
	select {
	case e, ok = <-c.events: // what was told already comes first, however late it is
	default:
		late := time.NewTimer(time.Until(until))
		defer late.Stop()
		select {
		case e, ok = <-c.events:
		case <-late.C:
			return e, ErrLate
		}
	}
	if !ok {
		return e, errGone
	}
	switch told := e.Event.(type) {
	case damage.NotifyEvent:
		damage.Subtract(c.conn, c.damage, 0, 0)
		c.last = e.at
	case xproto.ClientMessageEvent:
		if told.Type == c.Atom("_NET_ACTIVE_WINDOW") {
			c.asks++
		}
	}
	return e, nil
}

// damaged waits for the next change of the display and returns when it was told.
func (c *Client) damaged(until time.Time) (time.Time, error) {
	for {
		e, err := c.next(until)
		if _, ok := e.Event.(damage.NotifyEvent); ok || err != nil {
			return e.at, err
		}
	}
}

// Await waits for the first change of the display after which the wanted piece is on it, and returns when the server
// told of that change.
func (c *Client) Await(want Picture, patience time.Duration) (time.Time, error) {
	until := time.Now().Add(patience)
	for {
		at, err := c.damaged(until)
		if err != nil {
			return at, err
		}
		seen, err := c.Look(want.X, want.Y, want.W, want.H)
		if err != nil || seen.Same(want) {
			return at, err
		}
	}
}

// AwaitWhole waits like Await for a sign, a small piece of a picture, and then until the whole picture is there and stays for
// quiet. It returns when the server told of the last change before the picture was seen whole: at the latest then it was.
func (c *Client) AwaitWhole(sign, want Picture, quiet, patience time.Duration) (time.Time, error) {
	until := time.Now().Add(patience)
	at, err := c.Await(sign, patience)
	for whole := false; err == nil; {
		seen, lookErr := c.Look(want.X, want.Y, want.W, want.H)
		if lookErr != nil {
			return at, lookErr
		}
		switch same := seen.Same(want); {
		case same && !whole:
			whole = true
			if at, err = c.latest(at); err != nil {
				return at, err
			}
		case !same:
			whole = false
		}
		wait := until
		if whole {
			wait = time.Now().Add(quiet)
		}
		var changed time.Time
		changed, err = c.damaged(wait)
		if whole && errors.Is(err, ErrLate) {
			return at, nil
		}
		if !whole {
			at = changed
		}
	}
	return at, err
}

// latest takes up the changes that were told of already and returns when the last of them was; since when there is none.
func (c *Client) latest(since time.Time) (time.Time, error) {
	for {
		at, err := c.damaged(time.Now())
		if errors.Is(err, ErrLate) {
			return since, nil
		}
		if err != nil {
			return since, err
		}
		since = at
	}
}

// Settle waits until the display has not changed for quiet, and forgets the changes so far.
func (c *Client) Settle(quiet time.Duration) error {
	for {
		if _, err := c.damaged(time.Now().Add(quiet)); errors.Is(err, ErrLate) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
