package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// Seal implements store.Responses.
func (s *Store) Seal(ctx context.Context, origin wire.Origin, session wire.SessionID) ([]byte, error) {
	var data []byte
	err := s.db.QueryRowContext(ctx, "SELECT seal FROM seals WHERE origin = ? AND session = ?", origin[:], session[:]).
		Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("store: seal of session %s: %w", session, hint(err))
	}
	return data, nil
}

const selectResponses = "SELECT id, " + responseColumns + " FROM responses "

// responsesPerRead is how many responses are read at a time. No connection is held while they are worked on, so that
// a slow download does not keep others from reading.
const responsesPerRead = 256

// EachResponse implements store.Responses.
func (s *Store) EachResponse(ctx context.Context, survey string, after int64, yield func(*store.Response) error) error {
	for {
		some, err := list(ctx, s.db, "responses", oneResponse,
			selectResponses+"WHERE survey = ? AND id > ? ORDER BY id LIMIT ?", survey, after, responsesPerRead)
		if err != nil {
			return err
		}
		for i := range some {
			if err := yield(&some[i]); err != nil {
				return err
			}
		}
		if len(some) < responsesPerRead {
			return nil
		}
		after = some[len(some)-1].ID
	}
}

// LatestResponses implements store.Responses.
func (s *Store) LatestResponses(ctx context.Context, survey string, n int) ([]store.Response, error) {
	return list(ctx, s.db, "latest responses", oneResponse,
		selectResponses+"WHERE survey = ? ORDER BY id DESC LIMIT ?", survey, n)
}

func oneResponse(rows *sql.Rows, r *store.Response) error { return scanResponse(rows, r) }

// scanResponse reads one row of selectResponses, and what comes after its columns into more.
func scanResponse(rows *sql.Rows, r *store.Response, more ...any) error {
	var seq, started, submitted, received int64
	err := rows.Scan(append([]any{
		&r.ID, bytesInto(r.Origin[:]), &seq, bytesInto(r.AnswerID[:]), bytesInto(r.Terminal[:]),
		&r.Survey, &r.Version, &r.Number, &r.Language, &r.Audience, &started, &submitted, &r.ClockTrusted, &received,
		&r.Seconds, bytesInto(r.Hash[:]), &r.Body, &r.Ticket, &r.TicketState,
	}, more...)...)
	r.Seq = uint64(seq)
	r.Started, r.Submitted, r.Received = instant(started), instant(submitted), instant(received)
	return err
}

// ResponseVersions implements store.Responses.
func (s *Store) ResponseVersions(ctx context.Context, survey string) ([]string, error) {
	return list(ctx, s.db, "response versions", func(rows *sql.Rows, v *string) error { return rows.Scan(v) },
		"SELECT DISTINCT version FROM responses WHERE survey = ? ORDER BY version", survey)
}

// Totals implements store.Responses.
func (s *Store) Totals(ctx context.Context) (map[string]store.Total, error) {
	type row struct {
		survey string
		total  store.Total
	}
	// Responses are counted, and the last of each survey is found, in its index; only the last rows are read.
	rows, err := list(ctx, s.db, "totals", func(rows *sql.Rows, r *row) error {
		var last int64
		err := rows.Scan(&r.survey, &r.total.Responses, &r.total.Aside, &last)
		r.total.Responses -= r.total.Aside
		r.total.Last = instant(last)
		return err
	}, "SELECT t.survey, t.n, (SELECT count(*) FROM responses AS a WHERE a.survey = t.survey AND "+
		"a.ticket_state NOT IN ('', 'good')), r.received FROM (SELECT survey, count(*) AS n, max(id) AS last FROM responses "+
		"GROUP BY survey) AS t JOIN responses AS r ON r.id = t.last")
	if err != nil {
		return nil, err
	}
	totals := make(map[string]store.Total, len(rows))
	for _, r := range rows {
		totals[r.survey] = r.total
	}
	return totals, nil
}

// queryer is a database, or one of its connections in a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// list reads all rows of a query.
func list[T any](ctx context.Context, db queryer, what string, scan func(*sql.Rows, *T) error, query string, args ...any,
) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", what, hint(err))
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var one T
		if err := scan(rows, &one); err != nil {
			return nil, fmt.Errorf("store: %s: %w", what, hint(err))
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: %s: %w", what, hint(err))
	}
	return all, nil
}

// fixed scans a blob of a known length into place.
type fixed []byte

func bytesInto(b []byte) fixed { return b }

// Scan implements sql.Scanner.
func (f fixed) Scan(v any) error {
	b, ok := v.([]byte)
	if !ok || len(b) != len(f) {
		return fmt.Errorf("%d bytes expected, found %T of %d", len(f), v, len(b))
	}
	copy(f, b)
	return nil
}
