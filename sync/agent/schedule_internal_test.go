package agent

import (
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// However tries fail and succeed, a wait is between nothing and a bound that doubles from a second to five minutes.
func TestBackOffHasFullJitter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		random := rand.NewChaCha8([32]byte{byte(rapid.IntRange(0, 255).Draw(rt, "seed"))})
		var k task
		now := time.Unix(1_800_000_000, 0)
		bound := time.Second
		for range rapid.IntRange(1, 40).Draw(rt, "tries") {
			k.begin(now)
			if rapid.IntRange(0, 9).Draw(rt, "works") == 0 {
				k.succeed(now)
				bound = time.Second
				continue
			}
			k.fail(now, random)
			at, todo := k.at(time.Time{})
			if wait := at.Sub(now); !todo || wait < 0 || wait > bound {
				rt.Fatalf("a wait of %v, at most %v", wait, bound)
			}
			bound = min(2*bound, 5*time.Minute)
			now = at
		}
	})
	// The draw is even: a fleet that failed at one moment comes back spread over the whole bound.
	random := rand.NewChaCha8([32]byte{1})
	var tenths [10]int
	const fleet = 20_000
	for range fleet {
		var k task
		k.failures = 20
		now := time.Unix(1_800_000_000, 0)
		k.fail(now, random)
		tenths[min(9, int(10*k.due.Sub(now)/backOffMost))]++
	}
	for i, n := range tenths {
		if n < fleet/10*9/10 || n > fleet/10*11/10 {
			t.Errorf("tenth %d of the bound has %d of %d terminals: %v", i, n, fleet, tenths)
		}
	}
}
