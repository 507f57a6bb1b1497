package fleet

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"otklik/surveys"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// MaxIssue is how many tickets can be issued at once.
const MaxIssue = 500

// ErrNoTickets says that the survey's latest version is not taken by ticket.
var ErrNoTickets = errors.New("the survey is not taken by ticket")

// IssueTickets makes count new tickets of a survey, 1 to MaxIssue, which people will know by the name of their series. by
// is the user who asks for them. store.ErrNotFound when the survey was never published, ErrNoTickets, store.ErrTooMany
// when too many would be open.
func (f *Fleet) IssueTickets(ctx context.Context, survey, series, by string, count int) ([]string, error) {
	if err := checkName("series", series); err != nil {
		return nil, err
	}
	if count < 1 || count > MaxIssue {
		return nil, fmt.Errorf("fleet: %d tickets; 1 to %d can be issued at once", count, MaxIssue)
	}
	versions, err := f.store.SurveyVersions(ctx, survey)
	if err != nil {
		return nil, err
	}
	if len(versions) == 0 {
		return nil, fmt.Errorf("fleet: survey %q: %w; look at the list: collector survey list", survey, store.ErrNotFound)
	}
	latest, err := surveys.Load(survey, versions[len(versions)-1].Source)
	if err != nil {
		return nil, fmt.Errorf("fleet: a published survey no longer loads: %w", err)
	}
	if latest.Test == nil || !latest.Test.Tickets {
		return nil, fmt.Errorf("fleet: survey %q: %w; publish a version with test: {tickets: true}", survey, ErrNoTickets)
	}
	const attempts = 5
	for range attempts {
		drawn, err := f.draw(count)
		if err != nil {
			return nil, err
		}
		err = f.store.IssueTickets(ctx, store.TicketIssue{
			Survey: survey, Series: series, Tickets: drawn, Issued: f.now(), By: by,
		})
		if err == nil {
			return drawn, nil
		}
		// One of them was drawn before: of 900 million, that is rare enough to draw all again.
		if !errors.Is(err, store.ErrConflict) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("fleet: survey %q: no tickets that are not taken were drawn in %d attempts", survey, attempts)
}

// draw draws different tickets. None begins with 0, which a spreadsheet would drop.
func (f *Fleet) draw(count int) ([]string, error) {
	const first, last = 100_000_000, 999_999_999
	drawn := make([]string, 0, count)
	for len(drawn) < count {
		n, err := rand.Int(f.random, big.NewInt(last-first+1))
		if err != nil {
			return nil, fmt.Errorf("fleet: draw a ticket: %w", err)
		}
		ticket, err := surveys.Ticket(fmt.Sprint(first + n.Int64()))
		if err != nil {
			return nil, err
		}
		if !slices.Contains(drawn, ticket) {
			drawn = append(drawn, ticket)
		}
	}
	return drawn, nil
}

// mark puts the marks of open tickets into a configuration. It costs nothing for surveys that never had tickets.
func (f *Fleet) mark(ctx context.Context, config *wire.TerminalConfig, changes map[string]uint64) error {
	for i := range config.Surveys {
		s := &config.Surveys[i]
		if changes[s.ID] == 0 {
			continue
		}
		open, err := f.store.OpenTickets(ctx, s.ID)
		if err != nil {
			return err
		}
		for _, ticket := range open {
			s.Tickets = append(s.Tickets, wire.TicketMark(s.ID, ticket))
		}
		slices.SortFunc(s.Tickets, func(a, b [8]byte) int { return bytes.Compare(a[:], b[:]) })
	}
	return nil
}
