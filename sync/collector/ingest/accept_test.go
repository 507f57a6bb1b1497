package ingest_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"io"
	"log/slog"
	"testing"

	"github.com/google/uuid"

	"otklik/sync/collector/ingest"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// carried is the bundle that m's rescue would write.
func (m *terminal) carried(batches ...wire.Batch) []byte {
	m.t.Helper()
	var file bytes.Buffer
	w, err := wire.NewBundleWriter(&file, m.key, wire.BundleHeader{
		Terminal: m.id, Made: now(), Version: "1.0", Escrow: wire.EscrowMark{7},
	})
	for _, b := range batches {
		if err == nil {
			err = w.Batch(b)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		m.t.Fatal(err)
	}
	return file.Bytes()
}

func (c *collector) accept(t testing.TB, bundle []byte, receipts io.Writer) (ingest.Accepted, error) {
	t.Helper()
	opener, err := wire.NewOpener(c.keys.Sealing.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	in := ingest.New(c.store, c.fleet, c.keys.Signing, opener, now, slog.New(slog.DiscardHandler))
	return in.Accept(t.Context(), bytes.NewReader(bundle), receipts)
}

func TestCarriedBundleCountsAsIfItWereSent(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	wantVerdicts(t, m.send(m.batch(m.record(1, "раз"))), wire.Stored)
	first, second := m.batch(m.record(1, "раз"), m.record(2, "два")), m.batch(m.record(3, ""), m.record(4, "четыре"))
	bundle := m.carried(first, second)
	// A terminal that was revoked is heard all the same.
	if err := c.store.RevokeTerminal(t.Context(), m.id, now()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []ingest.Accepted{
		{Batches: 2, Stored: 2, Duplicates: 1, Quarantined: 1}, {Batches: 2, Duplicates: 3, Quarantined: 1},
	} {
		var receipts bytes.Buffer
		got, err := c.accept(t, bundle, &receipts)
		if err != nil || got.Terminal.ID != m.id || !got.Made.Equal(now()) {
			t.Fatalf("%+v, %v", got, err)
		}
		if got.Terminal, got.Made = (store.Terminal{}), want.Made; got.Batches != want.Batches || got.Stored != want.Stored ||
			got.Duplicates != want.Duplicates || got.Quarantined != want.Quarantined || got.Records() != 4 || got.CutOff || got.Damaged != 0 {
			t.Errorf("time %d: %+v, want %+v", i, got, want)
		}
		n, standing := 0, 0
		_, err = wire.ReadReceipts(&receipts, []ed25519.PublicKey{c.keys.SigningPublic()}, func(r wire.Receipt) error {
			if r.Origin != m.origin || r.Epoch == (wire.Epoch{}) || len(r.Decisions) != 2 && !r.Standing() {
				t.Errorf("receipt %+v", r)
			}
			if r.Standing() {
				if standing++; !r.TellsOfEscrow() || r.EscrowKey != nil {
					t.Errorf("it does not say that there is no escrow key: %+v", r)
				}
			} else {
				n++
			}
			return nil
		})
		if err != nil || n != 2 || standing != 1 {
			t.Errorf("%d receipts, %d that tell how the collector stands, %v", n, standing, err)
		}
	}
	if n := len(c.kept(t)); n != 3 {
		t.Errorf("%d responses, want 3", n)
	}
	if known, err := c.store.Terminal(t.Context(), m.id); err != nil || known.Escrow != (wire.EscrowMark{7}) {
		t.Errorf("what it seals for: %x, %v", known.Escrow, err)
	}
}

func TestDamagedBundleCountsAsFarAsItIsWhole(t *testing.T) {
	c := mustCollector(t)
	m := mustTerminal(t, c, "Левый")
	bundle := m.carried(m.batch(m.record(1, "раз")), m.batch(m.record(2, "два")), m.batch(m.record(3, "три")))
	if a, err := c.accept(t, bundle[:len(bundle)-10], nil); err != nil || !a.CutOff || a.Stored != 3 {
		t.Errorf("without its end: %+v, %v", a, err)
	}
	half := bytes.Clone(bundle)
	half[len(half)/2] ^= 1
	if a, err := c.accept(t, half, nil); err != nil || a.CutOff || a.Damaged != 1 || a.Duplicates != 2 {
		t.Errorf("with a flipped bit: %+v, %v", a, err)
	}
	for name, bad := range map[string]struct {
		bundle []byte
		want   error
	}{
		"of nobody":     {(&terminal{t: t, id: uuid.New(), key: m.key}).carried(), store.ErrNotFound},
		"by a stranger": {(&terminal{t: t, id: m.id, key: ed25519.NewKeyFromSeed(make([]byte, 32))}).carried(), wire.ErrSignature},
		"a picture":     {[]byte("\x89PNG\r\n and so on and so forth"), wire.ErrNoBundle},
		"nothing":       {nil, wire.ErrNoBundle},
	} {
		if a, err := c.accept(t, bad.bundle, nil); !errors.Is(err, bad.want) || a.Records() != 0 {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}
