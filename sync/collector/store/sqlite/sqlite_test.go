package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"otklik/sync/collector/store"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// mustOpen opens the store in a file; when the test ends it is closed and the file is checked.
func mustOpen(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func checkFile(t testing.TB, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path}).String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, pragma := range []string{"integrity_check", "foreign_key_check"} {
		rows, err := db.Query("PRAGMA " + pragma)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var said string
			if err := rows.Scan(&said); err != nil || said != "ok" {
				t.Errorf("%s: %q %v", pragma, said, err)
			}
		}
		rows.Close()
	}
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Place {
		path := filepath.Join(t.TempDir(), "a folder? with % and #", "collector.db")
		if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { checkFile(t, path) })
		return func() store.Store { return mustOpen(t, path) }
	})
}

func TestOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "collector.db")
	epochs := make([]wire.Epoch, 6)
	var openers sync.WaitGroup
	for i := range epochs {
		openers.Go(func() {
			s, err := sqlite.Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if epochs[i], err = s.Epoch(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	openers.Wait()
	for _, e := range epochs {
		if e != epochs[0] {
			t.Fatalf("two epochs: %x and %x", e, epochs[0])
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v (%v), want 0600", info.Mode(), err)
	}
}

func TestOpenSaysWhatToDo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "collector.db")
	if err := os.WriteFile(path, []byte("this is a letter, and it is long enough to be taken for a header of pages"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(t.Context(), path)
	if err == nil {
		t.Fatal("a letter was opened as a store")
	}
	t.Log(err)
	if want := "no SQLite database"; !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
		t.Errorf("%v does not say %q and where", err, want)
	}
}

// A program that does not know all tables would leave out of them what it does not know, and count what it should not.
func TestAStoreOfANewerProgramIsLeftAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "collector.db")
	if err := mustOpen(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path}).String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)"); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), path)
	if err == nil {
		s.Close()
	}
	if !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "update the collector") || !strings.Contains(err.Error(), path) {
		t.Errorf("it was opened, or it is not said what to do: %v", err)
	}
}

func TestChangesAfterClose(t *testing.T) {
	s := mustOpen(t, filepath.Join(t.TempDir(), "collector.db"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.AddUser(context.Background(), store.User{Name: "late"}); err == nil {
		t.Error("a closed store took a change")
	}
}

// A disk that fills up and gets room again: the batch fails as a whole, and the next one goes in.
func TestKeepAfterTheDiskWasFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "collector.db")
	s := mustOpen(t, path)
	defer s.Close()
	terminal := storetest.Enrolled(t, s, "Hall", "Left")
	in := store.Intake{Terminal: terminal.ID, Origin: storetest.Origin("Left"), Received: storetest.Now}
	for seq := uint64(1); seq <= 200; seq++ {
		in.Arrivals = append(in.Arrivals, storetest.Arrival(seq, "a"))
	}
	if err := sqlite.LimitPages(s, 30); err != nil {
		t.Fatal(err)
	}
	_, err := s.Keep(t.Context(), in)
	if !errors.Is(err, store.ErrUnwell) || !strings.Contains(err.Error(), "disk is full") {
		t.Fatalf("kept on a full disk: %v", err)
	}
	if err := sqlite.LimitPages(s, 1<<30); err != nil {
		t.Fatal(err)
	}
	d, err := s.Keep(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	for i := range d {
		if d[i].Verdict != wire.Stored {
			t.Fatalf("seq %d: %+v", d[i].Seq, d[i])
		}
	}
}

// A disk that turns read-only, as one that failed does: the change fails and says why, what is here can be read, and when
// it can be written to again the same batch goes in.
func TestKeepAfterTheDiskWasReadOnly(t *testing.T) {
	s := mustOpen(t, filepath.Join(t.TempDir(), "collector.db"))
	defer s.Close()
	terminal := storetest.Enrolled(t, s, "Hall", "Left")
	in := store.Intake{
		Terminal: terminal.ID, Origin: storetest.Origin("Left"), Received: storetest.Now,
		Arrivals: []store.Arrival{storetest.Arrival(1, "a")},
	}
	if err := sqlite.MakeReadOnly(s); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep(t.Context(), in); !errors.Is(err, store.ErrUnwell) || !strings.Contains(err.Error(), "read-only for this user") {
		t.Fatalf("kept on a read-only disk: %v", err)
	}
	if one, err := s.Terminal(t.Context(), terminal.ID); err != nil || one.Kept != 0 {
		t.Errorf("%d kept, %v", one.Kept, err)
	}
	if d, err := s.Keep(t.Context(), in); err != nil || d[0].Verdict != wire.Stored {
		t.Errorf("%+v, %v", d, err)
	}
}
