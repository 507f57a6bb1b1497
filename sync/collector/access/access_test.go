package access_test

import (
	"errors"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"otklik/sync/collector/access"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/sqlite"
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func mustUsers(t *testing.T) (*access.Users, *sqlite.Store, *clock) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "collector.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	c := &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	u, err := access.New(s, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return u, s, c
}

const password = "долгий и тихий вечер"

func TestLogIn(t *testing.T) {
	u, s, _ := mustUsers(t)
	if err := u.Add(t.Context(), "Алсу", password); err != nil {
		t.Fatal(err)
	}
	kept, err := s.User(t.Context(), "Алсу")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^\$argon2id\$v=19\$m=65536,t=3,p=4\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`).MatchString(kept.Hash) {
		t.Errorf("kept as %q", kept.Hash)
	}
	for _, c := range []struct {
		name, password string
		want           error
	}{
		{"Алсу", password, nil},
		{"алсу", password, nil},
		{"Алсу", password + " ", access.ErrWrong},
		{"Алсу", "", access.ErrWrong},
		{"Алсу", strings.Repeat("a", 1<<20), access.ErrWrong},
		{"nobody", password, access.ErrWrong},
	} {
		got, err := u.LogIn(t.Context(), c.name, c.password, "192.0.2.1")
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if err == nil && got != kept {
			t.Errorf("%s: logged in as %+v", c.name, got)
		}
	}
}

func TestLogInRaisesTheCostOfAnOldHash(t *testing.T) {
	u, s, _ := mustUsers(t)
	// Of "password" by the reference program: argon2 somesalt -id -t 2 -m 16 -p 1.
	const old = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if err := s.AddUser(t.Context(), store.User{Name: "old", Hash: old}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, err := u.LogIn(t.Context(), "old", "password", "192.0.2.1")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(got.Hash, "$m=65536,t=3,p=4$") {
			t.Errorf("after a log-in the hash is %q", got.Hash)
		}
	}
}

func TestLogInIsSlowedDown(t *testing.T) {
	u, _, c := mustUsers(t)
	if err := u.Add(t.Context(), "Алсу", password); err != nil {
		t.Fatal(err)
	}
	wrong := func(want error) {
		t.Helper()
		if _, err := u.LogIn(t.Context(), "АЛСУ", "wrong", "192.0.2.1"); !errors.Is(err, want) {
			t.Fatalf("%v, want %v", err, want)
		}
	}
	for range 5 {
		wrong(access.ErrWrong)
	}
	wrong(access.TooManyError{Wait: 5 * time.Second})
	// The right password waits as well, from anywhere; another name waits only at this address.
	for _, who := range [][2]string{{"Алсу", "192.0.2.9"}, {"other", "192.0.2.1"}} {
		if _, err := u.LogIn(t.Context(), who[0], password, who[1]); !errors.As(err, &access.TooManyError{}) {
			t.Errorf("%v: %v", who, err)
		}
	}
	if _, err := u.LogIn(t.Context(), "other", password, "192.0.2.9"); !errors.Is(err, access.ErrWrong) {
		t.Errorf("another name elsewhere: %v", err)
	}
	c.t = c.t.Add(5 * time.Second)
	wrong(access.ErrWrong)
	wrong(access.TooManyError{Wait: 10 * time.Second})
	c.t = c.t.Add(10 * time.Second)
	if _, err := u.LogIn(t.Context(), "Алсу", password, "192.0.2.9"); err != nil {
		t.Errorf("the right one after the wait: %v", err)
	}
	c.t = c.t.Add(2 * time.Hour)
	wrong(access.ErrWrong)
	wrong(access.ErrWrong)
}

// Attempts that come at the same time are not all looked at because none was wrong yet when they came.
func TestLogInIsSlowedDownAtOnce(t *testing.T) {
	u, _, _ := mustUsers(t)
	const attempts = 60
	errs := make([]error, attempts)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = u.LogIn(t.Context(), "Алсу", "wrong", "192.0.2.1") })
	}
	all.Wait()
	looked := 0
	for _, err := range errs {
		switch {
		case errors.Is(err, access.ErrWrong):
			looked++
		case !errors.As(err, &access.TooManyError{}):
			t.Error(err)
		}
	}
	if most := 5 + runtime.NumCPU(); looked < 5 || looked > most {
		t.Errorf("%d passwords of %d were looked at, at most %d should be", looked, attempts, most)
	}
}

func TestAddRefuses(t *testing.T) {
	u, _, _ := mustUsers(t)
	for _, c := range [][2]string{
		{"", password},
		{" a", password},
		{"a\nb", password},
		{strings.Repeat("я", 65), password},
		{"a", "short"},
		{"a", strings.Repeat("я", 257)},
	} {
		if err := u.Add(t.Context(), c[0], c[1]); err == nil {
			t.Errorf("took %q with a password of %d bytes", c[0], len(c[1]))
		}
	}
	if err := u.Add(t.Context(), "a", password); err != nil {
		t.Fatal(err)
	}
	if err := u.Add(t.Context(), "A", password); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a second A: %v", err)
	}
}

func TestGeneratePassword(t *testing.T) {
	shape := regexp.MustCompile(`^[a-hjkmnp-z2-9]{5}(-[a-hjkmnp-z2-9]{5}){3}$`)
	seen := map[string]bool{}
	for range 100 {
		p := access.GeneratePassword()
		if !shape.MatchString(p) || seen[p] {
			t.Fatalf("generated %q", p)
		}
		seen[p] = true
	}
}
