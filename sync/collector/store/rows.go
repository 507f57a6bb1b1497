package store

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/wire"
)

// Key names one record for ever, however often it is sent.
type Key struct {
	Origin   wire.Origin
	Seq      uint64
	AnswerID uuid.UUID
}

// Response is one response as it is kept.
type Response struct {
	Key
	// ID rises with each arrival; the store gives it out.
	ID       int64
	Terminal uuid.UUID
	Survey   string
	Version  string
	Number   int
	Language string
	Audience string
	// Started and Submitted are corrected by what the terminal knew of the collector's clock; ClockTrusted says whether it
	// knew enough for them to be right to a few seconds.
	Started, Submitted time.Time
	ClockTrusted       bool
	Received           time.Time
	// Seconds is how long the visit took.
	Seconds int
	// Ticket is what the visitor was let in by, "" for none; TicketState, which the store finds out, what it was worth.
	Ticket      string
	TicketState TicketState
	// Hash is wire.BodyHash of the body.
	Hash wire.Hash
	// Body is the canonical JSON of the wire.Body.
	Body []byte
}

// Said reads what the visitor said out of the body, times as the terminal told them.
func (r *Response) Said() (surveys.Response, error) {
	var body struct {
		Response surveys.Response `json:"response"`
	}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return surveys.Response{}, fmt.Errorf("store: response %s cannot be read: %w", r.AnswerID, err)
	}
	return body.Response, nil
}

// When is when the response was submitted, as far as that can be: a terminal whose clock was never set says a time from
// before the survey was published, at since, or after the response arrived. Then it is when it arrived, and told is false.
func (r *Response) When(since time.Time) (at time.Time, told bool) {
	if !r.ClockTrusted && (r.Submitted.Before(since.Add(-clockSlack)) || r.Submitted.After(r.Received.Add(clockSlack))) {
		return r.Received, false
	}
	return r.Submitted, true
}

// clockSlack is by how much a clock that was set may be off, and the day that is all that anonymous responses tell.
const clockSlack = 24 * time.Hour

// Intake is what one batch brought.
type Intake struct {
	Terminal uuid.UUID
	// Carried says that somebody brought it by hand: a terminal may then speak for the outbox of a revoked one, whose disk it
	// was given.
	Carried  bool
	Origin   wire.Origin
	Received time.Time
	Seals    []Seal
	Arrivals []Arrival
}

// Seal is a wire.Session as its bytes, from which the key of records is derived.
type Seal struct {
	Session wire.SessionID
	Data    []byte
}

// Arrival is one record of a batch: a response, or bytes to keep aside with the reason why.
type Arrival struct {
	Seq      uint64
	AnswerID uuid.UUID
	// Reason, when not "", sends Raw to quarantine; Response is not looked at.
	Reason string
	Raw    []byte
	// Response is what to keep otherwise. Its Key, Terminal, Received and ID come from the intake and the store.
	Response Response
}

// AlarmKind says what is wrong.
type AlarmKind string

// The alarms.
const (
	// ClonedDisk: two visitors' answers have the same origin and seq, so two terminals run from copies of one disk.
	ClonedDisk AlarmKind = "cloned-disk"
	// ChangedBody: a record came again under its old name with other content, which an honest terminal never does.
	ChangedBody AlarmKind = "changed-body"
	// ForeignOutbox: a terminal speaks for the outbox of another. What it sent is put aside, what it said of it ignored.
	ForeignOutbox AlarmKind = "foreign-outbox"
	// OldBeats: heartbeats keep coming that are older than one before, and are ignored: a copy of the terminal is at work, or
	// it lost its count and its clock is behind.
	OldBeats AlarmKind = "old-beats"
	// FarBeat: heartbeats are numbered far beyond what a clock says; none of these numbers is remembered.
	FarBeat AlarmKind = "far-beat"
	// WentBack: an outbox gave out fewer numbers than it had said before, up to Seq: an older copy of it is in its place, and what
	// waited beyond is gone. The numbers are given out again, so nothing else will show that.
	WentBack AlarmKind = "went-back"
)

// Alarm is something IT must look at: all of one kind about one outbox, until somebody acknowledges it.
type Alarm struct {
	Key             // of the last
	ID        int64 // the store gives it out
	Terminal  uuid.UUID
	Kind      AlarmKind
	First, At time.Time // when it was raised first and last
	Times     int
}

// Total is how much there is of one survey.
type Total struct {
	Responses int       // those in the figures, see TicketState.Counts
	Aside     int       // the others
	Last      time.Time // when the latest one arrived, whichever it was
}

// Enrolment is a code that makes a terminal, or several.
type Enrolment struct {
	CodeHash wire.Hash // the code itself is never kept
	Site     string
	Name     string
	// Uses is how many terminals the code makes; 0 and 1 are one. Those of a reusable code are called by Name and a number:
	// see NameOf.
	Uses    int
	Surveys []string // IDs of what the terminal will offer, in the order of its menu; none for all
	Issued  time.Time
	Expires time.Time
	// Replaces is the terminal whose place the new one takes, uuid.Nil for none.
	Replaces uuid.UUID
	// PIN is the hash of the PIN that the terminal starts with, "" for none; with Replaces it is for a place that has none yet.
	// PINMade says that nobody chose it: it gives way to one that was chosen at the terminal.
	PIN     string
	PINMade bool
}

