package main

import (
	"math"
	"sync/atomic"
	"time"

	"otklik/sync/wire"
)

// figures count what happens at all terminals; their size does not grow with it. Any goroutine may use them.
type figures struct {
	began   time.Time
	ended   atomic.Int64 // nanoseconds from began to the last of what is counted
	commits latencies

	thanked, acknowledged, duplicates, conflicts, quarantined atomic.Uint64
}

// summary is what the program ends with; it counts what this run did.
type summary struct {
	Terminals int `json:"terminals"`
	// Thanked are the responses that were saved, whose ids are in thanked.txt.
	Thanked uint64 `json:"thanked"`
	// Acknowledged are the records that left a queue on a signed receipt, those of an earlier run among them. The next
	// three are parts of it.
	Acknowledged uint64 `json:"acknowledged"`
	Duplicates   uint64 `json:"duplicates"`
	Quarantined  uint64 `json:"quarantined"`
	Conflicts    uint64 `json:"conflicts,omitempty"`
	// Seconds is the time from the first visit to the last acknowledgement.
	Seconds float64 `json:"seconds"`
	// P50 and P99 are of the time it took to save a response, to within a hundredth; 0 when none was.
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
	// BytesSent is all that was written to the network, enrolments and heartbeats too.
	BytesSent uint64 `json:"bytes_sent"`
}

func (f *figures) begin() { f.began = time.Now() }

func (f *figures) saved(took time.Duration) {
	f.commits.add(took)
	f.ended.Store(int64(time.Since(f.began)))
}

func (f *figures) settled(decisions []wire.Decision) {
	for i := range decisions {
		switch decisions[i].Verdict {
		case wire.Duplicate:
			f.duplicates.Add(1)
		case wire.Conflict:
			f.conflicts.Add(1)
		case wire.Quarantined:
			f.quarantined.Add(1)
		}
	}
	f.acknowledged.Add(uint64(len(decisions)))
	f.ended.Store(int64(time.Since(f.began)))
}

func (f *figures) summary(terminals int, sent uint64) summary {
	return summary{
		Terminals: terminals, Thanked: f.thanked.Load(), Acknowledged: f.acknowledged.Load(),
		Duplicates: f.duplicates.Load(), Quarantined: f.quarantined.Load(), Conflicts: f.conflicts.Load(),
		Seconds: math.Round(time.Duration(f.ended.Load()).Seconds()*1000) / 1000,
		P50:     f.commits.quantile(0.5), P99: f.commits.quantile(0.99), BytesSent: sent,
	}
}

// latencies count times in steps of a hundredth, from a microsecond to more than an hour.
type latencies struct {
	steps [2300]atomic.Uint64
	count atomic.Uint64
}

const step = 1.01

func (l *latencies) add(d time.Duration) {
	i := int(math.Log(max(1, float64(d)/float64(time.Microsecond))) / math.Log(step))
	l.steps[min(i, len(l.steps)-1)].Add(1)
	l.count.Add(1)
}

// quantile is the time in milliseconds that this share of all took at most; 0 when there are none.
func (l *latencies) quantile(share float64) float64 {
	rank := uint64(math.Ceil(share * float64(l.count.Load())))
	var n uint64
	for i := range l.steps {
		if n += l.steps[i].Load(); n > 0 && n >= rank {
			return math.Round(math.Pow(step, float64(i)+0.5)) / 1000
		}
	}
	return 0
}
