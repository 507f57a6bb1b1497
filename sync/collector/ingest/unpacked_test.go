package ingest_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// A few hundred kilobytes can unpack to a hundred megabytes: a glossary is whatever its terminal says. What is too much of it is put
// aside as it came, and can be read again record by record.
func TestABatchThatUnpacksToFarMoreThanItIsHasItsEndPutAside(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	word := strings.Repeat("a", 8000)
	var err error
	m.sealer, err = wire.NewSealer(wire.Recipients{Collector: c.keys.SealingPublic()}, m.origin, []byte(`"`+word+`"`), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var records []wire.Record
	for seq := uint64(1); seq <= wire.MaxBatchRecords; seq++ {
		body := m.body(seq, "")
		body.Response.Survey = "unknown"
		body.Response.Answers = []surveys.Answer{collectortest.Said("why", surveys.Codes(slices.Repeat([]string{word}, 30)...))}
		r, err := m.sealer.Seal(seq, m.answerID(seq), body)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	b := m.batch(records...)
	if sent := len(encode(t, b)); sent > wire.MaxBodyBytes {
		t.Fatalf("the batch has %d bytes", sent)
	}
	stored, aside := 0, 0
	for _, d := range m.send(b).Decisions {
		switch d.Verdict {
		case wire.Stored:
			stored++
		case wire.Quarantined:
			aside++
		}
	}
	total := 0
	err = c.store.EachResponse(t.Context(), "unknown", 0, func(r *store.Response) error {
		total += len(r.Body)
		return nil
	})
	if err != nil || total > 32<<20 || stored+aside != len(records) || stored == 0 {
		t.Errorf("%d of %d stored, %d aside: %d bytes, %v", stored, len(records), aside, total, err)
	}
}
