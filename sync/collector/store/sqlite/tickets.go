package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// IssueTickets implements store.Tickets.
func (s *Store) IssueTickets(ctx context.Context, issue store.TicketIssue) error {
	err := s.writer.do(ctx, func(t *tx) error { return t.issue(issue) })
	if err != nil {
		return fmt.Errorf("store: issue %d tickets of survey %q: %w", len(issue.Tickets), issue.Survey, hint(err))
	}
	return nil
}

func (t *tx) issue(issue store.TicketIssue) error {
	var open, all int
	if err := t.row("SELECT coalesce(sum(survey = ?), 0), count(*) FROM tickets WHERE used = 0 AND revoked = 0",
		[]any{issue.Survey}, &open, &all); err != nil {
		return err
	}
	if n := len(issue.Tickets); open+n > wire.MaxTickets || all+n > store.MaxOpenTickets {
		return fmt.Errorf("%d are open, at most %d can be, and %d of all surveys: %w",
			open, wire.MaxTickets, store.MaxOpenTickets, store.ErrTooMany)
	}
	for _, ticket := range issue.Tickets {
		_, err := t.exec("INSERT INTO tickets (survey, ticket, series, issued, issued_by) VALUES (?, ?, ?, ?, ?)",
			issue.Survey, ticket, issue.Series, millis(issue.Issued), issue.By)
		if isUnique(err) {
			return fmt.Errorf("a ticket stands there: %w", store.ErrConflict)
		}
		if err != nil {
			return err
		}
	}
	return t.ticketsChanged(issue.Survey)
}

func (t *tx) ticketsChanged(survey string) error {
	_, err := t.exec("INSERT INTO ticket_changes (survey, changes) VALUES (?, 1) "+
		"ON CONFLICT (survey) DO UPDATE SET changes = changes + 1", survey)
	return err
}

// use uses the ticket of a response that is about to be kept, if it is open, and says what it is worth.
func (k *keeping) use(t *tx, a *store.Arrival) (store.TicketState, error) {
	survey, ticket := a.Response.Survey, a.Response.Ticket
	if ticket == "" {
		return store.NoTicket, nil
	}
	n, err := t.changed("UPDATE tickets SET used = ?, origin = ?, seq = ?, answer_id = ? "+
		"WHERE survey = ? AND ticket = ? AND used = 0 AND revoked = 0",
		millis(k.Received), k.Origin[:], int64(a.Seq), a.AnswerID[:], survey, ticket)
	if err != nil {
		return "", err
	}
	if n > 0 {
		return store.GoodTicket, t.ticketsChanged(survey)
	}
	var revoked int64
	err = t.row("SELECT revoked FROM tickets WHERE survey = ? AND ticket = ?", []any{survey, ticket}, &revoked)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return store.TicketUnknown, nil
	case err != nil:
		return "", err
	case revoked != 0:
		return store.TicketRevoked, nil
	}
	return store.TicketUsedBefore, nil
}

// Tickets implements store.Tickets.
func (s *Store) Tickets(ctx context.Context, survey string) ([]store.Ticket, error) {
	return list(ctx, s.db, "tickets", func(rows *sql.Rows, k *store.Ticket) error {
		var issued, revoked, used int64
		var seq sql.NullInt64
		var origin, answer []byte
		err := rows.Scan(&k.Survey, &k.Ticket, &k.Series, &issued, &k.By, &revoked, &used, &origin, &seq, &answer)
		k.Issued, k.Revoked, k.Used = instant(issued), instant(revoked), instant(used)
		k.UsedBy.Seq = uint64(seq.Int64)
		copy(k.UsedBy.Origin[:], origin)
		copy(k.UsedBy.AnswerID[:], answer)
		return err
	}, "SELECT survey, ticket, series, issued, issued_by, revoked, used, origin, seq, answer_id FROM tickets "+
		"WHERE survey = ? ORDER BY id", survey)
}

// OpenTickets implements store.Tickets.
func (s *Store) OpenTickets(ctx context.Context, survey string) ([]string, error) {
	return list(ctx, s.db, "open tickets", func(rows *sql.Rows, ticket *string) error { return rows.Scan(ticket) },
		"SELECT ticket FROM tickets WHERE survey = ? AND used = 0 AND revoked = 0 ORDER BY id", survey)
}

// RevokeTicket implements store.Tickets.
func (s *Store) RevokeTicket(ctx context.Context, survey, ticket string, at time.Time) error {
	err := s.writer.do(ctx, func(t *tx) error {
		n, err := t.changed("UPDATE tickets SET revoked = ? WHERE survey = ? AND ticket = ? AND used = 0 AND revoked = 0",
			millis(at), survey, ticket)
		if err != nil {
			return err
		}
		if n > 0 {
			return t.ticketsChanged(survey)
		}
		var used int64
		err = t.row("SELECT used FROM tickets WHERE survey = ? AND ticket = ?", []any{survey, ticket}, &used)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return store.ErrNotFound
		case err == nil && used != 0:
			return fmt.Errorf("it is used: %w", store.ErrConflict)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("store: revoke a ticket of survey %q: %w", survey, hint(err))
	}
	return nil
}

// TicketChanges implements store.Tickets.
func (s *Store) TicketChanges(ctx context.Context) (map[string]uint64, error) {
	type row struct {
		survey  string
		changes uint64
	}
	rows, err := list(ctx, s.db, "changes of tickets",
		func(rows *sql.Rows, r *row) error { return rows.Scan(&r.survey, &r.changes) },
		"SELECT survey, changes FROM ticket_changes")
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	changes := make(map[string]uint64, len(rows))
	for _, r := range rows {
		changes[r.survey] = r.changes
	}
	return changes, nil
}
