package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// rowsPerInsert is how many responses one statement inserts; more gained nothing.
const rowsPerInsert = 32

const responseColumns = "origin, seq, answer_id, terminal, survey, version, number, language, audience, " +
	"started, submitted, clock_trusted, received, seconds, hash, body, " +
	"ticket, ticket_state"

// insertedColumns are responseColumns and the chain.
const insertedColumns = 19

var (
	insertOne  = insertResponses(1)
	insertMany = insertResponses(rowsPerInsert)
)

func insertResponses(rows int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", insertedColumns), ",") + ")"
	return "INSERT INTO responses (" + responseColumns + ", chain) VALUES " +
		strings.TrimSuffix(strings.Repeat(one+",", rows), ",")
}

// Keep implements store.Responses.
func (s *Store) Keep(ctx context.Context, intake store.Intake) ([]wire.Decision, error) {
	k := newKeeping(intake)
	if err := s.writer.do(ctx, k.run); err != nil {
		return nil, fmt.Errorf("store: keep %d records: %w", len(intake.Arrivals), hint(err))
	}
	return k.decisions, nil
}

// keeping is one intake on its way into the tables.
type keeping struct {
	store.Intake
	order     []int           // of Arrivals, by (seq, answer id)
	decisions []wire.Decision // for Arrivals[i]
	known     map[int64][]answer
	aside     map[int64]bool // seq in quarantine
	fresh     uint64         // different seq that were not here before
	chain     store.ChainHead
	args      []any // of the insert being collected
	rows      int
}

// answer is one response that is kept under a seq.
type answer struct {
	id   uuid.UUID
	hash []byte
}

func newKeeping(intake store.Intake) *keeping {
	k := &keeping{Intake: intake, order: make([]int, len(intake.Arrivals))}
	for i := range k.order {
		k.order[i] = i
	}
	slices.SortStableFunc(k.order, func(i, j int) int {
		a, b := &intake.Arrivals[i], &intake.Arrivals[j]
		if c := cmp.Compare(int64(a.Seq), int64(b.Seq)); c != 0 {
			return c
		}
		return bytes.Compare(a.AnswerID[:], b.AnswerID[:])
	})
	return k
}

// run makes the change. It starts from nothing each time, so that it may be run again.
func (k *keeping) run(t *tx) error {
	k.decisions = make([]wire.Decision, len(k.Arrivals))
	k.known, k.aside = make(map[int64][]answer), make(map[int64]bool)
	k.fresh, k.args, k.rows = 0, k.args[:0], 0
	if len(k.Arrivals) == 0 {
		return nil
	}
	// This comes first: where a terminal was deleted, its foreign key refuses the batch before anything else.
	own, err := t.speaks(k.Origin, k.Terminal, k.Carried)
	if err != nil {
		return err
	}
	if !own {
		return k.putStrays(t)
	}
	for _, seal := range k.Seals {
		if _, err := t.exec("INSERT INTO seals (origin, session, seal) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
			k.Origin[:], seal.Session[:], seal.Data); err != nil {
			return err
		}
	}
	if err := errors.Join(k.lookUp(t), k.chainHead(t)); err != nil {
		return err
	}
	links := k.chain.Links
	for _, i := range k.order {
		a := &k.Arrivals[i]
		d := &k.decisions[i]
		d.Seq, d.AnswerID = a.Seq, a.AnswerID
		var err error
		if a.Reason != "" {
			err = k.putAside(t, a, d, a.Seq == 0 || a.Seq > store.MaxSeq)
		} else {
			err = k.decide(t, a, d)
		}
		if err != nil {
			return err
		}
	}
	if err := k.flush(t); err != nil {
		return err
	}
	if k.chain.Links > links {
		if err := t.keepChain(k.chain); err != nil {
			return err
		}
	}
	if k.fresh == 0 {
		return nil
	}
	_, err = t.exec("UPDATE origins SET kept = kept + ? WHERE origin = ?", k.fresh, k.Origin[:])
	return err
}

// putStrays puts aside what a terminal sent of an outbox that is not its own.
func (k *keeping) putStrays(t *tx) error {
	for i := range k.Arrivals {
		if k.Arrivals[i].Reason == "" {
			return store.ErrForeign
		}
	}
	for _, i := range k.order {
		a, d := &k.Arrivals[i], &k.decisions[i]
		d.Seq, d.AnswerID = a.Seq, a.AnswerID
		if err := k.putAside(t, a, d, true); err != nil {
			return err
		}
	}
	return k.alarm(t, store.ForeignOutbox, &k.Arrivals[k.order[0]])
}

