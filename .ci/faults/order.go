package main

import (
	"bytes"
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// name is what the collector keeps an answer by.
type name struct {
	origin wire.Origin
	seq    uint64
	id     uuid.UUID
}

// shuffle is one collector and the terminals of one check, whose batches come in every order, twice, in parts, at the same
// time and while the collector is killed, with a model of what the collector must make of them.
type shuffle struct {
	t      *rapid.T
	w      *world
	opener *wire.Opener
	hands  []*hand // the last one may be a copy of the first
	cloned bool
	sent   []sent // every batch that was ever sent

	stored  map[name]wire.Hash
	changed map[name][]wire.Hash // kept beside
	alarms  map[store.AlarmKind]int
	killed  *int
}

// sent is a batch as it went.
type sent struct {
	by    *hand
	batch wire.Batch
	body  []byte
}

func (s *shuffle) must(err error) {
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shuffle) hand() *hand { return s.hands[s.one("terminal", len(s.hands))] }

// one draws one of n.
func (s *shuffle) one(what string, n int) int { return rapid.IntRange(0, n-1).Draw(s.t, what) }

func (s *shuffle) answer(*rapid.T) {
	s.must(s.hand().thank(rapid.IntRange(1, 8).Draw(s.t, "answers")))
}

// some is a part of what a terminal ever saved, in its order.
func (s *shuffle) some(h *hand) []wire.Record {
	from := rapid.IntRange(0, len(h.records)-1).Draw(s.t, "from")
	to := rapid.IntRange(from+1, len(h.records)).Draw(s.t, "to")
	return slices.Clone(h.records[from:to])
}

// pack makes the bytes of a batch.
func (s *shuffle) pack(h *hand, records []wire.Record) sent {
	b := h.batch(records)
	body, err := wire.Encode(b)
	s.must(err)
	one := sent{h, b, body}
	s.sent = append(s.sent, one)
	return one
}

// send sends some records; the terminal may hear of it or not.
func (s *shuffle) send(*rapid.T) {
	h := s.hand()
	s.deliver(s.pack(h, s.some(h)))
}

// permute sends some records in any order, and some of them twice.
func (s *shuffle) permute(*rapid.T) {
	h := s.hand()
	records := s.some(h)
	records = append(records, records[:rapid.IntRange(0, len(records)).Draw(s.t, "twice")]...)
	seed := rapid.Uint64().Draw(s.t, "order")
	mathrand.New(mathrand.NewPCG(seed, 0)).Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	s.deliver(s.pack(h, records))
}

// resend sends an old batch again, byte for byte.
func (s *shuffle) resend(*rapid.T) {
	if len(s.sent) == 0 {
		s.t.Skip("nothing sent yet")
	}
	s.deliver(s.sent[s.one("old batch", len(s.sent))])
}

func (s *shuffle) deliver(one sent) {
	receipt, err := one.by.sendBytes(one.body)
	s.must(err)
	if want := s.expect(one); !slices.Equal(verdicts(receipt.Decisions), want) {
		s.t.Fatalf("verdicts %v, want %v", verdicts(receipt.Decisions), want)
	}
	if rapid.Bool().Draw(s.t, "heard") {
		_, err := one.by.box.Settle(receipt)
		s.must(err)
	}
}

func verdicts(decisions []wire.Decision) (all []wire.Verdict) {
	for _, d := range decisions {
		all = append(all, d.Verdict)
	}
	return all
}

// expect takes a batch into the model, and says what each of its records must be called.
func (s *shuffle) expect(one sent) []wire.Verdict {
	records := one.batch.Records
	order := make([]int, len(records))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(records[i].Seq, records[j].Seq), bytes.Compare(records[i].AnswerID[:], records[j].AnswerID[:]))
	})
	all := make([]wire.Verdict, len(records))
	for _, i := range order {
		hash, err := one.by.hash(s.opener, records[i])
		s.must(err)
		all[i] = s.verdict(name{one.batch.Origin, records[i].Seq, records[i].AnswerID}, hash)
	}
	return all
}

func (s *shuffle) verdict(n name, hash wire.Hash) wire.Verdict {
	was, known := s.stored[n]
	switch {
	case known && (was == hash || slices.Contains(s.changed[n], hash)):
		return wire.Duplicate
	case known:
		s.changed[n] = append(s.changed[n], hash)
		s.alarms[store.ChangedBody]++
		return wire.Conflict
	}
	verdict := wire.Stored
	for other := range s.stored {
		if other.origin == n.origin && other.seq == n.seq {
			verdict = wire.Conflict
		}
	}
	if verdict == wire.Conflict {
		s.alarms[store.ClonedDisk]++
	}
	s.stored[n] = hash
	return verdict
}

