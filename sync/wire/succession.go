package wire

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"time"
)

// SuccessionContext is that of Signed Successions.
const SuccessionContext Context = "otklik/v1/succession"

// MaxSuccessions bounds how often a collector can exchange its keys.
const MaxSuccessions = 64

// Succession hands a collector's work over to its next keys. It counts only Signed by From: whom a terminal trusts names
// whom it trusts next. It is no remedy for a key in foreign hands, which can name a successor too.
type Succession struct {
	From       []byte    `cbor:"1,keyasint,omitempty"` // Ed25519, the key that gives way
	SigningKey []byte    `cbor:"2,keyasint,omitempty"` // Ed25519, the next
	SealingKey []byte    `cbor:"3,keyasint,omitempty"` // X25519, the next
	Time       time.Time `cbor:"4,keyasint,omitzero"`
}

// Successions are all of a collector, the oldest first, each as Sign wrote it. They need no signature of their own.
type Successions struct {
	Chain [][]byte `cbor:"1,keyasint,omitempty"`
}

// Follow returns the steps from a pinned key to the present one, at least one. Links that are not of this key, being older
// or of somebody else, are passed over. The error wraps ErrSignature when nothing starts at the pinned key, and
// ErrMalformed when there are too many links or the pinned key itself signed something unsound.
func (s *Successions) Follow(pinned ed25519.PublicKey) (steps []Succession, err error) {
	if len(s.Chain) > MaxSuccessions {
		return nil, fmt.Errorf("wire: successions: %w: %d links, at most %d", ErrMalformed, len(s.Chain), MaxSuccessions)
	}
	for _, link := range s.Chain {
		var step Succession
		if OpenSigned(SuccessionContext, pinned, link, &step) != nil {
			continue
		}
		if !bytes.Equal(step.From, pinned) || len(step.SigningKey) != ed25519.PublicKeySize || len(step.SealingKey) != keyBytes {
			return nil, fmt.Errorf("wire: successions: %w: a link with keys of %d, %d and %d bytes", ErrMalformed,
				len(step.From), len(step.SigningKey), len(step.SealingKey))
		}
		steps, pinned = append(steps, step), step.SigningKey
	}
	if len(steps) == 0 {
		return nil, fmt.Errorf("wire: successions: no link is signed with the pinned key: %w", ErrSignature)
	}
	return steps, nil
}
