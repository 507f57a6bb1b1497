package keys

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"otklik/sync/disk"
)

// EscrowFile holds, in PEM, the public half of the escrow key that terminals seal for beside the collector's own. It is no
// secret, and lies in every backup as keys do. The private half is never in the data folder.
const EscrowFile = "escrow-public.key"

const escrowBlock = "PUBLIC KEY"

// ErrEscrowPlace says that a file for the private half of an escrow key would lie where the collector's own keys lie: what
// takes those would take it along.
var ErrEscrowPlace = errors.New("the escrow key would be lost with the keys that it stands in for")

// MakeEscrow makes an escrow key, writes its private half to file, which must not exist, and has the collector in dir tell
// terminals the public one, which it returns. An escrow key from before opens what was sealed for it, and nothing more. No
// program may use the folder meanwhile. Errors wrap ErrEscrowPlace or fs.ErrExist, or are those of the disk; after any of
// them the folder is as it was, or the error says that it may not be, and the private half is kept.
func MakeEscrow(dir, file string) ([]byte, error) {
	if _, err := Load(dir, false); err != nil {
		return nil, err
	}
	inside, err := liesIn(dir, file)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if inside {
		return nil, fmt.Errorf("keys: %s is in the data folder %s: %w; name a file on a medium that is kept elsewhere", file, dir, ErrEscrowPlace)
	}
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if err := writeEscrow(file, key); err != nil {
		return nil, fmt.Errorf("keys: the escrow key cannot be written: %w; terminals were told of none", err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.PublicKey())
	if err == nil {
		err = replace(filepath.Join(dir, EscrowFile), []*pem.Block{{Type: escrowBlock, Bytes: der}})
	}
	if err == nil {
		return key.PublicKey().Bytes(), nil
	}
	err = fmt.Errorf("keys: the escrow key cannot be told to terminals: %w", err)
	if now, unread := Load(dir, false); unread != nil || bytes.Equal(now.Escrow, key.PublicKey().Bytes()) {
		return nil, fmt.Errorf("%w; it may be in force all the same: keep %s, mend the disk, and make another key", err, file)
	}
	return nil, errors.Join(err, os.Remove(file))
}

// EndEscrow has terminals seal for the collector alone. fs.ErrNotExist when they do already.
func EndEscrow(dir string) error {
	if err := os.Remove(filepath.Join(dir, EscrowFile)); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

// ReadEscrow reads the private half of an escrow key from the file that MakeEscrow wrote.
func ReadEscrow(file string) ([]byte, error) {
	key, err := load[*ecdh.PrivateKey](file, false, nil)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("keys: there is no escrow key in %s; name the file that collector keys escrow wrote", file)
	case err != nil:
		return nil, fmt.Errorf("%w: it is not the file that collector keys escrow wrote", err)
	}
	return key.Bytes(), nil
}

// loadEscrow reads what MakeEscrow left.
func (k *Keys) loadEscrow(dir string) error {
	path := filepath.Join(dir, EscrowFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if block, _ := pem.Decode(text); block != nil && block.Type == escrowBlock {
		if public, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
			if key, ok := public.(*ecdh.PublicKey); ok && key.Curve() == ecdh.X25519() {
				k.Escrow = key.Bytes()
				return nil
			}
		}
	}
	return fmt.Errorf("keys: %s is no X25519 public key in PEM; bring it back from a backup, or make a new one: collector keys escrow FILE", path)
}

// writeEscrow writes the private half to a new file on any medium, and reads it back: there is no other copy.
func writeEscrow(path string, key *ecdh.PrivateKey) (err error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close(), disk.SyncFolder(filepath.Dir(path))); err != nil {
		return err
	}
	back, err := ReadEscrow(path)
	if err == nil && !bytes.Equal(back, key.Bytes()) {
		err = errors.New("what was read back is not what was written: the medium is broken")
	}
	return err
}

// liesIn reports whether a file would lie somewhere under dir, whatever links lead there.
func liesIn(dir, file string) (bool, error) {
	real := func(path string) (string, error) {
		path, err := filepath.Abs(path)
		if err != nil {
			return "", err
		}
		return filepath.EvalSymlinks(path)
	}
	folder, err := real(dir)
	if err != nil {
		return false, err
	}
	place, err := real(filepath.Dir(file))
	if err != nil {
		return false, err
	}
	rel, err := filepath.Rel(folder, place)
	if err != nil { // another drive
		return false, nil
	}
	return rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)), nil
}
