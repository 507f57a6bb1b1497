package wire_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"otklik/sync/wire"
)

func TestACellOfATapMapIsWhereTheTouchWas(t *testing.T) {
	for _, c := range []struct {
		upright    bool
		x, y, want int
	}{
		{true, 0, 0, 0},
		{true, 1000, 0, 11},
		{true, 0, 1000, 228},
		{true, 1000, 1000, 239},
		{true, 500, 500, 126},
		{false, 1000, 0, 19},
		{false, 0, 1000, 220},
		{false, 49, 0, 0},
		{false, 50, 0, 1},
		{false, -5, 2000, 220},
	} {
		m := wire.NewTapMap(c.upright)
		if got := m.Cell(c.x, c.y); got != c.want {
			t.Errorf("upright %v: %d, %d is in cell %d, want %d", c.upright, c.x, c.y, got, c.want)
		}
	}
}

func TestATapMapThatNoGlassMakesIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*wire.TapMap){
		"columns": func(m *wire.TapMap) { m.Columns = 0 },
		"cells":   func(m *wire.TapMap) { m.Cells = m.Cells[1:] },
		"survey":  func(m *wire.TapMap) { m.Survey = strings.Repeat("a", 65) },
		"version": func(m *wire.TapMap) { m.Version = strings.Repeat("a", 65) },
	} {
		m := wire.NewTapMap(true)
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
		if spoil(&m); !errors.Is(m.Check(), wire.ErrMalformed) {
			t.Errorf("%s: %v", name, m.Check())
		}
	}
}

// Whatever heartbeats come twice, late or never, what is known is the latest state that arrived of each cell: each touch
// is counted once.
func TestATouchIsCountedOnceHoweverOftenItIsTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := wire.NewTapMap(true)
		var states []wire.TapMap // in the order in which the terminal told them
		for range rapid.IntRange(1, 8).Draw(t, "heartbeats") {
			for _, at := range rapid.SliceOfN(rapid.IntRange(0, len(counts.Cells)-1), 0, 20).Draw(t, "touches") {
				counts.Cells[at]++
			}
			state := counts
			state.Cells = slices.Clone(counts.Cells)
			states = append(states, state)
		}
		arrive := rapid.SliceOfN(rapid.IntRange(0, len(states)-1), 1, 20).Draw(t, "arrivals")
		known := wire.NewTapMap(true)
		for _, i := range arrive {
			known.Merge(states[i])
		}
		if want := states[slices.Max(arrive)]; !slices.Equal(known.Cells, want.Cells) {
			t.Fatalf("after %v of %d: %d touches, want %d", arrive, len(states), known.Taps(), want.Taps())
		}
	})
}
