package outbox_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"

	"otklik/sync/outbox"
	"otklik/sync/wire"
)

// BenchmarkCommit compares storing an answer with a bare bbolt Update of the same bytes: both in turn, on the same disk.
// The metric is the ratio of the medians; the aim is at most 1.3.
func BenchmarkCommit(b *testing.B) {
	folder := b.TempDir()
	o := mustOpen(b, filepath.Join(folder, "outbox.db"), outbox.Options{})
	s := mustSealer(b, o.Origin())
	bare, err := bolt.Open(filepath.Join(folder, "bare.db"), 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType})
	ok(b, err)
	defer bare.Close()
	bucket := []byte("queued")
	ok(b, bare.Update(func(tx *bolt.Tx) error { _, err := tx.CreateBucket(bucket); return err }))

	var ours, theirs []time.Duration
	for i := 0; b.Loop(); i++ {
		id := uuid.Must(uuid.NewV7())
		record, err := s.Seal(uint64(i+1), id, body())
		ok(b, err)
		value, err := wire.Encode(record)
		ok(b, err)

		start := time.Now()
		ok(b, bare.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucket).Put(seqOf(i+1), value) }))
		theirs = append(theirs, time.Since(start))

		start = time.Now()
		_, err = o.Append(id, s.Session(), func(uint64) (wire.Record, error) { return record, nil })
		ours = append(ours, time.Since(start))
		ok(b, err)
	}
	b.ReportMetric(float64(median(ours))/float64(median(theirs)), "commit/bare")
	b.ReportMetric(float64(ours[len(ours)*99/100])/float64(theirs[len(theirs)*99/100]), "p99/bare-p99") // median sorted them
	b.ReportMetric(float64(median(ours).Microseconds()), "µs/commit")
}

func seqOf(n int) []byte {
	return []byte{0, 0, 0, 0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}
