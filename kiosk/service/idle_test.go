package service_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"otklik/kiosk/screen"
	"otklik/kiosk/service"
)

// quiet is a terminal that has nothing to say.
type quiet struct{ service.Terminal }

func (quiet) MayLeave() bool                                  { return false }
func (quiet) State() service.State                            { return service.State{} }
func (quiet) Network(context.Context, func(service.Step))     {}
func (quiet) Offers(string) (all []service.Offer, one string) { return nil, "" }

// timers is a clock that a test winds on; it runs what is due.
type timers struct {
	now time.Time
	due map[int]timer
	n   int
}

type timer struct {
	at time.Time
	do func()
}

func (c *timers) after(d time.Duration, f func()) (stop func() bool) {
	c.n++
	n := c.n
	c.due[n] = timer{c.now.Add(d), f}
	return func() bool {
		_, was := c.due[n]
		delete(c.due, n)
		return was
	}
}

func (c *timers) wind(d time.Duration) {
	c.now = c.now.Add(d)
	for n, t := range c.due {
		if !t.at.After(c.now) {
			delete(c.due, n)
			t.do()
		}
	}
}

func TestServiceCornerClosesByItself(t *testing.T) {
	for _, page := range []string{"pin", "menu", "state"} {
		clock := &timers{now: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC), due: map[int]timer{}}
		var shown *screen.Panel
		var touch func(string)
		work := make(chan func(), 1)
		c := service.New(service.Config{
			Terminal: quiet{}, After: clock.after, Do: func(f func()) { work <- f }, Cells: func() (int, int) { return 1, 1 },
			Show: func(p *screen.Panel, touched func(string)) { shown, touch = p, touched },
			Lock: service.NewLock(filepath.Join(t.TempDir(), "wrong"), func([]byte) error { return nil }, func(string) (bool, error) { return true, nil },
				func() time.Time { return clock.now }),
		})
		c.Open("en")
		if page != "pin" {
			shown.Board.Write('1')
			touch("open")
			(<-work)()
		}
		if page == "state" {
			touch("state")
		}
		if shown == nil || shown.Name != "service-"+page {
			t.Fatalf("on the glass is %+v, want %s", shown, page)
		}
		clock.wind(59 * time.Second)
		touch("key") // somebody is still here
		clock.wind(59 * time.Second)
		if shown == nil {
			t.Fatalf("%s closed 59 seconds after a touch", page)
		}
		clock.wind(time.Second)
		if shown != nil || len(clock.due) != 0 {
			t.Errorf("a minute after the last touch %s is still open, %d timers are left", page, len(clock.due))
		}
		c.Open("en")
		if shown == nil || shown.Name != "service-pin" {
			t.Errorf("opened again after %s it does not ask for the PIN", page)
		}
	}
}
