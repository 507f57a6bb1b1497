// Package fleet makes terminals out of one-time codes and decides what they ask.
package fleet

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// CodeLife is how long an enrolment code can be used.
const CodeLife = 24 * time.Hour

// MaxReusable is how many terminals one code can make.
const MaxReusable = 10_000

// ErrName says that a site, a terminal or a series cannot be called so.
var ErrName = errors.New("not a name")

// maxName bounds the names of sites and terminals, in characters.
const maxName = 80

// Store is what the fleet keeps.
type Store interface {
	store.Fleet
	store.Surveys
	store.Tickets
	store.Improvements
	Epoch(ctx context.Context) (wire.Epoch, error)
	KeepWindow(ctx context.Context) (store.KeepWindow, error)
}

// Fleet is all terminals of one collector.
type Fleet struct {
	store   Store
	signing ed25519.PublicKey
	sealing []byte
	escrow  []byte
	now     func() time.Time
	random  io.Reader
	rate    func(time.Time) int64
}

// New returns the fleet in a store. signing and sealing are the collector's public keys, now is the clock.
func New(s Store, signing ed25519.PublicKey, sealing []byte, now func() time.Time) *Fleet {
	return &Fleet{store: s, signing: signing, sealing: sealing, now: now, random: rand.Reader}
}

// SealAlsoFor has terminals that enrol seal for an escrow key, too: the public half, nil for none. It is called before the
// fleet is used.
func (f *Fleet) SealAlsoFor(escrow []byte) { f.escrow = escrow }

// LimitUploads has the uploads of each terminal take at most so many bytes a second on average as rate says for the time;
// 0 for no bound. It is called before the fleet is used.
func (f *Fleet) LimitUploads(rate func(now time.Time) int64) { f.rate = rate }

// IssueCode makes a one-time code for a terminal to be called name at site, which will offer the surveys with the given
// ids in that order; all that are published, now and later, when none are given. store.ErrConflict when a terminal is
// called so, store.ErrNotFound when a survey was never published.
func (f *Fleet) IssueCode(ctx context.Context, site, name string, surveys ...string) (wire.Code, error) {
	return f.IssueCornered(ctx, PIN{}, site, name, surveys...)
}

// PIN is what the service corner of a terminal opens to from its first configuration on; the zero value is none. Made says
// that nobody chose it: it gives way to one that was chosen at the terminal.
type PIN struct {
	Text string
	Made bool
}

// hash is what is kept of it.
func (p PIN) hash() (string, error) {
	if p.Text == "" {
		return "", nil
	}
	return wire.HashPIN(p.Text)
}

// IssueCornered is IssueCode for a terminal whose service corner has a PIN from the start. The error wraps wire.ErrPIN when
// the text cannot be one.
func (f *Fleet) IssueCornered(ctx context.Context, pin PIN, site, name string, surveys ...string) (wire.Code, error) {
	hash, err := pin.hash()
	if err != nil {
		return wire.Code{}, err
	}
	return f.issue(ctx, store.Enrolment{Site: site, Name: name, Surveys: surveys, PIN: hash, PINMade: pin.Made})
}

// IssueReusable makes a code as IssueCode does that makes uses terminals, 1 to MaxReusable, called by name and a number:
// for simulated terminals, as whoever holds it has that many. It is good for CodeLife, too.
func (f *Fleet) IssueReusable(ctx context.Context, uses int, site, name string, surveys ...string) (wire.Code, error) {
	if uses < 1 || uses > MaxReusable {
		return wire.Code{}, fmt.Errorf("fleet: a code for %d terminals; one makes 1 to %d", uses, MaxReusable)
	}
	return f.issue(ctx, store.Enrolment{Site: site, Name: name, Surveys: surveys, Uses: uses})
}

// issue keeps an enrolment by a new code.
func (f *Fleet) issue(ctx context.Context, e store.Enrolment) (wire.Code, error) {
	for what, s := range map[string]string{"site": e.Site, "name": e.NameOf(max(1, e.Uses))} {
		if err := checkName(what, s); err != nil {
			return wire.Code{}, err
		}
	}
	for _, id := range e.Surveys {
		versions, err := f.store.SurveyVersions(ctx, id)
		if err != nil {
			return wire.Code{}, err
		}
		if len(versions) == 0 {
			return wire.Code{}, fmt.Errorf("fleet: survey %q: %w; publish it first, or look at the list: collector survey list",
				id, store.ErrNotFound)
		}
	}
	code, err := wire.NewCode(f.random, f.signing)
	if err != nil {
		return wire.Code{}, err
	}
	now := f.now()
	e.CodeHash, e.Issued, e.Expires = code.Hash(), now, now.Add(CodeLife)
	err = f.store.IssueEnrolment(ctx, e)
	if errors.Is(err, store.ErrConflict) {
		return wire.Code{}, fmt.Errorf("%w; give another name, or revoke that one first", err)
	}
	return code, err
}

