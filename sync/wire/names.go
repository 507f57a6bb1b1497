package wire

import (
	"encoding/hex"
	"fmt"
)

// The fixed-size names are byte strings of exactly their length on the wire (CBOR by itself would cut or fill them up)
// and hex digits where people or JSON see them.

// String gives the hex digits.
func (o Origin) String() string { return hex.EncodeToString(o[:]) }

// MarshalText gives the hex digits.
func (o Origin) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, o[:]), nil }

// UnmarshalText reads exactly 32 hex digits.
func (o *Origin) UnmarshalText(text []byte) error { return fromHex(o[:], text, "origin") }

// MarshalBinary gives the 16 bytes.
func (o Origin) MarshalBinary() ([]byte, error) { return o[:], nil }

// UnmarshalBinary reads exactly 16 bytes.
func (o *Origin) UnmarshalBinary(data []byte) error { return exactly(o[:], data, "origin") }

// String gives the hex digits.
func (e Epoch) String() string { return hex.EncodeToString(e[:]) }

// MarshalText gives the hex digits.
func (e Epoch) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, e[:]), nil }

// UnmarshalText reads exactly 32 hex digits.
func (e *Epoch) UnmarshalText(text []byte) error { return fromHex(e[:], text, "epoch") }

// MarshalBinary gives the 16 bytes.
func (e Epoch) MarshalBinary() ([]byte, error) { return e[:], nil }

// UnmarshalBinary reads exactly 16 bytes.
func (e *Epoch) UnmarshalBinary(data []byte) error { return exactly(e[:], data, "epoch") }

// String gives the hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText gives the hex digits.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads exactly 64 hex digits.
func (h *Hash) UnmarshalText(text []byte) error { return fromHex(h[:], text, "hash") }

// MarshalBinary gives the 32 bytes.
func (h Hash) MarshalBinary() ([]byte, error) { return h[:], nil }

// UnmarshalBinary reads exactly 32 bytes.
func (h *Hash) UnmarshalBinary(data []byte) error { return exactly(h[:], data, "hash") }

// String gives the hex digits.
func (s SessionID) String() string { return hex.EncodeToString(s[:]) }

// MarshalBinary gives the 8 bytes.
func (s SessionID) MarshalBinary() ([]byte, error) { return s[:], nil }

// UnmarshalBinary reads exactly 8 bytes.
func (s *SessionID) UnmarshalBinary(data []byte) error { return exactly(s[:], data, "session id") }

func exactly(dst, src []byte, what string) error {
	if len(src) != len(dst) {
		return fmt.Errorf("%w: %s of %d bytes, not %d", ErrMalformed, what, len(src), len(dst))
	}
	copy(dst, src)
	return nil
}

func fromHex(dst, text []byte, what string) error {
	if len(text) != hex.EncodedLen(len(dst)) {
		return fmt.Errorf("%w: %s of %d hex digits, not %d", ErrMalformed, what, len(text), hex.EncodedLen(len(dst)))
	}
	if _, err := hex.Decode(dst, text); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrMalformed, what, err)
	}
	return nil
}
