package store

import (
	"context"
	"errors"
	"time"
)

// ErrTooMany says that there would be more than can be told to terminals.
var ErrTooMany = errors.New("too many at a time")

// MaxOpenTickets bounds the open tickets of all surveys together, so that the configuration of a terminal that offers
// every one of them stays well below what a reply may have.
const MaxOpenTickets = 40_000

// Tickets keeps what lets somebody take a test. A ticket of a survey is open until the first response with it was kept, or
// until it was revoked; Keep uses it in the transaction that keeps the response, so it is used once however many
// responses arrive at the same time.
type Tickets interface {
	// IssueTickets keeps new tickets, all of them or with an error none. ErrConflict when the survey ever had one of them;
	// ErrTooMany when it would have more than wire.MaxTickets open ones, or all surveys more than MaxOpenTickets.
	IssueTickets(ctx context.Context, issue TicketIssue) error
	// Tickets returns the tickets of a survey in the order in which they were issued.
	Tickets(ctx context.Context, survey string) ([]Ticket, error)
	// OpenTickets returns the digits of a survey's open tickets.
	OpenTickets(ctx context.Context, survey string) ([]string, error)
	// RevokeTicket closes an open ticket; again is no error and keeps the first time. ErrNotFound when there is none,
	// ErrConflict when it is used.
	RevokeTicket(ctx context.Context, survey, ticket string, at time.Time) error
	// TicketChanges says how often the open tickets of each survey changed, by survey; surveys that never had any are left
	// out. A number only rises, with every issue, use and revocation.
	TicketChanges(ctx context.Context) (map[string]uint64, error)
}

// TicketIssue is a series of new tickets.
type TicketIssue struct {
	Survey  string
	Series  string   // what people call it, such as a group and a day
	Tickets []string // ten digits each, see surveys.CheckTicket
	Issued  time.Time
	By      string // the user who asked for them
}

// Ticket is one ticket and what became of it.
type Ticket struct {
	Survey  string
	Ticket  string
	Series  string
	Issued  time.Time
	By      string
	Revoked time.Time // zero: it is not
	// Used is when the response arrived that used it; zero: none did. UsedBy names that response.
	Used   time.Time
	UsedBy Key
}

// Open reports whether the ticket lets somebody take the test.
func (t *Ticket) Open() bool { return t.Used.IsZero() && t.Revoked.IsZero() }

// TicketState says what the ticket of a response was worth when the response arrived. It never changes afterwards.
type TicketState string

// The states. A response with another state than NoTicket and GoodTicket is kept and exported like any other and is in no
// figure: the terminal may have been out of touch when it let somebody in.
const (
	NoTicket         TicketState = ""            // the survey is not taken by ticket
	GoodTicket       TicketState = "good"        // this response used it
	TicketUsedBefore TicketState = "used-before" // another response had used it
	TicketRevoked    TicketState = "revoked"
	TicketUnknown    TicketState = "unknown" // never issued here; or after the backup that was restored
)

// Counts reports whether a response with the state is in the figures.
func (s TicketState) Counts() bool { return s == NoTicket || s == GoodTicket }
