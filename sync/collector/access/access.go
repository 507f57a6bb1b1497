package access

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"otklik/sync/collector/store"
)

// Bounds of names and passwords, in characters. Length is what makes a password strong; nothing else is asked of it.
const (
	MaxName     = 64
	MinPassword = 12
	MaxPassword = 256
)

// ErrWrong says that the name or the password is wrong, and never which of them.
var ErrWrong = errors.New("access: wrong name or password")

// TooManyError says that a log-in was refused unseen after too many wrong ones.
type TooManyError struct {
	Wait time.Duration // until the next attempt is looked at
}

// Error implements error.
func (e TooManyError) Error() string {
	return fmt.Sprintf("access: too many wrong log-ins, wait %s", e.Wait.Round(time.Second))
}

// Users are the people who may open the console.
type Users struct {
	store    store.Access
	now      func() time.Time
	throttle *throttle
	// hashing bounds how many passwords are hashed at once: each takes 64 MiB.
	hashing chan struct{}
	// nobody is a hash to check when there is no such user, so that time does not tell.
	nobody string
}

// New returns the users in a store; now is the clock.
func New(s store.Access, now func() time.Time) (*Users, error) {
	nobody, err := hashPassword(GeneratePassword(), standard, rand.Reader)
	if err != nil {
		return nil, err
	}
	return &Users{
		store: s, now: now, throttle: newThrottle(now), hashing: make(chan struct{}, runtime.NumCPU()), nobody: nobody,
	}, nil
}

// Add makes a user. Name and password are checked; store.ErrConflict when the name is taken.
func (u *Users) Add(ctx context.Context, name, password string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword {
		return fmt.Errorf("access: the password has %d characters, it needs %d to %d", n, MinPassword, MaxPassword)
	}
	hash, err := hashPassword(password, standard, rand.Reader)
	if err != nil {
		return err
	}
	return u.store.AddUser(ctx, store.User{Name: name, Hash: hash, Added: u.now()})
}

func checkName(name string) error {
	n := utf8.RuneCountInString(name)
	odd := func(r rune) bool { return !unicode.IsPrint(r) }
	if n == 0 || n > MaxName || strings.TrimSpace(name) != name || strings.ContainsFunc(name, odd) || !utf8.ValidString(name) {
		return fmt.Errorf("access: the name is %.70q, it needs 1 to %d printable characters without spaces at its ends", name, MaxName)
	}
	return nil
}

// LogIn returns the user if the password is right, ErrWrong if not, and a TooManyError while name or address must wait.
// address is where the attempt comes from.
func (u *Users) LogIn(ctx context.Context, name, password, address string) (store.User, error) {
	attempts := []string{"name " + strings.ToLower(name), "address " + address}
	if wait := u.throttle.wait(attempts); wait > 0 {
		return store.User{}, TooManyError{wait}
	}
	select {
	case u.hashing <- struct{}{}:
		defer func() { <-u.hashing }()
	case <-ctx.Done():
		return store.User{}, ctx.Err()
	}
	if wait := u.throttle.wait(attempts); wait > 0 { // of those that came together, the first were wrong meanwhile
		return store.User{}, TooManyError{wait}
	}
	user, err := u.store.User(ctx, name)
	known := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.User{}, err
	}
	if !known {
		user.Hash = u.nobody
	}
	right, outdated, err := check(password, user.Hash)
	if err != nil {
		return store.User{}, err
	}
	if !known || !right {
		u.throttle.failed(attempts)
		return store.User{}, ErrWrong
	}
	u.throttle.succeeded(attempts)
	if outdated {
		hash, err := hashPassword(password, standard, rand.Reader)
		if err != nil {
			return store.User{}, err
		}
		if err := u.store.SetPassword(ctx, user.Name, hash); err != nil {
			return store.User{}, err
		}
		user.Hash = hash
	}
	return user, nil
}

func check(password, hash string) (right, outdated bool, err error) {
	if len(password) > 4*MaxPassword {
		return false, false, nil
	}
	return checkPassword(password, hash)
}
