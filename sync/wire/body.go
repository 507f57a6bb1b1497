package wire

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// CanonicalBody is the JSON of a body that is sealed, hashed and stored: struct fields in their order, no white space,
// times in UTC, the clock's to the millisecond. Equal bodies give equal bytes.
func CanonicalBody(body *Body) ([]byte, error) { return appendCanonical(make([]byte, 0, 1536), body) }

func appendCanonical(to []byte, body *Body) ([]byte, error) {
	w := writer{out: to}
	if w.body(body); !w.strange {
		return w.out, nil
	}
	b := *body
	b.Response.Started, b.Clock.Wall = started(body), wall(body)
	data, err := json.Marshal(&b)
	if err != nil {
		return nil, fmt.Errorf("wire: the body of an answer to %s: %w", b.Response.Survey, err)
	}
	return data, nil
}

// The times of a body as they are written.
func started(b *Body) time.Time { return b.Response.Started.UTC().Truncate(time.Second) }
func wall(b *Body) time.Time    { return b.Clock.Wall.UTC().Truncate(time.Millisecond) }

func parseBody(canonical []byte) (*Body, error) {
	var b Body
	if err := json.Unmarshal(canonical, &b); err != nil {
		return nil, fmt.Errorf("wire: %w: the sealed content is no answer: %w", ErrMalformed, err)
	}
	return &b, nil
}

// BodyHash is what tells a resent record from a changed one: SHA-256 over origin, seq (8 bytes, big endian), answer_id and
// the canonical JSON of the body. Two records sealed apart from the same body hash alike.
func BodyHash(origin Origin, seq uint64, answerID uuid.UUID, canonical []byte) Hash {
	h := sha256.New()
	h.Write(origin[:])
	h.Write(binary.BigEndian.AppendUint64(nil, seq))
	h.Write(answerID[:])
	h.Write(canonical)
	return Hash(h.Sum(nil))
}
