package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

// findings are what the checker says of one moment. The promise is held when Broken is empty.
type findings struct {
	Thanked, Stored int
	// Lost were thanked and are neither queued nor at the collector, and no gap names them; Doubled are counted more than
	// once; Named were thanked, their terminal's disk was damaged or destroyed, and the collector names them as missing.
	Lost, Doubled, Named int
	// Aside were thanked and lie in the collector's quarantine, to be read again by people.
	Aside int
	// Broken are the invariants that do not hold, each with its letter and an example.
	Broken []string

	counted bool // in a row of the table
}

func (f *findings) breaks(format string, args ...any) {
	f.Broken = append(f.Broken, fmt.Sprintf(format, args...))
}

// err is nil when all invariants hold.
func (f *findings) err() error {
	var all []error
	for _, b := range f.Broken {
		all = append(all, errors.New(b))
	}
	return errors.Join(all...)
}

// there are the answers that are queued or at the collector, each with the outbox it is of.
func (e *evidence) there() map[uuid.UUID]wire.Origin {
	there := map[uuid.UUID]wire.Origin{}
	for _, b := range e.Boxes {
		for id := range b.Queued {
			there[id] = b.Origin
		}
		if e.KeptCounts {
			for id := range b.Kept {
				there[id] = b.Origin
			}
		}
	}
	for id := range e.Aside {
		there[id] = wire.Origin{}
	}
	for _, r := range e.Stored {
		there[r.ID] = r.Origin
	}
	return there
}

// extra are the answers that are there without thanks, but for those that are known to be, each with its outbox.
func (e *evidence) extra() map[uuid.UUID]wire.Origin {
	extra := e.there()
	for _, id := range e.Thanked {
		delete(extra, id)
	}
	for id := range e.Unthanked {
		delete(extra, id)
	}
	return extra
}

// gone are the records of outboxes that were damaged or destroyed.
func (e *evidence) gone() map[uuid.UUID]row {
	gone := map[uuid.UUID]row{}
	for _, b := range e.Buried {
		for id, r := range b.Queued {
			gone[id] = r
		}
		for id, r := range b.Kept {
			gone[id] = r
		}
	}
	return gone
}

// atAnyMoment checks what must hold whatever happens just now; crashes is how many times a terminal's program ended
// without its consent since the last check.
//
//	A  every thanked answer is queued or at the collector, or was in an outbox that is known to be damaged
//	C  a crash leaves at most one answer that is there and was not thanked for
func (e *evidence) atAnyMoment(crashes int) *findings {
	f := &findings{Thanked: len(e.Thanked), Stored: len(e.Stored)}
	there, gone := e.there(), e.gone()
	for _, b := range e.Boxes {
		for _, seq := range b.Unreadable {
			if !e.isBuried(b.Origin) {
				f.breaks("A: record %d of %s cannot be read", seq, b.Path)
			}
		}
	}
	counted := map[uuid.UUID]int{}
	for _, r := range e.Stored {
		if counted[r.ID]++; counted[r.ID] == 2 {
			f.Doubled++
			f.breaks("B: answer %s is counted twice", r.ID)
		}
		if !r.Sound {
			f.breaks("B: answer %s is stored with a hash that its body does not have", r.ID)
		}
	}
	thanked := map[uuid.UUID]bool{}
	for _, id := range e.Thanked {
		if thanked[id] {
			f.breaks("A: two visitors were thanked for answer %s", id)
		}
		thanked[id] = true
		if counted[id] == 0 && e.Aside[id] {
			f.Aside++
		}
		_, is := there[id]
		if _, was := gone[id]; !is && !was {
			f.Lost++
			f.breaks("A: answer %s was thanked and is neither queued nor stored", id)
		}
	}
	extra := e.extra()
	if len(extra) > crashes {
		f.breaks("C: %d answers more are there without thanks, after %d crashes more", len(extra), crashes)
	}
	of := map[wire.Origin]int{}
	for _, origin := range extra {
		of[origin]++
	}
	each := (crashes + len(e.Boxes) - 1) / max(1, len(e.Boxes))
	for origin, n := range of {
		if n > each && origin != (wire.Origin{}) {
			f.breaks("C: %d answers more of origin %s are there without thanks, after %d crashes more of its terminal", n, origin, each)
		}
	}
	return f
}

func (e *evidence) isBuried(origin wire.Origin) bool {
	return slices.ContainsFunc(e.Buried, func(b box) bool { return b.Origin == origin })
}

