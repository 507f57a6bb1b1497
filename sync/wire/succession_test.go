package wire_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"otklik/sync/wire"
)

func TestAKeyIsFollowedOnlyWhereItLeads(t *testing.T) {
	var keys []ed25519.PrivateKey
	for range 4 {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		ok(t, err)
		keys = append(keys, key)
	}
	public := func(i int) ed25519.PublicKey { return keys[i].Public().(ed25519.PublicKey) }
	link := func(context wire.Context, signer int, from, to ed25519.PublicKey) []byte {
		data, err := wire.Sign(context, keys[signer], wire.Succession{
			From: from, SigningKey: to, SealingKey: make([]byte, 32), Time: time.Unix(1_800_000_000, 0).UTC(),
		})
		ok(t, err)
		return data
	}
	first, second := link(wire.SuccessionContext, 0, public(0), public(1)), link(wire.SuccessionContext, 1, public(1), public(2))
	bent := slices.Clone(first)
	bent[len(bent)-1] ^= 1
	for name, c := range map[string]struct {
		chain [][]byte
		pin   int
		steps int
		err   error
	}{
		"two steps":                  {[][]byte{first, second}, 0, 2, nil},
		"from the middle":            {[][]byte{first, second}, 1, 1, nil},
		"from the present":           {[][]byte{first, second}, 2, 0, wire.ErrSignature},
		"in another order":           {[][]byte{second, first}, 0, 1, nil},
		"none":                       {nil, 0, 0, wire.ErrSignature},
		"a stranger's":               {[][]byte{link(wire.SuccessionContext, 3, public(0), public(3))}, 0, 0, wire.ErrSignature},
		"a bit turned":               {[][]byte{bent}, 0, 0, wire.ErrSignature},
		"signed as something else":   {[][]byte{link(wire.ReceiptContext, 0, public(0), public(1))}, 0, 0, wire.ErrSignature},
		"of another key":             {[][]byte{link(wire.SuccessionContext, 0, public(3), public(1))}, 0, 0, wire.ErrMalformed},
		"to half a key":              {[][]byte{link(wire.SuccessionContext, 0, public(0), public(1)[:16])}, 0, 0, wire.ErrMalformed},
		"more than there can be":     {slices.Repeat([][]byte{first}, wire.MaxSuccessions+1), 0, 0, wire.ErrMalformed},
		"a stranger's goes before":   {[][]byte{link(wire.SuccessionContext, 3, public(0), public(3)), first}, 0, 1, nil},
		"a stranger's comes between": {[][]byte{first, link(wire.SuccessionContext, 3, public(1), public(3)), second}, 0, 2, nil},
	} {
		s := wire.Successions{Chain: c.chain}
		steps, err := s.Follow(public(c.pin))
		if len(steps) != c.steps || !errors.Is(err, c.err) {
			t.Errorf("%s: %d steps, %v", name, len(steps), err)
		}
		if name == "two steps" && !public(2).Equal(ed25519.PublicKey(steps[1].SigningKey)) {
			t.Errorf("it leads to %x", steps[1].SigningKey)
		}
	}
}

// mustSuccession is a collector that had n keys, with the links between them.
func mustSuccession(tb testing.TB, n int) (keys []ed25519.PrivateKey, chain [][]byte) {
	tb.Helper()
	for i := range n {
		keys = append(keys, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(20 + i)}, ed25519.SeedSize)))
	}
	public := func(i int) ed25519.PublicKey { return keys[i].Public().(ed25519.PublicKey) }
	for i := range n - 1 {
		link, err := wire.Sign(wire.SuccessionContext, keys[i], wire.Succession{
			From: public(i), SigningKey: public(i + 1), SealingKey: bytes.Repeat([]byte{byte(i)}, 32),
			Time: time.Unix(1_800_000_000, 0).UTC(),
		})
		ok(tb, err)
		chain = append(chain, link)
	}
	return keys, chain
}
