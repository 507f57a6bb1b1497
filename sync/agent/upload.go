package agent

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

const (
	// refusalsInARow is how many single records may be refused without one being taken before the rest waits for a
	// back-off: then it is hardly about the records.
	refusalsInARow = 8
	asidesShown    = 20 // in the status
	// Of newestEvery batches one is from the newest end of the queue, so that a backlog of weeks does not keep today's
	// answers waiting, nor today's answers the backlog.
	newestEvery = 4
	// paceBurst is how long a batch may take the line under a cap, and paceLeast what it may always have.
	paceBurst = 10 // seconds
	paceLeast = 2 << 10
	overhead  = 1 << 10 // bytes of the headers of a request and its reply, about
)

// aside is a record that was put aside, with the time of the clock that cannot be set.
type aside struct {
	Aside
	again time.Time
}

// The ends of the queue.
const (
	oldest = iota
	newest
	ends
)

// upload offers one batch. A batch that is refused for what is in it is offered again in halves, down to the record it is
// about; that one is put aside, and the others go on. While the batches of one end fail, the other end is tried in between.
func (a *Agent) upload(ctx context.Context) {
	now := time.Now()
	end := oldest
	if a.turn%newestEvery == 1 {
		end = newest
	}
	if end == a.stuck {
		end = ends - 1 - end
	}
	next := a.config.Outbox.Next
	if end == newest {
		next = a.config.Outbox.Newest
	}
	skip := func(seq uint64) bool {
		put, is := a.asides[seq]
		return is && now.Before(put.again)
	}
	batch, err := next(a.limits[end], a.batchBytes(), skip)
	if err == nil && len(batch.Records) == 0 { // what is sent again is for the old end alone
		end = oldest
		batch, err = a.config.Outbox.Next(a.limits[end], a.batchBytes(), skip)
	}
	if err != nil {
		a.failed(ctx, UploadArea, &a.uploads, storageFailure("the queue cannot be read", err))
		return
	}
	if len(batch.Records) == 0 {
		a.drained()
		return
	}
	receipt, err := a.offer(ctx, &batch)
	if err != nil {
		a.refused(ctx, end, &batch, err)
		return
	}
	if !a.knows(ctx, &receipt) {
		return
	}
	a.settle(ctx, end, &batch, receipt)
}

// batchBytes bounds the next batch.
func (a *Agent) batchBytes() int {
	if a.rate <= 0 {
		return wire.MaxBatchBytes
	}
	return int(max(paceLeast, min(a.rate*paceBurst, wire.MaxBatchBytes)))
}

// offer sends a batch and returns the receipt for it. The receipt's signature holds, it is for this batch, and it has
// decisions on records of this batch only.
func (a *Agent) offer(ctx context.Context, batch *wire.Batch) (wire.Receipt, error) {
	body, err := wire.Encode(batch)
	if err != nil {
		return wire.Receipt{}, err
	}
	if a.rate > 0 {
		a.paceTill = time.Now().Add(time.Duration(float64(len(body)+overhead) / float64(a.rate) * float64(time.Second)))
	}
	reply, err := a.client.post(ctx, wire.PathBatches, body)
	if err != nil {
		return wire.Receipt{}, err
	}
	var receipt wire.Receipt
	if err := a.open(ctx, wire.ReceiptContext, reply, &receipt); err != nil {
		return wire.Receipt{}, err
	}
	now := a.config.Clock().UTC()
	a.board.change(func(s *Status) { s.LastContact = now })
	if receipt.Origin != batch.Origin || receipt.Batch != sha256.Sum256(body) {
		return wire.Receipt{}, &Failure{
			Reason: WrongReply, Message: "the receipt is for another batch than the one that was sent",
			Hint: "does a proxy or cache before the collector keep replies? It must not",
		}
	}
	sent := make(map[uint64]uuid.UUID, len(batch.Records))
	for i := range batch.Records {
		sent[batch.Records[i].Seq] = batch.Records[i].AnswerID
	}
	receipt.Decisions = slices.DeleteFunc(receipt.Decisions, func(d wire.Decision) bool {
		id, is := sent[d.Seq]
		return !is || id != d.AnswerID || d.Verdict < wire.Stored || d.Verdict > wire.Quarantined
	})
	if len(receipt.Decisions) == 0 {
		return wire.Receipt{}, &Failure{
			Reason: Undecided, Message: "the collector's receipt decides on no record of the batch",
			Hint: "update the older of terminal and collector",
		}
	}
	return receipt, nil
}

// replyFailure says why a Signed message does not count.
func replyFailure(err error) *Failure {
	if errors.Is(err, wire.ErrSignature) {
		return &Failure{
			Reason: NotSigned, Message: "the reply is not signed with the collector's pinned key",
			Hint:  "check the address; if the collector was set up anew, bring its keys back from a backup or enrol the terminal again",
			cause: err,
		}
	}
	return &Failure{
		Reason: Malformed, Message: "the reply cannot be read: " + plain(err.Error()),
		Hint: "check the address, and update the older of terminal and collector", cause: err,
	}
}

