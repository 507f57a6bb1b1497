package sqlite

import (
	"context"
	"fmt"
)

// LimitPages makes the file as good as full at n pages, for the writer that is now connected.
func LimitPages(s *Store, n int) error {
	return s.writer.do(context.Background(), func(t *tx) error {
		var set int
		return t.row(fmt.Sprintf("PRAGMA max_page_count = %d", n), nil, &set)
	})
}

// MakeReadOnly makes the writer that is now connected answer as on a disk that was mounted read-only.
func MakeReadOnly(s *Store) error {
	return s.writer.do(context.Background(), func(t *tx) error {
		_, err := t.exec("PRAGMA query_only = 1")
		return err
	})
}
