package loop

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// thread is Fyne's loop and a window as this package sees them: a queue of functions, events, and frames.
type thread struct {
	t       *rapid.T
	queue   []func()
	woken   bool
	dirty   bool // something changed that no frame has shown
	frames  int
	events  []func() // what the window's next events do
	waiting int      // functions given to Do or AfterFrame that were not done yet
	parked  int
}

// tick is what Fyne does sixty times a second.
func (f *thread) tick() {
	f.woken = false // Fyne takes up all events, an empty one too
	for len(f.events) > 0 {
		f.event()
	}
	turn()
	f.dirty = false
	f.frames++
}

func (f *thread) event() {
	e := f.events[0]
	f.events = f.events[1:]
	e()
}

func (f *thread) step() {
	next := f.queue[0]
	f.queue = f.queue[1:]
	next()
}

// park is a sleep that only events and wake end.
func (f *thread) park(time.Duration) {
	f.parked++
	switch {
	case f.dirty:
		f.t.Fatal("the thread sleeps and something is not drawn")
	case f.woken:
		f.woken = false
	case len(f.events) > 0:
		f.event()
	case f.waiting > 0:
		f.t.Fatalf("the thread sleeps and %d functions wait", f.waiting)
	}
}

// touch changes what is on the glass, and waits for the frame that shows it.
func (f *thread) touch() {
	f.dirty = true
	frame := f.frames
	f.waiting++
	AfterFrame(func() {
		f.waiting--
		if f.frames == frame {
			f.t.Fatal("done before the frame")
		}
	})
}

// Whatever comes in whatever order, everything is done and drawn, in time, and then the thread sleeps.
func TestTheThreadSleepsOnlyWhenAllIsDoneAndDrawn(t *testing.T) {
	defer func() { do, wake, after, queued = nil, nil, nil, false; running.Store(false); worked.Store(false) }()
	rapid.Check(t, func(t *rapid.T) {
		f := &thread{t: t}
		after, queued, until = nil, false, time.Time{}
		worked.Store(false)
		owed.Store(0)
		do = func(fn func()) { f.queue = append(f.queue, fn) }
		begin(f.park, func() { f.woken = true })
		t.Repeat(map[string]func(*rapid.T){
			"tick": func(*rapid.T) { f.tick() },
			"queue": func(t *rapid.T) {
				if len(f.queue) == 0 {
					t.Skip("nothing queued")
				}
				f.step()
			},
			"a touch": func(*rapid.T) { f.events = append(f.events, f.touch) },
			"an event that shows at once": func(*rapid.T) {
				f.events = append(f.events, func() { f.dirty = true })
			},
			"work of another goroutine": func(*rapid.T) {
				f.waiting++
				Do(func() {
					f.waiting--
					f.touch()
				})
			},
		})
		// Fyne takes ticks and its queue by turns, as they come.
		for n := 0; f.waiting > 0 || f.dirty || len(f.events) > 0 || len(f.queue) > 0 && n < 3; n++ {
			if n > 10_000 {
				t.Fatalf("%d functions are never done", f.waiting)
			}
			if len(f.queue) > 0 {
				f.step()
			} else {
				f.tick()
			}
		}
		before := f.parked
		for range 2 {
			f.tick()
			for len(f.queue) > 0 {
				f.step()
			}
		}
		if f.parked == before {
			t.Fatal("the thread never sleeps")
		}
		End(func() { f.waiting-- })
		f.waiting++
		for len(f.queue) > 0 {
			f.step()
		}
		f.tick()
		if f.waiting != 0 || len(f.queue) != 0 || wake != nil {
			t.Fatalf("after the end %d functions wait, %d are queued", f.waiting, len(f.queue))
		}
		Do(func() {}) // the window is gone: nothing may be woken
	})
}

// While something moves the thread keeps Fyne's pace.
func TestTheThreadDoesNotSleepThroughAMotion(t *testing.T) {
	defer func() { do, wake, until = nil, nil, time.Time{}; running.Store(false); queued = false }()
	var queue []func()
	do = func(f func()) { queue = append(queue, f) }
	slept := false
	begin(func(time.Duration) { slept = true }, func() {})
	until = time.Now().Add(time.Hour)
	turn()
	for _, f := range queue {
		f()
	}
	if slept {
		t.Error("the thread slept while something moved")
	}
}
