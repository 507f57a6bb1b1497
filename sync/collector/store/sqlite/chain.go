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
	c.follow(r.Key, chain, v.anchors[r.Origin])
}

// follow holds the chain up to a row against what that row, the store and earlier heads say.
func (c *verified) follow(row store.Key, chain []byte, anchors map[uint64]wire.Hash) {
	if !slices.Equal(chain, c.head[:]) {
		c.fault(row, "it does not follow seq %d, the one that arrived before it: it was changed or put in, or one between them "+
			"was taken out", c.last)
		copy(c.head[:], chain)
	}
	if c.links == c.want.Links && c.head != c.want.Head {
		c.fault(row, "the chain does not come to what the store says")
	}
	if want, ok := anchors[c.links]; ok && want != c.head {
		c.fault(row, "a manifest signed earlier has another chain up to here: the chain was made anew")
	}
	c.last = row.Seq
}

// aside looks at what is kept and not counted.
func (v *verifier) aside(ctx context.Context) error {
	fail := func(err error) error { return fmt.Errorf("store: verify: %w", hint(err)) }
	rows, err := v.s.db.QueryContext(ctx, "SELECT origin, seq, answer_id, hash, body FROM conflicts ORDER BY id")
	if err != nil {
		return fail(err)
	}
	defer rows.Close()
	for rows.Next() {
		var k store.Key
		var seq int64
		var hash wire.Hash
		var data []byte
		if err := rows.Scan(bytesInto(k.Origin[:]), &seq, bytesInto(k.AnswerID[:]), bytesInto(hash[:]), &data); err != nil {
			return fail(err)
		}
		k.Seq = uint64(seq)
		v.found.Conflicts++
		if wire.BodyHash(k.Origin, k.Seq, k.AnswerID, data) != hash {
			v.of(k.Origin).fault(k, "kept aside in conflicts, it is not what it was kept as")
		}
	}
	if err := rows.Err(); err != nil {
		return fail(err)
	}
	quarantine, err := v.s.db.QueryContext(ctx, selectAside)
	if err != nil {
		return fail(err)
	}
	defer quarantine.Close()
	for quarantine.Next() {
		var q asideRow
		if err := q.scan(quarantine); err != nil {
			return fail(err)
		}
		v.quarantined(&q)
	}
	return quarantine.Err()
}

func (v *verifier) quarantined(q *asideRow) {
	if q.released == 0 {
		v.found.Quarantined++
	}
	if sha256.Sum256(q.Raw) != q.hash {
		v.of(q.Origin).fault(q.Key, "kept aside in quarantine, it is not what it was kept as")
	}
	c := v.of(store.AsideChain)
	c.Terminal = q.Terminal
	c.links, c.head = c.links+1, store.LinkAside(c.head, &q.Quarantined, q.hash)
	c.follow(q.Key, q.chain, v.anchors[store.AsideChain])
}

// end compares the ends of the chains and the counts.
func (v *verifier) end(ctx context.Context) error {
	type row struct {
		origin wire.Origin
		seqs   int64
	}
	gone, err := list(ctx, v.s.db, "verify", func(rows *sql.Rows, k *store.Key) error {
		var seq int64
		err := rows.Scan(bytesInto(k.Origin[:]), &seq, bytesInto(k.AnswerID[:]))
		k.Seq = uint64(seq)
		return err
	}, "SELECT origin, seq, answer_id FROM quarantine AS q WHERE released > 0 AND NOT EXISTS (SELECT 1 FROM responses AS r "+
		"WHERE r.origin = q.origin AND r.seq = q.seq AND r.answer_id = q.answer_id) AND NOT (stray AND EXISTS (SELECT 1 FROM "+
		"quarantine AS n WHERE n.origin = q.origin AND n.seq = q.seq AND n.answer_id = q.answer_id AND n.stray = 0))")
	if err != nil {
		return err
	}
	for _, k := range gone {
		v.of(k.Origin).fault(k, "it is said to have left the quarantine, and is nowhere else")
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
		"FROM quarantine AS q WHERE q.origin = o.origin AND q.stray = 0 AND NOT EXISTS (SELECT 1 FROM responses AS r WHERE r.origin = q.origin "+
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
		what := "responses"
		if origin == store.AsideChain {
			what = "records in quarantine"
		}
		switch {
		case c.links < c.want.Links:
			c.fault(store.Key{Origin: origin}, "after seq %d, %d of %d %s were taken out at the end of its chain", c.last,
				c.want.Links-c.links, c.want.Links, what)
		case c.links > c.most:
			c.fault(store.Key{Origin: origin, Seq: c.last}, "%d %s are here, %d arrived: the last ones were put in", c.links, what, c.most)
		case seqs[origin] < c.kept:
			c.fault(store.Key{Origin: origin}, "%d records were counted as they arrived, %d are here", c.kept, seqs[origin])
		}
		for links := range v.anchors[origin] {
			if links > c.links {
				c.fault(store.Key{Origin: origin}, "a manifest signed earlier counts %d %s, %d are here: the last ones were "+
					"taken out, or the store was brought back from a backup", links, what, c.links)
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
	if v.chains[store.AsideChain] != nil {
		v.found.Origins-- // it is no outbox
	}
	return nil
}
