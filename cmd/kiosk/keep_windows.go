package main

import (
	"context"
	"log/slog"
	"syscall"
	"unsafe"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
)

// What Windows does with a finger on its own and would take from the glass, from tpcshrd.h: a press that rests becomes a
// click of the right button and reaches the window only when it ends, strokes turn pages, and rings are drawn around touches.
const (
	disablePressAndHold = 0x1
	disableTapFeedback  = 0x8
	disablePenFeedback  = 0x10
	disableFlicks       = 0x10000

	penService         = "MicrosoftTabletPenServiceProperty"
	penServiceDisabled = disablePressAndHold | disableTapFeedback | disablePenFeedback | disableFlicks
)

var setProp = syscall.NewLazyDLL("user32.dll").NewProc("SetPropW")

// keepInFront has fingers reach the window as they are. Other programs are kept away by the system's own kiosk mode.
func keepInFront(_ context.Context, w fyne.Window) {
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return
	}
	native.RunNative(func(c any) {
		x, ok := c.(driver.WindowsWindowContext)
		if !ok || x.HWND == 0 {
			return
		}
		name, err := syscall.UTF16PtrFromString(penService)
		if err != nil {
			return // it has no NUL
		}
		if done, _, err := setProp.Call(x.HWND, uintptr(unsafe.Pointer(name)), penServiceDisabled); done == 0 {
			slog.Warn("a resting finger does not reach the glass", "err", err)
		}
	})
}
