package ingest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"otklik/surveys"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// batch keeps the records of a batch. A record that cannot be read goes to quarantine and holds nothing up.
func (in *Ingest) batch(r *http.Request, t store.Terminal, body []byte) (reply, error) {
	b, err := wire.DecodeBatch(body)
	if err != nil {
		return reply{}, err
	}
	receipt, err := in.take(r.Context(), t, &b, sha256.Sum256(body), false)
	if err != nil {
		return reply{}, err
	}
	return in.sign(wire.ReceiptContext, receipt)
}

// take keeps the records of a batch, by whatever way it came: hash is that of its bytes. carried says that by hand.
func (in *Ingest) take(ctx context.Context, t store.Terminal, b *wire.Batch, hash wire.Hash, carried bool) (wire.Receipt, error) {
	now := in.now()
	intake, err := in.read(ctx, b, now)
	if err != nil {
		return wire.Receipt{}, err
	}
	intake.Terminal, intake.Carried = t.ID, carried
	epoch, err := in.store.Epoch(ctx)
	if err != nil {
		return wire.Receipt{}, err
	}
	decisions, err := in.store.Keep(ctx, intake)
	if errors.Is(err, store.ErrForeign) {
		if err := putAside(&intake, b); err != nil {
			return wire.Receipt{}, err
		}
		decisions, err = in.store.Keep(ctx, intake)
	}
	if err != nil {
		return wire.Receipt{}, err
	}
	in.report(t, decisions)
	return wire.Receipt{Origin: b.Origin, Batch: hash, Epoch: epoch, Time: now, Decisions: decisions}, nil
}

