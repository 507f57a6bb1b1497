package service

import (
	"context"
	"time"
)

// Terminal is what the corner needs of the terminal around it. All its methods but Restart, Leave and MayLeave may read and
// write the disk, and are called off Fyne's thread.
type Terminal interface {
	// State tells how the terminal is.
	State() State
	// Sync sends what waits and tells what came of it, or, when that takes too long or ctx ends, what came so far.
	Sync(ctx context.Context) Sent
	// Network tries the way to the collector step by step and tells each result as it comes, until one fails.
	Network(ctx context.Context, told func(Step))
	// Offers are the surveys that are assigned; Picked is the id of the one that is offered alone, "" for all.
	Offers(language string) (all []Offer, picked string)
	// Pick has one survey offered alone until another is picked, or with "" all of them.
	Pick(id string) error
	// Rescue copies the sealed queue into a folder and reads it back. It returns the file's name and how many answers
	// are in it.
	Rescue(folder string) (name string, answers int, err error)
	// Restart starts the glass anew. Leave ends it, where MayLeave.
	Restart()
	Leave()
	MayLeave() bool
}

// State is how the terminal is, in facts. No answer is among them.
type State struct {
	Site, Name, ID, Collector, Version string
	Config                             uint64
	Surveys                            []string
	Clock                              time.Time
	Offset                             time.Duration // the collector's clock minus ours
	OffsetKnown                        bool
	LastContact, LastUpload, Oldest    time.Time // zero for never or none
	Queued, Thanked                    uint64
	Stored, Safe                       uint64 // acknowledged and still here; in a backup of the collector as well
	DiskFree                           uint64 // bytes
	DiskKnown                          bool
	DiskDays                           float64 // until answers are refused
	DiskDaysKnown                      bool
	Troubles                           []Trouble
}

// Trouble is something that does not work. Reason is the agent's stable word for it; Said is what the other side said, in
// its own words.
type Trouble struct {
	Reason, Said string
	Since        time.Time
}

// Sent is what came of sending.
type Sent struct {
	Answers, Left uint64 // that the collector has acknowledged, and that still wait
	Heard         bool   // the collector answered
	// Trouble is why not all of it went; nil when it did, or is still under way.
	Trouble *Trouble
}

// Offer is a survey that is assigned.
type Offer struct{ ID, Title string }

// Step is one result on the way to the collector.
type Step struct {
	Name   string // "address", "name", "proxy", "neighbour", "tcp", "tls", "collector" or "time": what was tried
	Reason string // why it failed, as in a Trouble; "" when it is well
	Detail string // what was found
}
