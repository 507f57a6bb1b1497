package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

// Chains make tampering in the store show. Each response of an outbox is linked to the one that arrived before it, so that
// one that was changed, taken out or put in breaks the chain; and the head of a chain that was signed and carried away,
// as in the manifest of an export, tells whether a whole chain was made anew.
type Chains interface {
	// ChainHeads returns where the chain of each outbox stands, by origin.
	ChainHeads(ctx context.Context) ([]ChainHead, error)
	// Verify recomputes all chains and hashes from the rows and compares them with what is kept and with anchors, earlier
	// heads from elsewhere. It may run while records are kept, and looks at those that were here when it began.
	Verify(ctx context.Context, anchors []ChainHead) (Verification, error)
}

// AsideChain is the origin under which the chain of the quarantine of all outboxes stands; no outbox has it.
var AsideChain wire.Origin

// ChainHead is where the chain of an outbox stands after so many links.
type ChainHead struct {
	Origin wire.Origin
	Links  uint64
	Head   wire.Hash
}

// Verification is what was looked at and what is wrong.
type Verification struct {
	Origins, Responses, Conflicts, Quarantined int
	Faults                                     []Fault
}

// Fault is the first row of an outbox at which something is wrong.
type Fault struct {
	Key      // Seq 0 where no row is at fault
	Terminal uuid.UUID
	Problem  string
}

// Link is the chain value of a response that follows the one with the value previous (zero for the first): SHA-256 over a
// name, previous, and all that is kept of the response; its body by the hash. Times count to the millisecond.
func Link(previous wire.Hash, r *Response) wire.Hash {
	b := beginLink("otklik/chain/1", previous, r.Key, r.Hash, r.Terminal)
	trusted := int64(0)
	if r.ClockTrusted {
		trusted = 1
	}
	times := [3]int64{}
	for i, t := range []interface {
		IsZero() bool
		UnixMilli() int64
	}{r.Received, r.Started, r.Submitted} {
		if !t.IsZero() {
			times[i] = t.UnixMilli()
		}
	}
	for _, n := range []int64{times[0], times[1], times[2], trusted, int64(r.Seconds), int64(r.Number)} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	for _, s := range []string{r.Survey, r.Version, r.Language, r.Audience, r.Ticket, string(r.TicketState)} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return sha256.Sum256(b)
}

// LinkAside is the value of a record in quarantine that follows another there: all that is kept of it but the reason, which
// may change; what came by its hash.
func LinkAside(previous wire.Hash, q *Quarantined, raw wire.Hash) wire.Hash {
	b := beginLink("otklik/aside/1", previous, q.Key, raw, q.Terminal)
	stray := uint64(0)
	if q.Stray {
		stray = 1
	}
	b = binary.BigEndian.AppendUint64(b, uint64(q.Received.UnixMilli()))
	return sha256.Sum256(binary.BigEndian.AppendUint64(b, stray))
}

func beginLink(name string, previous wire.Hash, k Key, hash wire.Hash, terminal uuid.UUID) []byte {
	b := make([]byte, 0, 512)
	b = append(b, name...)
	b = append(b, previous[:]...)
	b = append(b, k.Origin[:]...)
	b = binary.BigEndian.AppendUint64(b, k.Seq)
	b = append(b, k.AnswerID[:]...)
	b = append(b, hash[:]...)
	return append(b, terminal[:]...)
}
