package agent

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"otklik/sync/wire"
)

// see takes note of the collector's epoch, as the reply to a heartbeat tells it. A reply is to this very heartbeat, so it
// cannot be an old one. In another epoch than the last the collector may lack what it had acknowledged.
func (a *Agent) see(ctx context.Context, reply *wire.HeartbeatReply) {
	fill, err := a.config.Outbox.See(reply.Epoch, reply.Time)
	if err == nil {
		err = a.config.Outbox.MarkSafe(reply.Epoch, reply.Backups, lastRanges(reply.Safe))
	}
	if err != nil {
		a.failed(ctx, RefillArea, &a.refills, storageFailure("what the collector has cannot be noted", err))
		return
	}
	if !fill {
		a.refills.succeed(time.Time{})
		a.board.trouble(RefillArea, nil)
		a.sendAgain(ctx, reply.Missing)
		return
	}
	if a.refills.due.IsZero() {
		a.log.Info("the collector has another epoch: what is kept is offered", "epoch", reply.Epoch)
		a.refills.due = time.Now()
	}
}

// sendAgain queues what is kept of the records that the collector has lost although its epoch is the same: its disk did not
// keep what it promised. Now and then is enough: one that never keeps them would have all that is kept sent without end.
func (a *Agent) sendAgain(ctx context.Context, missing wire.Ranges) {
	now := time.Now()
	if now.Before(a.againTill) {
		return
	}
	n, err := a.config.Outbox.Requeue(missing)
	if n > 0 {
		a.againTill = now.Add(againEvery)
		a.log.Warn("the collector has lost records that it had taken; they are sent again", "records", n)
	}
	if err != nil && !errors.Is(err, wire.ErrMalformed) { // of a collector with other bounds than ours
		a.failed(ctx, RefillArea, &a.refills, storageFailure("what the collector lost cannot be queued again", err))
	}
}

// lastRanges is what can be noted of a list from a collector with other bounds than ours.
func lastRanges(safe wire.Ranges) wire.Ranges {
	if safe = safe[max(0, len(safe)-wire.MaxRanges):]; safe.Validate() != nil {
		return nil
	}
	return safe
}

// refill offers the collector all that is kept, a page at a time, and queues again what it lacks. Broken off anywhere it
// begins anew: only after the answer to the last page the epoch counts as filled.
func (a *Agent) refill(ctx context.Context) {
	stats, err := a.config.Outbox.Stats()
	if err != nil {
		a.failed(ctx, RefillArea, &a.refills, storageFailure("the outbox cannot be read", err))
		return
	}
	again := 0
	for after := uint64(0); stats.Filled != stats.Epoch; {
		held, err := a.config.Outbox.Held(after, wire.MaxRanges)
		if err != nil {
			a.failed(ctx, RefillArea, &a.refills, storageFailure("what is kept cannot be read", err))
			return
		}
		if len(held) == 0 {
			if err := a.config.Outbox.Filled(stats.Epoch); err != nil {
				a.failed(ctx, RefillArea, &a.refills, storageFailure("that the collector has all cannot be noted", err))
				return
			}
			break
		}
		missing, err := a.offerHeld(ctx, stats.Epoch, held)
		if err != nil {
			a.failed(ctx, RefillArea, &a.refills, err)
			return
		}
		n, err := a.config.Outbox.Requeue(missing)
		if err != nil {
			a.failed(ctx, RefillArea, &a.refills, storageFailure("what the collector lacks cannot be queued again", err))
			return
		}
		again += n
		after = held[len(held)-1].Last
	}
	a.log.Info("the collector was offered all that is kept", "epoch", stats.Epoch, "again", again)
	a.refills.succeed(time.Time{})
	a.board.trouble(RefillArea, nil)
	a.board.queue(a.config.Outbox)
	a.config.Filled(again)
	// The collector hears of it when what it lacks has been sent.
	a.sent = true
	a.uploads.wake(time.Now())
}

// offerHeld asks which of the held ranges the collector lacks.
func (a *Agent) offerHeld(ctx context.Context, epoch wire.Epoch, held []wire.Held) (wire.Ranges, error) {
	offer := wire.Offer{Origin: a.config.Outbox.Origin(), Epoch: epoch, Held: held}
	body, err := wire.Encode(offer)
	if err != nil {
		return nil, err
	}
	data, err := a.client.post(ctx, wire.PathOffer, body)
	if err != nil {
		f := asFailure(err)
		if f.Reason == NotOurs {
			f.Hint = "update the collector; what is kept stays on the terminal"
		}
		return nil, f
	}
	var reply wire.OfferReply
	if err := a.open(ctx, wire.OfferContext, data, &reply); err != nil {
		return nil, err
	}
	if reply.Origin != offer.Origin || reply.Offer != sha256.Sum256(body) || reply.Epoch != epoch {
		a.beats.due = time.Now() // it may have been restored once more
		return nil, &Failure{
			Reason: WrongReply, Message: "the reply is to another offer than the one that was made",
			Hint: "does a proxy or cache before the collector keep replies? It must not",
		}
	}
	if err := reply.Missing.Validate(); err != nil {
		return nil, replyFailure(err)
	}
	for _, r := range reply.Missing {
		if !slices.ContainsFunc(held, func(h wire.Held) bool { return h.First == r.First && h.Last == r.Last }) {
			return nil, &Failure{
				Reason: Malformed, Message: fmt.Sprintf("the collector asks for records %d to %d, which were not offered", r.First, r.Last),
				Hint: "update the older of terminal and collector",
			}
		}
	}
	return reply.Missing, nil
}

// knows reports whether a receipt is of the epoch that the collector was last seen in. One that is not settles nothing: it
// may be an old one, of before a backup was brought back. A heartbeat then says what is true, and the records go again.
func (a *Agent) knows(ctx context.Context, receipt *wire.Receipt) bool {
	stats, err := a.config.Outbox.Stats()
	if err == nil && stats.Epoch == (wire.Epoch{}) {
		_, err = a.config.Outbox.See(receipt.Epoch, receipt.Time)
		stats.Epoch = receipt.Epoch
	}
	switch {
	case err != nil:
		a.failed(ctx, UploadArea, &a.uploads, storageFailure("the receipt cannot be noted; the records are sent again", err))
		return false
	case receipt.Epoch == stats.Epoch:
		return true
	}
	now := time.Now()
	a.beats.due, a.beats.waiting = later(now, a.beats.last.Add(quickEvery)), false
	a.failed(ctx, UploadArea, &a.uploads, &Failure{
		Reason: WrongReply, Message: "the receipt is of another epoch than the collector's last",
		Hint: "the collector was restored from a backup, and the terminal asks what it lacks; nothing is to be done",
	})
	return false
}
