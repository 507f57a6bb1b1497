package ingest

import (
	"context"
	"errors"
	"fmt"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// Release reads a record of the quarantine again, as if it arrived now: after the survey's version was published here, a
// key was brought back, or the program is a newer one. It is counted, with the time it first came, or stays with the reason
// of today, which the decision says. store.ErrNotFound when it is not in quarantine any more.
func (in *Ingest) Release(ctx context.Context, id int64) (wire.Decision, error) {
	q, err := in.store.QuarantinedOne(ctx, id)
	if err != nil {
		return wire.Decision{}, err
	}
	stays := wire.Decision{Seq: q.Seq, AnswerID: q.AnswerID, Verdict: wire.Quarantined, Reason: q.Reason}
	intake, err := in.again(ctx, q)
	if errors.Is(err, wire.ErrMalformed) { // the store's disk changed it
		stays.Reason = shortened(err.Error())
		return stays, nil
	}
	if err != nil {
		return wire.Decision{}, err
	}
	decision, err := in.store.Release(ctx, id, intake)
	if errors.Is(err, store.ErrForeign) { // it stays what it was
		return stays, nil
	}
	if err == nil {
		in.log.Info("record of the quarantine read again", "id", id, "terminal", q.Terminal, "seq", q.Seq, "verdict",
			decision.Verdict, "reason", decision.Reason)
	}
	return decision, err
}

func (in *Ingest) again(ctx context.Context, q store.Quarantined) (store.Intake, error) {
	// Its form was checked, or found wanting, when it came: a batch that is not valid as a whole must open here all the same.
	var b wire.Batch
	if err := wire.Decode(q.Raw, &b); err != nil || len(b.Records) != 1 {
		return store.Intake{}, fmt.Errorf("record %d of the quarantine is not as it was kept: %w", q.ID,
			errors.Join(err, wire.ErrMalformed))
	}
	intake, err := in.read(ctx, &b, q.Received)
	intake.Terminal, intake.Carried = q.Terminal, true // somebody decided that it counts
	return intake, err
}
