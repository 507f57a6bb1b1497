package wire

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Digits of a PIN of the service corner.
const (
	MinPINDigits = 6
	MaxPINDigits = 12
)

// ErrPIN says that a text cannot be a PIN.
var ErrPIN = fmt.Errorf("a PIN has %d to %d digits and nothing else", MinPINDigits, MaxPINDigits)

// The cost of a PIN's hash: what OWASP asks of argon2id at the least, since terminals are small. It stands in the hash. A
// hash may ask for four times as much, not more: the glass waits for it.
const (
	pinMemory, pinPasses, pinThreads = 19 << 10, 2, 1 // KiB
	pinSaltBytes, pinSumBytes        = 16, 32
)

// NewPIN makes a PIN of the least length from random.
func NewPIN(random io.Reader) (string, error) {
	n, err := rand.Int(random, big.NewInt(int64(math.Pow10(MinPINDigits))))
	if err != nil {
		return "", fmt.Errorf("wire: no randomness for a PIN: %w", err)
	}
	return fmt.Sprintf("%0*d", MinPINDigits, n), nil
}

// HashPIN returns the argon2id hash of a PIN in PHC form: all that a terminal and the collector ever keep of it.
func HashPIN(pin string) (string, error) {
	if len(pin) < MinPINDigits || len(pin) > MaxPINDigits || strings.Trim(pin, "0123456789") != "" {
		return "", ErrPIN
	}
	salt := make([]byte, pinSaltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("wire: no randomness for a PIN: %w", err)
	}
	sum := argon2.IDKey([]byte(pin), salt, pinPasses, pinMemory, pinThreads, pinSumBytes)
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, pinMemory, pinPasses, pinThreads,
		enc.EncodeToString(salt), enc.EncodeToString(sum)), nil
}

// CheckPIN reports whether the PIN made the hash. The error says that the hash cannot be read.
func CheckPIN(pin, hash string) (bool, error) {
	broken := errors.New("wire: the hash of the PIN cannot be read; set the PIN again")
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return false, broken
	}
	var memory, passes uint32
	var threads uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads); err != nil {
		return false, broken
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	want, errSum := base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errSum != nil || len(want) < 16 || memory == 0 || memory > 4*pinMemory || passes == 0 ||
		passes > 4*pinPasses || threads == 0 || threads > 4 {
		return false, broken
	}
	got := argon2.IDKey([]byte(pin), salt, passes, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}
