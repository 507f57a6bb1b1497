package agent

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"otklik/sync/disk"
	"otklik/sync/wire"
)

// ErrNotEnrolled says that a data folder holds no identity: the machine is no terminal yet.
var ErrNotEnrolled = errors.New("not enrolled")

// Identity is who this terminal is and whom it trusts: what enrolment gave it.
type Identity struct {
	Terminal uuid.UUID `json:"terminal"`
	// Origin is the outbox the terminal enrolled with. An outbox that was set aside as damaged gives way to one with another
	// origin, and the terminal goes on with that one.
	Origin wire.Origin `json:"origin"`
	// URL is the collector's scheme and host, such as https://feedback.example.org.
	URL string `json:"url"`
	// Key is the terminal's own; it signs every request.
	Key ed25519.PrivateKey `json:"key"`
	// SigningKey is the collector's pinned key: only what it signed counts.
	SigningKey ed25519.PublicKey `json:"signing_key"`
	// Former were pinned before the collector exchanged its keys, the oldest first.
	Former []ed25519.PublicKey `json:"former_signing_keys,omitempty"`
	// SealingKey and EscrowKey (empty for none) are what answers are sealed for.
	SealingKey []byte `json:"sealing_key"`
	EscrowKey  []byte `json:"escrow_key,omitempty"`
	// EscrowSaid is when the collector said so, by its own clock; zero for at enrolment, or not known.
	EscrowSaid time.Time `json:"escrow_said,omitzero"`
	// Collector names the collector by the sealing key it had when the terminal first enrolled there.
	Collector wire.Hash `json:"collector,omitzero"`
	// CA are certificates in PEM. When there are any, the collector's must go back to one of them, whatever else the machine
	// trusts.
	CA string `json:"ca,omitempty"`
}

// String names the terminal without its key.
func (i Identity) String() string { return fmt.Sprintf("terminal %s of %s", i.Terminal, i.URL) }

// GoString keeps the key out of %#v too.
func (i Identity) GoString() string { return i.String() }

// Recipients are the keys that answers are sealed for.
func (i Identity) Recipients() wire.Recipients {
	return wire.Recipients{Collector: i.SealingKey, Escrow: i.EscrowKey}
}

// TLS is how the collector's certificate is judged; nil for as the machine does.
func (i Identity) TLS() *tls.Config {
	if t, err := i.transport(); err == nil {
		return t.TLSClientConfig
	}
	return nil
}

// transport is NewTransport's, with the identity's authorities alone where it names some.
func (i Identity) transport() (*http.Transport, error) { return pinnedTransport(i.CA) }

// pinnedTransport trusts the certificates in ca alone, or what the machine trusts when there are none.
func pinnedTransport(ca string) (*http.Transport, error) {
	t := NewTransport()
	if ca == "" {
		return t, nil
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(ca)) {
		return nil, errors.New("agent: the pinned certificate authority is no certificate in PEM; give it as -----BEGIN CERTIFICATE-----")
	}
	t.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return t, nil
}

const sealingKeyBytes = 32

// check says what is wrong with an identity.
func (i *Identity) check() error {
	switch {
	case i.Terminal == uuid.Nil:
		return errors.New("the terminal's name is missing")
	case len(i.Key) != ed25519.PrivateKeySize:
		return fmt.Errorf("the terminal's key has %d bytes, not %d", len(i.Key), ed25519.PrivateKeySize)
	case !i.Key.Equal(ed25519.NewKeyFromSeed(i.Key.Seed())):
		return errors.New("the halves of the terminal's key do not belong together")
	case len(i.SigningKey) != ed25519.PublicKeySize:
		return fmt.Errorf("the collector's signing key has %d bytes, not %d", len(i.SigningKey), ed25519.PublicKeySize)
	case len(i.SealingKey) != sealingKeyBytes:
		return fmt.Errorf("the collector's sealing key has %d bytes, not %d", len(i.SealingKey), sealingKeyBytes)
	case len(i.EscrowKey) != 0 && len(i.EscrowKey) != sealingKeyBytes:
		return fmt.Errorf("the escrow key has %d bytes, not %d", len(i.EscrowKey), sealingKeyBytes)
	}
	address, err := baseURL(i.URL)
	if err == nil {
		i.URL = address
	}
	return err
}

// LoadIdentity reads what Enrol left in dir. The error wraps ErrNotEnrolled when nothing is there.
func LoadIdentity(dir string) (Identity, error) {
	path := filepath.Join(dir, identityFile)
	var identity Identity
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Identity{}, fmt.Errorf("agent: %w: %s is missing; run kiosk enrol --collector URL --code CODE --data %s",
			ErrNotEnrolled, path, dir)
	case err != nil:
		return Identity{}, fmt.Errorf("agent: read the identity: %w; is this the user the terminal runs as?", err)
	}
	identity, err = parseIdentity(data)
	if errors.Is(err, ErrNewer) {
		return Identity{}, fmt.Errorf("agent: %s: %w", path, err)
	}
	if err != nil {
		return Identity{}, fmt.Errorf("agent: %s is damaged: %w; bring it back from a copy, or enrol anew with a new code: "+
			"kiosk enrol --again", path, err)
	}
	return identity, nil
}

func parseIdentity(data []byte) (identity Identity, err error) {
	if err = unmarshalFile(data, &identity); err == nil {
		err = identity.check()
	}
	if err == nil && identity.Collector == (wire.Hash{}) { // of a program before this one
		identity.Collector = sha256.Sum256(identity.SealingKey)
	}
	return identity, err
}

func saveIdentity(dir string, identity Identity) error {
	data, err := marshalFile(&identity)
	if err == nil {
		err = disk.Replace(filepath.Join(dir, identityFile), data, 0o600)
	}
	if err != nil {
		return fmt.Errorf("agent: keep the identity: %w; check the folder, its owner and the free space", err)
	}
	return nil
}

// ErrAddress says that a text cannot be a collector's address.
var ErrAddress = errors.New("no collector's address")

// baseURL checks a collector's address and returns its scheme and host. Requests are signed over their path, so a path in
// front of the collector's own can not work.
func baseURL(address string) (string, error) {
	bad := func(what string) error {
		return fmt.Errorf("%w: %q %s; give it as collector terminal enrol printed it, "+
			"such as https://feedback.example.org", ErrAddress, address, what)
	}
	u, err := url.Parse(strings.TrimSpace(address))
	switch {
	case err != nil:
		return "", bad("cannot be read")
	case u.Scheme != "https" && u.Scheme != "http":
		return "", bad("starts neither with https:// nor with http://")
	case u.Hostname() == "":
		return "", bad("names no host")
	case u.User != nil:
		return "", bad("has a user or a password in it")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return "", bad("has something after the host")
	}
	return u.Scheme + "://" + u.Host, nil
}
