//go:build !linux && !windows

package main

import (
	"context"

	"fyne.io/fyne/v2"
)

// keepInFront does nothing here: the system's own kiosk mode keeps other programs away.
func keepInFront(context.Context, fyne.Window) {}
