package wire

import (
	"crypto/rand"
	"testing"

	"github.com/google/uuid"

	"otklik/surveys"
)

// Who reads the memory of a running terminal has the keys of this start of the program: with them opens what was sealed
// since, and nothing from before.
func TestTheKeyInMemoryOpensWhatWasSealedSinceTheStartAndNothingBefore(t *testing.T) {
	_, public, err := NewSealingKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	origin := Origin{1}
	seal := func(seq uint64) (*Sealer, Record) {
		s, err := NewSealer(Recipients{Collector: public}, origin, nil, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Seal(seq, uuid.New(), &Body{Response: surveys.Response{Survey: "visit"}})
		if err != nil {
			t.Fatal(err)
		}
		return s, r
	}
	_, before := seal(1)
	running, since := seal(2)
	open := func(r Record) error {
		_, err := running.aead.Open(nil, nonceFor(forRecords, r.Nonce), r.Sealed, recordData(origin, &r))
		return err
	}
	if err := open(since); err != nil {
		t.Errorf("the page on threats says more than is true: %v", err)
	}
	if open(before) == nil {
		t.Error("an answer from before the start of the program can be opened")
	}
}
