package outbox

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"

	bolt "go.etcd.io/bbolt"
)

// Tally returns how many answers were appended with this tally. A tally changes in the transaction of its answer, so it is
// exact whatever stopped the program, and stays when the answer has been acknowledged and pruned. It is 0 in the file of a
// program that counted nothing, in a new file, and where a count does not fit its checksum. Tally never waits for a write
// under way, so it may be asked from the thread that paints.
func (o *Outbox) Tally(name string) uint64 { return (*o.tallies.Load())[tallyKey(name)] }

// tallyKey is what stands for a name in the file, in which nothing is to be read but counts.
func tallyKey(name string) string {
	sum := sha256.Sum256([]byte(name))
	return string(sum[:16])
}

// raised returns what the tallies stand at with one answer more, by tallyKey.
func (o *Outbox) raised(names []string) map[string]uint64 {
	if len(names) == 0 {
		return nil
	}
	raised := make(map[string]uint64, len(names))
	for _, name := range names {
		raised[tallyKey(name)] = o.Tally(name) + 1
	}
	return raised
}

// tallied makes stored tallies what Tally says.
func (o *Outbox) tallied(stored map[string]uint64) {
	if len(stored) == 0 {
		return
	}
	all := maps.Clone(*o.tallies.Load())
	maps.Copy(all, stored)
	o.tallies.Store(&all)
}

// putTallies writes what the tallies stand at: 8 bytes, big endian, and the CRC-32C of key and count.
func putTallies(tx *bolt.Tx, tallies map[string]uint64) error {
	if len(tallies) == 0 {
		return nil
	}
	bucket, err := tx.CreateBucketIfNotExists(talliesBucket)
	if err != nil {
		return err
	}
	for key, n := range tallies {
		count := binary.BigEndian.AppendUint64(nil, n)
		if err := bucket.Put([]byte(key), binary.BigEndian.AppendUint32(count, tallySum([]byte(key), count))); err != nil {
			return err
		}
	}
	return nil
}

// readTallies returns the tallies that fit their checksums, and an error that names the others.
func readTallies(tx *bolt.Tx) (map[string]uint64, error) {
	tallies := map[string]uint64{}
	bucket := tx.Bucket(talliesBucket)
	if bucket == nil {
		return tallies, nil
	}
	var problems []error
	bucket.ForEach(func(k, v []byte) error {
		if len(v) != 12 || binary.BigEndian.Uint32(v[8:]) != tallySum(k, v[:8]) {
			problems = append(problems, fmt.Errorf("the tally %x does not fit its checksum", k))
			return nil
		}
		tallies[string(k)] = binary.BigEndian.Uint64(v)
		return nil
	})
	return tallies, errors.Join(problems...)
}

func tallySum(key, count []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, count)
}
