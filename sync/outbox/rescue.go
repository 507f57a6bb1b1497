package outbox

import (
	"fmt"

	"otklik/sync/wire"
)

// Rescue writes everything that waits into a bundle, sealed as it is, and returns how many records that are. Nothing
// leaves the queue: that is for a receipt to say. The bundle is not closed.
func (o *Outbox) Rescue(to *wire.BundleWriter) (int, error) {
	total := 0
	var written wire.Ranges // batches do not come in the order of seq
	for {
		batch, err := o.Next(wire.MaxBatchRecords, wire.MaxBatchBytes, written.Contains)
		if err == nil && len(batch.Records) > 0 {
			err = to.Batch(batch)
		}
		if err != nil {
			return total, fmt.Errorf("outbox: rescue: %w", err)
		}
		if len(batch.Records) == 0 {
			return total, nil
		}
		total += len(batch.Records)
		for i := range batch.Records {
			written = written.With(batch.Records[i].Seq)
		}
	}
}

// SettleCarried is Settle for a receipt that a courier brought, which must have been verified. One of another life of the
// collector than the outbox last heard of is refused: after a restored backup it may tell of records that are gone.
func (o *Outbox) SettleCarried(receipt wire.Receipt) (int, error) {
	o.mu.Lock()
	seen := o.life.Seen
	o.mu.Unlock()
	if seen != (wire.Epoch{}) && receipt.Epoch != seen {
		return 0, fmt.Errorf("outbox: the receipt is of another life of the collector (epoch %s, known here is %s), which was "+
			"brought back from a backup since; the terminal asks it itself at their next contact", receipt.Epoch, seen)
	}
	return o.Settle(receipt)
}
