package outbox

import (
	"fmt"
	"iter"
	"time"

	bolt "go.etcd.io/bbolt"

	"otklik/sync/wire"
)

// Rescue writes everything that waits into a bundle, sealed as it is, and returns how many records that are. Nothing
// leaves the queue: that is for a receipt to say. The bundle is not closed.
func (o *Outbox) Rescue(to *wire.BundleWriter) (int, error) {
	return rescue(to, o.Next)
}

// RescueKept is Rescue for what no longer waits and is still kept: for a new collector, after the one that signed for it was
// lost.
func (o *Outbox) RescueKept(to *wire.BundleWriter) (int, error) {
	return rescue(to, func(maxRecords, maxBytes int, skip func(uint64) bool) (wire.Batch, error) {
		return o.batch(maxRecords, maxBytes, skip, func(tx *bolt.Tx) iter.Seq2[[]byte, []byte] {
			return func(yield func(k, v []byte) bool) {
				c := tx.Bucket(keptBucket).Cursor()
				for k, v := c.First(); k != nil && yield(k, v); k, v = c.Next() {
				}
			}
		})
	})
}

// rescue writes batches as next returns them, until one is empty.
func rescue(to *wire.BundleWriter, next func(maxRecords, maxBytes int, skip func(uint64) bool) (wire.Batch, error)) (int, error) {
	total := 0
	var written wire.Ranges // batches do not come in the order of seq
	for {
		batch, err := next(wire.MaxBatchRecords, wire.MaxBatchBytes, written.Contains)
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

// SettleCarried is Settle for a receipt that a courier brought, which must have been verified. One of another epoch is
// taken only when the collector wrote it after it had said the one that is known here: then a backup was brought back since,
// and all that is kept is queued again, as nobody can be asked what of it is lacking. One that is older is refused: it may
// tell of records that are gone.
func (o *Outbox) SettleCarried(receipt wire.Receipt) (int, error) {
	if receipt.Origin != o.origin {
		return o.Settle(receipt) // which says so
	}
	if err := o.follow(receipt.Epoch, receipt.Time); err != nil {
		return 0, err
	}
	if receipt.Standing() {
		return 0, o.MarkSafe(receipt.Epoch, receipt.Backups, receipt.Safe)
	}
	return o.Settle(receipt)
}

// follow takes up what a courier brought of the collector's epoch. Broken off anywhere it goes on with the next receipt.
func (o *Outbox) follow(epoch wire.Epoch, told time.Time) error {
	o.mu.Lock()
	l := o.life
	if l.Seen != (wire.Epoch{}) && epoch != l.Seen && (l.Told == 0 || told.UnixMilli() <= l.Told) {
		o.mu.Unlock()
		return fmt.Errorf("outbox: the receipt is of another life of the collector (epoch %s, known here is %s), and not of a "+
			"later one for sure; make a new bundle: the receipts for that one count", epoch, l.Seen)
	}
	fill, err := o.see(epoch, told)
	last := o.count.last
	o.mu.Unlock()
	if err != nil || !fill {
		return err
	}
	if last > l.Former {
		if _, err := o.Requeue(wire.Ranges{{First: l.Former + 1, Last: last}}); err != nil {
			return err
		}
	}
	return o.Filled(epoch)
}
