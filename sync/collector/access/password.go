// Package access says who may open the console: users, their passwords and how often a wrong one may be tried.
package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
)

// cost is what hashing one password takes. It stands in each hash, so it can be raised and old hashes still be read.
type cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// standard is the second recommended setting of RFC 9106, section 4: 64 MiB, three passes, four lanes.
var standard = cost{Memory: 64 << 10, Passes: 3, Threads: 4}

const (
	saltBytes = 16
	hashBytes = 32
	// maxMemory bounds what a hash may ask for, in KiB, in case the store was tampered with.
	maxMemory = 1 << 20
	maxPasses = 32
)

// hashPassword returns the argon2id hash of a password in PHC form, "$argon2id$v=19$m=65536,t=3,p=4$salt$hash".
func hashPassword(password string, c cost, random io.Reader) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", fmt.Errorf("access: salt: %w", err)
	}
	sum := argon2.IDKey([]byte(password), salt, c.Passes, c.Memory, c.Threads, hashBytes)
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Threads,
		enc.EncodeToString(salt), enc.EncodeToString(sum)), nil
}

// checkPassword reports whether password made the hash, and whether the hash should be made anew at today's cost.
func checkPassword(password, phc string) (right, outdated bool, err error) {
	c, salt, want, err := parseHash(phc)
	if err != nil {
		return false, false, err
	}
	got := argon2.IDKey([]byte(password), salt, c.Passes, c.Memory, c.Threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, c != standard, nil
}

func parseHash(phc string) (c cost, salt, sum []byte, err error) {
	broken := errors.New("access: the password hash in the store cannot be read; set the password again")
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, broken
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Passes, &c.Threads); err != nil {
		return c, nil, nil, broken
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	sum, errSum := base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errSum != nil || len(sum) < 16 || c.Memory == 0 || c.Memory > maxMemory ||
		c.Passes == 0 || c.Passes > maxPasses || c.Threads == 0 {
		return c, nil, nil, broken
	}
	return c, salt, sum, nil
}

// GeneratePassword makes a password of four groups that can be read out over a telephone, with 99 bits of chance.
func GeneratePassword() string {
	// No letters or digits that are taken for one another.
	const alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
	var b strings.Builder
	random := make([]byte, 1)
	for n := 0; n < 20; {
		rand.Read(random)
		// Only whole multiples of the alphabet keep every letter equally likely.
		if int(random[0]) >= 256/len(alphabet)*len(alphabet) {
			continue
		}
		if n > 0 && n%5 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[int(random[0])%len(alphabet)])
		n++
	}
	return b.String()
}