// settle takes what was decided out of the queue.
func (a *Agent) settle(ctx context.Context, end int, batch *wire.Batch, receipt wire.Receipt) {
	moved, err := a.config.Outbox.Settle(receipt)
	if err == nil && moved == 0 {
		err = errors.New("no record was settled although the receipt names them")
	}
	if err != nil {
		a.failed(ctx, UploadArea, &a.uploads, storageFailure("the receipt cannot be noted; the records are sent again", err))
		return
	}
	for _, d := range receipt.Decisions {
		delete(a.asides, d.Seq)
		if d.Verdict == wire.Conflict || d.Verdict == wire.Quarantined {
			a.log.Warn("the collector keeps a record apart", "seq", d.Seq, "answer", d.AnswerID, "verdict", d.Verdict,
				"reason", plain(d.Reason))
		}
	}
	a.config.Settled(receipt.Decisions)
	a.log.Debug("records uploaded", "settled", moved, "sent", len(batch.Records))
	a.refusals, a.sent, a.stuck, a.cleared = 0, true, ends, true
	a.turn++
	a.limits[end] = min(2*a.limits[end], wire.MaxBatchRecords)
	a.uploads.succeed(time.Now())
	a.showAsides()
	a.board.trouble(UploadArea, nil)
	a.board.queue(a.config.Outbox)
	now := a.config.Clock().UTC()
	a.board.change(func(s *Status) { s.LastUpload = now })
}

// refused deals with a batch that brought no receipt.
func (a *Agent) refused(ctx context.Context, end int, batch *wire.Batch, err error) {
	f := asFailure(err)
	n, seq := len(batch.Records), batch.Records[0].Seq
	if !f.tooMuch() && !(n == 1 && a.suspects(seq, f)) {
		switch f.Reason {
		case CutOff, TimedOut, Unavailable: // the line may carry less at a time, or the trouble is about one of them
			a.limits[end] = max(1, n/2)
		}
		a.stuck = end
		a.failed(ctx, UploadArea, &a.uploads, f)
		return
	}
	if n > 1 {
		a.limits[end] = n / 2
		a.uploads.goOn(time.Now())
		return
	}
	now := a.config.Clock().UTC()
	put, is := a.asides[seq]
	if !is {
		put.Seq, put.Since = seq, now
	}
	put.Reason, put.Message = f.Reason, f.Message
	put.Again, put.again = now.Add(asideFor), time.Now().Add(asideFor)
	a.asides[seq] = put
	a.showAsides()
	if a.refusals++; a.refusals%refusalsInARow == 0 {
		a.failed(ctx, UploadArea, &a.uploads, f)
		return
	}
	a.uploads.goOn(time.Now())
}

// suspects reports whether a collector that cannot work now cannot because of this one record: it failed before, and others
// were taken in between.
func (a *Agent) suspects(seq uint64, f *Failure) bool {
	if f.Reason != Unavailable {
		return false
	}
	guilty := a.suspect == seq && a.cleared
	a.suspect, a.cleared = seq, false
	return guilty
}

// drained is called when nothing waits but what was put aside.
func (a *Agent) drained() {
	now := time.Now()
	next := time.Time{}
	for _, put := range a.asides {
		if next.IsZero() || put.again.Before(next) {
			next = put.again
		}
	}
	a.uploads.succeed(next)
	a.board.trouble(UploadArea, nil)
	a.board.queue(a.config.Outbox)
	if !a.sent {
		return
	}
	a.sent = false
	a.log.Info("all answers uploaded", "queued", a.board.read().Queued)
	switch soon := later(now.Add(beatSoon), a.lastBeat.Add(beatLeast)); {
	case !a.beats.waiting && soon.Before(a.beats.due):
		a.beats.due = soon
	case a.beats.waiting && a.beats.lostWay:
		a.beats.quick = later(soon, a.beats.last.Add(beatLeast))
	}
}

// showAsides puts the records that were refused by themselves into the status.
func (a *Agent) showAsides() {
	all := make([]Aside, 0, len(a.asides))
	for _, put := range a.asides {
		all = append(all, put.Aside)
	}
	slices.SortFunc(all, func(x, y Aside) int { return cmp.Compare(x.Seq, y.Seq) })
	var f *Failure
	if len(all) > 0 {
		f = &Failure{
			Reason:  PassedOver,
			Message: fmt.Sprintf("%d records are refused by themselves, the first is seq %d: %s", len(all), all[0].Seq, all[0].Message),
			Hint:    "they stay on the terminal and are offered every hour; the collector's log says more",
		}
	}
	shown := all[:min(len(all), asidesShown):min(len(all), asidesShown)]
	if len(shown) == 0 {
		shown = nil
	}
	a.board.change(func(s *Status) { s.Asides, s.AsideCount = shown, len(all) })
	a.board.trouble(RecordsArea, f)
}
