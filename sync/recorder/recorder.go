// Package recorder makes a response durable: it gives it its answer_id, seals it for the collector and appends it to the
// outbox. Whoever asks people — the glass, a simulation — saves through it and thanks nobody before Save returned nil.
package recorder

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// Config is what a recorder needs.
type Config struct {
	Outbox     *outbox.Outbox
	Recipients wire.Recipients
	// Offset returns the collector's time minus this machine's, and whether it is known; nil for never known.
	Offset func() (time.Duration, bool)
	Now    func() time.Time // nil for time.Now
	Rand   io.Reader        // nil for crypto/rand
}

// Recorder seals with one key a survey version, made when the version is first answered and kept in memory only. It is
// safe for concurrent use.
type Recorder struct {
	cfg     Config
	started time.Time
	boot    string

	mu      sync.Mutex
	sealers map[string]*wire.Sealer // by survey version
}

// New makes a recorder; its start is the zero of the records' monotonic clock.
func New(cfg Config) *Recorder {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.Offset == nil {
		cfg.Offset = func() (time.Duration, bool) { return 0, false }
	}
	return &Recorder{cfg: cfg, started: cfg.Now(), boot: BootID(), sealers: map[string]*wire.Sealer{}}
}

// Save stores the response to a survey and returns its answer_id. After nil it is on the disk, and each of the survey's
// quotas that counts the visitor has one response more: see Completed. An error that wraps
// outbox.ErrStorage says that it may not be: nobody may be thanked, and outbox.Recover stores it later if it can.
func (r *Recorder) Save(s *surveys.Survey, response *surveys.Response) (uuid.UUID, error) {
	id, err := r.answerID(s.Anonymous)
	if err != nil {
		return uuid.Nil, fmt.Errorf("recorder: no random number for an answer_id: %w", err)
	}
	sealer, err := r.sealer(s)
	if err != nil {
		return uuid.Nil, err
	}
	body := &wire.Body{Response: *response, Clock: r.clock(s.Anonymous)}
	if s.Anonymous {
		body.Response.Begin(s, response.Began()) // whoever made the response
	}
	_, err = r.cfg.Outbox.Append(id, sealer.Session(), func(seq uint64) (wire.Record, error) {
		return sealer.Seal(seq, id, body)
	}, tallies(s, response)...)
	return id, err
}

// SetRecipients has answers sealed for other recipients from now on. Those that are being saved may be for the former.
func (r *Recorder) SetRecipients(to wire.Recipients) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cfg.Recipients = to
	clear(r.sealers)
}

// EscrowMark is of the escrow key that answers are sealed for now.
func (r *Recorder) EscrowMark() wire.EscrowMark {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cfg.Recipients.EscrowMark()
}

// Completed returns how many responses a quota of a survey, in all its versions, has counted on this terminal. It waits
// for nothing.
func (r *Recorder) Completed(survey, quota string) int {
	return int(r.cfg.Outbox.Tally(tally(survey, quota)))
}

// TicketUsed reports whether a response taken by the ticket was stored on this terminal: the tally of a ticket lies in the
// transaction of its answer, as those of quotas do. It waits for nothing.
func (r *Recorder) TicketUsed(survey, ticket string) bool {
	return r.cfg.Outbox.Tally(ticketTally(survey, ticket)) > 0
}

// ticketTally has a blank, which no survey's id has: a quota's tally is never called so.
func ticketTally(survey, ticket string) string {
	return fmt.Sprintf("ticket %x", wire.TicketMark(survey, ticket))
}

func tally(survey, quota string) string { return survey + "/" + quota }

// tallies are those of the quotas that count the visitor, by the answers and the day of the visit,
// and that of the ticket.
func tallies(s *surveys.Survey, response *surveys.Response) []string {
	answers := surveys.Answers{}
	for _, a := range response.Answers {
		if !a.Value.IsZero() {
			answers[a.Question] = a.Value
		}
	}
	visit := surveys.Visit{Survey: s, Seed: response.Seed, Began: response.Began()}
	var names []string
	if !response.Partial { // a quota is of complete responses
		for _, code := range visit.Quotas(answers) {
			names = append(names, tally(s.ID, code))
		}
	}
	if response.Ticket != "" {
		names = append(names, ticketTally(s.ID, response.Ticket))
	}
	return names
}

// answerID is a UUIDv7, which tells the time to the millisecond; for an anonymous survey a UUIDv4, which tells nothing.
func (r *Recorder) answerID(anonymous bool) (uuid.UUID, error) {
	if anonymous {
		return uuid.NewRandomFromReader(r.cfg.Rand)
	}
	return uuid.NewV7FromReader(r.cfg.Rand)
}

func (r *Recorder) sealer(s *surveys.Survey) (*wire.Sealer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known := r.sealers[s.Version]; known != nil {
		return known, nil
	}
	sealer, err := wire.NewSealer(r.cfg.Recipients, r.cfg.Outbox.Origin(), wire.Glossary(s), r.cfg.Rand)
	if err != nil {
		return nil, fmt.Errorf("recorder: seal answers to %s %s: %w", s.ID, s.Version, err)
	}
	r.sealers[s.Version] = sealer
	return sealer, nil
}

// clock is what this machine knows of time now: for an anonymous survey the day alone.
func (r *Recorder) clock(anonymous bool) wire.Clock {
	now := r.cfg.Now()
	if anonymous {
		return wire.Clock{Wall: surveys.Day(now)}
	}
	offset, known := r.cfg.Offset()
	return wire.Clock{
		Wall: now.UTC().Truncate(time.Second), Monotonic: now.Sub(r.started).Milliseconds(), Boot: r.boot,
		Offset: offset.Milliseconds(), OffsetKnown: known,
	}
}

// BootID names this start of the machine: the first 8 hex digits of the kernel's boot id, or "" where there is none.
func BootID() string {
	data, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	id := strings.ReplaceAll(strings.TrimSpace(string(data)), "-", "")
	return id[:min(8, len(id))]
}
