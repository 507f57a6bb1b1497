package service_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otklik/kiosk/screen"
	"otklik/kiosk/service"
)

// talker is a terminal that a test speaks for. What it is asked off the thread of the glass waits in asked.
type talker struct {
	quiet
	state func() service.State
	sync  func() service.Sent
}

func (t talker) State() service.State { return t.state() }

func (t talker) Sync(context.Context) service.Sent { return t.sync() }

// opened is a corner behind its PIN, on a glass of so many cells.
type opened struct {
	t     *testing.T
	clock *timers
	shown *screen.Panel
	touch func(string)
	work  chan func()
}

func mustOpen(t *testing.T, terminal service.Terminal, columns, rows int) *opened {
	t.Helper()
	o := &opened{t: t, clock: &timers{now: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC), due: map[int]timer{}}, work: make(chan func(), 10)}
	c := service.New(service.Config{
		Terminal: terminal, After: o.clock.after, Do: func(f func()) { o.work <- f }, Cells: func() (int, int) { return columns, rows },
		Show: func(p *screen.Panel, touched func(string)) { o.shown, o.touch = p, touched },
		Lock: service.NewLock(filepath.Join(t.TempDir(), "wrong"), func([]byte) error { return nil },
			func(string) (bool, error) { return true, nil }, func() time.Time { return o.clock.now }),
	})
	c.Open("en")
	o.shown.Board.Write('1')
	o.touch("open")
	o.done()
	return o
}

// done lets the glass take up what was found out meanwhile.
func (o *opened) done() { (<-o.work)() }

// says is what stands on the page.
func (o *opened) says() string {
	var all []string
	for _, l := range o.shown.Lines {
		all = append(all, fmt.Sprintf("%s|%s|%d", l.Label, l.Text, l.Sign))
	}
	return strings.Join(all, "\n")
}

func (o *opened) has(key string) bool {
	for _, k := range append(o.shown.Foot, o.shown.Keys...) {
		if k.Name == key {
			return true
		}
	}
	return false
}

// The glass is not held up by the disk that the state is read from, and who sends at once sees that it goes on, then what
// came of it, on the same page.
func TestStateIsFoundOutAndSentWithoutHoldingUpTheGlass(t *testing.T) {
	slow, sending := make(chan service.State), make(chan service.Sent)
	o := mustOpen(t, talker{
		state: func() service.State { return <-slow }, sync: func() service.Sent { return <-sending },
	}, 1, 1)
	o.touch("state") // returns although nothing is known yet
	if got := o.says(); got != "|Looking…|0" {
		t.Errorf("before it is known the page says %q", got)
	}
	slow <- service.State{Queued: 5, Troubles: []service.Trouble{{Reason: "damaged"}, {Reason: "crashed", Said: "3", Since: o.clock.now}}}
	o.done()
	got := o.says()
	for _, want := range []string{"|The file of the queue was damaged", "Does not work since ", "Times since the start:\n3|2", "Answers waiting|5|0"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q: %s", want, got)
		}
	}
	if strings.Contains(got, "not yet|The file") || strings.Contains(got, "Does not work since not yet") {
		t.Errorf("a trouble without a time says when: %s", got)
	}

	o.touch("sync")
	if got := o.says(); !strings.HasPrefix(got, "|Sending…|0\n") || o.has("sync") || o.shown.Name == "service-state" {
		t.Errorf("while it sends the page says %q", got)
	}
	sending <- service.Sent{Answers: 3, Left: 2, Heard: true, Trouble: &service.Trouble{Reason: "not-reached"}}
	slow <- service.State{Queued: 2}
	o.done()
	got = o.says()
	for _, want := range []string{"The collector acknowledged, answers:|3|1", "Still waiting, answers:|2|2", "|Nobody answers at the address", "Answers waiting|2|0"} {
		if !strings.Contains(got, want) {
			t.Errorf("after it was sent the page lacks %q: %s", want, got)
		}
	}
	if !o.has("sync") || o.shown.Name != "service-state-sent" { // another name turns the list back to its beginning
		t.Errorf("it cannot be sent again, or the result is not turned to: %s, %+v", o.shown.Name, o.shown.Foot)
	}

	for want, sent := range map[string]service.Sent{
		"|The collector answers. Nothing waited to be sent.|1":                  {Heard: true},
		"The collector acknowledged, answers:|5|1":                              {Answers: 5, Heard: true},
		"|It is taking long. What is left is sent by itself; look again later.": {Left: 7},
	} {
		o.touch("sync")
		sending <- sent
		slow <- service.State{}
		o.done()
		if got := o.says(); !strings.Contains(got, want) {
			t.Errorf("%+v: the page lacks %q: %s", sent, want, got)
		}
	}
}

// A cell that does not answer cannot be touched, so the test ends by itself, and says which cells those are.
func TestTouchTestEndsWithCellsThatDoNotAnswer(t *testing.T) {
	o := mustOpen(t, quiet{}, 3, 2)
	o.touch("touch")
	o.touch("start")
	for _, cell := range []int{0, 1, 3} { // of 0 1 2 / 3 4 5
		o.clock.wind(19 * time.Second)
		if o.shown.Grid == nil {
			t.Fatalf("the grid was gone before cell %d", cell)
		}
		o.touch(fmt.Sprintf("cell:%d", cell))
	}
	o.clock.wind(19 * time.Second)
	if o.shown == nil || o.shown.Grid == nil {
		t.Fatal("the grid was gone 19 seconds after a touch")
	}
	o.clock.wind(time.Second)
	if o.shown == nil || o.shown.Grid != nil {
		t.Fatal("20 seconds after the last touch nothing is said")
	}
	want := "Cells that did not answer, of all:|3 / 6|2\nRow from the top 1 / 2|cells from the left: 3|0\nRow from the top 2 / 2|cells from the left: 2, 3|0"
	if got := o.says(); got != want {
		t.Errorf("it says\n%s\nwant\n%s", got, want)
	}
	o.clock.wind(50 * time.Second)
	if o.shown == nil {
		t.Fatal("the corner closed before anybody could read the result")
	}
	o.touch("go-on")
	if o.shown.Grid == nil || !o.shown.Grid[0] {
		t.Fatal("going on begins anew")
	}
	for _, cell := range []int{2, 4, 5} {
		o.touch(fmt.Sprintf("cell:%d", cell))
	}
	if got := o.says(); got != "|Every cell answered|1" {
		t.Errorf("it says %s", got)
	}
	o.touch("back")
	o.clock.wind(30 * time.Second)
	if o.shown == nil || o.shown.Name != "service-menu" {
		t.Errorf("the wait for a cell reaches another page: %+v", o.shown)
	}
}
