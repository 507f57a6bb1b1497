package main

import (
	"bytes"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/uuid"

	"otklik/sync/wire"
)

// malformed sends batches in which the bytes of one record are no record, as no outbox can hold it. Either the collector
// keeps that one aside, or it refuses the batch; then the halves of it pass, down to the one that it is about.
func (w *world) malformed(full bool) (int, error) {
	h, err := w.byHand()
	if err != nil {
		return 0, err
	}
	defer h.letGo()
	if err := h.thank(batchSize); err != nil {
		return 0, err
	}
	n := 0
	for _, m := range malformations {
		bad, err := h.malform(m.change)
		if err == nil {
			err = h.splice(bad, m.reason)
		}
		if err != nil {
			return n, fmt.Errorf("%s: %w", m.name, err)
		}
		n++
	}
	mutants := 15
	if full {
		mutants = 600
	}
	for seed := range mutants {
		random := mathrand.New(mathrand.NewPCG(uint64(seed), 7))
		bad, err := h.malform(nil)
		if err == nil {
			bad = mutated(bad, random)
			if r := (wire.Record{}); wire.Decode(append([]byte{wire.Version}, bad...), &r) == nil && int64(r.Seq) > batchSize {
				continue // how many answers a terminal gave it may say itself
			}
			err = h.splice(bad, either)
		}
		if err != nil {
			return n, fmt.Errorf("mutation %d of a record: %x: %w", seed, bad, err)
		}
		n++
	}
	return n, h.late()
}

// malform is the last record in CBOR, changed.
func (h *hand) malform(change func(map[any]any) any) ([]byte, error) {
	data, err := wire.Encode(h.records[batchSize-1])
	if err != nil || change == nil {
		return data[1:], err
	}
	var m map[any]any
	if err := cbor.Unmarshal(data[1:], &m); err != nil {
		return nil, err
	}
	switch bad := change(m).(type) {
	case cbor.RawMessage:
		return bad, nil
	default:
		return cbor.Marshal(bad)
	}
}

// splice sends the sound records with a bad one in the place of the last.
func (h *hand) splice(bad []byte, reason string) error {
	parts := make([]cbor.RawMessage, 0, batchSize)
	for _, r := range h.records[:batchSize-1] {
		data, err := wire.Encode(r)
		if err != nil {
			return err
		}
		parts = append(parts, data[1:])
	}
	parts = slices.Insert(parts, batchSize/2, cbor.RawMessage(bad))
	said, err := h.halving(parts)
	if err != nil {
		return err
	}
	good, other := 0, ""
	for _, s := range said {
		if s == "" {
			good++
		} else {
			other += s
		}
	}
	switch {
	case good == batchSize && reason == either: // still a record, of the same name
	case good != batchSize-1 || other == "" || reason != either && !strings.Contains(other, reason):
		return fmt.Errorf("%d of %d records were taken, and of the rest was said %q, want %q", good, batchSize, other, reason)
	}
	return nil
}

// halving sends records as an agent does, and returns what was said to each that is not counted.
func (h *hand) halving(parts []cbor.RawMessage) ([]string, error) {
	sessions := h.batch(h.records[:batchSize]).Sessions
	// By hand: what is no CBOR must get there too.
	body := append([]byte{wire.Version, 0xa3, 0x01, 0x50}, h.origin()...)
	known, err := wire.Encode(sessions)
	if err != nil {
		return nil, err
	}
	body = append(append(body, 0x02), known[1:]...)
	body = append(body, 0x03, 0x98, byte(len(parts)))
	body = append(body, bytes.Join(slices.Collect(raw(parts)), nil)...)
	receipt, err := h.sendBytes(body)
	var refused *refusedError
	if errors.As(err, &refused) && refused.Code == "malformed" {
		if len(parts) == 1 {
			return []string{refused.Message}, nil
		}
		first, err := h.halving(parts[:len(parts)/2])
		if err != nil {
			return nil, err
		}
		second, err := h.halving(parts[len(parts)/2:])
		return append(first, second...), err
	}
	if err != nil {
		return nil, err
	}
	if len(receipt.Decisions) != len(parts) {
		return nil, fmt.Errorf("%d decisions on %d records", len(receipt.Decisions), len(parts))
	}
	said := make([]string, len(parts))
	for i, d := range receipt.Decisions {
		switch d.Verdict {
		case wire.Stored, wire.Duplicate:
		case wire.Quarantined:
			said[i] = d.Reason
			h.w.unthanked[d.AnswerID] = true // it may call itself anything
		default:
			return nil, fmt.Errorf("seq %d has the verdict %d (%s)", d.Seq, d.Verdict, d.Reason)
		}
	}
	return said, nil
}

