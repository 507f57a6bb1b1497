package wire_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

var bundleKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

func bundleKeyOf(uuid.UUID) (ed25519.PublicKey, error) {
	return bundleKey.Public().(ed25519.PublicKey), nil
}

// mustBundle is a bundle of batches with one record each, and where each of its pieces ends.
func mustBundle(t testing.TB, batches int) (data []byte, ends []int) {
	t.Helper()
	var file bytes.Buffer
	w, err := wire.NewBundleWriter(&file, bundleKey, wire.BundleHeader{
		Terminal: terminalID, Made: time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC), Version: "1.2",
	})
	ok(t, err)
	ends = append(ends, file.Len())
	for i := range batches {
		b := samples()["batch"].(wire.Batch)
		b.Sessions, b.Records = nil, b.Records[:1]
		b.Records[0].Seq = uint64(i + 1)
		ok(t, w.Batch(b))
		ends = append(ends, file.Len())
	}
	ok(t, w.Close())
	return file.Bytes(), append(ends, file.Len())
}

// readBundle is what counts of a bundle: the seqs, how many pieces did not, and the error at the end.
func readBundle(data []byte) (seqs []uint64, damaged int, err error) {
	r, err := wire.NewBundleReader(bytes.NewReader(data), bundleKeyOf)
	if err != nil {
		return nil, 0, err
	}
	for {
		b, _, err := r.Next()
		switch {
		case errors.Is(err, wire.ErrFrame):
			damaged++
		case err != nil:
			return seqs, damaged, err
		default:
			seqs = append(seqs, b.Records[0].Seq)
		}
	}
}

func TestBundleOfEveryLengthGivesItsWholePieces(t *testing.T) {
	data, ends := mustBundle(t, 4)
	if seqs, damaged, err := readBundle(data); !reflect.DeepEqual(seqs, []uint64{1, 2, 3, 4}) || damaged != 0 || err != io.EOF {
		t.Fatalf("the whole one: %v, %d damaged, %v", seqs, damaged, err)
	}
	for n := range data {
		seqs, damaged, err := readBundle(data[:n])
		whole := 0
		for _, end := range ends[1:5] {
			if end <= n {
				whole++
			}
		}
		if len(seqs) != whole || damaged != 0 || !errors.Is(err, wire.ErrCutOff) && !(n < len(wire.BundleMagic) && errors.Is(err, wire.ErrNoBundle)) {
			t.Fatalf("cut at %d: %v, %d damaged, %v; want %d batches", n, seqs, damaged, err, whole)
		}
	}
}

func TestAnyByteOfABundleThatIsChangedCostsItsPieceAtMost(t *testing.T) {
	data, ends := mustBundle(t, 4)
	for n := range data {
		changed := bytes.Clone(data)
		changed[n] ^= 0x40
		seqs, _, err := readBundle(changed)
		if n < ends[0] {
			if err == nil || err == io.EOF || len(seqs) > 0 {
				t.Fatalf("byte %d of the header: %v, %v", n, seqs, err)
			}
			continue
		}
		if err == io.EOF && len(seqs) == 4 {
			t.Fatalf("byte %d does not matter", n)
		}
		for i, seq := range seqs { // whatever is read, is what was written
			if seq < 1 || seq > 4 || i > 0 && seqs[i-1] >= seq {
				t.Fatalf("byte %d: %v", n, seqs)
			}
		}
		// Away from the five bytes that say how long a piece is, the other pieces still count.
		piece := 0
		for n >= ends[piece] {
			piece++
		}
		if n-ends[piece-1] >= 5 && len(seqs) < 3 {
			t.Fatalf("byte %d of piece %d: only %v, %v", n, piece, seqs, err)
		}
	}
}

