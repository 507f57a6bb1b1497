package wire

import (
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// Version is the first byte of everything Encode writes and of what records are sealed with. A reader refuses any other.
// Adding a field to a message does not change it: older readers pass over keys they do not know.
const Version = 1

// ErrMalformed is wrapped by every error about bytes that are no message of this version.
var ErrMalformed = errors.New("malformed message")

// Bounds of any message, against inputs made to exhaust memory.
const (
	maxNesting  = 8
	maxElements = 4096
)

var (
	encoding = must(cbor.EncOptions{
		Sort:        cbor.SortCoreDeterministic,
		IndefLength: cbor.IndefLengthForbidden,
		Time:        cbor.TimeRFC3339NanoUTC,
		TagsMd:      cbor.TagsForbidden,
	}.EncMode())
	decoding = must(cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
		UTF8:             cbor.UTF8RejectInvalid,
		NaN:              cbor.NaNDecodeForbidden,
		Inf:              cbor.InfDecodeForbidden,
		MaxNestedLevels:  maxNesting,
		MaxArrayElements: maxElements,
		MaxMapPairs:      maxElements,
	}.DecMode())
)

// must is for the two modes above: their options are constants, so an error is a mistake in this file.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Encode writes a message: the version byte, then CBOR (RFC 8949, core deterministic encoding). Both together are a CBOR
// sequence. The same message always gives the same bytes.
func Encode(msg any) ([]byte, error) {
	item, err := encoding.Marshal(msg)
	if err != nil {
		return nil, fmt.Errorf("wire: encode %T: %w", msg, err)
	}
	return append([]byte{Version}, item...), nil
}

// Decode reads what Encode wrote into msg, a pointer. It refuses another version, trailing bytes, duplicate keys, tags,
// indefinite lengths, deep nesting and long arrays; keys it does not know are passed over. Errors wrap ErrMalformed.
func Decode(data []byte, msg any) error {
	switch {
	case len(data) == 0:
		return fmt.Errorf("wire: decode %T: %w: no bytes at all", msg, ErrMalformed)
	case data[0] != Version:
		return fmt.Errorf("wire: decode %T: %w: version %d, this program reads version %d; "+
			"update the older of terminal and collector", msg, ErrMalformed, data[0], Version)
	}
	if err := decoding.Unmarshal(data[1:], msg); err != nil {
		return fmt.Errorf("wire: decode %T: %w: %w", msg, ErrMalformed, err)
	}
	return nil
}

// DecodeFirst is Decode for a message that other bytes follow; it returns those.
func DecodeFirst(data []byte, msg any) (rest []byte, err error) {
	if len(data) == 0 || data[0] != Version {
		return data, fmt.Errorf("wire: decode %T: %w: it does not begin with version %d", msg, ErrMalformed, Version)
	}
	rest, err = decoding.UnmarshalFirst(data[1:], msg)
	if err != nil {
		return data, fmt.Errorf("wire: decode %T: %w: %w", msg, ErrMalformed, err)
	}
	return rest, nil
}

// DecodeBatch reads a batch as it arrived: one with an origin, records and no more of them, nor of sessions, than there can
// be. What the records and the sessions are is for their own Validate to say, so that one of them takes no other along.
// Errors wrap ErrMalformed.
func DecodeBatch(data []byte) (Batch, error) {
	if len(data) > MaxBodyBytes {
		return Batch{}, fmt.Errorf("wire: %w: a batch of %d bytes, at most %d", ErrMalformed, len(data), MaxBodyBytes)
	}
	var b Batch
	if err := Decode(data, &b); err != nil {
		return Batch{}, err
	}
	return b, b.validateCounts()
}

func (b *Batch) malformed(format string, args ...any) error {
	return fmt.Errorf("wire: batch of origin %s: %w: %s", b.Origin, ErrMalformed, fmt.Sprintf(format, args...))
}

func (b *Batch) validateCounts() error {
	switch {
	case b.Origin == Origin{}:
		return b.malformed("the origin is missing")
	case len(b.Records) == 0:
		return b.malformed("no records")
	case len(b.Records) > MaxBatchRecords:
		return b.malformed("%d records, at most %d", len(b.Records), MaxBatchRecords)
	case len(b.Sessions) > len(b.Records):
		return b.malformed("%d sessions for %d records", len(b.Sessions), len(b.Records))
	}
	return nil
}

// Validate checks the bounds of a batch: an origin, 1 to MaxBatchRecords records strictly ascending by seq, each valid,
// and well-formed sessions, none twice. A record may name a session the batch does not carry: the collector may know it
// from before. Errors wrap ErrMalformed and name the seq.
func (b *Batch) Validate() error {
	if err := b.validateCounts(); err != nil {
		return err
	}
	seen := make(map[SessionID]bool, len(b.Sessions))
	for i := range b.Sessions {
		s := &b.Sessions[i]
		if err := s.Validate(); err != nil {
			return b.malformed("%v", err)
		}
		if seen[s.ID] {
			return b.malformed("session %s twice", s.ID)
		}
		seen[s.ID] = true
	}
	last := uint64(0)
	for i := range b.Records {
		r := &b.Records[i]
		if err := r.Validate(); err != nil {
			return b.malformed("%v", err)
		}
		if r.Seq <= last {
			return b.malformed("seq %d after %d; records come in ascending order", r.Seq, last)
		}
		last = r.Seq
	}
	return nil
}

// Validate checks one record's form; only the collector's key can tell what is inside. Errors wrap ErrMalformed.
func (r *Record) Validate() error {
	bad := func(what string) error { return fmt.Errorf("wire: record seq %d: %w: %s", r.Seq, ErrMalformed, what) }
	switch {
	case r.Seq == 0:
		return bad("seq starts at 1")
	case r.AnswerID == [16]byte{}:
		return bad("the answer_id is missing")
	case r.Session == SessionID{}:
		return bad("the session is missing")
	case r.Nonce == 0:
		return bad("the nonce starts at 1")
	case len(r.Sealed) == 0 || len(r.Sealed) > MaxRecordBytes:
		return bad(fmt.Sprintf("%d sealed bytes, 1 to %d", len(r.Sealed), MaxRecordBytes))
	}
	return nil
}

// Validate checks the form of a session. Errors wrap ErrMalformed.
func (s *Session) Validate() error {
	bad := func(what string) error { return fmt.Errorf("wire: session %s: %w: %s", s.ID, ErrMalformed, what) }
	switch {
	case s.ID == SessionID{}:
		return bad("the id is missing")
	case len(s.Enc) != slotBytes:
		return bad(fmt.Sprintf("the collector's key slot has %d bytes, not %d", len(s.Enc), slotBytes))
	case len(s.Escrow) != 0 && len(s.Escrow) != slotBytes:
		return bad(fmt.Sprintf("the escrow key slot has %d bytes, not %d", len(s.Escrow), slotBytes))
	case len(s.Glossary) == 0 || len(s.Glossary) > maxSealedGlossary:
		return bad(fmt.Sprintf("the glossary has %d sealed bytes, 1 to %d", len(s.Glossary), maxSealedGlossary))
	}
	return nil
}
