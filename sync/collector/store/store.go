// Package store says what the collector keeps and what it may rely on. One package per technology implements Store;
// storetest holds every one of them to what is promised here.
//
// Every method is safe for several goroutines at once, and for several processes on one store: the commands of IT work
// while the collector serves. A method that changes something returns nil only after the change would survive a power
// cut. Times go in and come out in UTC, to the millisecond; the zero time means "never".
package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

// Errors that callers act on; compare with errors.Is.
var (
	// ErrNotFound says that what was named does not exist.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that something else already stands where the change would go.
	ErrConflict = errors.New("already there, and different")
	// ErrExpired says that a one-time code came too late.
	ErrExpired = errors.New("expired")
	// ErrSpent says that a reusable code has made all its terminals.
	ErrSpent = errors.New("used up")
	// ErrForeign says that an outbox is another terminal's.
	ErrForeign = errors.New("the outbox is another terminal's")
	// ErrUnwell says that the disk is full, read-only or fails: what was asked may work later.
	ErrUnwell = errors.New("the disk is not well")
	// ErrNewer says that a newer program wrote the store. It is sound, and to be left as it is.
	ErrNewer = errors.New("of a newer collector")
	// ErrRevoked says that the terminal was revoked.
	ErrRevoked = errors.New("revoked")
)

// Store is all that the collector keeps. Each room asks for the part it needs.
type Store interface {
	Responses
	Fleet
	Surveys
	Tickets
	Improvements
	Coverages
	Aside
	Chains
	Access
	Backups

	// Epoch names this life of the store: random, made with the store, another one after a backup was restored.
	Epoch(ctx context.Context) (wire.Epoch, error)
	// Ping answers nil when the store can be read and written to; it changes nothing that anyone sees.
	Ping(ctx context.Context) error
	// Close waits for changes under way and lets go of the store.
	Close() error
}

// Responses keeps what terminals sent.
type Responses interface {
	// Keep commits a batch and returns one decision for each arrival, in their order. It commits all of it or, with an
	// error, nothing that a later Keep of the same batch would not find and answer for.
	//
	// An arrival whose key and hash are there already is a Duplicate. The same origin and seq with another answer id was
	// given to another visitor by a copied disk: it is kept and counted as well, raises an alarm, and is a Conflict. The
	// same key with another hash is kept aside uncounted, raises an alarm, and is a Conflict. An arrival with a Reason is
	// kept aside as it came and is Quarantined. Whatever was decided, the same arrival again changes nothing.
	// An outbox belongs to the terminal that first signed for it, or that took it over when it was enrolled again and the one
	// before was revoked. Of another one Keep changes nothing and returns ErrForeign, unless every arrival has a Reason: then
	// they are put aside as strays, and ForeignOutbox is raised.
	// Seals are kept beside; the first one of a session stays. A response that is kept and counted uses up its ticket, when
	// that is open; see Tickets. Its TicketState says what the ticket was worth.
	Keep(ctx context.Context, intake Intake) ([]wire.Decision, error)
	// Seal returns the seal of a session; ErrNotFound when none was kept.
	Seal(ctx context.Context, origin wire.Origin, session wire.SessionID) ([]byte, error)
	// EachResponse calls yield for the responses of a survey that arrived after the one with ID after (0: all), in the
	// order of arrival, and stops at the first error of yield, which it returns. Responses that arrive meanwhile may be
	// among them.
	EachResponse(ctx context.Context, survey string, after int64, yield func(*Response) error) error
	// LatestResponses returns the last n responses of a survey, the latest arrival first.
	LatestResponses(ctx context.Context, survey string, n int) ([]Response, error)
	// ResponseVersions returns the versions of a survey that have responses, whether published here or not, sorted.
	ResponseVersions(ctx context.Context, survey string) ([]string, error)
	// Totals returns how many responses each survey has, those that are in no figure counted apart; surveys without any are
	// left out.
	Totals(ctx context.Context) (map[string]Total, error)
	// Alarms returns the last n alarms that nobody acknowledged, the latest first.
	Alarms(ctx context.Context, n int) ([]Alarm, error)
	// AcknowledgeAlarm closes an alarm that the user by has read; what happens later raises another. ErrNotFound when there
	// is no open one.
	AcknowledgeAlarm(ctx context.Context, id int64, by string, at time.Time) error
}