// lookUp finds what is kept already under the seqs of the intake: nothing at all in the common case, seen by one look
// into each index.
func (k *keeping) lookUp(t *tx) error {
	first, last := int64(k.Arrivals[k.order[0]].Seq), int64(k.Arrivals[k.order[len(k.order)-1]].Seq)
	where, args := "origin = ? AND seq BETWEEN ? AND ?", []any{k.Origin[:], first, last}
	if span := uint64(last - first); span > 2*wire.MaxBatchRecords {
		// Seqs far apart: a range could hold all the origin ever sent.
		seqs := make([]int64, len(k.Arrivals))
		for i := range k.Arrivals {
			seqs[i] = int64(k.Arrivals[i].Seq)
		}
		list, err := json.Marshal(seqs)
		if err != nil {
			return err
		}
		where, args = "origin = ? AND seq IN (SELECT value FROM json_each(?))", []any{k.Origin[:], string(list)}
	}
	rows, err := t.query("SELECT seq, answer_id, hash FROM responses WHERE "+where, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var a answer
		if err := rows.Scan(&seq, bytesInto(a.id[:]), &a.hash); err != nil {
			return err
		}
		k.known[seq] = append(k.known[seq], a)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	aside, err := t.query("SELECT seq FROM quarantine WHERE stray = 0 AND "+where, args...)
	if err != nil {
		return err
	}
	defer aside.Close()
	for aside.Next() {
		var seq int64
		if err := aside.Scan(&seq); err != nil {
			return err
		}
		k.aside[seq] = true
	}
	return aside.Err()
}

// decide says what becomes of a response that could be read, and does it.
func (k *keeping) decide(t *tx, a *store.Arrival, d *wire.Decision) error {
	seq := int64(a.Seq)
	hash := a.Response.Hash
	others := k.known[seq]
	for _, o := range others {
		if o.id != a.AnswerID {
			continue
		}
		if bytes.Equal(o.hash, hash[:]) {
			d.Verdict = wire.Duplicate
			return nil
		}
		return k.keepChanged(t, a, d)
	}
	d.Verdict = wire.Stored
	if len(others) > 0 {
		d.Verdict = wire.Conflict
		d.Reason = "another answer has this origin and seq: a disk was copied"
		if err := k.alarm(t, store.ClonedDisk, a); err != nil {
			return err
		}
	} else {
		k.count(seq)
	}
	k.known[seq] = append(others, answer{id: a.AnswerID, hash: hash[:]})
	return k.insert(t, a)
}

// keepChanged keeps a record aside that came again under its name with other content.
func (k *keeping) keepChanged(t *tx, a *store.Arrival, d *wire.Decision) error {
	n, err := t.changed("INSERT INTO conflicts (origin, seq, answer_id, terminal, received, hash, body) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		k.Origin[:], int64(a.Seq), a.AnswerID[:], k.Terminal[:], millis(k.Received), a.Response.Hash[:], a.Response.Body)
	if err != nil {
		return err
	}
	if n == 0 {
		d.Verdict = wire.Duplicate
		return nil
	}
	d.Verdict = wire.Conflict
	d.Reason = "this answer came before with other content"
	return k.alarm(t, store.ChangedBody, a)
}

// putAside puts a record into the quarantine, once. A stray one says nothing of what is here of the outbox.
func (k *keeping) putAside(t *tx, a *store.Arrival, d *wire.Decision, stray bool) error {
	d.Verdict, d.Reason = wire.Quarantined, a.Reason
	hash := sha256.Sum256(a.Raw)
	chain, err := t.chainOf(store.AsideChain)
	if err != nil {
		return err
	}
	chain.Links, chain.Head = chain.Links+1, store.LinkAside(chain.Head, &store.Quarantined{
		Key: store.Key{Origin: k.Origin, Seq: a.Seq, AnswerID: a.AnswerID}, Terminal: k.Terminal, Received: k.Received, Stray: stray,
	}, hash)
	n, err := t.changed("INSERT INTO quarantine (origin, seq, answer_id, terminal, received, reason, hash, raw, stray, chain) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		k.Origin[:], int64(a.Seq), a.AnswerID[:], k.Terminal[:], millis(k.Received), a.Reason, hash[:], a.Raw, stray, chain.Head[:])
	if err == nil && n > 0 {
		err = t.keepChain(chain)
	}
	if err != nil || stray {
		return err
	}
	if len(k.known[int64(a.Seq)]) == 0 {
		k.count(int64(a.Seq))
	}
	k.aside[int64(a.Seq)] = true
	return nil
}

// count counts a seq once, however it is kept. A seq below 1 is none, as coverage says: counted, it would hide one that is
// missing.
func (k *keeping) count(seq int64) {
	if seq > 0 && !k.aside[seq] {
		k.fresh++
	}
}

func (k *keeping) alarm(t *tx, kind store.AlarmKind, a *store.Arrival) error {
	return t.raise(store.Alarm{
		Key:  store.Key{Origin: k.Origin, Seq: a.Seq, AnswerID: a.AnswerID},
		Kind: kind, Terminal: k.Terminal, At: k.Received,
	})
}

// insert collects a row, whose ticket is used up, and inserts when enough came together.
func (k *keeping) insert(t *tx, a *store.Arrival) error {
	r := &a.Response
	ticket, err := k.use(t, a)
	if err != nil {
		return err
	}
	k.args = append(k.args, k.Origin[:], int64(a.Seq), a.AnswerID[:], k.Terminal[:], r.Survey, r.Version, r.Number,
		r.Language, r.Audience, millis(r.Started), millis(r.Submitted), r.ClockTrusted, millis(k.Received), r.Seconds,
		r.Hash[:], r.Body, r.Ticket, string(ticket), k.link(a, ticket))
	k.rows++
	if k.rows < rowsPerInsert {
		return nil
	}
	_, err = t.exec(insertMany, k.args...)
	k.args, k.rows = k.args[:0], 0
	return err
}

// flush inserts the rows that are left.
func (k *keeping) flush(t *tx) error {
	for rest := k.args; len(rest) > 0; rest = rest[insertedColumns:] {
		if _, err := t.exec(insertOne, rest[:insertedColumns]...); err != nil {
			return err
		}
	}
	k.args, k.rows = k.args[:0], 0
	return nil
}
