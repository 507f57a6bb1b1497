package keys

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"otklik/sync/disk"
	"otklik/sync/wire"
)

// SuccessionFile holds, in PEM, how each signing key named the next. It is no secret, and lies in every backup as keys do.
const SuccessionFile = "succession.key"

const (
	formerSealing   = "sealing-" // and the beginning of the public key
	successionBlock = "OTKLIK SUCCESSION"
)

// Rotate exchanges both keys in dir for new ones. The signing key names its successor, which terminals follow when they
// next hear from the collector; the sealing key stays beside, for what was sealed for it. No program may use the folder
// meanwhile. Broken off at any moment, it leaves the former keys or the new ones in force.
func Rotate(dir string, now time.Time) (*Keys, error) {
	old, err := Load(dir, false)
	if err != nil {
		return nil, err
	}
	if len(old.Chain) >= wire.MaxSuccessions {
		return nil, fmt.Errorf("keys: they were exchanged %d times, which is all that terminals follow; set up a new collector",
			len(old.Chain))
	}
	public, signing, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	sealing, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	link, err := wire.Sign(wire.SuccessionContext, old.Signing, wire.Succession{
		From: old.SigningPublic(), SigningKey: public, SealingKey: sealing.PublicKey().Bytes(), Time: now.UTC().Truncate(time.Second),
	})
	if err != nil {
		return nil, err
	}
	var chain []*pem.Block
	for _, l := range append(slices.Clone(old.Chain), link) {
		chain = append(chain, &pem.Block{Type: successionBlock, Bytes: l})
	}
	// The signing key comes last: until then the last link is cut off when the keys are loaded.
	for _, step := range []struct {
		name   string
		blocks func() ([]*pem.Block, error)
	}{
		{formerSealing + hex.EncodeToString(old.SealingPublic()[:4]) + ".key", private(old.Sealing)},
		{SuccessionFile, func() ([]*pem.Block, error) { return chain, nil }},
		{SealingFile, private(sealing)},
		{SigningFile, private(signing)},
	} {
		blocks, err := step.blocks()
		if err == nil {
			err = replace(filepath.Join(dir, step.name), blocks)
		}
		if err != nil {
			return nil, fmt.Errorf("keys: exchange them: %w; what is in force can still be used", err)
		}
	}
	return Load(dir, false)
}

// SigningPublics are the key in force and before it those that it took over from, the newest first: what they signed holds.
func (k *Keys) SigningPublics() []ed25519.PublicKey {
	return append([]ed25519.PublicKey{k.SigningPublic()}, k.Former...)
}

// First is the public signing key that the collector was set up with.
func (k *Keys) First() ed25519.PublicKey { all := k.SigningPublics(); return all[len(all)-1] }

// Opening are the private keys that answers may be sealed for, the newest first.
func (k *Keys) Opening() [][]byte {
	all := [][]byte{k.Sealing.Bytes()}
	for _, former := range k.FormerSealing {
		all = append(all, former.Bytes())
	}
	return all
}

// Follow reports whether these keys took over from others.
func (k *Keys) Follow(others *Keys) bool {
	return slices.ContainsFunc(k.Former, func(f ed25519.PublicKey) bool { return f.Equal(others.SigningPublic()) })
}

// loadFormer reads what Rotate left.
func (k *Keys) loadFormer(dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, formerSealing+"*.key"))
	if err != nil {
		return err
	}
	for _, name := range names {
		former, err := load[*ecdh.PrivateKey](name, false, nil)
		if err != nil {
			return err
		}
		if !former.Equal(k.Sealing) {
			k.FormerSealing = append(k.FormerSealing, former)
		}
	}
	path := filepath.Join(dir, SuccessionFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	var chain [][]byte
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		chain = append(chain, block.Bytes)
	}
	var from []ed25519.PublicKey
	reached := -1
	for i, link := range chain {
		var signed wire.Signed
		var step wire.Succession
		err := wire.Decode(link, &signed)
		if err == nil {
			err = wire.Decode(signed.Payload, &step)
		}
		if err != nil || len(step.From) != ed25519.PublicKeySize ||
			wire.OpenSigned(wire.SuccessionContext, step.From, link, &step) != nil {
			return fmt.Errorf("keys: link %d of %s is damaged; bring the file back from a backup", i+1, path)
		}
		from = append(from, step.From)
		if bytes.Equal(step.SigningKey, k.SigningPublic()) {
			reached = i
		}
	}
	if reached < 0 && len(from) > 0 && !k.SigningPublic().Equal(from[0]) {
		return fmt.Errorf("keys: %s does not lead to the key in %s; bring both back from the same backup", path, SigningFile)
	}
	k.Chain, k.Former = chain[:reached+1], from[:reached+1]
	slices.Reverse(k.Former)
	return nil
}

func private(key any) func() ([]*pem.Block, error) {
	return func() ([]*pem.Block, error) {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		return []*pem.Block{{Type: "PRIVATE KEY", Bytes: der}}, err
	}
}

// replace exchanges a file for another one whole, or leaves it. Tests break it.
var replace = func(path string, blocks []*pem.Block) error {
	var text bytes.Buffer
	for _, b := range blocks {
		if err := pem.Encode(&text, b); err != nil {
			return err
		}
	}
	return disk.Replace(path, text.Bytes(), 0o600)
}
