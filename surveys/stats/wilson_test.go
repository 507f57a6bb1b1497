package stats_test

import (
	"math"
	"testing"

	"otklik/surveys/stats"
)

func TestWilsonIsThePublishedInterval(t *testing.T) {
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{
		{0, 10, 0, 0.2775},
		{10, 10, 0.7225, 1},
		{42, 50, 0.7149, 0.9166},
		{74, 107, 0.5987, 0.7712},
		{0, 0, 0, 1},
	} {
		low, high := stats.Wilson(c.k, c.n)
		if math.Abs(low-c.low) > 0.00005 || math.Abs(high-c.high) > 0.00005 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.k, c.n, low, high, c.low, c.high)
		}
	}
}
