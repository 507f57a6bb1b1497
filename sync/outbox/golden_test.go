package outbox_test

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"otklik/sync/outbox"
	"otklik/sync/wire"
)

var update = flag.Bool("update", false, "write the golden file of the present format anew: only before a program with it is released")

const goldenFile = "v1.outbox.gz"

// goldenKey opens what is in the golden files.
const goldenKeyFile = "v1.key"

func TestOutboxesOfEveryVersionOpen(t *testing.T) {
	folder := "testdata"
	if *update {
		writeGolden(t, folder)
	}
	key, err := os.ReadFile(filepath.Join(folder, goldenKeyFile))
	ok(t, err)
	private, err := hex.DecodeString(string(bytes.TrimSpace(key)))
	ok(t, err)
	path := unpacked(t, filepath.Join(folder, goldenFile))
	o := mustOpen(t, path, outbox.Options{})
	ok(t, o.Check())
	stats, err := o.Stats()
	ok(t, err)
	if stats.Queued != 3 || stats.Kept != 2 || stats.LastSeq != 5 || stats.Damaged != 0 || o.Tally(everyAnswer) != 5 {
		t.Errorf("stats %+v, tally %d", stats, o.Tally(everyAnswer))
	}
	opener, err := wire.NewOpener(private)
	ok(t, err)
	batch := all(t, o)
	for _, s := range batch.Sessions {
		ok(t, opener.Session(batch.Origin, s))
	}
	for _, r := range batch.Records {
		got, _, err := opener.Open(batch.Origin, r)
		ok(t, err)
		if text, _ := got.Response.Answers[0].Value.Text(); text != secret {
			t.Errorf("seq %d says %q", r.Seq, text)
		}
	}
	if seq, _, err := add(o, mustSealer(t, o.Origin())); err != nil || seq != 6 {
		t.Errorf("the next answer got seq %d, %v", seq, err)
	}
	saved, err := outbox.Salvage(path)
	ok(t, err)
	if saved.Found.Count() != 6 || len(saved.Missing) != 0 {
		t.Errorf("salvaged %v, missing %v", saved.Found, saved.Missing)
	}
}

// unpacked is a packed outbox in a folder of the test.
func unpacked(t *testing.T, file string) (path string) {
	t.Helper()
	f, err := os.Open(file)
	ok(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	ok(t, err)
	raw, err := io.ReadAll(z)
	ok(t, err)
	path = newPath(t)
	ok(t, os.WriteFile(path, raw, 0o600))
	return path
}

func writeGolden(t *testing.T, folder string) {
	path := newPath(t)
	o := mustOpen(t, path, outbox.Options{})
	s := mustSealer(t, o.Origin())
	addMany(t, o, s, 5)
	b, err := o.Next(2, 1<<20, nil)
	ok(t, err)
	_, err = o.Settle(receiptFor(b))
	ok(t, err)
	mustClose(t, o)
	raw, err := os.ReadFile(path)
	ok(t, err)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err = z.Write(raw)
	ok(t, err)
	ok(t, z.Close())
	ok(t, os.MkdirAll(folder, 0o755))
	ok(t, os.WriteFile(filepath.Join(folder, goldenFile), packed.Bytes(), 0o644))
	ok(t, os.WriteFile(filepath.Join(folder, goldenKeyFile), append([]byte(hex.EncodeToString(s.private)), '\n'), 0o644))
}

func TestRoomShrinksTowardsTheBound(t *testing.T) {
	o := mustOpen(t, newPath(t), outbox.Options{MaxFileBytes: 1 << 20})
	s := mustSealer(t, o.Origin())
	before, _ := o.Room()
	addMany(t, o, s, 100)
	if after, known := o.Room(); !known || before > 1<<20 || after >= before || before-after > 512<<10 {
		t.Errorf("room for %d bytes, then for %d", before, after)
	}
}
