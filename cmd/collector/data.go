package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"otklik/sync/collector/backup"
	"otklik/sync/collector/export"
	"otklik/sync/collector/fleet"
	"otklik/sync/collector/keys"
	"otklik/sync/collector/store/sqlite"
)

// The files in the data folder beside the keys.
const (
	storeFile = backup.StoreFile
	urlFile   = "url"    // where terminals reach the collector, written by serve
	caFile    = "ca.pem" // the authority that vouches for that address, written by serve; missing for none
)

// dataFlag is the flag that every subcommand on a store has.
type dataFlag struct {
	Data string `help:"Folder of the collector's store and keys." default:"${data}" placeholder:"DIR"`
}

// defaultData is a folder in the user's state directory.
func defaultData() string {
	state := os.Getenv("XDG_STATE_HOME")
	if state == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "collector-data"
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "otklik", "collector")
}

// collector is an open data folder.
type collector struct {
	dir   string
	store *sqlite.Store
	keys  *keys.Keys
	fleet *fleet.Fleet
	// release lets a backup be restored into the folder again.
	release func() error
}

// open opens a data folder; the first command on it makes it, with new keys.
func (f dataFlag) open(ctx context.Context) (*collector, error) {
	if err := os.MkdirAll(f.Data, 0o700); err != nil {
		return nil, err
	}
	release, err := backup.Hold(f.Data)
	if err != nil {
		return nil, err
	}
	c, err := f.openHeld(ctx)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	c.release = release
	return c, nil
}

func (f dataFlag) openHeld(ctx context.Context) (*collector, error) {
	db := filepath.Join(f.Data, storeFile)
	_, err := os.Stat(db)
	isNew := errors.Is(err, fs.ErrNotExist)
	if err != nil && !isNew {
		return nil, err
	}
	// Keys come first: a store without its keys is a mistake to be named, never to be papered over by new ones.
	k, err := keys.Load(f.Data, isNew)
	if err != nil {
		return nil, err
	}
	s, err := sqlite.Open(ctx, db)
	if err != nil {
		return nil, err
	}
	c := &collector{dir: f.Data, store: s, keys: k, fleet: fleet.New(s, k.SigningPublic(), k.SealingPublic(), time.Now)}
	c.fleet.SealAlsoFor(k.Escrow)
	return c, nil
}

// with opens the data folder for one piece of work on what is there: who mistyped its name is told, and gets neither an empty
// export nor a good backup of nothing.
func (f dataFlag) with(ctx context.Context, work func(*collector) error) error {
	if _, err := os.Stat(filepath.Join(f.Data, storeFile)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no collector's store in %s; name its folder with --data, or begin one: collector serve", f.Data)
	}
	return f.withNew(ctx, work)
}

// withNew opens the data folder, or makes it, for one piece of work that a collector may begin with.
func (f dataFlag) withNew(ctx context.Context, work func(*collector) error) error {
	c, err := f.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(work(c), c.store.Close(), c.release())
}

// saveURL keeps where terminals reach the collector, for the commands that tell it to people.
func (c *collector) saveURL(url string) error {
	return export.ToFile(filepath.Join(c.dir, urlFile), func(w io.Writer) error {
		_, err := io.WriteString(w, url+"\n")
		return err
	})
}

// saveAuthority keeps, beside the address, which authority vouches for it: the certificate in a file, "" for any.
func (c *collector) saveAuthority(file string) error {
	to := filepath.Join(c.dir, caFile)
	if file == "" {
		if err := os.Remove(to); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	authority, err := readAuthority(file)
	if err != nil {
		return err
	}
	return export.ToFile(to, func(w io.Writer) error {
		return pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: authority.Raw})
	})
}

// authority is what saveAuthority kept, nil for none.
func (c *collector) authority() (*x509.Certificate, error) {
	authority, err := readAuthority(filepath.Join(c.dir, caFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return authority, err
}

// readAuthority reads the one certificate in a PEM file.
func readAuthority(path string) (*x509.Certificate, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, fmt.Errorf("%s holds no certificate in PEM; give it as -----BEGIN CERTIFICATE-----", path)
	}
	if more, _ := pem.Decode(rest); more != nil {
		return nil, fmt.Errorf("%s holds more than one certificate; terminals pin one: give that of the authority alone", path)
	}
	authority, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return authority, nil
}

func (c *collector) url() (string, error) {
	text, err := os.ReadFile(filepath.Join(c.dir, urlFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("nobody has served from %s yet, so its address is not known: "+
			"start collector serve --data %s, or give --url", c.dir, c.dir)
	}
	return strings.TrimSpace(string(text)), err
}
