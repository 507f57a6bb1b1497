package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

func issue(survey string, tickets ...string) store.TicketIssue {
	return store.TicketIssue{Survey: survey, Series: "Group 1", Tickets: tickets, Issued: Now, By: "anna"}
}

// admitted is a response by ticket.
func admitted(seq uint64, ticket string) store.Arrival {
	a := Arrival(seq, "by "+ticket)
	a.Response.Ticket = ticket
	return a
}

func wantChanges(t *testing.T, s store.Store, survey string, want uint64) {
	t.Helper()
	changes, err := s.TicketChanges(t.Context())
	must(t, err)
	if changes[survey] != want {
		t.Errorf("the tickets of %s changed %d times, want %d", survey, changes[survey], want)
	}
}

func tickets(t *testing.T, p Place) {
	s := p()
	terminal := Enrolled(t, s, "Hall", "Left")
	wantChanges(t, s, "smiley", 0)
	must(t, s.IssueTickets(t.Context(), issue("smiley", "1000000001", "1000000002", "1000000003")))
	must(t, s.IssueTickets(t.Context(), issue("other", "1000000001")))
	if err := s.IssueTickets(t.Context(), issue("smiley", "1000000009", "1000000002")); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a ticket twice: %v", err)
	}
	wantChanges(t, s, "smiley", 1)
	must(t, s.RevokeTicket(t.Context(), "smiley", "1000000003", Now.Add(time.Hour)))
	must(t, s.RevokeTicket(t.Context(), "smiley", "1000000003", Now.Add(2*time.Hour)))
	wantChanges(t, s, "smiley", 2)

	in := intake(terminal, admitted(1, "1000000001"), admitted(2, "1000000001"), admitted(3, "1000000003"),
		admitted(4, "1000000009"), Arrival(5, "no ticket"))
	for round, want := range []wire.Verdict{wire.Stored, wire.Duplicate} {
		for _, d := range mustKeep(t, s, in) {
			if d.Verdict != want {
				t.Errorf("round %d: %+v", round, d)
			}
		}
	}
	wantChanges(t, s, "smiley", 3)
	wantChanges(t, s, "other", 1)
	// What is kept aside uncounted uses nothing.
	changed := admitted(1, "1000000002")
	wantVerdicts(t, mustKeep(t, s, intake(terminal, changed)), wire.Conflict)
	if err := s.RevokeTicket(t.Context(), "smiley", "1000000001", Now); !errors.Is(err, store.ErrConflict) {
		t.Errorf("revoking a used one: %v", err)
	}
	if err := s.RevokeTicket(t.Context(), "other", "1000000002", Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("revoking another survey's: %v", err)
	}
	must(t, s.Close())

	s = openAt(t, p)
	states := map[uint64]store.TicketState{
		1: store.GoodTicket, 2: store.TicketUsedBefore, 3: store.TicketRevoked, 4: store.TicketUnknown, 5: store.NoTicket,
	}
	for _, r := range all(t, s, "smiley") {
		if r.TicketState != states[r.Seq] || (r.Ticket == "") != (r.Seq == 5) {
			t.Errorf("seq %d: ticket %q is %q, want %q", r.Seq, r.Ticket, r.TicketState, states[r.Seq])
		}
	}
	totals, err := s.Totals(t.Context())
	must(t, err)
	if got := totals["smiley"]; got != (store.Total{Responses: 2, Aside: 3, Last: in.Received}) {
		t.Errorf("total %+v", got)
	}
	open, err := s.OpenTickets(t.Context(), "smiley")
	must(t, err)
	if !slices.Equal(open, []string{"1000000002"}) {
		t.Errorf("open: %v", open)
	}
	got, err := s.Tickets(t.Context(), "smiley")
	must(t, err)
	first := store.Ticket{Survey: "smiley", Ticket: "1000000001", Series: "Group 1", Issued: Now, By: "anna"}
	second, third := first, first
	first.Used, first.UsedBy = in.Received, store.Key{Origin: in.Origin, Seq: 1, AnswerID: AnswerID(1)}
	second.Ticket = "1000000002"
	third.Ticket, third.Revoked = "1000000003", Now.Add(time.Hour)
	if !slices.Equal(got, []store.Ticket{first, second, third}) {
		t.Errorf("tickets %+v", got)
	}
}

// ticketsOnce shows every ticket at four terminals at the same time.
func ticketsOnce(t *testing.T, p Place) {
	s := openAt(t, p)
	other := openAt(t, p) // another process takes records as well
	const n = 40
	var numbers []string
	for i := range n {
		numbers = append(numbers, fmt.Sprintf("10000%05d", i))
	}
	must(t, s.IssueTickets(t.Context(), issue("smiley", numbers...)))
	var senders sync.WaitGroup
	for i := range 4 {
		terminal := Enrolled(t, s, "Hall", fmt.Sprint("Terminal ", i))
		to := []store.Store{s, other}[i%2]
		senders.Go(func() {
			for seq, ticket := range numbers {
				if _, err := to.Keep(t.Context(), intake(terminal, admitted(uint64(seq+1), ticket))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	senders.Wait()
	good, before := map[string]int{}, 0
	for _, r := range all(t, s, "smiley") {
		switch r.TicketState {
		case store.GoodTicket:
			good[r.Ticket]++
		case store.TicketUsedBefore:
			before++
		}
	}
	if len(good) != n || before != 3*n {
		t.Errorf("%d tickets are good, %d responses had used ones; want %d, %d", len(good), before, n, 3*n)
	}
	for ticket, times := range good {
		if times != 1 {
			t.Errorf("ticket %s was good %d times", ticket, times)
		}
	}
	wantChanges(t, s, "smiley", 1+n)
}

func ticketsBound(t *testing.T, p Place) {
	s := openAt(t, p)
	var numbers []string
	for i := range wire.MaxTickets {
		numbers = append(numbers, fmt.Sprintf("10000%05d", i))
	}
	must(t, s.IssueTickets(t.Context(), issue("smiley", numbers...)))
	if err := s.IssueTickets(t.Context(), issue("smiley", "2000000000")); !errors.Is(err, store.ErrTooMany) {
		t.Errorf("one too many: %v", err)
	}
	must(t, s.RevokeTicket(t.Context(), "smiley", numbers[7], Now))
	must(t, s.IssueTickets(t.Context(), issue("smiley", "2000000000")))
	must(t, s.IssueTickets(t.Context(), issue("other", "2000000000")))
}