// change sends a record under the name of one that is stored, with other content.
func (s *shuffle) change(*rapid.T) {
	type known struct {
		h *hand
		r wire.Record
	}
	var all []known
	for _, h := range s.hands {
		for _, r := range h.records {
			if _, ok := s.stored[name{h.box.Origin(), r.Seq, r.AnswerID}]; ok {
				all = append(all, known{h, r})
			}
		}
	}
	if len(all) == 0 {
		s.t.Skip("nothing stored yet")
	}
	one := all[s.one("record", len(all))]
	other, err := one.h.changed(one.r)
	s.must(err)
	s.deliver(s.pack(one.h, []wire.Record{other}))
}

// clone copies the first terminal's disk: from now on two machines give out the same seqs.
func (s *shuffle) clone(*rapid.T) {
	if s.cloned {
		s.t.Skip("copied already")
	}
	first := s.hands[0]
	first.letGo()
	other, err := first.copied(filepath.Join(s.w.dir, fmt.Sprintf("copy-%d", len(s.w.boxes))))
	s.must(err)
	again, err := s.w.open(first.dir)
	s.must(err)
	first.box = again.box
	s.must(first.start())
	s.hands, s.cloned = append(s.hands, other), true
}

// together sends several batches at once, those of two programs on one outbox and of different terminals among them. Which
// comes first is open; what is said to each answer in all is not.
func (s *shuffle) together(*rapid.T) {
	var all []sent
	for range rapid.IntRange(2, 5).Draw(s.t, "batches") {
		h := s.hand()
		all = append(all, s.pack(h, s.some(h)))
	}
	receipts := make([]wire.Receipt, len(all))
	errs := make([]error, len(all))
	var senders sync.WaitGroup
	for i, one := range all {
		senders.Go(func() { receipts[i], errs[i] = one.by.sendBytes(one.body) })
	}
	senders.Wait()
	s.must(errors.Join(errs...))
	type place struct {
		origin wire.Origin
		seq    uint64
	}
	got, want := map[place][]wire.Verdict{}, map[place][]wire.Verdict{}
	for i, one := range all {
		for j, verdict := range s.expect(one) {
			at := place{one.batch.Origin, one.batch.Records[j].Seq}
			want[at] = append(want[at], verdict)
			got[at] = append(got[at], receipts[i].Decisions[j].Verdict)
		}
	}
	for at := range want {
		slices.Sort(got[at])
		slices.Sort(want[at])
		if !slices.Equal(got[at], want[at]) {
			s.t.Fatalf("seq %d of %s was called %v at once, want %v", at.seq, at.origin, got[at], want[at])
		}
	}
}

// kill kills the collector while a batch comes, and sends it again.
func (s *shuffle) kill(*rapid.T) {
	if rapid.IntRange(0, 3).Draw(s.t, "rarely") > 0 {
		return // a start takes longer than all the rest
	}
	h := s.hand()
	one := s.pack(h, s.some(h))
	heard := make(chan error, 1)
	go func() {
		_, err := h.sendBytes(one.body)
		heard <- err
	}()
	time.Sleep(time.Duration(rapid.IntRange(0, 8).Draw(s.t, "ms")) * time.Millisecond) // anywhere in it
	s.must(s.w.restart())
	first := <-heard
	client.CloseIdleConnections() // they ended with it
	*s.killed++
	receipt, err := h.sendBytes(one.body)
	s.must(err)
	for i, want := range s.expect(one) {
		got := receipt.Decisions[i].Verdict
		if got != wire.Duplicate && (got != want || first == nil) {
			s.t.Fatalf("seq %d after the collector was killed (%v): %d, want %d or a duplicate", one.batch.Records[i].Seq, first, got, want)
		}
	}
}

