package wire_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"otklik/sync/wire"
)

func TestRangesAreASetOfSeq(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r wire.Ranges
		model := map[uint64]bool{}
		for _, seq := range rapid.SliceOfN(rapid.Uint64Range(1, 30), 0, 80).Draw(t, "seq") {
			if rapid.Bool().Draw(t, "in") {
				r, model[seq] = r.With(seq), true
			} else {
				r = r.Without(seq)
				delete(model, seq)
			}
			if err := r.Validate(); err != nil {
				t.Fatal(err)
			}
			for i := 1; i < len(r); i++ {
				if r[i-1].Last+1 == r[i].First {
					t.Fatalf("%v touch", r)
				}
			}
		}
		for seq := uint64(0); seq < 33; seq++ {
			if r.Contains(seq) != model[seq] {
				t.Fatalf("%v contains %d: %v", r, seq, !model[seq])
			}
		}
		if r.Count() != uint64(len(model)) {
			t.Fatalf("%v has %d seq, not %d", r, r.Count(), len(model))
		}
	})
}

func TestRangesOutOfBoundsAreRefused(t *testing.T) {
	for name, r := range map[string]wire.Ranges{
		"seq 0": {{0, 3}}, "backwards": {{5, 4}}, "falling": {{5, 6}, {1, 2}}, "twice": {{1, 5}, {5, 6}},
		"too many": make(wire.Ranges, wire.MaxRanges+1), "after the last": {{1, math.MaxUint64}, {1, 2}},
	} {
		if err := r.Validate(); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, spoil := range map[string]func(*wire.Offer){
		"no origin": func(o *wire.Offer) { o.Origin = wire.Origin{} },
		"no epoch":  func(o *wire.Offer) { o.Epoch = wire.Epoch{} },
		"nothing":   func(o *wire.Offer) { o.Held = nil },
		"too many":  func(o *wire.Offer) { o.Held = make([]wire.Held, wire.MaxRanges+1) },
		"seq 0":     func(o *wire.Offer) { o.Held[0].First = 0 },
		"too long":  func(o *wire.Offer) { o.Held[1].Last = o.Held[1].First + wire.MaxHeldSpan },
		"falling":   func(o *wire.Offer) { o.Held[1].First = o.Held[0].Last },
		"wraps":     func(o *wire.Offer) { o.Held[1].First, o.Held[1].Last = math.MaxUint64, 3 },
	} {
		o := samples()["offer"].(wire.Offer)
		ok(t, o.Validate())
		if spoil(&o); o.Validate() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestSumsTellAnswersApart(t *testing.T) {
	a, b := uuid.New(), uuid.New()
	var x, y wire.Sum
	x.Add(a)
	x.Add(b)
	y.Add(b)
	if x == y {
		t.Error("two answers sum up to one of them")
	}
	y.Add(a)
	if x != y {
		t.Error("the order matters")
	}
}

func FuzzOfferReply(f *testing.F) { fuzzMessage[wire.OfferReply](f, "offer-reply") }

// What an offer that was read and found valid says is bounded, whatever the bytes were.
func FuzzOffer(f *testing.F) {
	data, err := wire.Encode(samples()["offer"])
	ok(f, err)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		var o wire.Offer
		if wire.Decode(data, &o) != nil || o.Validate() != nil {
			return
		}
		n := uint64(0)
		for _, h := range o.Held {
			n += h.Last - h.First + 1
		}
		if n > wire.MaxRanges*wire.MaxHeldSpan {
			t.Errorf("%d records in one offer", n)
		}
	})
}