// NameOf is what the nth terminal of a code is called, from 1: Name itself, or of a reusable code Name and the number,
// with zeros that keep all of them in order.
func (e *Enrolment) NameOf(n int) string {
	if e.Uses <= 1 {
		return e.Name
	}
	return fmt.Sprintf("%s %0*d", e.Name, len(strconv.Itoa(e.Uses)), n)
}

// Redemption is a code being shown.
type Redemption struct {
	CodeHash  wire.Hash
	PublicKey []byte // Ed25519, of the terminal
	Origin    wire.Origin
	Version   string    // of the kiosk program
	OwnPIN    bool      // a PIN was chosen at the terminal
	Terminal  uuid.UUID // what to call the terminal if it becomes one now
	Now       time.Time
}

// Terminal is one terminal and what it last said of itself.
type Terminal struct {
	ID        uuid.UUID
	Site      string
	Name      string
	Surveys   []string // IDs of what it offers, in the order of its menu; none for all
	PublicKey []byte
	Enrolled  time.Time
	Revoked   time.Time // zero: it is not

	// PIN is the hash of its service corner's PIN, "" for none from here; Leave lets the corner lead to the desktop.
	PIN   string
	Leave bool
	// Hours are when its centre is open, see surveys.ParseOpenings; "" for always.
	Hours string
	// Settings counts the changes to the three.
	Settings uint64

	// Sending is since when it may send what waits on it although it was revoked; zero: it may not.
	Sending time.Time

	// Draining is since when it asks nobody any more and only sends what it has; zero: it does not. DrainConfig is the
	// configuration it had then, DrainNoted when it first had another one, DrainVisit how long a visit that had begun may last.
	Draining    time.Time
	DrainConfig uint64
	DrainNoted  time.Time
	DrainVisit  time.Duration
	// Replaces is the terminal whose place it took, ReplacedBy the one that took its; uuid.Nil for none.
	Replaces, ReplacedBy uuid.UUID

	// LastSeen is when the last heartbeat arrived; the fields below are from it.
	LastSeen time.Time
	Version  string
	Queued   uint64
	Oldest   time.Time
	DiskFree uint64
	Config   uint64
	Problem  string
	// Troubles are what Problem says, by reasons of at most MaxReason letters, digits and dashes; what else a terminal says is
	// left out.
	Troubles []wire.Trouble
	// Escrow is of the escrow key that it seals for, as it said last by a heartbeat or a courier; zero also when it never told.
	Escrow  wire.EscrowMark
	Display string // "1080x1920@32", pixels and inches; "" when it never said, or said something longer than MaxDisplay

	// Kept is how many records are here, over all origins the terminal ever had. What is not here tells Coverage.
	Kept uint64
}

// Event is something that was done to a terminal.
type Event struct {
	At   time.Time
	What EventKind
	By   string // the user of the console, "" for a command or the terminal itself
}

// EventKind says what was done.
type EventKind string

// The events.
const (
	WasEnrolled EventKind = "enrolled"
	WasReplaced EventKind = "replaced" // another one was enrolled in its place
	WasRevoked  EventKind = "revoked"
	MayBeHeard  EventKind = "sending" // revoked, it may send its queue
	NotHeard    EventKind = "not-sending"
)

// MaxSeq is more than any outbox ever numbers. A record above it is put aside whatever it says.
const MaxSeq = 1 << 48

// MaxDisplay bounds Terminal.Display, in bytes.
const MaxDisplay = 32

// MaxReason bounds the reason of a trouble in Terminal.Troubles, in bytes.
const MaxReason = 32

// Active reports whether the terminal may send.
func (t *Terminal) Active() bool { return t.Revoked.IsZero() }

// MaySend reports whether the terminal may send answers: it is active, or its queue was asked for.
func (t *Terminal) MaySend() bool { return t.Active() || !t.Sending.IsZero() }

// Drained reports whether a terminal that drains said that nothing waits on it, so long after it took the configuration by
// which it asks nobody that no visit from before can be under way.
func (t *Terminal) Drained() bool {
	return !t.Draining.IsZero() && !t.DrainNoted.IsZero() && t.LastSeen.Sub(t.DrainNoted) >= t.DrainVisit && t.Queued == 0
}

// SilentAfter is how long a terminal may say nothing: three heartbeats that did not come.
const SilentAfter = 15 * time.Minute

// Silent reports whether a terminal that was heard of before says nothing any more.
func (t *Terminal) Silent(now time.Time) bool {
	return !t.LastSeen.IsZero() && now.Sub(t.LastSeen) > SilentAfter
}

// SealsFor reports whether what the terminal seals can be opened with an escrow key, of which escrow is the public half.
func (t *Terminal) SealsFor(escrow []byte) bool {
	return len(escrow) > 0 && t.Escrow == (wire.Recipients{Escrow: escrow}).EscrowMark()
}

// Escrowed counts, of the terminals that are at work, those that seal for an escrow key.
func Escrowed(all []Terminal, escrow []byte) (seal, of int) {
	for i := range all {
		if t := &all[i]; t.Active() && !t.Drained() {
			of++
			if t.SealsFor(escrow) {
				seal++
			}
		}
	}
	return seal, of
}

// SurveyVersion is one published version.
type SurveyVersion struct {
	ID        string
	Number    int
	Version   string
	Source    []byte // YAML, byte for byte
	Published time.Time
}

// Ref is the version's name on the wire.
func (s *SurveyVersion) Ref() wire.SurveyRef {
	return wire.SurveyRef{ID: s.ID, Version: s.Version, Number: s.Number}
}

// User may open the console.
type User struct {
	Name  string
	Hash  string // argon2id in PHC form
	Added time.Time
}
