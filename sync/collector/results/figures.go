package results

import (
	"maps"
	"slices"

	"otklik/sync/collector/store"

	"otklik/surveys/stats"
)

// Figures describe numbers.
type Figures struct {
	N                      int
	Mean, Median, Min, Max float64
}

// figuresOf describes numbers by how often each came; there is at least one. The median of an even number of them is the
// mean of the two in the middle.
func figuresOf(numbers map[float64]int) *Figures {
	sorted := slices.Sorted(maps.Keys(numbers))
	f := &Figures{Min: sorted[0], Max: sorted[len(sorted)-1]}
	sum := 0.0
	for _, n := range sorted {
		f.N += numbers[n]
		sum += n * float64(numbers[n])
	}
	f.Mean = sum / float64(f.N)
	at := func(rank int) float64 {
		for _, n := range sorted {
			if rank -= numbers[n]; rank < 0 {
				return n
			}
		}
		return f.Max
	}
	f.Median = (at((f.N-1)/2) + at(f.N/2)) / 2
	return f
}

// TestFigures are the marks of a test.
type TestFigures struct {
	Marked         int     // responses to versions that are known here
	Points         float64 // the mean of those earned
	Highest        float64 // the mean of those that could be earned: visits may be asked different questions
	Passed         int
	PassedOfMarked float64 // 0 to 1
	// PassedLow and PassedHigh are its 95 % interval, see stats.Wilson.
	PassedLow, PassedHigh float64
}

func (f *TestFigures) add(points, highest int, passed bool) {
	f.Marked++
	f.Points += float64(points)
	f.Highest += float64(highest)
	if passed {
		f.Passed++
	}
}

func (f TestFigures) means() *TestFigures {
	f.Points /= float64(f.Marked)
	f.Highest /= float64(f.Marked)
	f.PassedOfMarked = share(f.Passed, f.Marked)
	f.PassedLow, f.PassedHigh = stats.Wilson(f.Passed, f.Marked)
	return &f
}

// Aside counts responses that are in no figure, by what is wrong with their tickets.
type Aside struct{ UsedBefore, Revoked, Unknown int }

// All is how many there are.
func (a Aside) All() int { return a.UsedBefore + a.Revoked + a.Unknown }

func (a *Aside) add(s store.TicketState) {
	switch s {
	case store.TicketUsedBefore:
		a.UsedBefore++
	case store.TicketRevoked:
		a.Revoked++
	default:
		a.Unknown++
	}
}