func TestPiecesOfABundleCannotBeMovedOrLeftOut(t *testing.T) {
	data, ends := mustBundle(t, 3)
	piece := func(i int) []byte { return data[ends[i-1]:ends[i]] }
	swapped := append(append(append(bytes.Clone(data[:ends[0]]), piece(2)...), piece(1)...), data[ends[2]:]...)
	if seqs, damaged, _ := readBundle(swapped); damaged != 2 || len(seqs) != 1 {
		t.Errorf("swapped: %v, %d damaged", seqs, damaged)
	}
	left := append(bytes.Clone(data[:ends[1]]), data[ends[2]:]...)
	if seqs, damaged, err := readBundle(left); damaged == 0 || len(seqs) != 1 {
		t.Errorf("one left out: %v, %d damaged, %v", seqs, damaged, err)
	}
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, ed25519.SeedSize))
	if _, err := wire.NewBundleReader(bytes.NewReader(data), func(uuid.UUID) (ed25519.PublicKey, error) {
		return other.Public().(ed25519.PublicKey), nil
	}); !errors.Is(err, wire.ErrSignature) {
		t.Errorf("of another terminal: %v", err)
	}
}

func TestReceiptsOfABundle(t *testing.T) {
	want := samples()["receipt"].(wire.Receipt)
	data, key := mustReceipts(t, bundleKey), bundleKey.Public().(ed25519.PublicKey)
	read := func(data []byte) (n int, err error) {
		_, err = wire.ReadReceipts(bytes.NewReader(data), []ed25519.PublicKey{key}, func(r wire.Receipt) error {
			if !reflect.DeepEqual(r, want) {
				t.Errorf("read %+v", r)
			}
			n++
			return nil
		})
		return n, err
	}
	if n, err := read(data); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := read(data[:len(data)-3]); n != 1 || !errors.Is(err, wire.ErrCutOff) {
		t.Errorf("cut off: %d, %v", n, err)
	}
	data[len(data)-1] ^= 1
	if n, err := read(data); n != 1 || !errors.Is(err, wire.ErrSignature) {
		t.Errorf("forged: %d, %v", n, err)
	}
	if _, err := read([]byte("not this")); !errors.Is(err, wire.ErrNoBundle) {
		t.Errorf("another file: %v", err)
	}
}

// mustReceipts is a file of two receipts by a key, after the links from earlier ones.
func mustReceipts(tb testing.TB, key ed25519.PrivateKey, chain ...[]byte) []byte {
	tb.Helper()
	var file bytes.Buffer
	to, err := wire.NewReceiptsWriter(&file, chain)
	ok(tb, err)
	for range 2 {
		signed, err := wire.Sign(wire.ReceiptContext, key, samples()["receipt"])
		ok(tb, err)
		ok(tb, to.Add(signed))
	}
	return file.Bytes()
}

// A terminal that only the courier reaches learns the collector's new keys from what he brings back.
func TestReceiptsTellOfNewKeys(t *testing.T) {
	keys, chain := mustSuccession(t, 3)
	public := func(i int) ed25519.PublicKey { return keys[i].Public().(ed25519.PublicKey) }
	stranger := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{99}, ed25519.SeedSize)).Public().(ed25519.PublicKey)
	for _, c := range []struct {
		name    string
		trusted []ed25519.PublicKey
		chain   [][]byte
		signer  int
		read    int
		steps   int
		want    error
	}{
		{"the pinned key is two behind", []ed25519.PublicKey{public(0)}, chain, 2, 2, 2, nil},
		{"the pinned key is one behind", []ed25519.PublicKey{public(1), public(0)}, chain, 2, 2, 1, nil},
		{"the pinned key is the present one", []ed25519.PublicKey{public(2)}, chain, 2, 2, 0, nil},
		{"the file is older than the pinned key", []ed25519.PublicKey{public(2), public(1)}, chain[:1], 1, 2, 0, nil},
		{"no link starts at the pinned key", []ed25519.PublicKey{public(0)}, chain[1:], 2, 0, 0, wire.ErrSignature},
		{"a key that was never trusted", []ed25519.PublicKey{stranger}, chain, 2, 0, 0, wire.ErrSignature},
		{"no key", nil, chain, 2, 0, 0, wire.ErrSignature},
	} {
		n := 0
		steps, err := wire.ReadReceipts(bytes.NewReader(mustReceipts(t, keys[c.signer], c.chain...)), c.trusted,
			func(wire.Receipt) error { n++; return nil })
		if n != c.read || len(steps) != c.steps || !errors.Is(err, c.want) {
			t.Errorf("%s: %d receipts, %d steps, %v", c.name, n, len(steps), err)
		}
		if c.steps > 0 && !bytes.Equal(steps[c.steps-1].SigningKey, public(c.signer)) {
			t.Errorf("%s: it leads to another key", c.name)
		}
	}
	whole := mustReceipts(t, keys[2], chain...)
	if _, err := wire.ReadReceipts(bytes.NewReader(whole[:len(wire.ReceiptsMagic2)]), []ed25519.PublicKey{public(0)},
		func(wire.Receipt) error { return nil }); !errors.Is(err, wire.ErrCutOff) {
		t.Errorf("cut off before the keys: %v", err)
	}
}

