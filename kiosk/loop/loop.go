// Package loop has the window's thread sleep until something happens. Fyne's loop looks sixty times a second for touches and
// for what has changed: a touch waits up to 17 ms before it is seen, and a glass that nobody stands at never rests. Here the
// loop is parked between its ticks; events of the window end that by themselves, and what other goroutines want done does
// through Do. Without Start all functions are Fyne's own.
package loop

import (
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
)

// do is Fyne's queue for its thread. Tests have one of their own.
var do = fyne.Do

// longest is how long the thread is parked at most. What Fyne does by itself from elsewhere, without Do, waits so long.
const longest = 250 * time.Millisecond

var (
	running atomic.Bool  // Fyne's loop is parked between its ticks
	worked  atomic.Bool  // something was done since the last tick that the next one has to draw
	owed    atomic.Int64 // functions in Fyne's queue that were not done yet

	waking sync.RWMutex // held to read while wake is called, so that the window is not gone
	wake   func()       // ends a parking; nil before Start and after End

	// What belongs to the window's thread.
	park   func(time.Duration)
	after  []func()  // to be done when the next frame is drawn
	queued bool      // rest waits in Fyne's queue
	until  time.Time // something moves so long
)

// Start parks the loop from the next tick on. It is called on the window's thread, when the loop runs. parking sleeps until
// the window has an event, handles it, and returns, or returns when wake was called or the time is over; waking may be
// called from any goroutine, until End returns.
func Start(parking func(time.Duration), waking func()) {
	begin(parking, waking)
	tick := fyne.NewAnimation(time.Hour, func(float32) { turn() }) // Fyne calls it at each tick, between events and drawing
	tick.RepeatCount, tick.Curve = fyne.AnimationRepeatForever, fyne.AnimationLinear
	tick.Start()
}

func begin(parking func(time.Duration), rouse func()) {
	park = parking
	waking.Lock()
	wake = rouse
	waking.Unlock()
	running.Store(true)
}

// End has the loop run as Fyne made it, and then do f, which may close the window.
func End(f func()) {
	running.Store(false)
	waking.Lock()
	if wake != nil {
		wake()
		wake = nil
	}
	waking.Unlock()
	do(f)
}

// Do has f done on the window's thread, and what it changes drawn. It may be called from any goroutine.
func Do(f func()) {
	queue(f)
	waking.RLock()
	defer waking.RUnlock()
	if wake != nil {
		wake()
	}
}

// DoAndWait is Do, and returns when f is done. It must not be called on the window's thread.
func DoAndWait(f func()) {
	done := make(chan struct{})
	Do(func() {
		defer close(done)
		f()
	})
	<-done
}

// AfterFrame has f done on the window's thread when all that was changed until now is drawn. It is called on that thread.
func AfterFrame(f func()) {
	if !running.Load() {
		do(f) // what Fyne is given to do while it handles an event it does after the frame
		return
	}
	after = append(after, f)
}

// Move starts an animation that ends after its Duration, and keeps the loop at Fyne's pace for that long. It is called on
// the window's thread.
func Move(a *fyne.Animation) {
	until = time.Now().Add(a.Duration + longest)
	a.Start()
}

func queue(f func()) {
	owed.Add(1)
	do(func() {
		defer owed.Add(-1)
		f()
		worked.Store(true)
	})
}

// turn belongs to a tick: what waits for its frame comes after it, and then the loop may be parked.
func turn() {
	for _, f := range after {
		queue(f)
	}
	after = after[:0]
	worked.Store(false)
	if running.Load() && !queued {
		queued = true
		do(rest)
	}
}

// rest parks the loop, unless the next tick is awaited; after that it is.
func rest() {
	queued = false
	if running.Load() && !worked.Load() && owed.Load() == 0 && len(after) == 0 && time.Now().After(until) {
		park(longest)
		worked.Store(true)
	}
}
