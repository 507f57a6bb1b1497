package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"otklik/sync/collector/store"
)

// AddUser implements store.Access.
func (s *Store) AddUser(ctx context.Context, u store.User) error {
	err := s.writer.do(ctx, func(t *tx) error {
		_, err := t.exec("INSERT INTO users (folded, name, hash, added) VALUES (?, ?, ?, ?)",
			strings.ToLower(u.Name), u.Name, u.Hash, millis(u.Added))
		if isUnique(err) {
			return store.ErrConflict
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("store: add user %q: %w", u.Name, hint(err))
	}
	return nil
}

// User implements store.Access.
func (s *Store) User(ctx context.Context, name string) (store.User, error) {
	found, err := list(ctx, s.db, "user", func(rows *sql.Rows, u *store.User) error {
		var added int64
		err := rows.Scan(&u.Name, &u.Hash, &added)
		u.Added = instant(added)
		return err
	}, "SELECT name, hash, added FROM users WHERE folded = ?", strings.ToLower(name))
	if err != nil {
		return store.User{}, err
	}
	if len(found) == 0 {
		return store.User{}, fmt.Errorf("store: user %q: %w", name, store.ErrNotFound)
	}
	return found[0], nil
}

// SetPassword implements store.Access.
func (s *Store) SetPassword(ctx context.Context, name, hash string) error {
	err := s.writer.do(ctx, func(t *tx) error {
		n, err := t.changed("UPDATE users SET hash = ? WHERE folded = ?", hash, strings.ToLower(name))
		if err == nil && n == 0 {
			return store.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("store: set the password of %q: %w", name, hint(err))
	}
	return nil
}
