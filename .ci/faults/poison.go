package main

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

// The corpus: contents, sealed as they are, and what the collector must say of each. @VERSION@ is the survey's. A line of
// reasons.txt is a name, a tab and a part of the reason for which it is kept aside, or nothing where it is to be counted.
const poisonFolder = "testdata/poison"

// poison is one record that is not as a terminal makes it.
type poison struct {
	name string
	// make saves it into an outbox.
	make func(h *hand) (wire.Record, error)
	// reason is a part of what the collector must say of it, "" where it must count it; "*" where it may do either.
	reason string
	// released says that it can be read in the end.
	released bool
}

const either = "*"

// batchSize is how many records a poisoned batch has, with the poison.
const batchSize = 20

// poisonBatches has real terminals upload batches in which one record is poison.
func poisonBatches(r *rig, full bool) (count, error) {
	var c count
	w, err := r.emptyWorld(9999)
	if err != nil {
		return c, err
	}
	defer w.close()
	w.terminals = 0
	other, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return c, err
	}
	all, err := corpus()
	if err != nil {
		return c, err
	}
	mutants := 600
	if !full {
		mutants = 4
		all = thinned(all, 8) // each has a terminal of its own
	}
	all = append(append(all, damages(other.PublicKey().Bytes())...), mutations(mutants)...)
	ids, err := w.poisoned(all)
	if err != nil {
		return c, err
	}
	c.Injected += len(all)
	n, err := w.malformed(full)
	if err != nil {
		return c, err
	}
	c.Injected += n
	if err := w.release(all, other); err != nil {
		return c, err
	}
	c, err = c.with(w.settle())
	reasons, _, asideErr := w.reasons()
	for _, id := range ids {
		if reasons[id] != "" {
			c.Stored++ // kept too, and named
		}
	}
	return c, errors.Join(err, asideErr)
}

// poisoned saves each poison in the midst of sound answers on a terminal of its own, and lets them all upload.
func (w *world) poisoned(all []poison) ([]uuid.UUID, error) {
	ids := make([]uuid.UUID, len(all))
	for i, p := range all {
		h, err := w.byHand()
		if err == nil {
			ids[i], err = h.poisoned(p)
			h.letGo()
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
	}
	out, err := w.answer(0).end()
	if err != nil {
		return nil, err
	}
	var sum struct{ Acknowledged, Quarantined, Conflicts, Duplicates int }
	if err := json.Unmarshal([]byte(lastLine(out)), &sum); err != nil {
		return nil, err
	}
	reasons, rows, err := w.reasons()
	if err != nil {
		return nil, err
	}
	if sum.Acknowledged != batchSize*len(all) || sum.Quarantined != rows || rows != len(reasons) || sum.Conflicts+sum.Duplicates != 0 {
		return nil, fmt.Errorf("%d batches of %d brought %+v, and %d records lie in quarantine", len(all), batchSize, sum, rows)
	}
	var wrong []error
	for i, p := range all {
		reason, aside := reasons[ids[i]]
		delete(reasons, ids[i])
		switch {
		case aside && reason == "":
			wrong = append(wrong, fmt.Errorf("%s is kept aside without a reason", p.name))
		case p.reason == either:
		case aside != (p.reason != ""), !strings.Contains(reason, p.reason):
			wrong = append(wrong, fmt.Errorf("%s is kept aside: %t (%s), want %q", p.name, aside, reason, p.reason))
		}
	}
	if len(reasons) > 0 {
		wrong = append(wrong, fmt.Errorf("sound answers were kept aside: %v", reasons))
	}
	return ids, errors.Join(append(wrong, w.moment())...)
}

// poisoned saves a poison between sound answers and returns its id.
func (h *hand) poisoned(p poison) (uuid.UUID, error) {
	before := h.random.IntN(batchSize)
	if err := h.thank(before); err != nil {
		return uuid.Nil, err
	}
	r, err := p.make(h)
	if err == nil {
		err = h.thank(batchSize - 1 - before)
	}
	return r.AnswerID, err
}

// reasons are those of what is in quarantine, which has so many rows: an answer may have several.
func (w *world) reasons() (reasons map[uuid.UUID]string, rows int, err error) {
	reasons = map[uuid.UUID]string{}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.collector, "collector.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return nil, 0, err
	}
	defer db.Close()
	err = each(db, "SELECT answer_id, seq, reason, raw, raw FROM quarantine", func(id []byte, _ int64, reason, _, _ []byte) {
		reasons[uuid.UUID(id)] = string(reason)
		rows++
	})
	if err == nil {
		err = each(db, "SELECT answer_id, seq, answer_id, answer_id, answer_id FROM responses WHERE survey <> '"+survey+"'",
			func(id []byte, _ int64, _, _, _ []byte) { w.elsewhere[uuid.UUID(id)] = true })
	}
	return reasons, rows, err
}

// corpus are the contents in the folder.
func corpus() (all []poison, err error) {
	text, err := os.ReadFile(filepath.Join(poisonFolder, "reasons.txt"))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		name, reason, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		content, err := os.ReadFile(filepath.Join(poisonFolder, name+".body"))
		if err != nil || !ok {
			return nil, fmt.Errorf("reasons.txt: %q: %w", line, err)
		}
		all = append(all, poison{name: name, reason: reason, make: sealed(content)})
	}
	files, err := filepath.Glob(filepath.Join(poisonFolder, "*.body"))
	if err == nil && len(files) != len(all) {
		err = fmt.Errorf("%s has %d files, reasons.txt tells of %d", poisonFolder, len(files), len(all))
	}
	return all, err
}

// sealed seals a content rightly.
func sealed(content []byte) func(*hand) (wire.Record, error) {
	return func(h *hand) (wire.Record, error) {
		content := bytes.ReplaceAll(content, []byte("@VERSION@"), []byte(h.survey.Version))
		f, err := newForge(h.identity.SealingKey, h.box.Origin(), wire.Version)
		if err != nil {
			return wire.Record{}, err
		}
		return h.save(f, func(seq uint64, id uuid.UUID) wire.Record { return f.seal(seq, id, content) })
	}
}

// release brings back the key of another collector and has the quarantine read again: what was sealed for it is counted,
// the rest stays.
func (w *world) release(all []poison, other *ecdh.PrivateKey) error {
	_, before, err := w.reasons()
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(other)
	if err != nil {
		return err
	}
	file := filepath.Join(w.collector, "sealing-another.key")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		return err
	}
	want := 1 // that of malformed
	for _, p := range all {
		if p.released {
			want++
		}
	}
	out, err := w.rig.output("collector", "quarantine", "release", "--data", w.collector, "--all")
	if err != nil {
		return err
	}
	end := fmt.Sprintf("released: %d\nstill in quarantine: %d\n", want, before-want)
	if !strings.HasSuffix(out, end) {
		return fmt.Errorf("of %d records in quarantine %d should be counted now:\n%s", before, want, out)
	}
	return nil
}

// thinned is every nth of all.
func thinned(all []poison, n int) (some []poison) {
	for i := 0; i < len(all); i += n {
		some = append(some, all[i])
	}
	return some
}

func lastLine(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return lines[len(lines)-1]
}
