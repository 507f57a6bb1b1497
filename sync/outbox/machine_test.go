package outbox_test

import (
	"cmp"
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
	waiting []wire.Record // ascending; those that are sent again are in again
	again   map[uint64]bool
	settled map[uint64]settled
	bodies  map[uint64][]byte // sealed bytes by seq: a record never changes

	seen, filled wire.Epoch
	backups      bool
	told         time.Time
	safe         wire.Ranges
}

// settled is a record after its receipt.
type settled struct {
	at     time.Time
	record wire.Record
}

func TestAnySequenceOfUsesKeepsEveryAnswer(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{
			path: filepath.Join(folder, uuid.NewString()), now: time.Unix(1_800_000_000, 0),
			settled: map[uint64]settled{}, again: map[uint64]bool{}, bodies: map[uint64][]byte{}, tallies: map[string]uint64{},
		}
		m.options = outbox.Options{Clock: func() time.Time { return m.now }, KeepFor: time.Hour}
		m.open(rt)
		defer m.o.Close()
		for range 2 {
			m.sealers = append(m.sealers, mustSealer(t, m.o.Origin()))
		}
		rt.Repeat(map[string]func(*rapid.T){
			"append": m.append, "next": m.next, "settle": m.settle, "reopen": m.reopen, "prune": m.prune,
			"see": m.see, "offer": m.offer, "requeue": m.requeue, "filled": m.markFilled, "safe": m.markSafe, "": m.check,
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
	want := slices.Clone(m.waiting)
	slices.SortStableFunc(want, func(a, b wire.Record) int {
		switch {
		case m.again[a.Seq] == m.again[b.Seq]:
			return 0
		case m.again[a.Seq]:
			return 1
		}
		return -1
	})
	want = want[:min(limit, len(want))]
	slices.SortFunc(want, func(a, b wire.Record) int { return cmp.Compare(a.Seq, b.Seq) })
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
			m.settled[rec.Seq] = settled{m.now, rec}
			delete(m.again, rec.Seq)
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
	m.told = time.Time{}
	if m.o.Origin() != origin {
		t.Fatal("another origin")
	}
}

func (m *machine) prune(t *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.IntRange(0, 50).Draw(t, "minutes")) * time.Minute)
	if _, err := m.o.Prune(m.now); err != nil {
		t.Fatal(err)
	}
	for seq, was := range m.settled {
		unsaved := !m.backups && (was.at.Before(m.told) || m.seen == wire.Epoch{})
		if m.now.Sub(was.at) > time.Hour && m.seen == m.filled && (unsaved || m.safe.Contains(seq)) {
			delete(m.settled, seq)
		}
	}
}

// epoch draws one of a few lives of the collector, so that one comes back that was seen before.
func epoch(t *rapid.T) wire.Epoch { return wire.Epoch{rapid.Byte().Draw(t, "epoch") % 3} }

func (m *machine) see(t *rapid.T) {
	e := epoch(t)
	fill, err := m.o.See(e, m.now)
	if err != nil {
		t.Fatal(err)
	}
	if e == (wire.Epoch{}) {
		return
	}
	if e != m.seen {
		m.seen, m.safe = e, nil
		if len(m.settled) == 0 {
			m.filled = e
		}
	}
	if fill != (m.filled != e) {
		t.Fatalf("fill %v in %s, filled was %s", fill, e, m.filled)
	}
}

func (m *machine) kept() (seqs wire.Ranges) {
	for seq := range m.settled {
		seqs = seqs.With(seq)
	}
	return seqs
}

// offer reads all that is kept, some ranges at a time, as a terminal offers it.
func (m *machine) offer(t *rapid.T) {
	most := rapid.IntRange(1, 4).Draw(t, "most")
	var seqs wire.Ranges
	for after := uint64(0); ; {
		held, err := m.o.Held(after, most)
		if err != nil {
			t.Fatal(err)
		}
		if len(held) == 0 {
			break
		}
		for _, h := range held {
			var sum wire.Sum
			for seq := h.First; seq <= h.Last; seq++ {
				seqs = seqs.With(seq)
				sum.Add(m.settled[seq].record.AnswerID)
			}
			if sum != h.Sum || h.First <= after || len(held) > most {
				t.Fatalf("held %+v after %d", held, after)
			}
			after = h.Last
		}
	}
	if !slices.Equal(seqs, m.kept()) {
		t.Fatalf("held %v, want %v", seqs, m.kept())
	}
}

func (m *machine) requeue(t *rapid.T) {
	var missing wire.Ranges
	for seq := range m.last + 2 { // some that wait already, and some that never were
		if seq > 0 && rapid.Bool().Draw(t, "missing") {
			missing = missing.With(seq)
		}
	}
	want := 0
	for seq, was := range m.settled {
		if missing.Contains(seq) {
			m.waiting = append(m.waiting, was.record)
			m.again[seq] = true
			delete(m.settled, seq)
			want++
		}
	}
	slices.SortFunc(m.waiting, func(a, b wire.Record) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, n := range []int{want, 0} { // the second time is the same that a crash before Filled would bring
		if got, err := m.o.Requeue(missing); err != nil || got != n {
			t.Fatalf("queued %d again (%v), want %d", got, err, n)
		}
	}
}

func (m *machine) markFilled(t *rapid.T) {
	e := epoch(t)
	if err := m.o.Filled(e); err != nil {
		t.Fatal(err)
	}
	if e == m.seen {
		m.filled = e
	}
}

func (m *machine) markSafe(t *rapid.T) {
	e := epoch(t)
	backups := rapid.Bool().Draw(t, "backups")
	var safe wire.Ranges
	if through := rapid.Uint64Range(0, m.last).Draw(t, "safe"); through > 0 {
		safe = wire.Ranges{{First: 1, Last: through}}
	}
	if err := m.o.MarkSafe(e, backups, safe); err != nil {
		t.Fatal(err)
	}
	if e == m.seen {
		m.backups, m.safe, m.told = backups, safe, m.now
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
	if s.Queued != uint64(len(m.waiting)) || s.Kept != uint64(len(m.settled)) || s.LastSeq != m.last || s.Damaged != 0 ||
		s.Again != uint64(len(m.again)) || s.Epoch != m.seen || s.Filled != m.filled {
		t.Fatalf("stats %+v; want %d waiting, %d of them again, %d kept, last %d, epoch %s, filled %s",
			s, len(m.waiting), len(m.again), len(m.settled), m.last, m.seen, m.filled)
	}
	safe := uint64(0)
	for seq := range m.settled {
		if m.safe.Contains(seq) {
			safe++
		}
	}
	if s.Safe != safe {
		t.Fatalf("%d are safe, want %d", s.Safe, safe)
	}
}
