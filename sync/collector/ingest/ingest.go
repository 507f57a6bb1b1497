// Package ingest is where terminals talk to the collector: enrolment, batches of answers, heartbeats, surveys. A batch is
// answered by a receipt with a verdict on each record, signed after the records were committed.
package ingest

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// Store is what terminals' messages change and need.
type Store interface {
	Keep(ctx context.Context, intake store.Intake) ([]wire.Decision, error)
	Seal(ctx context.Context, origin wire.Origin, session wire.SessionID) ([]byte, error)
	Terminal(ctx context.Context, id uuid.UUID) (store.Terminal, error)
	QuarantinedOne(ctx context.Context, id int64) (store.Quarantined, error)
	Release(ctx context.Context, id int64, intake store.Intake) (wire.Decision, error)
	Sight(ctx context.Context, s store.Sighting) (bool, error)
	Beat(ctx context.Context, terminal uuid.UUID, beat wire.Heartbeat, received time.Time) (bool, error)
	NoteEscrow(ctx context.Context, terminal uuid.UUID, escrow wire.EscrowMark) error
	Survey(ctx context.Context, id, version string) (store.SurveyVersion, error)
	Epoch(ctx context.Context) (wire.Epoch, error)
	Safe(ctx context.Context, origin wire.Origin) (wire.Ranges, bool, error)
	Lacks(ctx context.Context, origin wire.Origin, held []wire.Held) (wire.Ranges, error)
	Coverage(ctx context.Context, terminal uuid.UUID) ([]store.Coverage, error)
}

// Fleet enrols terminals and says what each should hold.
type Fleet interface {
	Enrol(ctx context.Context, request wire.EnrolRequest) (wire.EnrolReply, error)
	Config(ctx context.Context, t store.Terminal) (wire.TerminalConfig, error)
}

// Bounds of bodies, in bytes. Batches have wire's.
const (
	maxEnrolBytes     = 4 << 10
	maxHeartbeatBytes = 64 << 10
	maxOfferBytes     = 64 << 10 // wire.MaxRanges ranges are 45 KB at most
)

// retryAfter is what a terminal is asked to wait, in seconds, when the store cannot take its records.
const retryAfter = 30

// Ingest answers terminals.
type Ingest struct {
	store   Store
	fleet   Fleet
	signing ed25519.PrivateKey
	opener  *wire.Opener
	open    func(*wire.OpenedSession, wire.Origin, wire.Record) ([]byte, error) // another one in tests
	chain   [][]byte
	escrow  []byte
	now     func() time.Time
	log     *slog.Logger
	mux     *http.ServeMux

	mu sync.Mutex
	// loaded are published surveys, by which answers are checked.
	loaded map[surveyName]*surveys.Survey
}

// New returns the handler of the paths in package wire. Receipts and replies are signed with signing, records opened by
// opener; now is the clock.
func New(s Store, f Fleet, signing ed25519.PrivateKey, opener *wire.Opener, now func() time.Time, log *slog.Logger) *Ingest {
	in := &Ingest{
		store: s, fleet: f, signing: signing, opener: opener, open: (*wire.OpenedSession).OpenCanonical, now: now, log: log, mux: http.NewServeMux(),
		loaded: make(map[surveyName]*surveys.Survey),
	}
	in.handle("POST "+wire.PathEnrol, maxEnrolBytes, in.enrol)
	in.handle("POST "+wire.PathBatches, wire.MaxBodyBytes, in.signed(in.batch))
	in.handle("POST "+wire.PathHeartbeat, maxHeartbeatBytes, in.signed(in.heartbeat))
	in.handle("POST "+wire.PathOffer, maxOfferBytes, in.signed(in.offer))
	in.handle("GET "+wire.PathKeys, 0, in.signed(in.keys))
	in.handle("GET "+wire.PathSurveys+"{id}/{version}", 0, in.signed(in.survey))
	return in
}

// Succeed has terminals that pinned an older key learn the one in force: chain is that of wire.Successions. It is called
// before the handler is used.
func (in *Ingest) Succeed(chain [][]byte) { in.chain = chain }