func FuzzBundle(f *testing.F) {
	data, _ := mustBundle(f, 2)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		if seqs, _, err := readBundle(data); err == nil || len(seqs) > 2 {
			t.Errorf("%v, %v", seqs, err)
		}
	})
}

// Files that a courier carries are read by every later program: what this one writes never changes.
func TestBundlesAndReceiptsOfEveryVersionAreRead(t *testing.T) {
	bundle, _ := mustBundle(t, 3)
	keys, chain := mustSuccession(t, 3)
	for name, written := range map[string][]byte{
		"bundle-v1": bundle, "receipts-v1": mustReceipts(t, bundleKey), "receipts-v2": mustReceipts(t, keys[2], chain...),
	} {
		path := filepath.Join("testdata", "golden", name+".hex")
		if *update {
			ok(t, os.WriteFile(path, []byte(hex.EncodeToString(written)+"\n"), 0o644))
		}
		text, err := os.ReadFile(path)
		ok(t, err)
		golden, err := hex.DecodeString(string(bytes.TrimSpace(text)))
		ok(t, err)
		if !bytes.Equal(golden, written) {
			t.Errorf("%s is written as\n%x\nwant\n%x", name, written, golden)
		}
		if name == "bundle-v1" {
			if seqs, damaged, err := readBundle(golden); !errors.Is(err, io.EOF) || damaged != 0 || len(seqs) != 3 {
				t.Errorf("%s: %v, %d damaged, %v", name, seqs, damaged, err)
			}
			continue
		}
		n := 0
		trusted := []ed25519.PublicKey{keys[0].Public().(ed25519.PublicKey), bundleKey.Public().(ed25519.PublicKey)}
		_, err = wire.ReadReceipts(bytes.NewReader(golden), trusted, func(r wire.Receipt) error {
			if !reflect.DeepEqual(r, samples()["receipt"]) {
				t.Errorf("receipt %d is %+v", n, r)
			}
			n++
			return nil
		})
		ok(t, err)
		if n != 2 {
			t.Errorf("%d receipts", n)
		}
	}
}

// A file of receipts comes on a stick from anywhere.
func FuzzReceipts(f *testing.F) {
	keys, chain := mustSuccession(f, 3)
	f.Add(mustReceipts(f, bundleKey))
	f.Add(mustReceipts(f, keys[2], chain...))
	f.Add([]byte(wire.ReceiptsMagic))
	trusted := []ed25519.PublicKey{keys[0].Public().(ed25519.PublicKey), bundleKey.Public().(ed25519.PublicKey)}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = wire.ReadReceipts(bytes.NewReader(data), trusted, func(r wire.Receipt) error {
			if !reflect.DeepEqual(r, samples()["receipt"]) {
				t.Errorf("a receipt that nobody signed: %+v", r)
			}
			return nil
		})
	})
}
