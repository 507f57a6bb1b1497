package ingest

import (
	"crypto/sha256"
	"net/http"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// offer says which of the records that a terminal still keeps are not here. The epoch is read before them: a store that is
// brought back meanwhile is opened by another program.
func (in *Ingest) offer(r *http.Request, t store.Terminal, body []byte) (reply, error) {
	var o wire.Offer
	if err := wire.Decode(body, &o); err != nil {
		return reply{}, err
	}
	if err := o.Validate(); err != nil {
		return reply{}, err
	}
	epoch, err := in.store.Epoch(r.Context())
	if err != nil {
		return reply{}, err
	}
	missing, err := in.store.Lacks(r.Context(), o.Origin, o.Held)
	if err != nil {
		return reply{}, err
	}
	if n := missing.Count(); n > 0 {
		in.log.Info("records are asked for again", "terminal", t.ID, "name", t.Name, "records", n)
	}
	return in.sign(wire.OfferContext, wire.OfferReply{
		Origin: o.Origin, Offer: sha256.Sum256(body), Epoch: epoch, Missing: missing,
	})
}