// putAside has all records of a batch go to quarantine, because its outbox is another terminal's.
func putAside(intake *store.Intake, b *wire.Batch) (err error) {
	for i := range intake.Arrivals {
		a := &intake.Arrivals[i]
		a.Reason = store.ErrForeign.Error() + "; if this machine took that one's place, revoke that one, then read it again"
		if a.Raw == nil {
			if a.Raw, err = alone(b, &b.Records[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// alone is a record as it can be read again later, when the key or the program for it is there.
func alone(b *wire.Batch, r *wire.Record) ([]byte, error) {
	one := wire.Batch{Origin: b.Origin, Records: []wire.Record{*r}}
	for i := range b.Sessions {
		if b.Sessions[i].ID == r.Session {
			one.Sessions = b.Sessions[i : i+1]
		}
	}
	return wire.Encode(one)
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

// reading is a batch on the way into an intake.
type reading struct {
	*Ingest
	batch *wire.Batch
	now   time.Time

	unpacked atomic.Int64 // bytes of the bodies so far

	mu sync.Mutex
	// sessions are held for the batch: while it is read, the opener may let go of them for those of others.
	sessions map[wire.SessionID]*wire.OpenedSession
}

// read opens all records of a batch. Only the store's failures are errors.
func (in *Ingest) read(ctx context.Context, b *wire.Batch, now time.Time) (store.Intake, error) {
	intake := store.Intake{Origin: b.Origin, Received: now, Arrivals: make([]store.Arrival, len(b.Records))}
	of := &reading{Ingest: in, batch: b, now: now, sessions: make(map[wire.SessionID]*wire.OpenedSession)}
	for i := range b.Sessions {
		s := &b.Sessions[i]
		if of.derive(s) != nil {
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
				intake.Arrivals[i], errs[n] = of.arrival(ctx, &b.Records[i])
			}
		})
	}
	workers.Wait()
	return intake, errors.Join(errs...)
}

// maxUnpacked bounds the bodies of a batch, in bytes: twice what one comes to in which all answers are as long as a glossary.
const maxUnpacked = 32 << 20

// errUnpacked is why a record goes to quarantine for which there is no room with the others of its batch.
var errUnpacked = fmt.Errorf("the answers of its batch unpack to more than %d MB, which those of no survey do; read it again by itself", maxUnpacked>>20)

// errPanic is why a record goes to quarantine that broke the program. A newer one may read it.
var errPanic = errors.New("the collector's program failed on it; its log says where")

// survive turns a panic into a reason: whatever one terminal sent, the others are heard.
func (of *reading) survive(what any, reason *error) {
	if p := recover(); p != nil {
		of.log.Error("the program failed on a record", "origin", of.batch.Origin, "of", what, "panic", p, "stack", string(debug.Stack()))
		*reason = errPanic
	}
}

// derive gets the key of a session, and holds it.
func (of *reading) derive(s *wire.Session) (reason error) {
	defer of.survive(s.ID, &reason)
	opened, err := of.opener.Opened(of.batch.Origin, *s)
	if err == nil {
		of.mu.Lock()
		defer of.mu.Unlock()
		of.sessions[s.ID] = opened
	}
	return err
}

// arrival reads one record, or says why it cannot be read.
func (of *reading) arrival(ctx context.Context, r *wire.Record) (store.Arrival, error) {
	a := store.Arrival{Seq: r.Seq, AnswerID: r.AnswerID}
	reason, err := of.record(ctx, &a.Response, r)
	if reason == nil || err != nil {
		return a, err
	}
	a.Reason = shortened(reason.Error())
	a.Raw, err = alone(of.batch, r)
	return a, err
}

// maxReason bounds why a record cannot be taken, in bytes.
const maxReason = 400

func shortened(reason string) string {
	if len(reason) <= maxReason {
		return reason
	}
	return strings.ToValidUTF8(reason[:maxReason], "") + "…"
}

// record fills a response from a record. reason says why the record cannot be taken; err is the store's.
func (of *reading) record(ctx context.Context, to *store.Response, r *wire.Record) (reason, err error) {
	defer of.survive(r.Seq, &reason)
	if err := r.Validate(); err != nil {
		return err, nil
	}
	if r.Seq > store.MaxSeq {
		return fmt.Errorf("no outbox numbers up to %d", r.Seq), nil
	}
	session, reason, err := of.session(ctx, r.Session)
	if reason != nil || err != nil {
		return reason, err
	}
	canonical, reason := of.open(session, of.batch.Origin, *r)
	if reason != nil {
		return reason, nil
	}
	if of.unpacked.Add(int64(len(canonical))) > maxUnpacked {
		return errUnpacked, nil
	}
	body, reason := parseBody(canonical)
	if reason != nil {
		return reason, nil
	}
	if reason, err := of.check(ctx, &body.Response); reason != nil || err != nil {
		return reason, err
	}
	to.Hash, to.Body = wire.BodyHash(of.batch.Origin, r.Seq, r.AnswerID, canonical), canonical
	fill(to, body, of.now)
	return nil, nil
}

// session finds the session of a record: it came along, or with an earlier batch. nil when it never came.
func (of *reading) session(ctx context.Context, id wire.SessionID) (s *wire.OpenedSession, reason, err error) {
	of.mu.Lock()
	s = of.sessions[id]
	of.mu.Unlock()
	if s == nil {
		s = of.opener.Known(of.batch.Origin, id)
	}
	if s != nil {
		return s, nil, nil
	}
	data, err := of.store.Seal(ctx, of.batch.Origin, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var sealed wire.Session
	if reason = wire.Decode(data, &sealed); reason == nil {
		reason = of.derive(&sealed)
	}
	if reason != nil {
		of.log.Error("a session in the store cannot be opened", "origin", of.batch.Origin, "session", id, "error", reason)
		return nil, fmt.Errorf("its session, as it is kept here, cannot be opened: %w", reason), nil
	}
	of.mu.Lock()
	defer of.mu.Unlock()
	return of.sessions[id], nil, nil
}

// maxCode bounds the codes in a response to a survey that is not known here, in bytes.
const maxCode = 64

// check says why a response cannot be an answer to its survey. A survey that is not known here, as after a restored
// backup, is taken on trust: the answer was given, and the survey can be published again.
func (in *Ingest) check(ctx context.Context, r *surveys.Response) (reason, err error) {
	survey, reason, err := in.published(ctx, r.Survey, r.Version)
	if reason != nil || err != nil {
		return reason, err
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
	if !surveys.IsID(r.Survey) {
		return fmt.Errorf("the response names the survey %.70q; none can be called so", r.Survey), nil
	}
	return nil, nil
}

// published returns a published survey, nil when it is not. reason says that it is and this program cannot read it: what
// answers it waits in quarantine for one that can.
func (in *Ingest) published(ctx context.Context, id, version string) (s *surveys.Survey, reason, err error) {
	in.mu.Lock()
	s = in.loaded[surveyName{id, version}]
	in.mu.Unlock()
	if s != nil {
		return s, nil, nil
	}
	v, err := in.store.Survey(ctx, id, version)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if s, reason = surveys.Load(id, v.Source); reason != nil {
		in.log.Error("a published survey no longer loads", "survey", id, "version", version, "error", reason)
		return nil, fmt.Errorf("survey %s, version %s, no longer loads: %w", id, version, reason), nil
	}
	in.mu.Lock()
	in.loaded[surveyName{id, version}] = s
	in.mu.Unlock()
	return s, nil, nil
}
