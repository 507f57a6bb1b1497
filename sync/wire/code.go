package wire

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A one-time enrolment code: 80 random bits and 40 bits of fingerprint of the collector's signing key. People read it off
// one screen and type it into another, so it is written in Crockford's base 32, groups of four joined by dashes:
// XXXX-XXXX-XXXX-XXXX-XXXX-XXXX.
const (
	secretBytes      = 10
	fingerprintBytes = 5
	codeBytes        = secretBytes + fingerprintBytes
	codeDigits       = codeBytes * 8 / 5
	codeGroup        = 4

	fingerprintLabel = "otklik/v1/code fingerprint"
	codeHashLabel    = "otklik/v1/code hash"
)

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ErrCode says that a text is no enrolment code.
var ErrCode = errors.New("not an enrolment code")

// Code is a one-time enrolment code. It is a secret.
type Code [codeBytes]byte

// NewCode makes a code for the collector whose signing key is pub. The fingerprint is salted with the code's own secret:
// one printed code tells a forger nothing to search a look-alike key for another with.
func NewCode(random io.Reader, pub ed25519.PublicKey) (Code, error) {
	var c Code
	if _, err := io.ReadFull(random, c[:secretBytes]); err != nil {
		return Code{}, fmt.Errorf("wire: no randomness for an enrolment code: %w", err)
	}
	copy(c[secretBytes:], c.fingerprint(pub))
	return c, nil
}

// ParseCode reads a code as a person typed it: any case, with or without dashes and spaces, O for 0, I and L for 1.
// Errors wrap ErrCode and say what was found.
func ParseCode(typed string) (Code, error) {
	var c Code
	bits, held, n, filled := uint(0), uint(0), 0, 0
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case '-', ' ', '\t', '\n', '\r', '\u00a0', '–', '—':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		v := strings.IndexRune(crockford, r)
		if v < 0 {
			return Code{}, fmt.Errorf("wire: %w: it has %q; a code has digits and Latin letters", ErrCode, r)
		}
		if n++; n > codeDigits {
			continue
		}
		bits, held = bits<<5|uint(v), held+5
		if held >= 8 {
			held -= 8
			c[filled] = byte(bits >> held)
			filled++
		}
	}
	if n != codeDigits {
		return Code{}, fmt.Errorf("wire: %w: %d letters and digits, a code has %d", ErrCode, n, codeDigits)
	}
	return c, nil
}

// String writes the code in groups.
func (c Code) String() string {
	var out strings.Builder
	bits, held, n := uint(0), uint(0), 0
	for _, b := range c {
		bits, held = bits<<8|uint(b), held+8
		for held >= 5 {
			held -= 5
			if n > 0 && n%codeGroup == 0 {
				out.WriteByte('-')
			}
			out.WriteByte(crockford[bits>>held&31])
			n++
		}
	}
	return out.String()
}

// Matches reports whether the code was made for the collector whose signing key is pub.
func (c Code) Matches(pub ed25519.PublicKey) bool {
	return subtle.ConstantTimeCompare(c[secretBytes:], c.fingerprint(pub)) == 1
}

// Hash is what the collector keeps of a code. The code has 80 random bits, so no slow hash is needed.
func (c Code) Hash() Hash {
	return sha256.Sum256(append([]byte(codeHashLabel), c[:]...))
}

func (c Code) fingerprint(pub ed25519.PublicKey) []byte {
	data := append([]byte(fingerprintLabel), c[:secretBytes]...)
	sum := sha256.Sum256(append(data, pub...))
	return sum[:fingerprintBytes]
}
