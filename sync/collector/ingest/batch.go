package ingest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"time"

	"otklik/surveys"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// batch keeps the records of a batch. A record that cannot be read goes to quarantine and holds nothing up.
func (in *Ingest) batch(r *http.Request, t store.Terminal, body []byte) (reply, error) {
	var b wire.Batch
	if err := wire.Decode(body, &b); err != nil {
		return reply{}, err
	}
	if b.Origin == (wire.Origin{}) || len(b.Records) == 0 || len(b.Records) > wire.MaxBatchRecords ||
		len(b.Sessions) > len(b.Records) {
		return reply{}, fmt.Errorf("%w: a batch has an origin and 1 to %d records, with no more sessions than records; "+
			"this one has %d and %d", wire.ErrMalformed, wire.MaxBatchRecords, len(b.Records), len(b.Sessions))
	}
	receipt, err := in.take(r.Context(), t, &b, sha256.Sum256(body))
	if err != nil {
		return reply{}, err
	}
	return in.sign(wire.ReceiptContext, receipt)
}

// take keeps the records of a batch, by whatever way it came: hash is that of its bytes.
func (in *Ingest) take(ctx context.Context, t store.Terminal, b *wire.Batch, hash wire.Hash) (wire.Receipt, error) {
	now := in.now()
	intake, err := in.read(ctx, b, now)
	if err != nil {
		return wire.Receipt{}, err
	}
	intake.Terminal = t.ID
	epoch, err := in.store.Epoch(ctx)
	if err != nil {
		return wire.Receipt{}, err
	}
	decisions, err := in.store.Keep(ctx, intake)
	if err != nil {
		return wire.Receipt{}, err
	}
	in.report(t, decisions)
	return wire.Receipt{Origin: b.Origin, Batch: hash, Epoch: epoch, Time: now, Decisions: decisions}, nil
}

// report tells IT what was not simply stored.
func (in *Ingest) report(t store.Terminal, decisions []wire.Decision) {
	for _, d := range decisions {
		if d.Verdict == wire.Conflict || d.Verdict == wire.Quarantined {
			in.log.Warn("record kept aside", "terminal", t.ID, "name", t.Name, "seq", d.Seq, "answer", d.AnswerID,
				"verdict", d.Verdict, "reason", d.Reason)
		}
	}
}

// read opens all records of a batch. Only the store's failures are errors.
func (in *Ingest) read(ctx context.Context, b *wire.Batch, now time.Time) (store.Intake, error) {
	intake := store.Intake{Origin: b.Origin, Received: now, Arrivals: make([]store.Arrival, len(b.Records))}
	carried := make(map[wire.SessionID]*wire.Session, len(b.Sessions))
	for i := range b.Sessions {
		s := &b.Sessions[i]
		carried[s.ID] = s
		if err := in.opener.Session(b.Origin, *s); err != nil {
			continue // its records go to quarantine, and take it along
		}
		data, err := wire.Encode(s)
		if err != nil {
			return intake, err
		}
		intake.Seals = append(intake.Seals, store.Seal{Session: s.ID, Data: data})
	}
	// Opening is most of the work and each record stands alone, so all processors take part.
	errs := make([]error, min(runtime.NumCPU(), len(b.Records)))
	var workers sync.WaitGroup
	for n := range errs {
		workers.Go(func() {
			for i := n; i < len(b.Records) && errs[n] == nil; i += len(errs) {
				intake.Arrivals[i], errs[n] = in.arrival(ctx, b.Origin, &b.Records[i], carried, now)
			}
		})
	}
	workers.Wait()
	return intake, errors.Join(errs...)
}

// arrival reads one record, or says why it cannot be read.
func (in *Ingest) arrival(ctx context.Context, origin wire.Origin, r *wire.Record, carried map[wire.SessionID]*wire.Session,
	now time.Time,
) (store.Arrival, error) {
	a := store.Arrival{Seq: r.Seq, AnswerID: r.AnswerID}
	reason, err := in.readRecord(ctx, &a.Response, origin, r, now)
	if reason == nil || err != nil {
		return a, err
	}
	// What is kept aside can be read again later, when the key or the program for it is there.
	alone := wire.Batch{Origin: origin, Records: []wire.Record{*r}}
	if s := carried[r.Session]; s != nil {
		alone.Sessions = []wire.Session{*s}
	}
	a.Reason = reason.Error()
	a.Raw, err = wire.Encode(alone)
	return a, err
}

// readRecord fills a response from a record. reason says why the record cannot be taken; err is the store's.
func (in *Ingest) readRecord(ctx context.Context, to *store.Response, origin wire.Origin, r *wire.Record, now time.Time,
) (reason, err error) {
	if err := r.Validate(); err != nil {
		return err, nil
	}
	canonical, reason := in.opener.OpenCanonical(origin, *r)
	if errors.Is(reason, wire.ErrUnknownSession) {
		if err := in.recall(ctx, origin, r.Session); err != nil {
			return nil, err
		}
		canonical, reason = in.opener.OpenCanonical(origin, *r)
	}
	if reason != nil {
		return reason, nil
	}
	body, reason := parseBody(canonical)
	if reason != nil {
		return reason, nil
	}
	if reason, err := in.check(ctx, &body.Response); reason != nil || err != nil {
		return reason, err
	}
	to.Hash, to.Body = wire.BodyHash(origin, r.Seq, r.AnswerID, canonical), canonical
	fill(to, body, now)
	return nil, nil
}

// recall gives the opener a session that came with an earlier batch. One that never came is no error.
func (in *Ingest) recall(ctx context.Context, origin wire.Origin, id wire.SessionID) error {
	data, err := in.store.Seal(ctx, origin, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var s wire.Session
	if err := wire.Decode(data, &s); err != nil {
		return err
	}
	if err := in.opener.Session(origin, s); err != nil {
		in.log.Error("a session in the store cannot be opened", "origin", origin, "session", id, "error", err)
	}
	return nil
}

// maxCode bounds the codes in a response to a survey that is not known here, in bytes.
const maxCode = 64

// check says why a response cannot be an answer to its survey. A survey that is not known here, as after a restored
// backup, is taken on trust: the answer was given, and the survey can be published again.
func (in *Ingest) check(ctx context.Context, r *surveys.Response) (reason, err error) {
	survey, err := in.published(ctx, r.Survey, r.Version)
	if err != nil {
		return nil, err
	}
	if survey != nil {
		return survey.CheckResponse(r), nil
	}
	for _, code := range []string{r.Survey, r.Version, r.Language, r.Audience, r.Ticket} {
		if len(code) > maxCode {
			return fmt.Errorf("a code of %d bytes in a response to a survey that is not known here", len(code)), nil
		}
	}
	if r.Survey == "" || r.Version == "" {
		return errors.New("the response names no survey"), nil
	}
	return nil, nil
}

// published returns a published survey, nil when it is not.
func (in *Ingest) published(ctx context.Context, id, version string) (*surveys.Survey, error) {
	in.mu.Lock()
	s := in.loaded[surveyName{id, version}]
	in.mu.Unlock()
	if s != nil {
		return s, nil
	}
	v, err := in.store.Survey(ctx, id, version)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if s, err = surveys.Load(id, v.Source); err != nil {
		return nil, fmt.Errorf("a published survey no longer loads: %w", err)
	}
	in.mu.Lock()
	in.loaded[surveyName{id, version}] = s
	in.mu.Unlock()
	return s, nil
}
