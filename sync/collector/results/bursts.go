package results

import (
	"maps"
	"slices"

	"otklik/surveys"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// The rule by which visits of one question look like one person tapping: at least BurstVisits in a row on one terminal, each
// begun within BurstGap after the one before had ended and touched within BurstReach of where that one was touched. The
// screen of thanks stays longer than BurstGap unless somebody touches it away.
const (
	BurstVisits = 3
	BurstGap    = 50 // tenths of a second
	BurstReach  = 50 // thousandths of the width and of the height of the glass
)

// tapped is what tells a burst: see surveys.Response.Gap and Tap.
type tapped struct {
	gap int
	tap surveys.Tap
	key store.Key
}

// bursts are the visits of one tap by outbox and seq. They arrive in any order.
type bursts map[wire.Origin]map[uint64]tapped

func (b bursts) add(r *store.Response, said *surveys.Response) {
	if said.Tap.IsZero() {
		return
	}
	if b[r.Origin] == nil {
		b[r.Origin] = make(map[uint64]tapped)
	}
	b[r.Origin][r.Seq] = tapped{said.Gap, said.Tap, r.Key}
}

// repeats are the visits of each burst but the first one, which somebody did mean.
func (b bursts) repeats() map[store.Key]bool {
	all := make(map[store.Key]bool)
	for _, visits := range b {
		var run []store.Key
		var last uint64
		end := func() {
			if len(run) >= BurstVisits {
				for _, k := range run[1:] {
					all[k] = true
				}
			}
			run = run[:0]
		}
		for _, seq := range slices.Sorted(maps.Keys(visits)) {
			if last+1 != seq || len(run) > 0 && !visits[seq].follows(visits[last]) {
				end()
			}
			run = append(run, visits[seq].key)
			last = seq
		}
		end()
	}
	return all
}

// follows reports whether a visit looks like a second tap of whoever made the one before.
func (t tapped) follows(before tapped) bool {
	near := func(a, b int) bool { return max(a-b, b-a) <= BurstReach }
	return t.gap > 0 && t.gap <= BurstGap && near(t.tap[0], before.tap[0]) && near(t.tap[1], before.tap[1])
}