// SealAlsoFor has terminals seal for an escrow key, too: the public half, nil for none. It is called before the handler is
// used.
func (in *Ingest) SealAlsoFor(escrow []byte) { in.escrow = escrow }

func (in *Ingest) keys(*http.Request, store.Terminal, []byte) (reply, error) {
	body, err := wire.Encode(wire.Successions{Chain: in.chain})
	return reply{body, wire.ContentType}, err
}

type surveyName struct{ id, version string }

// ServeHTTP implements http.Handler.
func (in *Ingest) ServeHTTP(w http.ResponseWriter, r *http.Request) { in.mux.ServeHTTP(w, r) }

// reply is the body of a success.
type reply struct {
	body        []byte
	contentType string
}

// handle serves a pattern: it reads the body up to most bytes, and writes the reply or the refusal.
func (in *Ingest) handle(pattern string, most int64, answer func(r *http.Request, body []byte) (reply, error)) {
	in.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		body, err := readBody(w, r, most)
		var out reply
		if err == nil {
			out, err = answer(r, body)
		}
		if err != nil {
			in.refuse(w, r, err)
			return
		}
		w.Header().Set("Content-Type", out.contentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(out.body)))
		w.Write(out.body)
	})
}

// readBody reads a body as it was signed. Sealed records do not compress, so no coding is taken: what is read is all
// there is.
func readBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	if coding := r.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return nil, &refusal{http.StatusUnsupportedMediaType, wire.Problem{
			Code: "content-encoding", Message: fmt.Sprintf("bodies coded by %.40q are not taken", coding), Hint: "send the body as it is",
		}, nil}
	}
	if r.Method == http.MethodPost && r.Header.Get("Content-Type") != wire.ContentType {
		return nil, &refusal{http.StatusUnsupportedMediaType, wire.Problem{
			Code:    "content-type",
			Message: fmt.Sprintf("the body is %.60q, not %s", r.Header.Get("Content-Type"), wire.ContentType),
			Hint:    "this path is for terminals; people use the console",
		}, nil}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, &refusal{http.StatusRequestEntityTooLarge, wire.Problem{
			Code: "too-large", Message: fmt.Sprintf("the body has more than %d bytes", most), Hint: "send fewer records at a time",
		}, nil}
	}
	if err != nil {
		return nil, &refusal{http.StatusBadRequest, wire.Problem{
			Code: "cut-off", Message: "the body ended before its end", Hint: "send it again",
		}, err}
	}
	return body, nil
}

// signed lets only requests through that a terminal signed which may send.
func (in *Ingest) signed(answer func(r *http.Request, t store.Terminal, body []byte) (reply, error),
) func(*http.Request, []byte) (reply, error) {
	return func(r *http.Request, body []byte) (reply, error) {
		var terminal store.Terminal
		_, err := wire.VerifyRequest(r, body, func(id uuid.UUID) (ed25519.PublicKey, error) {
			t, err := in.store.Terminal(r.Context(), id)
			terminal = t
			return t.PublicKey, err
		})
		switch {
		case errors.Is(err, store.ErrNotFound):
			return reply{}, unknownTerminal(err)
		case err != nil:
			return reply{}, err
		case !terminal.MaySend():
			return reply{}, in.revoked(terminal, body)
		}
		return answer(r, terminal, body)
	}
}

// sign makes the reply that carries a message of the collector.
func (in *Ingest) sign(context wire.Context, message any) (reply, error) {
	body, err := wire.Sign(context, in.signing, message)
	return reply{body, wire.ContentType}, err
}

func (in *Ingest) enrol(r *http.Request, body []byte) (reply, error) {
	var request wire.EnrolRequest
	if err := wire.Decode(body, &request); err != nil {
		return reply{}, err
	}
	enrolled, err := in.fleet.Enrol(r.Context(), request)
	if err != nil {
		return reply{}, enrolRefusal(err)
	}
	in.log.Info("terminal enrolled", "terminal", enrolled.Terminal, "site", enrolled.Config.Site,
		"name", enrolled.Config.Name, "address", r.RemoteAddr)
	return in.sign(wire.EnrolContext, enrolled)
}

