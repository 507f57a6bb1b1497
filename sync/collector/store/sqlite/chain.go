package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
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

// chainHead reads where the chain of the intake's outbox stands.
func (k *keeping) chainHead(t *tx) error {
	k.chain = store.ChainHead{Origin: k.Origin}
	var links int64
	err := t.row("SELECT links, head FROM chains WHERE origin = ?", []any{k.Origin[:]}, &links, bytesInto(k.chain.Head[:]))
	k.chain.Links = uint64(links)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// link adds a response to the chain and returns its value.
func (k *keeping) link(a *store.Arrival, ticket store.TicketState) []byte {
	r := a.Response
	r.Key = store.Key{Origin: k.Origin, Seq: a.Seq, AnswerID: a.AnswerID}
	r.Terminal, r.Received, r.TicketState = k.Terminal, k.Received, ticket
	k.chain.Links, k.chain.Head = k.chain.Links+1, store.Link(k.chain.Head, &r)
	return slices.Clone(k.chain.Head[:])
}

// keepChain writes where the chain stands.
func (k *keeping) keepChain(t *tx) error {
	_, err := t.exec("INSERT INTO chains (origin, links, head) VALUES (?, ?, ?) ON CONFLICT (origin) DO UPDATE SET "+
		"links = excluded.links, head = excluded.head", k.Origin[:], int64(k.chain.Links), k.chain.Head[:])
	return err
}

// ChainHeads implements store.Chains.
func (s *Store) ChainHeads(ctx context.Context) ([]store.ChainHead, error) {
	return list(ctx, s.db, "chains", func(rows *sql.Rows, h *store.ChainHead) error {
		var links int64
		err := rows.Scan(bytesInto(h.Origin[:]), &links, bytesInto(h.Head[:]))
		h.Links = uint64(links)
		return err
	}, "SELECT origin, links, head FROM chains ORDER BY origin")
}

// Verify implements store.Chains.
func (s *Store) Verify(ctx context.Context, anchors []store.ChainHead) (store.Verification, error) {
	v := verifier{s: s, chains: make(map[wire.Origin]*verified), anchors: make(map[wire.Origin]map[uint64]wire.Hash)}
	for _, a := range anchors {
		if v.anchors[a.Origin] == nil {
			v.anchors[a.Origin] = make(map[uint64]wire.Hash)
		}
		v.anchors[a.Origin][a.Links] = a.Head
	}
	// Heads and counts are read before the rows: what arrives meanwhile makes no row missing.
	for _, step := range []func(context.Context) error{v.begin, v.responses, v.aside, v.end} {
		if err := step(ctx); err != nil {
			return store.Verification{}, err
		}
	}
	return v.found, nil
}

// verifier recomputes the chains.
type verifier struct {
	s       *Store
	chains  map[wire.Origin]*verified
	anchors map[wire.Origin]map[uint64]wire.Hash
	found   store.Verification
	order   []wire.Origin
}

// verified is one chain on the way.
type verified struct {
	store.Fault                 // the first; none while Problem is ""
	want        store.ChainHead // when it began
	most        uint64
	kept        int64
	links       uint64
	head        wire.Hash
	last        uint64 // seq of the row before
}

func (v *verifier) begin(ctx context.Context) error {
	heads, err := v.s.ChainHeads(ctx)
	if err != nil {
		return err
	}
	for _, h := range heads {
		v.of(h.Origin).want = h
	}
	type row struct {
		origin wire.Origin
		of     verified
	}
	origins, err := list(ctx, v.s.db, "verify", func(rows *sql.Rows, r *row) error {
		return rows.Scan(bytesInto(r.origin[:]), bytesInto(r.of.Terminal[:]), &r.of.kept)
	}, "SELECT origin, terminal, kept FROM origins ORDER BY origin")
	for _, r := range origins {
		c := v.of(r.origin)
		c.Terminal, c.kept = r.of.Terminal, r.of.kept
	}
	return err
}

func (v *verifier) of(origin wire.Origin) *verified {
	c := v.chains[origin]
	if c == nil {
		c = &verified{}
		c.Origin = origin
		v.chains[origin] = c
		v.order = append(v.order, origin)
	}
	return c
}

// fault notes the first fault of a chain.
func (c *verified) fault(key store.Key, format string, args ...any) {
	if c.Problem == "" {
		c.Key, c.Problem = key, fmt.Sprintf(format, args...)
	}
}

// responses walks all responses in the order of arrival.
func (v *verifier) responses(ctx context.Context) error {
	type row struct {
		store.Response
		chain []byte
	}
	for after := int64(math.MinInt64); ; { // whoever puts a row in may give it any id
		some, err := list(ctx, v.s.db, "verify", func(rows *sql.Rows, r *row) error {
			return scanResponse(rows, &r.Response, &r.chain)
		}, "SELECT id, "+responseColumns+", chain FROM responses WHERE id > ? ORDER BY id LIMIT ?", after, responsesPerRead)
		if err != nil {
			return err
		}
		for i := range some {
			after = some[i].ID
			v.response(&some[i].Response, some[i].chain)
		}
		if len(some) < responsesPerRead {
			return nil
		}
	}
}

func (v *verifier) response(r *store.Response, chain []byte) {
	c := v.of(r.Origin)
	v.found.Responses++
	if wire.BodyHash(r.Origin, r.Seq, r.AnswerID, r.Body) != r.Hash {
		c.fault(r.Key, "its body is not the one it was kept with")
	}
	c.links, c.head = c.links+1, store.Link(c.head, r)
	if !slices.Equal(chain, c.head[:]) {
		c.fault(r.Key, "it does not follow seq %d, the one that arrived before it: it was changed or put in, or one between them "+
			"was taken out", c.last)
		copy(c.head[:], chain)
	}
	if c.links == c.want.Links && c.head != c.want.Head {
		c.fault(r.Key, "the chain does not come to what the store says")
	}
	if want, ok := v.anchors[r.Origin][c.links]; ok && want != c.head {
		c.fault(r.Key, "a manifest signed earlier has another chain up to here: the chain was made anew")
	}
	c.last = r.Seq
}

// aside looks at what is kept and not counted.
func (v *verifier) aside(ctx context.Context) error {
	for table, check := range map[string]func(k store.Key, hash wire.Hash, data []byte) bool{
		"conflicts": func(k store.Key, hash wire.Hash, data []byte) bool {
			v.found.Conflicts++
			return wire.BodyHash(k.Origin, k.Seq, k.AnswerID, data) == hash
		},
		"quarantine": func(_ store.Key, hash wire.Hash, data []byte) bool {
			v.found.Quarantined++
			return sha256.Sum256(data) == hash
		},
	} {
		column := map[string]string{"conflicts": "body", "quarantine": "raw"}[table]
		rows, err := v.s.db.QueryContext(ctx, "SELECT origin, seq, answer_id, hash, "+column+" FROM "+table+" ORDER BY id")
		if err != nil {
			return fmt.Errorf("store: verify: %w", hint(err))
		}
		defer rows.Close()
		for rows.Next() {
			var k store.Key
			var seq int64
			var hash wire.Hash
			var data []byte
			if err := rows.Scan(bytesInto(k.Origin[:]), &seq, bytesInto(k.AnswerID[:]), bytesInto(hash[:]), &data); err != nil {
				return fmt.Errorf("store: verify: %w", hint(err))
			}
			k.Seq = uint64(seq)
			if !check(k, hash, data) {
				v.of(k.Origin).fault(k, "kept aside in %s, it is not what it was kept as", table)
			}
		}
		if err := rows.Err(); err != nil {
			return fmt.Errorf("store: verify: %w", hint(err))
		}
	}
	return nil
}

// end compares the ends of the chains and the counts.
func (v *verifier) end(ctx context.Context) error {
	type row struct {
		origin wire.Origin
		seqs   int64
	}
	heads, err := v.s.ChainHeads(ctx)
	if err != nil {
		return err
	}
	for _, h := range heads { // where it stands after the rows were read: no row may be beyond
		v.of(h.Origin).most = h.Links
	}
	counts, err := list(ctx, v.s.db, "verify", func(rows *sql.Rows, r *row) error {
		return rows.Scan(bytesInto(r.origin[:]), &r.seqs)
	}, "SELECT o.origin, (SELECT count(DISTINCT seq) FROM responses WHERE origin = o.origin) + (SELECT count(DISTINCT q.seq) "+
		"FROM quarantine AS q WHERE q.origin = o.origin AND NOT EXISTS (SELECT 1 FROM responses AS r WHERE r.origin = q.origin "+
		"AND r.seq = q.seq)) FROM origins AS o")
	if err != nil {
		return err
	}
	seqs := make(map[wire.Origin]int64, len(counts))
	for _, r := range counts {
		seqs[r.origin] = r.seqs
	}
	for _, origin := range v.order {
		c := v.chains[origin]
		switch {
		case c.links < c.want.Links:
			c.fault(store.Key{Origin: origin}, "after seq %d, %d of %d responses were taken out at the end of its chain", c.last,
				c.want.Links-c.links, c.want.Links)
		case c.links > c.most:
			c.fault(store.Key{Origin: origin, Seq: c.last}, "%d responses are here, %d arrived: the last ones were put in", c.links, c.most)
		case seqs[origin] < c.kept:
			c.fault(store.Key{Origin: origin}, "%d records were counted as they arrived, %d are here", c.kept, seqs[origin])
		}
		for links := range v.anchors[origin] {
			if links > c.links {
				c.fault(store.Key{Origin: origin}, "a manifest signed earlier counts %d responses, %d are here: the last ones were "+
					"taken out, or the store was brought back from a backup", links, c.links)
			}
		}
		if c.Problem != "" {
			v.found.Faults = append(v.found.Faults, c.Fault)
		}
	}
	for origin := range v.anchors {
		if v.chains[origin] == nil {
			v.found.Faults = append(v.found.Faults, store.Fault{
				Key: store.Key{Origin: origin}, Problem: "a manifest signed earlier knows this outbox, the store does not",
			})
		}
	}
	v.found.Origins = len(v.order)
	return nil
}