// Fleet keeps terminals and how they became ones.
type Fleet interface {
	// IssueEnrolment keeps a code and voids earlier ones for the same site and name that no terminal was made by.
	// ErrConflict when a terminal that is not revoked has that site and name; of a reusable code, the first of its names.
	IssueEnrolment(ctx context.Context, e Enrolment) error
	// RedeemEnrolment makes a terminal of whoever shows the code: once, or Enrolment.Uses times for different keys. The same
	// code with the same public key again returns the same terminal. ErrNotFound: no such code. ErrExpired: it came too late.
	// ErrConflict: another key used the one-time code, the key belongs to another terminal, or the name was taken meanwhile.
	// A code with Replaces revokes that terminal, if it is not yet, and makes one with its settings.
	// ErrSpent: the reusable code has made all its terminals. ErrRevoked: the terminal made by it for this key was revoked.
	RedeemEnrolment(ctx context.Context, r Redemption) (Terminal, error)
	// Terminal returns one terminal; ErrNotFound when there is none.
	Terminal(ctx context.Context, id uuid.UUID) (Terminal, error)
	// Terminals returns all terminals by site and name, revoked ones last.
	Terminals(ctx context.Context) ([]Terminal, error)
	// RevokeTerminal marks a terminal revoked; again is no error and keeps the first time. ErrNotFound when there is none.
	RevokeTerminal(ctx context.Context, id uuid.UUID, at time.Time) error
	// LetSend lets a terminal that was revoked send what waits on it, and nothing else, or ends that; by is the user who
	// decided it. Each change raises its Settings. ErrNotFound when there is none, ErrConflict when it was not revoked.
	LetSend(ctx context.Context, id uuid.UUID, on bool, by string, at time.Time) error
	// History returns what was done to a terminal, in its order.
	History(ctx context.Context, id uuid.UUID) ([]Event, error)
	// DrainTerminal has a terminal ask nobody any more and send what it has, or ends that: see Terminal.Drained. A visit that
	// began before may take visit. Each change raises its Settings. ErrNotFound when there is none.
	DrainTerminal(ctx context.Context, id uuid.UUID, on bool, visit time.Duration, at time.Time) error
	// SetTerminalPIN replaces the hash of the PIN of a terminal's service corner, "" for none, and SetTerminalLeave whether
	// the corner leads to the desktop; SetTerminalHours when its centre is open. Each raises the terminal's Settings where it
	// changes something. ErrNotFound when there is no such terminal.
	SetTerminalPIN(ctx context.Context, id uuid.UUID, hash string) error
	SetTerminalLeave(ctx context.Context, id uuid.UUID, on bool) error
	SetTerminalHours(ctx context.Context, id uuid.UUID, hours string) error
	// Sight notes from which machine and address an outbox was heard of, and reports whether that raised the alarm
	// TwoMachines; the same one about an outbox is raised once a day at most. One by a terminal whose outbox it is not is none.
	Sight(ctx context.Context, s Sighting) (alarm bool, err error)
	// Beat keeps what a terminal says of itself and reports whether it did: a heartbeat whose Beat is not greater than the
	// last of its origin is a replay and changes nothing; OldBeats is raised when they go on. A Beat far beyond the clock is
	// taken and not remembered, and raises FarBeat; a LastSeq below the one before raises WentBack. Of an outbox that is
	// another terminal's (see Keep) nothing is kept, and ForeignOutbox raised; the rest is. ErrNotFound when there is no such
	// terminal.
	// Other outboxes of the terminal are left from now on, see Coverage.Left.
	// Its tap maps are merged with what is here of the same counts; those that fail their Check are left out.
	Beat(ctx context.Context, terminal uuid.UUID, beat wire.Heartbeat, received time.Time) (fresh bool, err error)
	// NoteEscrow keeps for which escrow key a terminal seals, where a courier brought word of it. ErrNotFound when there is no
	// such terminal.
	NoteEscrow(ctx context.Context, terminal uuid.UUID, escrow wire.EscrowMark) error
	// TapMaps returns where the glass of a terminal was touched, see SumTaps; none for a terminal that told nothing.
	TapMaps(ctx context.Context, terminal uuid.UUID) ([]TapMap, error)
}

// Surveys keeps published surveys. A version never changes.
type Surveys interface {
	// PublishSurvey keeps a version and raises ConfigVersion, so that terminals fetch it; false says that exactly this
	// version was published before and nothing changed. ErrConflict when the survey has a version with this number or a
	// higher one.
	PublishSurvey(ctx context.Context, s SurveyVersion) (published bool, err error)
	// Survey returns one version; ErrNotFound when it was never published.
	Survey(ctx context.Context, id, version string) (SurveyVersion, error)
	// SurveyVersions returns all versions of a survey by rising Number; none when the survey is unknown.
	SurveyVersions(ctx context.Context, id string) ([]SurveyVersion, error)
	// LatestSurveys returns the latest version of each survey in the order in which the surveys were first published.
	LatestSurveys(ctx context.Context) ([]SurveyVersion, error)
	// ConfigVersion is 1 in a new store and goes up with every change to what terminals should hold.
	ConfigVersion(ctx context.Context) (uint64, error)
}

// Access keeps the people who may open the console.
type Access interface {
	// AddUser keeps a new user; ErrConflict when the name is taken (names differ by more than capitals).
	AddUser(ctx context.Context, u User) error
	// User returns a user by name, whatever its capitals; ErrNotFound when there is none.
	User(ctx context.Context, name string) (User, error)
	// SetPassword replaces the password hash of a user; ErrNotFound when there is none.
	SetPassword(ctx context.Context, name, hash string) error
}