func (in *Ingest) heartbeat(r *http.Request, t store.Terminal, body []byte) (reply, error) {
	var beat wire.Heartbeat
	if err := wire.Decode(body, &beat); err != nil {
		return reply{}, err
	}
	if beat.Origin == (wire.Origin{}) {
		return reply{}, fmt.Errorf("%w: a heartbeat without an origin", wire.ErrMalformed)
	}
	now := in.now()
	// A replay changes nothing; answering it tells nobody anything new.
	fresh, err := in.store.Beat(r.Context(), t.ID, beat, now)
	if err != nil {
		return reply{}, err
	}
	// A replay may be another machine with a copy of the disk, so each is looked at.
	alarm, err := in.store.Sight(r.Context(), store.Sighting{
		Terminal: t.ID, Origin: beat.Origin, At: now, Boot: bounded(beat.Boot), Address: host(r.RemoteAddr),
	})
	if err != nil {
		return reply{}, err
	}
	if alarm {
		in.log.Warn("two machines beat for one outbox by turns: a disk was copied", "terminal", t.ID, "name", t.Name, "origin",
			beat.Origin)
	}
	epoch, err := in.store.Epoch(r.Context())
	if err != nil {
		return reply{}, err
	}
	config, err := in.fleet.Config(r.Context(), t)
	if err != nil {
		return reply{}, err
	}
	safe, backups, err := in.store.Safe(r.Context(), beat.Origin)
	if err != nil {
		return reply{}, err
	}
	missing, err := in.missing(r.Context(), t.ID, beat.Origin)
	if err != nil {
		return reply{}, err
	}
	return in.sign(wire.HeartbeatContext, wire.HeartbeatReply{
		Origin: beat.Origin, Beat: beat.Beat, Epoch: epoch, Time: now, Config: config, Backups: backups, Safe: safe,
		Stale: !fresh, EscrowKey: in.escrow, Missing: missing,
	})
}

// missing are the seqs of an outbox that are neither here nor, as many as there are, waiting on its terminal. A disk that said
// it had written what it had not leaves such holes, in the middle of an epoch; the terminal still keeps what it was thanked
// for lately.
func (in *Ingest) missing(ctx context.Context, terminal uuid.UUID, origin wire.Origin) (wire.Ranges, error) {
	all, err := in.store.Coverage(ctx, terminal)
	for i := range all {
		if c := &all[i]; c.Origin == origin && c.Left.IsZero() && c.Missing() > 0 {
			lacking := c.Lacking()
			return lacking[:min(len(lacking), wire.MaxRanges)], nil
		}
	}
	return nil, err
}

// bounded is what a terminal says of its start, cut to what an honest one says.
func bounded(boot string) string { return boot[:min(len(boot), 64)] }

// host is an address without its port, which is another one for each connection.
func host(address string) string {
	if h, _, err := net.SplitHostPort(address); err == nil {
		return h
	}
	return address
}

func (in *Ingest) survey(r *http.Request, _ store.Terminal, _ []byte) (reply, error) {
	v, err := in.store.Survey(r.Context(), r.PathValue("id"), r.PathValue("version"))
	if errors.Is(err, store.ErrNotFound) {
		return reply{}, &refusal{http.StatusNotFound, wire.Problem{
			Code: "unknown-survey", Message: "no such version of a survey was published here",
			Hint: "the next heartbeat brings the list of surveys",
		}, err}
	}
	return reply{v.Source, "application/yaml"}, err
}

// refuse writes a Problem.
func (in *Ingest) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) {
		return // nobody listens
	}
	ref := asRefusal(err)
	level := slog.LevelInfo
	if ref.status >= 500 {
		level = slog.LevelError
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	in.log.Log(r.Context(), level, "terminal refused", "path", r.URL.Path, "status", ref.status, "code", ref.problem.Code,
		"error", err, "address", r.RemoteAddr)
	body, err := json.Marshal(ref.problem)
	if err != nil {
		panic(err) // three strings always marshal
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(ref.status)
	w.Write(body)
}
