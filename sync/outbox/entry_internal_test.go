package outbox

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"testing"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

// FuzzEntry holds that nothing behind a right checksum ends the program: a disk can be written to by anybody who has it.
func FuzzEntry(f *testing.F) {
	good, err := encodeEntry(&entry{
		Record: wire.Record{Seq: 1, AnswerID: uuid.UUID{1}, Session: wire.SessionID{2}, Nonce: 1, Sealed: []byte{3}}, Added: 1_800_000_000, Again: 5,
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good[:len(good)-4])
	f.Add([]byte{wire.Version, 0xa0})
	f.Fuzz(func(t *testing.T, body []byte) {
		value := binary.BigEndian.AppendUint32(body[:len(body):len(body)], crc32.Checksum(body, castagnoli))
		e, err := decodeEntry(seqKey(1), value)
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Error(err)
		}
		if err == nil {
			if _, err := encodeEntry(&e); err != nil {
				t.Error(err)
			}
		}
		if _, told := parseOrigin(body); told && len(body) < 32 {
			t.Errorf("%q is an origin", body)
		}
	})
}
