package shots_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// Fyne keeps what it knows of a screen for a minute after it is gone, and these tests build hundreds a second: without a
// bound Go would let as much garbage lie beside it.
func TestMain(m *testing.M) {
	debug.SetMemoryLimit(2 << 30)
	os.Exit(m.Run())
}
