package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"math"
	"slices"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

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
