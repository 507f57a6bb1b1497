package keys_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"otklik/sync/collector/keys"
	"otklik/sync/wire"
)

func TestEscrowKeyIsInTwoPlacesAndOutlivesAnExchange(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	before, err := keys.Load(dir, true)
	if err != nil || before.Escrow != nil {
		t.Fatal(before, err)
	}
	file := filepath.Join(elsewhere, "escrow.pem")
	public, err := keys.MakeEscrow(dir, file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Rotate(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	now, err := keys.Load(dir, false)
	if err != nil || !slices.Equal(now.Escrow, public) {
		t.Fatalf("%x, want %x, %v", now.Escrow, public, err)
	}
	private, err := keys.ReadEscrow(file)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(now.Opening(), func(k []byte) bool { return slices.Equal(k, private) }) {
		t.Error("the collector itself has the private half")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	opener, err := wire.NewOpener(private)
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := wire.NewSealer(wire.Recipients{Collector: now.SealingPublic(), Escrow: public}, wire.Origin{1}, nil, zeros{})
	if err != nil {
		t.Fatal(err)
	}
	if err := opener.Session(wire.Origin{1}, sealer.Session()); err != nil {
		t.Error(err)
	}
	if err := keys.EndEscrow(dir); err != nil {
		t.Fatal(err)
	}
	if now, err = keys.Load(dir, false); err != nil || now.Escrow != nil {
		t.Errorf("%x, %v", now.Escrow, err)
	}
	if err := keys.EndEscrow(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// zeros is no randomness at all.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 1
	}
	return len(p), nil
}

func TestEscrowKeyIsNotWrittenWhereItWouldBeLostOrOverwriteAnother(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	if _, err := keys.Load(dir, true); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(elsewhere, "link")
	if err := errors.Join(os.Symlink(dir, link), os.Mkdir(filepath.Join(dir, "..safe"), 0o700)); err != nil {
		t.Fatal(err)
	}
	there := filepath.Join(elsewhere, "there.pem")
	if err := os.WriteFile(there, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]error{
		filepath.Join(dir, "escrow.pem"):           keys.ErrEscrowPlace,
		filepath.Join(dir, "..safe", "escrow.pem"): keys.ErrEscrowPlace,
		filepath.Join(link, "escrow.pem"):          keys.ErrEscrowPlace,
		there:                                      fs.ErrExist,
		filepath.Join(elsewhere, "no", "escrow"):   fs.ErrNotExist,
	} {
		if _, err := keys.MakeEscrow(dir, file); !errors.Is(err, want) {
			t.Errorf("%s: %v", file, err)
		}
	}
	if k, err := keys.Load(dir, false); err != nil || k.Escrow != nil {
		t.Errorf("%x, %v", k.Escrow, err)
	}
	if text, err := os.ReadFile(there); err != nil || string(text) != "another" {
		t.Errorf("%q, %v", text, err)
	}
	if err := os.WriteFile(filepath.Join(dir, keys.EscrowFile), []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Load(dir, false); err == nil {
		t.Error("a damaged escrow key was passed over: terminals would be told of none")
	}
}
