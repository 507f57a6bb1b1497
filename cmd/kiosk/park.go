//go:build !mobile && !android

package main

import (
	"time"

	"github.com/go-gl/glfw/v3.4/glfw"

	"otklik/kiosk/loop"
)

// parkLoop has the window's thread sleep while nothing happens. It is called on that thread.
func parkLoop() {
	loop.Start(func(longest time.Duration) { glfw.WaitEventsTimeout(longest.Seconds()) }, glfw.PostEmptyEvent)
}
