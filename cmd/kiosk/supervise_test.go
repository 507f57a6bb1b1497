package main

import (
	"slices"
	"testing"
)

func TestTheGlassIsStartedThriftyUnlessToldOtherwise(t *testing.T) {
	given := []string{"HOME=/root", "NOTIFY_SOCKET=/run/x", "WATCHDOG_USEC=1", "FYNE_CACHE=1m"}
	got, want := glassEnvironment(given), []string{"HOME=/root", "FYNE_CACHE=1m", "MALLOC_ARENA_MAX=2"}
	if !slices.Equal(got, want) {
		t.Errorf("the glass is started with %q, want %q", got, want)
	}
}
