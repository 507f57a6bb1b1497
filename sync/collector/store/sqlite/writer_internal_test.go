package sqlite

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"otklik/sync/collector/store"
)

// Changes that share a commit: the one that fails is undone wholly and alone.
func TestChangeThatFailsIsUndoneAlone(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "collector.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	add := func(tx *tx, name string) error {
		_, err := tx.exec("INSERT INTO users (folded, name, hash, added) VALUES (?, ?, '', 0)", name, name)
		return err
	}
	// The first change holds the writer until the others wait, so that those share a transaction.
	working, others := make(chan struct{}), make(chan struct{})
	jobs := []*job{{change: func(*tx) error { close(working); <-others; return nil }}}
	stop := errors.New("stop")
	for _, name := range []string{"a", "b", "c"} {
		jobs = append(jobs, &job{change: func(tx *tx) error {
			if err := add(tx, name); err != nil || name != "b" {
				return err
			}
			return stop
		}})
	}
	for i, j := range jobs {
		j.done = make(chan error, 1)
		if err := s.writer.submit(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			<-working
		}
	}
	close(others)
	for i, want := range []error{nil, nil, stop, nil} {
		select {
		case err := <-jobs[i].done:
			if !errors.Is(err, want) {
				t.Errorf("change %d: %v, want %v", i, err, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("change %d was never made", i)
		}
	}
	for name, there := range map[string]bool{"a": true, "b": false, "c": true} {
		if _, err := s.User(t.Context(), name); (err == nil) != there || err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("user %s: %v, there should be %v", name, err, there)
		}
	}
}
