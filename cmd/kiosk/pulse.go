package main

import (
	"context"
	"io"
	"os"
	"time"

	"otklik/kiosk/loop"
)

// stopWithin is how long a glass that was told to stop may take before it is ended.
const stopWithin = 10 * time.Second

// pulse writes a byte each time Fyne's thread has answered, until ctx ends. A thread that stands still writes none.
func pulse(ctx context.Context, every time.Duration, to io.Writer) {
	for tick := time.NewTicker(every); ; {
		loop.DoAndWait(func() {})
		if ctx.Err() != nil {
			return
		}
		_, _ = to.Write([]byte{'.'}) // without a reader the end of the standard input has said all there is to say
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// outlived stops the glass when its standard input ends: the supervisor said so, or is no more. A glass without its
// supervisor would hold the outbox, and keep the next one from starting.
func outlived(stop func()) {
	_, _ = io.Copy(io.Discard, os.Stdin)
	stop()
	time.AfterFunc(stopWithin, func() { os.Exit(failed) })
}
