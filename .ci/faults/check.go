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
	// Lost were thanked and are neither queued nor at the collector; Doubled are counted more than once.
	Lost, Doubled int
	// Broken are the invariants that do not hold, each with its letter and an example.
	Broken []string
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

// atAnyMoment checks what must hold whatever happens just now; crashes is how many times a terminal's program ended
// without its consent so far.
//
//	A  every thanked answer is queued or at the collector
//	C  a crash leaves at most one answer that is there and was not thanked for
func (e *evidence) atAnyMoment(crashes int) *findings {
	f := &findings{Thanked: len(e.Thanked), Stored: len(e.Stored)}
	there := map[uuid.UUID]bool{}
	for _, b := range e.Boxes {
		for id := range b.Queued {
			there[id] = true
		}
		for _, seq := range b.Unreadable {
			f.breaks("A: record %d of %s cannot be read", seq, b.Path)
		}
	}
	counted := map[uuid.UUID]int{}
	for _, r := range e.Stored {
		there[r.ID] = true
		if counted[r.ID]++; counted[r.ID] == 2 {
			f.Doubled++
			f.breaks("B: answer %s is counted twice", r.ID)
		}
		if !r.Sound {
			f.breaks("B: answer %s is stored with a hash that its body does not have", r.ID)
		}
	}
	for id := range e.Aside {
		there[id] = true
	}
	thanked := map[uuid.UUID]bool{}
	for _, id := range e.Thanked {
		if thanked[id] {
			f.breaks("A: two visitors were thanked for answer %s", id)
		}
		thanked[id] = true
		if !there[id] {
			f.Lost++
			f.breaks("A: answer %s was thanked and is neither queued nor stored", id)
		}
	}
	extra := 0
	for id := range there {
		if !thanked[id] {
			extra++
		}
	}
	if extra > crashes {
		f.breaks("C: %d answers are there without thanks, after %d crashes", extra, crashes)
	}
	return f
}

// drained checks what must hold once every terminal has sent all it had.
//
//	B  nothing waits, and each answer is stored once with the hash it had on the terminal
//	D  what the collector counts of each origin is what it has, and no seq that was given out is missing
//	E  the export is the stored rows
func (e *evidence) drained(crashes int) *findings {
	f := e.atAnyMoment(crashes)
	stored := map[uuid.UUID]row{}
	seqs := map[wire.Origin]map[uint64]bool{}
	for _, r := range e.Stored {
		stored[r.ID] = r
		if seqs[r.Origin] == nil {
			seqs[r.Origin] = map[uint64]bool{}
		}
		seqs[r.Origin][r.Seq] = true
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
		if len(e.Aside) > 0 {
			continue // which seqs those have is for the row that made them
		}
		for seq := uint64(1); seq <= b.Last; seq++ {
			if !seqs[b.Origin][seq] {
				f.breaks("D: seq %d of origin %s was given out and is missing", seq, b.Origin)
			}
		}
		if n := e.Counted[b.Origin]; n != uint64(len(seqs[b.Origin])) {
			f.breaks("D: the collector counts %d different seqs of origin %s and has %d", n, b.Origin, len(seqs[b.Origin]))
		}
	}
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
