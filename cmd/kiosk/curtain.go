package main

// curtain is the holding picture that hides the desktop while there is no glass. Its methods belong to one goroutine.
type curtain interface {
	// Prepare makes ready what Drop needs, in the background.
	Prepare()
	// Drop hides everything at once; Lift takes the picture away. Both may be called again.
	Drop()
	Lift()
	// Down says whether the picture is on the display.
	Down() bool
	Close()
}