func checkName(what, s string) error {
	odd := func(r rune) bool { return !unicode.IsPrint(r) }
	if s == "" || strings.TrimSpace(s) != s || !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxName ||
		strings.ContainsFunc(s, odd) {
		return fmt.Errorf("fleet: the %s is %.100q, it needs 1 to %d printable characters without spaces at its ends (%w)",
			what, s, maxName, ErrName)
	}
	return nil
}

// Enrol answers a terminal that shows a code. Errors wrap wire.ErrCode or wire.ErrMalformed for what can never be right,
// and those of store.Fleet's RedeemEnrolment.
func (f *Fleet) Enrol(ctx context.Context, request wire.EnrolRequest) (wire.EnrolReply, error) {
	code, err := wire.ParseCode(request.Code)
	if err != nil {
		return wire.EnrolReply{}, err
	}
	if len(request.PublicKey) != ed25519.PublicKeySize || request.Origin == (wire.Origin{}) {
		return wire.EnrolReply{}, fmt.Errorf("fleet: enrol: %w: a public key of %d bytes and an origin are needed",
			wire.ErrMalformed, len(request.PublicKey))
	}
	id, err := uuid.NewRandomFromReader(f.random)
	if err != nil {
		return wire.EnrolReply{}, fmt.Errorf("fleet: enrol: %w", err)
	}
	terminal, err := f.store.RedeemEnrolment(ctx, store.Redemption{
		CodeHash: code.Hash(), PublicKey: request.PublicKey, Origin: request.Origin, Version: request.Version,
		OwnPIN: request.OwnPIN, Terminal: id, Now: f.now(),
	})
	if err != nil {
		return wire.EnrolReply{}, err
	}
	epoch, err := f.store.Epoch(ctx)
	if err != nil {
		return wire.EnrolReply{}, err
	}
	config, err := f.Config(ctx, terminal)
	if err != nil {
		return wire.EnrolReply{}, err
	}
	return wire.EnrolReply{
		Terminal: terminal.ID, Origin: request.Origin, SigningKey: f.signing, SealingKey: f.sealing, EscrowKey: f.escrow,
		Epoch: epoch, Config: config,
	}, nil
}

// Config is what a terminal should hold: the latest version of each survey it was given, or of every published one in the
// order in which they were first published. Its version rises with every change to the terminal's own settings and to the
// open tickets of these surveys, and with none to those of others.
func (f *Fleet) Config(ctx context.Context, t store.Terminal) (wire.TerminalConfig, error) {
	// The version is read first: when a survey is published in between, the next configuration has a higher one.
	version, err := f.store.ConfigVersion(ctx)
	if err != nil {
		return wire.TerminalConfig{}, err
	}
	changes, err := f.store.TicketChanges(ctx)
	if err != nil {
		return wire.TerminalConfig{}, err
	}
	window, err := f.store.KeepWindow(ctx)
	if err != nil {
		return wire.TerminalConfig{}, err
	}
	latest, err := f.store.LatestSurveys(ctx)
	if err != nil {
		return wire.TerminalConfig{}, err
	}
	config := wire.TerminalConfig{Version: version + t.Settings, Site: t.Site, Name: t.Name, PIN: t.PIN, Leave: t.Leave, Hours: t.Hours}
	config.KeepDays, config.KeepBytes = window.Days, window.Bytes
	if f.rate != nil {
		config.Rate = f.rate(f.now())
	}
	if len(t.Surveys) == 0 {
		for i := range latest {
			config.Surveys = append(config.Surveys, latest[i].Ref())
		}
	}
	for _, id := range t.Surveys {
		if i := slices.IndexFunc(latest, func(v store.SurveyVersion) bool { return v.ID == id }); i >= 0 {
			config.Surveys = append(config.Surveys, latest[i].Ref())
		}
	}
	// The changes of each survey were read before, so that a change meanwhile gives the next configuration a higher version; as
	// each number only rises, so does their sum.
	for _, s := range config.Surveys {
		config.Version += changes[s.ID]
	}
	if !t.Draining.IsZero() || !t.Active() {
		config.Surveys = nil // it asks nobody any more
		return config, nil
	}
	if config.Improvements, err = f.improvements(ctx); err != nil {
		return wire.TerminalConfig{}, err
	}
	return config, f.mark(ctx, &config, changes)
}
