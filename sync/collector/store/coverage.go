package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

// Coverages tells what is here of what terminals ever numbered.
type Coverages interface {
	// Coverage returns what is here of each outbox that ever sent or beat, by terminal and origin; those of one terminal
	// alone, when it is not uuid.Nil.
	Coverage(ctx context.Context, terminal uuid.UUID) ([]Coverage, error)
	// Moment returns what an export says of the store, all as it was at one moment.
	Moment(ctx context.Context) (Moment, error)
}

// Moment is what a store had at one moment.
type Moment struct {
	Epoch     wire.Epoch
	Terminals []Terminal
	Coverage  []Coverage
	Heads     []ChainHead
	// Last is the ID of the last response that was here.
	Last int64
}

// Coverage is what is here of one outbox: of the seqs 1 to 1204 all but 873.
type Coverage struct {
	Origin   wire.Origin
	Terminal uuid.UUID
	// First and Last are the range of seq that the outbox ever gave out, as its last heartbeat said or what is here shows;
	// 0, 0 before the first.
	First, Last uint64
	// Waiting is how many records waited on the terminal at its last heartbeat, of this outbox.
	Waiting uint64
	// Left is since when another outbox is in use in its place: the terminal has another disk, or another machine stands
	// there. What waited comes only if somebody brings the disk, so it is missing. Zero: it is in use.
	Left time.Time
	// Here are the seqs that are kept, in quarantine or not.
	Here wire.Ranges
}

// Lacking are the seqs from First to Last that are not here: those that wait on the terminal, and those that are missing.
func (c *Coverage) Lacking() (lacking wire.Ranges) {
	if c.Last == 0 {
		return nil
	}
	next := c.First
	for _, r := range c.Here {
		if r.First > next {
			lacking = append(lacking, wire.Range{First: next, Last: r.First - 1})
		}
		next = max(next, r.Last+1)
	}
	if next <= c.Last {
		lacking = append(lacking, wire.Range{First: next, Last: c.Last})
	}
	return lacking
}

// Missing is how many seqs are neither here nor waiting on the terminal.
func (c *Coverage) Missing() uint64 {
	lacking := c.Lacking().Count()
	if !c.Left.IsZero() {
		return lacking
	}
	return lacking - min(lacking, c.Waiting)
}

// OnFormerDisk is how many of the missing were waiting when another outbox took this one's place: its disk may still have
// them.
func (c *Coverage) OnFormerDisk() uint64 {
	if c.Left.IsZero() {
		return 0
	}
	return min(c.Lacking().Count(), c.Waiting)
}

// Missing sums up what is missing of each terminal.
func Missing(all []Coverage) map[uuid.UUID]uint64 {
	missing := make(map[uuid.UUID]uint64)
	for i := range all {
		if n := all[i].Missing(); n > 0 {
			missing[all[i].Terminal] += n
		}
	}
	return missing
}
