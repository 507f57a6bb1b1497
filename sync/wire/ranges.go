package wire

import (
	"fmt"
	"slices"
	"sort"

	"github.com/google/uuid"
)

// Range is a run of seq, both ends included.
type Range struct {
	First uint64 `cbor:"1,keyasint,omitzero" json:"first"`
	Last  uint64 `cbor:"2,keyasint,omitzero" json:"last"`
}

// Ranges are a set of seq: rising, without a seq twice. What With and Without return never has two that touch.
type Ranges []Range

// MaxRanges bounds the ranges of one message.
const MaxRanges = 1000

// Validate checks that the ranges are a set of seq from 1 on and at most MaxRanges. Errors wrap ErrMalformed.
func (r Ranges) Validate() error {
	if len(r) > MaxRanges {
		return fmt.Errorf("wire: ranges: %w: %d of them, at most %d", ErrMalformed, len(r), MaxRanges)
	}
	last := uint64(0)
	for _, one := range r {
		if one.First <= last || one.Last < one.First {
			return fmt.Errorf("wire: ranges: %w: %d–%d after %d; they rise, from 1 on", ErrMalformed, one.First, one.Last, last)
		}
		last = one.Last
	}
	return nil
}

// at is the index of the first range that does not end before seq.
func (r Ranges) at(seq uint64) int {
	return sort.Search(len(r), func(i int) bool { return r[i].Last >= seq })
}

// Contains reports whether seq is in one of the ranges.
func (r Ranges) Contains(seq uint64) bool {
	i := r.at(seq)
	return i < len(r) && r[i].First <= seq
}

// Count is how many seq there are.
func (r Ranges) Count() (n uint64) {
	for _, one := range r {
		n += one.Last - one.First + 1
	}
	return n
}

// With returns the ranges with seq among them. It may change r in place.
func (r Ranges) With(seq uint64) Ranges {
	i := r.at(seq)
	switch {
	case i < len(r) && r[i].First <= seq:
		return r
	case i > 0 && r[i-1].Last+1 == seq:
		r[i-1].Last = seq
		if i < len(r) && r[i].First == seq+1 {
			r[i-1].Last = r[i].Last
			r = slices.Delete(r, i, i+1)
		}
	case i < len(r) && r[i].First == seq+1:
		r[i].First = seq
	default:
		r = slices.Insert(r, i, Range{seq, seq})
	}
	return r
}

// Without returns the ranges without seq. It may change r in place.
func (r Ranges) Without(seq uint64) Ranges {
	i := r.at(seq)
	if i == len(r) || r[i].First > seq {
		return r
	}
	switch was := r[i]; {
	case was.First == was.Last:
		return slices.Delete(r, i, i+1)
	case was.First == seq:
		r[i].First++
	case was.Last == seq:
		r[i].Last--
	default:
		r[i].Last = seq - 1
		r = slices.Insert(r, i+1, Range{seq + 1, was.Last})
	}
	return r
}

// Sum tells sets of answers apart: the answer_ids, each added by exclusive or.
type Sum [16]byte

// Add takes an answer in, or one that is in out again.
func (s *Sum) Add(answer uuid.UUID) {
	for i := range s {
		s[i] ^= answer[i]
	}
}

// MarshalBinary gives the 16 bytes.
func (s Sum) MarshalBinary() ([]byte, error) { return s[:], nil }

// UnmarshalBinary reads exactly 16 bytes.
func (s *Sum) UnmarshalBinary(data []byte) error { return exactly(s[:], data, "sum") }

// Held is a run of records that a terminal still has: each seq of the range, with these answers.
type Held struct {
	First uint64 `cbor:"1,keyasint,omitzero"`
	Last  uint64 `cbor:"2,keyasint,omitzero"`
	Sum   Sum    `cbor:"3,keyasint,omitzero"`
}

// MaxHeldSpan bounds how many records one Held stands for, and with it what is sent again when one of them is missing.
const MaxHeldSpan = 128

// Offer names acknowledged records that a terminal still keeps, for a collector whose epoch changed: one that was brought
// back from a backup asks for those it lacks. Epoch is the collector's, as the terminal heard it last.
type Offer struct {
	Origin Origin `cbor:"1,keyasint,omitzero"`
	Epoch  Epoch  `cbor:"2,keyasint,omitzero"`
	// Held rises by seq; at most MaxRanges, each of at most MaxHeldSpan seq.
	Held []Held `cbor:"3,keyasint,omitempty"`
}

// Validate checks the form of an offer. Errors wrap ErrMalformed.
func (o *Offer) Validate() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("wire: offer of origin %s: %w: %s", o.Origin, ErrMalformed, fmt.Sprintf(format, args...))
	}
	if o.Origin == (Origin{}) || o.Epoch == (Epoch{}) {
		return bad("an origin and an epoch are needed")
	}
	if len(o.Held) == 0 || len(o.Held) > MaxRanges {
		return bad("%d ranges, 1 to %d", len(o.Held), MaxRanges)
	}
	last := uint64(0)
	for _, h := range o.Held {
		if h.First <= last || h.Last < h.First || h.Last-h.First >= MaxHeldSpan {
			return bad("range %d–%d after %d; they rise, from 1 on, by at most %d", h.First, h.Last, last, MaxHeldSpan)
		}
		last = h.Last
	}
	return nil
}

// OfferReply says which of the offered ranges the collector wants, Signed. It asks for the whole of a range in which it
// lacks a record or has another answer: what it has already is a Duplicate.
type OfferReply struct {
	Origin Origin `cbor:"1,keyasint,omitzero"`
	// Offer is the SHA-256 of the offer's body as sent.
	Offer Hash `cbor:"2,keyasint,omitzero"`
	// Epoch is the collector's. Where it is another one than the offer's, the reply counts for nothing.
	Epoch   Epoch  `cbor:"3,keyasint,omitzero"`
	Missing Ranges `cbor:"4,keyasint,omitempty"`
}
