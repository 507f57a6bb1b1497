package outbox

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	bolt "go.etcd.io/bbolt"

	"otklik/sync/wire"
)

// The buckets. Records are in queued until their receipt, then in kept, both under their seq (8 bytes, big endian); the
// sequence of queued is the last seq given out. A file of a program that counted nothing has no tallies.
var (
	metaBucket     = []byte("meta")
	queuedBucket   = []byte("queued")
	keptBucket     = []byte("kept")
	sessionsBucket = []byte("sessions")
	talliesBucket  = []byte("tallies")

	formatKey = []byte("format")
	originKey = []byte("origin")
	// originSumKey has the checksum of the origin: under another origin no record could be opened. Files made before it was
	// noted have none.
	originSumKey = []byte("origin-sum")
	// lastKey has what the last commit left as the last seq given out: see noteLast. (It comes after the origin, which Salvage finds
	// by what stands before it.)
	lastKey = []byte("sequence")
)

// noteLast notes the last seq given out together with the commit that this is, and a checksum. bbolt keeps the sequence of a
// bucket without one: where it is damaged, seqs would be given out twice, or thousands that never were would be missing.
func noteLast(tx *bolt.Tx) error { return tx.Bucket(metaBucket).Put(lastKey, lastNote(tx)) }

func lastNote(tx *bolt.Tx) []byte {
	note := binary.BigEndian.AppendUint64(nil, uint64(tx.ID()))
	note = binary.BigEndian.AppendUint64(note, tx.Bucket(queuedBucket).Sequence())
	return binary.BigEndian.AppendUint32(note, crc32.Checksum(note, castagnoli))
}

// checkLast holds the last seq to what was noted. A program that noted none may have made or changed the file since.
func checkLast(tx *bolt.Tx) error {
	note, now := tx.Bucket(metaBucket).Get(lastKey), lastNote(tx)
	switch {
	case note == nil:
		return nil
	case len(note) != len(now) || crc32.Checksum(note[:16], castagnoli) != binary.BigEndian.Uint32(note[16:]):
		return fmt.Errorf("%w: what was noted of its last seq does not fit its checksum", ErrDamaged)
	case bytes.Equal(note[:8], now[:8]) && !bytes.Equal(note, now):
		return fmt.Errorf("%w: its last seq is %d, and %d was given out", ErrDamaged,
			binary.BigEndian.Uint64(now[8:]), binary.BigEndian.Uint64(note[8:]))
	}
	return nil
}

// records is one of the buckets of records, to be written to. Their keys come in ascending order, for which bbolt leaves half
// of each page empty unless it is told; and where they come one by one, as they are queued, it leaves room for a few all the
// same. Those that are moved to kept come many at a time: they are not packed closer, or the pages that are left over while a
// backlog is drained would have to be listed as free with every commit.
func records(tx *bolt.Tx, name []byte) *bolt.Bucket {
	b := tx.Bucket(name)
	b.FillPercent = 1
	if bytes.Equal(name, keptBucket) {
		b.FillPercent = 7. / 8
	}
	return b
}

// format is the version of the file's layout.
const format = 1

// entry is one record as it lies in the file. bbolt keeps no checksum of its pages, so each value ends with its CRC-32C.
type entry struct {
	Record wire.Record `cbor:"1,keyasint"`
	// Added and Settled are Unix seconds of the wall clock, for anonymous answers of the day; Settled and Verdict only in kept.
	Added   int64        `cbor:"2,keyasint,omitzero"`
	Settled int64        `cbor:"3,keyasint,omitzero"`
	Verdict wire.Verdict `cbor:"4,keyasint,omitzero"`
	// Again is when an acknowledged record was queued again, in Unix seconds; 0 for one that was not. Only in queued.
	Again int64 `cbor:"5,keyasint,omitzero"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func encodeEntry(e *entry) ([]byte, error) {
	data, err := wire.Encode(e)
	if err != nil {
		return nil, err
	}
	return binary.BigEndian.AppendUint32(data, crc32.Checksum(data, castagnoli)), nil
}

// fits reports whether a value under a key has its checksum.
func fits(key, value []byte) bool {
	body := len(value) - 4
	return len(key) == 8 && body >= 0 && crc32.Checksum(value[:body], castagnoli) == binary.BigEndian.Uint32(value[body:])
}

// decodeEntry reads the value under a key. The entry shares no memory with value, which lives in a transaction only.
func decodeEntry(key, value []byte) (entry, error) {
	var e entry
	if !fits(key, value) {
		return e, fmt.Errorf("record %x: %w: its checksum does not fit", key, ErrDamaged)
	}
	if err := wire.Decode(value[:len(value)-4], &e); err != nil {
		return e, fmt.Errorf("record %x: %w: %w", key, ErrDamaged, err)
	}
	if seq := binary.BigEndian.Uint64(key); e.Record.Seq != seq {
		return e, fmt.Errorf("record %x: %w: it says it is seq %d", key, ErrDamaged, e.Record.Seq)
	}
	return e, nil
}

func seqKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }
