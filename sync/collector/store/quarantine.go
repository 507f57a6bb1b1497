package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

// Aside keeps what is not counted: records that could not be read, and those that came again with other content.
type Aside interface {
	// Quarantine returns the last n records in quarantine, the latest first, and how many there are in all.
	Quarantine(ctx context.Context, n int) (latest []Quarantined, total int, err error)
	// QuarantinedOne returns one of them; ErrNotFound when it is not in quarantine (any more).
	QuarantinedOne(ctx context.Context, id int64) (Quarantined, error)
	// QuarantinedAfter returns at most n of them with an ID above after, the lowest first.
	QuarantinedAfter(ctx context.Context, after int64, n int) ([]Quarantined, error)
	// Release keeps a record of the quarantine that was read again as the one arrival of an intake, as Keep does, and takes
	// it out of the quarantine in the same transaction. An arrival with a Reason stays there with that one. ErrNotFound when
	// it is not there any more, ErrForeign as Keep says.
	Release(ctx context.Context, id int64, intake Intake) (wire.Decision, error)
	// Changed returns the last n records that came again under their name with other content, the latest first, each with
	// the one that counts, and how many there are in all.
	Changed(ctx context.Context, n int) (latest []Changed, total int, err error)
}

// Quarantined is a record that could not be read, kept as it came.
type Quarantined struct {
	Key
	ID       int64
	Terminal uuid.UUID
	Received time.Time
	Reason   string
	// Stray says that it tells nothing of what is here of the outbox: another terminal sent it, or no outbox numbers so.
	Stray bool
	// Raw is a wire.Batch of the record alone, with its session if the batch it came in carried that.
	Raw []byte
}

// Changed is a record that came again with other content, beside the one that counts.
type Changed struct {
	Key
	Terminal uuid.UUID
	Received time.Time
	Body     []byte // the canonical JSON of the wire.Body, as in a Response
	// Original is the body that counts, which was received at First.
	Original []byte
	First    time.Time
}
