package outbox

import (
	"fmt"
	"io"
	"time"

	"otklik/sync/wire"
)

// RescueHeader is the first item of a rescue file.
type RescueHeader struct {
	Format string      `cbor:"1,keyasint,omitempty"` // RescueFormat
	Origin wire.Origin `cbor:"2,keyasint,omitzero"`
	Made   time.Time   `cbor:"3,keyasint,omitzero"`
}

// RescueFormat names a rescue file: a RescueHeader and then wire.Batch after wire.Batch, each as wire.Encode writes it
// after its length in four bytes, the highest first.
const RescueFormat = "otklik/v1/rescue"

// Rescue writes everything that waits, sealed as it is, and returns how many records that are. Nothing leaves the queue.
func (o *Outbox) Rescue(w io.Writer, now time.Time) (int, error) {
	write := func(message any) error {
		data, err := wire.Encode(message)
		if err != nil {
			return err
		}
		n := len(data)
		if _, err := w.Write([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}); err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	}
	if err := write(RescueHeader{RescueFormat, o.Origin(), now.UTC()}); err != nil {
		return 0, fmt.Errorf("outbox: rescue: %w", err)
	}
	total := 0
	var written wire.Ranges // batches do not come in the order of seq
	for {
		batch, err := o.Next(wire.MaxBatchRecords, wire.MaxBatchBytes, written.Contains)
		if err == nil && len(batch.Records) > 0 {
			err = write(batch)
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
