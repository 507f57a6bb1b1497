// Package keys holds the collector's own keys in its data folder: the one it signs receipts with, which every terminal
// pinned when it enrolled, and the one that answers are sealed for. Whoever loses them loses the fleet: they belong into
// every backup.
package keys

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The files in the data folder: PKCS #8 in PEM, which openssl reads, with mode 0600.
const (
	SigningFile = "signing.key"
	SealingFile = "sealing.key"
)

// Keys are the collector's private keys.
type Keys struct {
	Signing ed25519.PrivateKey
	Sealing *ecdh.PrivateKey // X25519
	// FormerSealing open what was sealed before an exchange of keys.
	FormerSealing []*ecdh.PrivateKey
	// Former are the public signing keys before the one in force, the newest first; Chain is how each named the next, the
	// oldest first, see wire.Successions.
	Former []ed25519.PublicKey
	Chain  [][]byte
	// Escrow is the public half of the key that answers are sealed for, too; nil for none.
	Escrow []byte
}

// SigningPublic is the key that terminals pin.
func (k *Keys) SigningPublic() ed25519.PublicKey { return k.Signing.Public().(ed25519.PublicKey) }

// SealingPublic is the key that terminals seal for.
func (k *Keys) SealingPublic() []byte { return k.Sealing.PublicKey().Bytes() }

// Load reads the keys in dir. With create it makes those that are not there; of two programs that do so at once both get
// the same ones. Without create a key that is not there is an error.
func Load(dir string, create bool) (*Keys, error) {
	signing, err := load[ed25519.PrivateKey](filepath.Join(dir, SigningFile), create, func() (any, error) {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	})
	if err != nil {
		return nil, err
	}
	sealing, err := load[*ecdh.PrivateKey](filepath.Join(dir, SealingFile), create, func() (any, error) {
		return ecdh.X25519().GenerateKey(rand.Reader)
	})
	if err != nil {
		return nil, err
	}
	k := &Keys{Signing: signing, Sealing: sealing}
	if err := k.loadEscrow(dir); err != nil {
		return nil, err
	}
	return k, k.loadFormer(dir)
}

func load[K any](path string, create bool, generate func() (any, error)) (key K, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && create {
		if err := write(path, generate); err != nil {
			return key, fmt.Errorf("keys: make %s: %w", path, err)
		}
		text, err = os.ReadFile(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return key, fmt.Errorf("keys: %s is missing beside a store that was used with it; bring it back from a backup: "+
			"with another key every terminal would have to be enrolled again", path)
	}
	if err != nil {
		return key, fmt.Errorf("keys: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return key, fmt.Errorf("keys: %s is no PEM file; bring it back from a backup", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return key, fmt.Errorf("keys: %s: %w; bring it back from a backup", path, err)
	}
	key, ok := parsed.(K)
	if !ok {
		return key, fmt.Errorf("keys: %s holds a %T, not a %T; were the key files exchanged?", path, parsed, key)
	}
	return key, nil
}

// write makes a key file in full or not at all. One that is there already stays.
func write(path string, generate func() (any, error)) error {
	key, err := generate()
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	// A link, unlike a rename, never takes the place of a key that another program made meanwhile.
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