func raw(parts []cbor.RawMessage) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for _, p := range parts {
			if !yield(p) {
				return
			}
		}
	}
}

func (h *hand) origin() []byte {
	o := h.box.Origin()
	return o[:]
}

// late sends a record whose session comes only with the next one. It can be read then.
func (h *hand) late() error {
	response, err := h.content(nil)
	if err != nil {
		return err
	}
	f, err := newForge(h.identity.SealingKey, h.box.Origin(), wire.Version)
	if err != nil {
		return err
	}
	var made []wire.Record
	for range 2 {
		r, err := h.save(f, func(seq uint64, id uuid.UUID) wire.Record { return f.seal(seq, id, response) })
		if err != nil {
			return err
		}
		made = append(made, r)
	}
	without := h.batch(made[:1])
	without.Sessions = nil
	for _, step := range []struct {
		batch   wire.Batch
		verdict wire.Verdict
	}{{without, wire.Quarantined}, {h.batch(made[1:]), wire.Stored}} {
		receipt, err := h.send(step.batch)
		if err != nil {
			return err
		}
		if d := receipt.Decisions[0]; d.Verdict != step.verdict {
			return fmt.Errorf("a record whose session comes late has the verdict %d (%s), want %d", d.Verdict, d.Reason, step.verdict)
		}
	}
	return nil
}

// set changes one part of a record: 1 seq, 2 answer id, 3 session, 4 nonce, 5 what is sealed.
func set(key uint64, value any) func(map[any]any) any {
	return func(m map[any]any) any { m[key] = value; return m }
}

func is(value any) func(map[any]any) any { return func(map[any]any) any { return value } }

var malformations = []struct {
	name, reason string
	change       func(map[any]any) any
}{
	{"no seq", "seq starts at 1", set(1, 0)},
	{"a seq below none", "cannot unmarshal", set(1, -1)},
	{"a seq beyond the store's", "no outbox numbers up to", set(1, uint64(1)<<63+5)},
	{"a seq in words", "cannot unmarshal", set(1, "20")},
	{"a seq with a fraction", "cannot unmarshal", set(1, 20.5)},
	{"no answer id", "answer_id is missing", set(2, make([]byte, 16))},
	{"an answer id cut short", "malformed", set(2, make([]byte, 15))},
	{"another answer id", "seal broken", set(2, bytes.Repeat([]byte{7}, 16))},
	{"no session", "session is missing", set(3, make([]byte, 8))},
	{"a session that never came", "unknown session", set(3, bytes.Repeat([]byte{7}, 8))},
	{"a session cut short", "malformed", set(3, make([]byte, 7))},
	{"no nonce", "nonce starts at 1", set(4, 0)},
	{"nothing sealed", "0 sealed bytes", set(5, []byte{})},
	{"more sealed than there can be", "sealed bytes, 1 to", set(5, make([]byte, wire.MaxRecordBytes+1))},
	{"sealed words", "cannot unmarshal", set(5, "sealed")},
	{"a number", "cannot unmarshal", is(42)},
	{"a text", "cannot unmarshal", is("record")},
	{"nothing", "", is(nil)},
	{"a list", "", is([]any{20, 1, 2, 3, 4})},
	{"a float that is no number", "malformed", is(cbor.RawMessage{0xf9, 0x7e, 0x00})},
	{"a tag", "tag", is(cbor.RawMessage{0xc0, 0x60})},
	{"a length without an end", "indefinite-length", is(cbor.RawMessage{0xbf, 0x01, 0x14, 0xff})},
	{"a key twice", "duplicate", is(cbor.RawMessage{0xa2, 0x01, 0x14, 0x01, 0x14})},
	{"bad UTF-8", "UTF-8", is(cbor.RawMessage{0xa1, 0x61, 0xff, 0x01})},
	{"too deep", "nested level", set(99, deep(40))},
	{"cut", "malformed", is(cbor.RawMessage{0xa5, 0x01})},
	{"a length beyond all", "malformed", is(cbor.RawMessage{0xa1, 0x05, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})},
	{"a list of a billion", "malformed", is(cbor.RawMessage{0x9a, 0x3b, 0x9a, 0xca, 0x00})},
}

func deep(n int) any {
	var v any = 1
	for range n {
		v = []any{v}
	}
	return v
}
