package agent

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"time"

	"otklik/sync/wire"
)

// open reads what the collector signed. Where the signature does not hold, the collector may have exchanged its keys: then
// the terminal follows, if the key that it trusts says so.
func (a *Agent) open(ctx context.Context, kind wire.Context, data []byte, message any) error {
	err := wire.OpenSigned(kind, a.config.Identity.SigningKey, data, message)
	if errors.Is(err, wire.ErrSignature) && a.followKeys(ctx) {
		err = wire.OpenSigned(kind, a.config.Identity.SigningKey, data, message)
	}
	if err != nil {
		return replyFailure(err)
	}
	return nil
}

// followKeys asks for the collector's next keys and reports whether it pinned them. Nobody needs to be believed for it: a
// link counts by the signature of the key that was pinned before.
func (a *Agent) followKeys(ctx context.Context) bool {
	data, err := a.client.get(ctx, wire.PathKeys, maxReplyBytes)
	if err != nil {
		return false
	}
	var all wire.Successions
	if err := wire.Decode(data, &all); err != nil {
		return false
	}
	steps, err := all.Follow(a.config.Identity.SigningKey)
	if err != nil {
		return false
	}
	next, err := Succeed(a.config.Dir, a.config.Identity, steps)
	if err != nil { // a program that forgets them could not follow twice
		a.board.trouble(StorageArea, storageFailure("the collector's new keys cannot be kept", err))
		return false
	}
	a.config.Identity = next
	a.log.Info("the collector exchanged its keys, and the terminal follows", "steps", len(steps))
	a.config.OnKeys(next)
	return true
}

// Succeed pins the keys at the end of steps, which lead on from those of the identity, in the folder of a terminal, and
// returns its identity with them.
func Succeed(dir string, identity Identity, steps []wire.Succession) (Identity, error) {
	identity.Former = slices.Clone(identity.Former)
	for _, s := range steps {
		identity.Former = append(identity.Former, identity.SigningKey)
		identity.SigningKey, identity.SealingKey = s.SigningKey, s.SealingKey
	}
	return identity, saveIdentity(dir, identity)
}

// sealAlsoFor has answers sealed from now on for the escrow key that the collector named, or for none, and the collector told
// so soon: somebody may wait to rely on it. said is the collector's time.
func (a *Agent) sealAlsoFor(escrow []byte, said time.Time) {
	same := bytes.Equal(escrow, a.config.Identity.EscrowKey)
	if same && !a.config.Identity.EscrowSaid.IsZero() {
		return
	}
	next, err := escrowed(a.config.Dir, a.config.Identity, escrow, said)
	if err != nil {
		a.board.trouble(StorageArea, storageFailure("the collector's escrow key cannot be kept", err))
		return
	}
	a.config.Identity = next
	if same {
		return
	}
	a.log.Info("the collector set an escrow key, or took it away, and answers are sealed for it", "key", fmt.Sprintf("%.8x", escrow))
	a.config.OnKeys(next)
	a.beats.due = time.Now().Add(beatLeast)
}

// HearEscrow keeps, in the folder of a terminal, what a receipt that a courier brought tells of the escrow key, and returns
// the identity with it. It changes nothing where the receipt does not tell, or was written before the collector said what
// is known: couriers overtake each other. The receipt must have been verified.
func HearEscrow(dir string, identity Identity, receipt wire.Receipt) (Identity, error) {
	if !receipt.TellsOfEscrow() || !receipt.Time.After(identity.EscrowSaid) {
		return identity, nil
	}
	return escrowed(dir, identity, receipt.EscrowKey, receipt.Time)
}

// escrowed keeps the escrow key that the collector named, empty for none.
func escrowed(dir string, identity Identity, escrow []byte, said time.Time) (Identity, error) {
	identity.EscrowKey, identity.EscrowSaid = bytes.Clone(escrow), said.UTC()
	if err := identity.check(); err != nil {
		return identity, err
	}
	return identity, saveIdentity(dir, identity)
}

// Trusted are the keys that may have signed a receipt: the pinned one, and before it those it took over from, the newest
// first.
func (i Identity) Trusted() []ed25519.PublicKey {
	all := []ed25519.PublicKey{i.SigningKey}
	for _, former := range slices.Backward(i.Former) {
		all = append(all, former)
	}
	return all
}