// compare holds the store against the model.
func (s *shuffle) compare(*rapid.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.w.collector, "collector.db")+"?_pragma=busy_timeout(10000)")
	s.must(err)
	defer db.Close()
	origins := map[wire.Origin]uint64{}
	for _, h := range s.hands {
		origins[h.box.Origin()] = 0
	}
	for n := range s.stored {
		origins[n.origin]++
	}
	stored, changed := map[name]wire.Hash{}, map[name][]wire.Hash{}
	for origin := range origins {
		of := func(table string) string {
			return fmt.Sprintf("SELECT origin, seq, answer_id, hash, body FROM %s WHERE origin = x'%s'", table, origin)
		}
		at := func(seq int64, id []byte) name { return name{origin, uint64(seq), uuid.UUID(id)} }
		s.must(each(db, of("responses"), func(_ []byte, seq int64, id, hash, body []byte) {
			if _, twice := stored[at(seq, id)]; twice || wire.Hash(hash) != wire.BodyHash(origin, uint64(seq), uuid.UUID(id), body) {
				s.t.Fatalf("seq %d of %s is stored twice, or not as it is hashed", seq, origin)
			}
			stored[at(seq, id)] = wire.Hash(hash)
		}))
		s.must(each(db, of("conflicts"), func(_ []byte, seq int64, id, hash, _ []byte) {
			changed[at(seq, id)] = append(changed[at(seq, id)], wire.Hash(hash))
		}))
		for kind, want := range s.alarms {
			var rows int
			s.must(db.QueryRow("SELECT coalesce(sum(times), 0) FROM alarms WHERE origin IN (x'"+strings.Join(names(origins), "', x'")+"') AND kind = ?",
				string(kind)).Scan(&rows))
			if rows != want {
				s.t.Fatalf("%d alarms of kind %s, want %d", rows, kind, want)
			}
		}
		seqs := map[uint64]bool{}
		for n := range s.stored {
			if n.origin == origin {
				seqs[n.seq] = true
			}
		}
		var kept int
		err := db.QueryRow("SELECT kept FROM origins WHERE origin = ?", origin[:]).Scan(&kept)
		if !errors.Is(err, sql.ErrNoRows) {
			s.must(err)
		}
		if kept != len(seqs) {
			s.t.Fatalf("the collector counts %d different seqs of %s, want %d", kept, origin, len(seqs))
		}
	}
	if !maps.Equal(stored, s.stored) {
		s.t.Fatalf("%d answers are stored that are not the %d they should be", len(stored), len(s.stored))
	}
	sorted := func(m map[name][]wire.Hash) {
		for _, hashes := range m {
			slices.SortFunc(hashes, func(a, b wire.Hash) int { return bytes.Compare(a[:], b[:]) })
		}
	}
	sorted(changed)
	sorted(s.changed)
	if !maps.EqualFunc(changed, s.changed, slices.Equal) {
		s.t.Fatalf("kept beside: %v, want %v", changed, s.changed)
	}
}

func names(origins map[wire.Origin]uint64) (all []string) {
	for o := range origins {
		all = append(all, o.String())
	}
	return all
}

// shuffleBatches tries sequences of batches as rapid draws them.
func shuffleBatches(r *rig, full bool) (count, error) {
	var c count
	checks := 6
	if full {
		checks = 60
	}
	w, err := r.emptyWorld(9999)
	if err != nil {
		return c, err
	}
	defer w.close()
	w.terminals = 0
	opener, err := w.opener()
	if err != nil {
		return c, err
	}
	killed, done := 0, 0
	err = check(checks, func(t *rapid.T) {
		s := &shuffle{
			t: t, w: w, opener: opener.Opener, killed: &killed, stored: map[name]wire.Hash{}, changed: map[name][]wire.Hash{},
			alarms: map[store.AlarmKind]int{store.ClonedDisk: 0, store.ChangedBody: 0},
		}
		defer func() {
			for _, h := range s.hands {
				h.letGo()
			}
		}()
		for range 2 {
			h, err := w.byHand()
			s.must(err)
			s.hands = append(s.hands, h)
			s.must(h.thank(1))
		}
		t.Repeat(map[string]func(*rapid.T){
			"answer": s.answer, "send": s.send, "permute": s.permute, "resend": s.resend, "change": s.change,
			"clone": s.clone, "together": s.together, "kill": s.kill, "": s.compare,
		})
		c.Injected += len(s.sent)
		done++
		if s.cloned {
			s.must(s.hands[len(s.hands)-1].drain()) // fleetsim drains the others
		}
	})
	if err == nil && (done < checks || full && killed == 0) {
		err = fmt.Errorf("%d of %d sequences came to their end, with %d kills: %w", done, checks, killed, errNothing)
	}
	if err != nil {
		return c, err
	}
	return c.with(w.settle())
}
