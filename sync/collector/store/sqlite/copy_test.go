package sqlite_test

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	"otklik/sync/collector/store"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

// A copy made while answers arrive is what the store had at one moment.
func TestCopyWhileAnswersArrive(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, filepath.Join(dir, "collector.db"))
	defer s.Close()
	terminal := storetest.Enrolled(t, s, "Hall", "Left")
	batch := func(first uint64) {
		in := store.Intake{Terminal: terminal.ID, Origin: storetest.Origin("Left"), Received: storetest.Now}
		for seq := first; seq < first+50; seq++ {
			in.Arrivals = append(in.Arrivals, genuine(storetest.Origin("Left"), seq, "a"))
		}
		if _, err := s.Keep(context.Background(), in); err != nil {
			t.Error(err)
		}
	}
	batch(1)
	var arriving sync.WaitGroup
	stop := make(chan struct{})
	arriving.Go(func() {
		for first := uint64(51); ; first += 50 {
			select {
			case <-stop:
				return
			default:
				batch(first)
			}
		}
	})
	last := uint64(0)
	for _, name := range []string{"a copy? of 100 % #.db", "b.db", "c.db"} {
		path := filepath.Join(dir, name)
		had, err := s.Copy(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		found, err := sqlite.Inspect(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(had, found) {
			t.Errorf("the copy has\n%+v\nnot\n%+v", found, had)
		}
		of := found.Origins[storetest.Origin("Left")]
		if len(of.Ranges) != 1 || of.Ranges[0].First != 1 || of.Records != of.Ranges[0].Last || of.Records%50 != 0 ||
			of.Records < last || found.Rows["responses"] != int64(of.Records) || found.Epoch == (wire.Epoch{}) {
			t.Errorf("%s has %+v, %d responses", name, of, found.Rows["responses"])
		}
		last = of.Records
		entries, err := filepath.Glob(path + "-*")
		if info, statErr := os.Stat(path); err != nil || statErr != nil || len(entries) != 0 || info.Mode().Perm() != 0o600 {
			t.Errorf("beside the copy lie %v; it is %v", entries, info.Mode())
		}
	}
	close(stop)
	arriving.Wait()
}

func TestInspectSeesDamage(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, filepath.Join(dir, "collector.db"))
	defer s.Close()
	terminal := storetest.Enrolled(t, s, "Hall", "Left")
	in := store.Intake{Terminal: terminal.ID, Origin: storetest.Origin("Left"), Received: storetest.Now}
	for seq := uint64(1); seq <= 400; seq++ {
		in.Arrivals = append(in.Arrivals, genuine(storetest.Origin("Left"), seq, "a"))
	}
	if _, err := s.Keep(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "copy.db")
	had, err := s.Copy(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := int(binary.BigEndian.Uint16(good[16:])) // as the header has it
	if len(good)%page != 0 || len(good) < 10*page {
		t.Fatalf("%d bytes", len(good))
	}
	// A page that comes back empty, as a disk gives it that lost a write.
	for at := page; at < len(good); at += page {
		bad := append([]byte(nil), good...)
		clear(bad[at : at+page])
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if found, err := sqlite.Inspect(t.Context(), path); err == nil && reflect.DeepEqual(found, had) {
			t.Errorf("without page %d it is taken for the copy", at/page+1)
		}
	}
}

func TestCopyStopsWhenAsked(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, filepath.Join(dir, "collector.db"))
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Copy(ctx, filepath.Join(dir, "copy.db")); !errors.Is(err, context.Canceled) {
		t.Errorf("copied although nobody waits: %v", err)
	}
	if _, err := s.Copy(t.Context(), filepath.Join(dir, "nowhere", "copy.db")); err == nil {
		t.Error("copied into a folder that is not there")
	}
}