// drained checks what must hold once every terminal has sent all it had.
//
//	B  nothing waits, and each answer is stored once with the hash it had on the terminal
//	D  what the collector says it has of each origin, and what it lacks, is the truth
//	E  the export is the stored rows
func (e *evidence) drained(crashes int) *findings {
	f := e.atAnyMoment(crashes)
	stored := map[uuid.UUID]row{}
	here := map[wire.Origin]map[uint64]bool{}
	for _, r := range e.Stored {
		stored[r.ID] = r
		add(here, r.Origin, r.Seq)
	}
	for origin, seqs := range e.AsideSeqs {
		for seq := range seqs {
			if int64(seq) > 0 { // a record that could not be read may say anything of itself
				add(here, origin, seq)
			}
		}
	}
	for _, b := range e.Boxes {
		if len(b.Queued) > 0 {
			f.breaks("B: %d answers still wait in %s", len(b.Queued), b.Path)
		}
		for id, r := range b.Kept {
			switch s, ok := stored[id]; {
			case e.Aside[id]:
			case !ok:
				f.breaks("B: answer %s was acknowledged and is not stored", id)
			case s.Hash != r.Hash:
				f.breaks("B: answer %s is stored with another hash than the terminal's", id)
			}
		}
	}
	for id, r := range e.gone() {
		if s, ok := stored[id]; ok && s.Hash != r.Hash {
			f.breaks("B: answer %s is stored with another hash than the terminal's", id)
		}
	}
	e.checkReport(f, here)
	if e.Exported == nil {
		f.breaks("E: there is no export to compare")
		return f
	}
	a, b := slices.SortedFunc(slices.Values(e.Stored), compare), slices.SortedFunc(slices.Values(e.Exported), compare)
	if !slices.Equal(a, b) {
		f.breaks("E: the export has %d rows that are not the %d stored", len(b), len(a))
	}
	return f
}

// mostSeqs is more than any row has a terminal give out.
const mostSeqs = 1 << 20

// checkReport holds what people are told of gaps against the outboxes, as they are or were before they were damaged.
func (e *evidence) checkReport(f *findings, here map[wire.Origin]map[uint64]bool) {
	if e.Report == nil {
		f.breaks("D: there is no report of gaps to compare")
		return
	}
	last, live := map[wire.Origin]uint64{}, map[wire.Origin]bool{}
	for _, b := range e.Buried {
		last[b.Origin] = max(last[b.Origin], b.Last)
	}
	for _, b := range e.Boxes {
		last[b.Origin] = max(last[b.Origin], b.Last)
		live[b.Origin] = !e.isBuried(b.Origin)
	}
	for origin, seqs := range here {
		for seq := range seqs {
			last[origin] = max(last[origin], seq)
		}
	}
	for origin, n := range last {
		if n > mostSeqs {
			f.breaks("D: origin %s says that it gave out seqs up to %d", origin, n)
			return
		}
	}
	lacking := map[wire.Origin]wire.Ranges{}
	missing := map[uuid.UUID]uint64{}
	told := map[string]bool{}
	for _, t := range e.Report.Terminals {
		told[t.Origin] = true
		missing[t.Terminal] += t.Missing
		origin := wire.Origin(fromHex(t.Origin))
		lacking[origin] = t.Lacking
		truth := wire.Ranges(nil)
		for seq := uint64(1); seq <= last[origin]; seq++ {
			if !here[origin][seq] {
				truth = truth.With(seq)
			}
		}
		if live[origin] && len(truth) > 0 {
			f.breaks("D: seqs %v of origin %s were given out and are missing", truth, t.Origin)
		}
		if !slices.Equal(truth, t.Lacking) || t.Last != last[origin] {
			f.breaks("D: the report says that of 1 to %d of origin %s it lacks %v; in truth it is %v of 1 to %d",
				t.Last, t.Origin, t.Lacking, truth, last[origin])
		}
		if n := e.Counted[origin]; n != uint64(len(here[origin])) {
			f.breaks("D: the collector counts %d different seqs of origin %s and has %d", n, t.Origin, len(here[origin]))
		}
		if t.Missing+t.Waiting < t.Lacking.Count() || live[origin] && t.Missing != 0 {
			f.breaks("D: the report calls %d of origin %s missing and %d waiting, and lacks %v", t.Missing, t.Origin, t.Waiting, t.Lacking)
		}
	}
	for origin, n := range last {
		if n > 0 && !told[origin.String()] {
			f.breaks("D: the report does not tell of origin %s, which gave out 1 to %d", origin, n)
		}
	}
	for id, n := range e.Listed {
		if n != missing[id] {
			f.breaks("D: the list of terminals says that %d are missing of terminal %s, the report of the export %d", n, id, missing[id])
		}
	}
	there, gone := e.there(), e.gone()
	for _, id := range e.Thanked {
		r, was := gone[id]
		if _, is := there[id]; is || !was {
			continue
		}
		if lacking[r.Origin].Contains(r.Seq) {
			f.Named++
			continue
		}
		f.Lost++
		f.breaks("A: answer %s was thanked, its outbox is gone, and no gap names seq %d of origin %s", id, r.Seq, r.Origin)
	}
}
