package main

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/uuid"

	"otklik/sync/wire"
)

// newerTerminal sends what terminals of later versions may send. Each case is a batch of ten in which one record is of
// that version.
func newerTerminal(r *rig, c *count) error {
	w, err := r.emptyWorld(9999)
	if err != nil {
		return err
	}
	defer w.close()
	w.terminals = 0
	aside := 0
	for _, n := range newer {
		h, err := w.byHand()
		if err == nil {
			err = h.newer(&n)
			h.letGo()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", n.name, err)
		}
		if n.reason != "" {
			aside++
		}
		c.Injected++
	}
	if err := w.moment(); err != nil {
		return err
	}
	out, err := r.output("collector", "quarantine", "list", "--data", w.collector)
	if err != nil {
		return err
	}
	if lines := strings.Count(out, "\n") - 1; lines != aside {
		return fmt.Errorf("%d records are in quarantine, want %d:\n%s", lines, aside, out)
	}
	*c, err = c.with(w.settle())
	c.Stored += aside // kept too, and named
	return err
}

// newerRecord is a record of a later version.
type newerRecord struct {
	name string
	// version is the one it is sealed by, batch that of the whole batch; 0 for today's.
	version, batch byte
	// content changes the JSON that is sealed, message the batch.
	content func(body map[string]any)
	message func(batch map[any]any)
	// reason is what the collector must say of the record that it keeps aside, "" where it is to be counted; refused is what
	// it must say of the batch.
	reason, refused string
}

// part is an object inside of a body.
func part(body map[string]any, name string) map[string]any {
	p, _ := body[name].(map[string]any)
	return p
}

func firstAnswer(body map[string]any) map[string]any {
	all, _ := part(body, "response")["answers"].([]any)
	a, _ := all[0].(map[string]any)
	return a
}

var newer = []newerRecord{
	{name: "fields in batch, session and record", message: func(b map[any]any) { future(b) }},
	{name: "fields in the body", content: func(b map[string]any) {
		for _, to := range []map[string]any{b, part(b, "response"), part(b, "clock"), firstAnswer(b)} {
			to["later"] = map[string]any{"x": []int{1, 2}}
		}
	}},
	{name: "a survey version that is not here", content: func(b map[string]any) {
		part(b, "response")["version"], part(b, "response")["number"] = "0123456789abcdef", 2
	}},
	{name: "an outcome of an answer, in a survey version that is not here", content: func(b map[string]any) {
		part(b, "response")["version"], part(b, "response")["number"] = "0123456789abcdef", 2
		firstAnswer(b)["o"] = "sung"
	}},
	{
		name: "a kind of value", content: func(b map[string]any) { firstAnswer(b)["v"] = map[string]any{"row": map[string]any{"deep": 1}} },
		reason: "the sealed content is no answer",
	},
	{name: "an outcome of an answer", content: func(b map[string]any) { firstAnswer(b)["o"] = "sung" }, reason: "unknown outcome"},
	{name: "a question", content: func(b map[string]any) { firstAnswer(b)["q"] = "later" }, reason: "names the question"},
	{name: "a language", content: func(b map[string]any) { part(b, "response")["language"] = "ba" }, reason: "which is no language"},
	{name: "another sealing", version: wire.Version + 1, reason: "unknown session"},
	{name: "another version of the batch", batch: wire.Version + 1, refused: "this program reads version"},
}

// newer saves nine answers and one of a later version in their middle, and sends them all.
func (h *hand) newer(n *newerRecord) error {
	if err := h.thank(5); err != nil {
		return err
	}
	version := n.version
	if version == 0 {
		version = wire.Version
	}
	f, err := newForge(h.identity.SealingKey, h.box.Origin(), version)
	if err != nil {
		return err
	}
	content, err := h.content(n.content)
	if err != nil {
		return err
	}
	strange, err := h.save(f, func(seq uint64, id uuid.UUID) wire.Record { return f.seal(seq, id, content) })
	if err == nil {
		err = h.thank(4)
	}
	if err != nil {
		return err
	}
	body, err := h.encode(h.batch(h.records), n.message)
	if err != nil {
		return err
	}
	if n.batch != 0 {
		later := bytes.Clone(body)
		later[0] = n.batch
		var refused *refusedError
		if _, err := h.sendBytes(later); !errors.As(err, &refused) || !strings.Contains(refused.Message, n.refused) {
			return fmt.Errorf("it was not refused by %q: %w", n.refused, err)
		}
		// The terminal keeps it, and sends it when the collector was updated.
	}
	receipt, err := h.sendBytes(body)
	if err != nil {
		return err
	}
	if err := h.oneAside(receipt, strange, n.reason); err != nil {
		return err
	}
	if _, err := h.box.Settle(receipt); err != nil || n.reason != "" {
		return err
	}
	return h.w.storedAs(strange, content)
}

// content is a body of today as a later program makes it.
func (h *hand) content(change func(map[string]any)) ([]byte, error) {
	response, err := h.response()
	if err != nil {
		return nil, err
	}
	canonical, err := wire.CanonicalBody(&wire.Body{Response: *response, Clock: wire.Clock{Wall: time.Now()}})
	if err != nil || change == nil {
		return canonical, err
	}
	var body map[string]any
	numbers := json.NewDecoder(bytes.NewReader(canonical))
	numbers.UseNumber() // a seed is larger than a float holds
	if err := numbers.Decode(&body); err != nil {
		return nil, err
	}
	change(body)
	return json.Marshal(body)
}

// encode writes a batch, changed in its messages.
func (h *hand) encode(b wire.Batch, change func(map[any]any)) ([]byte, error) {
	body, err := wire.Encode(b)
	if err != nil || change == nil {
		return body, err
	}
	var m map[any]any
	if err := cbor.Unmarshal(body[1:], &m); err != nil {
		return nil, err
	}
	change(m)
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, err
	}
	item, err := mode.Marshal(m)
	return append([]byte{wire.Version}, item...), err
}

// oneAside checks that a receipt keeps this record aside for the reason, or counts it where there is none, and that all
// others are stored.
func (h *hand) oneAside(receipt wire.Receipt, strange wire.Record, reason string) error {
	seen := false
	for _, d := range receipt.Decisions {
		want := wire.Stored
		if d.AnswerID == strange.AnswerID {
			seen = true
			if reason != "" {
				want = wire.Quarantined
			}
		}
		if d.Verdict != want || want == wire.Quarantined && !strings.Contains(d.Reason, reason) {
			return fmt.Errorf("seq %d has the verdict %d (%s), want %d (%s)", d.Seq, d.Verdict, d.Reason, want, reason)
		}
	}
	if !seen || len(receipt.Decisions) != len(h.records) {
		return fmt.Errorf("the receipt has %d decisions on %d records", len(receipt.Decisions), len(h.records))
	}
	return nil
}

// storedAs checks that the collector has an answer byte for byte, with what it does not know of it.
func (w *world) storedAs(r wire.Record, content []byte) error {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.collector, "collector.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer db.Close()
	var body []byte
	if err := db.QueryRow("SELECT body FROM responses WHERE answer_id = ?", r.AnswerID[:]).Scan(&body); err != nil {
		return err
	}
	if sha256.Sum256(body) != sha256.Sum256(content) {
		return fmt.Errorf("it is stored as %s, sent was %s", body, content)
	}
	return nil
}
