package outbox_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// machine is an outbox beside the simplest thing that could be one.
type machine struct {
	path    string
	o       *outbox.Outbox
	options outbox.Options
	now     time.Time

	sealers []sealing
	last    uint64
	tallies map[string]uint64
	waiting []wire.Record // ascending
	settled map[uint64]time.Time
	bodies  map[uint64][]byte // sealed bytes by seq: a record never changes
}

func TestAnySequenceOfUsesKeepsEveryAnswer(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{
			path: filepath.Join(folder, uuid.NewString()), now: time.Unix(1_800_000_000, 0),
			settled: map[uint64]time.Time{}, bodies: map[uint64][]byte{}, tallies: map[string]uint64{},
		}
		m.options = outbox.Options{Clock: func() time.Time { return m.now }, KeepFor: time.Hour}
		m.open(rt)
		defer m.o.Close()
		for range 2 {
			m.sealers = append(m.sealers, mustSealer(t, m.o.Origin()))
		}
		rt.Repeat(map[string]func(*rapid.T){
			"append": m.append, "next": m.next, "settle": m.settle, "reopen": m.reopen, "prune": m.prune, "": m.check,
		})
	})
}

func (m *machine) open(t *rapid.T) {
	o, err := outbox.Open(m.path, m.options)
	if err != nil {
		t.Fatal(err)
	}
	m.o = o
}

func (m *machine) append(t *rapid.T) {
	s := rapid.SampledFrom(m.sealers).Draw(t, "sealer")
	id := uuid.Must(uuid.NewV7())
	if rapid.IntRange(0, 9).Draw(t, "refuse") == 0 {
		refusal := errors.New("no")
		if _, err := m.o.Append(id, s.Session(), func(uint64) (wire.Record, error) { return wire.Record{}, refusal }); !errors.Is(err, refusal) {
			t.Fatal(err)
		}
		return
	}
	var record wire.Record
	tallies := rapid.SampledFrom([][]string{nil, {"a/all"}, {"a/all", "a/few"}, {"b/all"}}).Draw(t, "tallies")
	for _, name := range tallies {
		m.tallies[name]++
	}
	seq, err := m.o.Append(id, s.Session(), func(seq uint64) (wire.Record, error) {
		var err error
		record, err = s.Seal(seq, id, body())
		return record, err
	}, tallies...)
	if err != nil {
		t.Fatal(err)
	}
	if m.last++; seq != m.last {
		t.Fatalf("seq %d, want %d", seq, m.last)
	}
	m.waiting = append(m.waiting, record)
	m.bodies[seq] = record.Sealed
}

func (m *machine) next(t *rapid.T) {
	limit := rapid.IntRange(1, 8).Draw(t, "records")
	b, err := m.o.Next(limit, 1<<20, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := m.waiting[:min(limit, len(m.waiting))]
	if !slices.EqualFunc(b.Records, want, func(a, b wire.Record) bool {
		return a.Seq == b.Seq && a.AnswerID == b.AnswerID && slices.Equal(a.Sealed, b.Sealed)
	}) {
		t.Fatalf("next gave %d records, want %d", len(b.Records), len(want))
	}
	if len(b.Records) > 0 {
		if err := b.Validate(); err != nil {
			t.Fatal(err)
		}
	}
}

func (m *machine) settle(t *rapid.T) {
	r := wire.Receipt{Origin: m.o.Origin()}
	var left []wire.Record
	moved := 0
	for _, rec := range m.waiting {
		switch rapid.IntRange(0, 3).Draw(t, "decision") {
		case 0:
			left = append(left, rec)
		case 1: // for an answer that is not this one
			r.Decisions = append(r.Decisions, wire.Decision{Seq: rec.Seq, AnswerID: uuid.New(), Verdict: wire.Stored})
			left = append(left, rec)
		default:
			verdict := wire.Verdict(rapid.IntRange(1, 4).Draw(t, "verdict"))
			r.Decisions = append(r.Decisions, wire.Decision{Seq: rec.Seq, AnswerID: rec.AnswerID, Verdict: verdict})
			m.settled[rec.Seq] = m.now
			moved++
		}
	}
	if n, err := m.o.Settle(r); err != nil || n != moved {
		t.Fatalf("settled %d of %d: %v", n, moved, err)
	}
	m.waiting = left
}

func (m *machine) reopen(t *rapid.T) {
	origin := m.o.Origin()
	if err := m.o.Close(); err != nil {
		t.Fatal(err)
	}
	m.open(t)
	if m.o.Origin() != origin {
		t.Fatal("another origin")
	}
}

func (m *machine) prune(t *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.IntRange(0, 50).Draw(t, "minutes")) * time.Minute)
	if _, err := m.o.Prune(m.now); err != nil {
		t.Fatal(err)
	}
	// Pruning goes from the lowest seq and stops at the first record that is still in the window.
	var seqs []uint64
	for seq := range m.settled {
		seqs = append(seqs, seq)
	}
	slices.Sort(seqs)
	for _, seq := range seqs {
		if m.now.Sub(m.settled[seq]) <= time.Hour {
			break
		}
		delete(m.settled, seq)
	}
}

func (m *machine) check(t *rapid.T) {
	for _, name := range []string{"a/all", "a/few", "b/all"} {
		if n := m.o.Tally(name); n != m.tallies[name] {
			t.Fatalf("the tally %s is %d, not %d", name, n, m.tallies[name])
		}
	}
	if err := m.o.Check(); err != nil {
		t.Fatal(err)
	}
	s, err := m.o.Stats()
	if err != nil {
		t.Fatal(err)
	}
	if s.Queued != uint64(len(m.waiting)) || s.Kept != uint64(len(m.settled)) || s.LastSeq != m.last || s.Damaged != 0 {
		t.Fatalf("stats %+v; want %d waiting, %d kept, last %d", s, len(m.waiting), len(m.settled), m.last)
	}
}
