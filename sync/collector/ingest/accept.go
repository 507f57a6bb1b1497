package ingest

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// Accepted is what became of a bundle.
type Accepted struct {
	Terminal store.Terminal
	Made     time.Time // by the terminal's clock
	Batches  int
	// Records by verdict.
	Stored, Duplicates, Conflicts, Quarantined int
	// Damaged are pieces that did not count; CutOff says that the bundle ends before its end.
	Damaged int
	CutOff  bool
}

// Records is how many records were taken.
func (a *Accepted) Records() int { return a.Stored + a.Duplicates + a.Conflicts + a.Quarantined }

// Accept takes a bundle that somebody carried, record by record as if the terminal had sent it: what came before is a
// duplicate. A terminal that was revoked is heard, too. Into receipts, if not nil, it writes what empties the terminal's
// queue. Of a damaged bundle every whole piece is taken, and Accepted says what was not. Errors wrap wire.ErrNoBundle,
// wire.ErrSignature, store.ErrNotFound for a terminal that is not known here, or are the store's and those of reading and
// writing; what was taken before stays taken, and the whole bundle can be brought again.
func (in *Ingest) Accept(ctx context.Context, bundle io.Reader, receipts io.Writer) (a Accepted, err error) {
	from, err := wire.NewBundleReader(bundle, func(id uuid.UUID) (ed25519.PublicKey, error) {
		t, err := in.store.Terminal(ctx, id)
		a.Terminal = t
		if errors.Is(err, store.ErrNotFound) {
			return nil, fmt.Errorf("the bundle is of terminal %s, which was never enrolled here: %w", id, err)
		}
		return t.PublicKey, err
	})
	if err != nil {
		return a, err
	}
	if err := in.store.NoteEscrow(ctx, a.Terminal.ID, from.Header.Escrow); err != nil {
		return a, err
	}
	return in.accept(ctx, from, a.Terminal, receipts)
}

// ErrKnown says that a bundle is of a terminal that is known here, whose signature has to hold.
var ErrKnown = errors.New("the terminal is known here")

// AcceptFor is Accept for a bundle of a terminal that is not known here, as when the collector it belonged to was lost.
// Its records count for another one, which is. Whoever brings the bundle vouches for it: its signature cannot be looked at.
// Errors wrap ErrKnown or are Accept's.
func (in *Ingest) AcceptFor(ctx context.Context, terminal uuid.UUID, bundle io.Reader, receipts io.Writer) (Accepted, error) {
	t, err := in.store.Terminal(ctx, terminal)
	if err != nil {
		return Accepted{}, fmt.Errorf("terminal %s, which the answers should count for: %w", terminal, err)
	}
	from, err := wire.NewVouchedBundleReader(bundle)
	if err != nil {
		return Accepted{}, err
	}
	switch _, err := in.store.Terminal(ctx, from.Header.Terminal); {
	case err == nil:
		return Accepted{}, fmt.Errorf("the bundle is of terminal %s: %w; accept it without saying for whom", from.Header.Terminal, ErrKnown)
	case !errors.Is(err, store.ErrNotFound):
		return Accepted{}, err
	}
	in.log.Warn("a bundle is taken whose signature nobody can look at", "of", from.Header.Terminal, "for", t.ID, "name", t.Name)
	return in.accept(ctx, from, t, receipts)
}

// accept takes a bundle for a terminal.
func (in *Ingest) accept(ctx context.Context, from *wire.BundleReader, t store.Terminal, receipts io.Writer) (a Accepted, err error) {
	a.Terminal, a.Made = t, from.Header.Made
	var answer *wire.ReceiptsWriter
	if receipts != nil {
		if answer, err = wire.NewReceiptsWriter(receipts, in.chain); err != nil {
			return a, err
		}
	}
	origins := map[wire.Origin]bool{from.Header.Origin: true}
	for {
		b, payload, err := from.Next()
		switch {
		case errors.Is(err, io.EOF):
			return a, in.standing(ctx, answer, origins)
		case errors.Is(err, wire.ErrCutOff):
			a.CutOff = true
			return a, in.standing(ctx, answer, origins)
		case errors.Is(err, wire.ErrFrame):
			in.log.Warn("a piece of a bundle is damaged", "terminal", a.Terminal.ID, "error", err)
			a.Damaged++
			continue
		case err != nil:
			return a, err
		}
		receipt, err := in.take(ctx, a.Terminal, &b, sha256.Sum256(payload), true)
		if err != nil {
			return a, err
		}
		a.count(receipt.Decisions)
		origins[b.Origin] = true
		if err := in.answer(answer, receipt); err != nil {
			return a, err
		}
	}
}

// standing tells the outboxes of a bundle how the collector stands: its epoch, and what its last good backup has.
func (in *Ingest) standing(ctx context.Context, to *wire.ReceiptsWriter, origins map[wire.Origin]bool) error {
	epoch, err := in.store.Epoch(ctx)
	if err != nil {
		return err
	}
	for origin := range origins {
		if origin == (wire.Origin{}) {
			continue
		}
		safe, backups, err := in.store.Safe(ctx, origin)
		if err != nil {
			return err
		}
		if err := in.answer(to, wire.Receipt{
			Origin: origin, Epoch: epoch, Time: in.now(), Backups: backups, Safe: safe, EscrowKey: in.escrow, NoEscrow: len(in.escrow) == 0,
		}); err != nil {
			return err
		}
	}
	return nil
}

// answer signs a receipt for the courier, if he takes any.
func (in *Ingest) answer(to *wire.ReceiptsWriter, receipt wire.Receipt) error {
	if to == nil {
		return nil
	}
	signed, err := wire.Sign(wire.ReceiptContext, in.signing, receipt)
	if err != nil {
		return err
	}
	return to.Add(signed)
}

func (a *Accepted) count(decisions []wire.Decision) {
	a.Batches++
	for _, d := range decisions {
		switch d.Verdict {
		case wire.Stored:
			a.Stored++
		case wire.Duplicate:
			a.Duplicates++
		case wire.Conflict:
			a.Conflicts++
		case wire.Quarantined:
			a.Quarantined++
		}
	}
}
