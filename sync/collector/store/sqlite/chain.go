package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"

	"github.com/pressly/goose/v3"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// chainExisting begins the chains over the responses that were there before there were any. Its columns are those of its
// time: a later migration changes nothing here.
var chainExisting = goose.NewGoMigration(17, &goose.GoFunc{RunTx: func(ctx context.Context, db *sql.Tx) error {
	heads := make(map[wire.Origin]store.ChainHead)
	type row struct {
		id   int64
		link wire.Hash
	}
	page := func(after int64) (rows []row, err error) {
		found, err := db.QueryContext(ctx, "SELECT id, origin, seq, answer_id, terminal, survey, version, number, language, audience, "+
			"started, submitted, clock_trusted, received, seconds, hash, x'', ticket, ticket_state FROM responses "+
			"WHERE id > ? ORDER BY id LIMIT 1000", after)
		if err != nil {
			return nil, err
		}
		defer found.Close()
		for found.Next() {
			var r store.Response
			if err := scanResponse(found, &r); err != nil {
				return nil, err
			}
			h := heads[r.Origin]
			h.Links, h.Head = h.Links+1, store.Link(h.Head, &r)
			heads[r.Origin] = h
			rows = append(rows, row{r.ID, h.Head})
		}
		return rows, found.Err()
	}
	for after := int64(math.MinInt64); ; {
		rows, err := page(after)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			if _, err := db.ExecContext(ctx, "UPDATE responses SET chain = ? WHERE id = ?", r.link[:], r.id); err != nil {
				return err
			}
		}
		after = rows[len(rows)-1].id
	}
	for origin, h := range heads {
		if _, err := db.ExecContext(ctx, "INSERT INTO chains (origin, links, head) VALUES (?, ?, ?)", origin[:], int64(h.Links),
			h.Head[:]); err != nil {
			return err
		}
	}
	return nil
}}, nil)

// chainAside begins the chain of the quarantine over what lies in it.
var chainAside = goose.NewGoMigration(29, &goose.GoFunc{RunTx: func(ctx context.Context, db *sql.Tx) error {
	rows, err := db.QueryContext(ctx, selectAside)
	if err != nil {
		return err
	}
	defer rows.Close()
	head := store.ChainHead{Origin: store.AsideChain}
	links := make(map[int64]wire.Hash)
	for rows.Next() {
		var q asideRow
		if err := q.scan(rows); err != nil {
			return err
		}
		head.Links, head.Head = head.Links+1, store.LinkAside(head.Head, &q.Quarantined, q.hash)
		links[q.ID] = head.Head
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || head.Links == 0 {
		return err
	}
	for id, link := range links {
		if _, err := db.ExecContext(ctx, "UPDATE quarantine SET chain = ? WHERE id = ?", link[:], id); err != nil {
			return err
		}
	}
	_, err = db.ExecContext(ctx, "INSERT INTO chains (origin, links, head) VALUES (?, ?, ?)", head.Origin[:], int64(head.Links), head.Head[:])
	return err
}}, nil)

// asideRow is one row of the quarantine with what its chain goes over.
type asideRow struct {
	store.Quarantined
	hash     wire.Hash
	chain    []byte
	released int64
}

const selectAside = "SELECT id, origin, seq, answer_id, terminal, received, hash, raw, stray, released, chain FROM quarantine ORDER BY id"

func (q *asideRow) scan(rows *sql.Rows) error {
	var seq, received int64
	err := rows.Scan(&q.ID, bytesInto(q.Origin[:]), &seq, bytesInto(q.AnswerID[:]), bytesInto(q.Terminal[:]), &received,
		bytesInto(q.hash[:]), &q.Raw, &q.Stray, &q.released, &q.chain)
	q.Seq, q.Received = uint64(seq), instant(received)
	return err
}

// chainHead reads where the chain of the intake's outbox stands.
func (k *keeping) chainHead(t *tx) error {
	var err error
	k.chain, err = t.chainOf(k.Origin)
	return err
}

// chainOf reads where a chain stands.
func (t *tx) chainOf(origin wire.Origin) (store.ChainHead, error) {
	head := store.ChainHead{Origin: origin}
	var links int64
	err := t.row("SELECT links, head FROM chains WHERE origin = ?", []any{origin[:]}, &links, bytesInto(head.Head[:]))
	head.Links = uint64(links)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return head, err
}

// link adds a response to the chain and returns its value.
func (k *keeping) link(a *store.Arrival, ticket store.TicketState) []byte {
	r := a.Response
	r.Key = store.Key{Origin: k.Origin, Seq: a.Seq, AnswerID: a.AnswerID}
	r.Terminal, r.Received, r.TicketState = k.Terminal, k.Received, ticket
	k.chain.Links, k.chain.Head = k.chain.Links+1, store.Link(k.chain.Head, &r)
	return slices.Clone(k.chain.Head[:])
}

// keepChain writes where a chain stands.
func (t *tx) keepChain(head store.ChainHead) error {
	_, err := t.exec("INSERT INTO chains (origin, links, head) VALUES (?, ?, ?) ON CONFLICT (origin) DO UPDATE SET "+
		"links = excluded.links, head = excluded.head", head.Origin[:], int64(head.Links), head.Head[:])
	return err
}

// ChainHeads implements store.Chains.
func (s *Store) ChainHeads(ctx context.Context) ([]store.ChainHead, error) {
	return chainHeads(ctx, s.db)
}

func chainHeads(ctx context.Context, from queryer) ([]store.ChainHead, error) {
	return list(ctx, from, "chains", func(rows *sql.Rows, h *store.ChainHead) error {
		var links int64
		err := rows.Scan(bytesInto(h.Origin[:]), &links, bytesInto(h.Head[:]))
		h.Links = uint64(links)
		return err
	}, "SELECT origin, links, head FROM chains ORDER BY origin")
}
