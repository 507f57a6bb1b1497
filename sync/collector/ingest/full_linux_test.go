package ingest_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"otklik/sync/collector/store/sqlite"
	"otklik/sync/wire"
)

// smallDisk is a disk of 2 MB.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("small", dir, "tmpfs", 0, "size=2m"); err != nil {
		if errors.Is(err, syscall.EPERM) {
			t.Skip("a small disk can be mounted by root only")
		}
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func openStore(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// refused sends what a terminal does, and wants to be told to come later.
func (m *terminal) refused(t *testing.T, path string, body []byte) {
	t.Helper()
	status, answer, header := m.doHeader(http.MethodPost, path, body)
	wantProblem(t, status, answer, http.StatusServiceUnavailable, "unavailable")
	if header.Get("Retry-After") == "" {
		t.Errorf("%s: it is not said when to come again", path)
	}
}

func TestFullDiskIsToldAndLosesNothing(t *testing.T) {
	dir := smallDisk(t)
	s := openStore(t, filepath.Join(dir, "collector.db"))
	c := serve(t, s, s)
	m := mustTerminal(t, c, "Левый")
	wantVerdicts(t, m.send(m.batch(m.record(1, "раз"))), wire.Stored)
	filler := filepath.Join(dir, "filler")
	fill(t, filler)
	// Some of it may still go into pages that are there; a long batch cannot.
	var records []wire.Record
	for seq := uint64(2); seq <= 400; seq++ {
		records = append(records, m.record(seq, "Долго ждали, и никто не подошёл"))
	}
	batch := m.batch(records...)
	for range 2 {
		m.refused(t, wire.PathBatches, encode(t, batch))
	}
	if n := len(c.kept(t)); n != 1 {
		t.Errorf("%d responses can be read, want the one from before", n)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	receipt := m.send(batch)
	for _, d := range receipt.Decisions {
		if d.Verdict != wire.Stored {
			t.Fatalf("seq %d: %d %s", d.Seq, d.Verdict, d.Reason)
		}
	}
	if v, err := s.Verify(t.Context(), nil); err != nil || len(v.Faults) != 0 || v.Responses != 400 {
		t.Errorf("%+v, %v", v, err)
	}
}

// fill takes all the room of a disk.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); ; {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
