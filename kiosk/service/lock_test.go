package service_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otklik/kiosk/service"
)

// keep puts a count where a Lock reads it.
func keep(path string) func([]byte) error {
	return func(count []byte) error { return os.WriteFile(path, count, 0o600) }
}

func TestWrongPINsCountOverRestartsAndPowerCuts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wrong.json")
	now := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	open := func() *service.Lock {
		return service.NewLock(path, keep(path), func(pin string) (bool, error) { return pin == "482915", nil }, func() time.Time { return now })
	}
	var waits []string
	for range 10 {
		l := open() // a restart before each
		if ok, err := l.Try("000000"); ok || err != nil {
			t.Fatalf("a wrong PIN: %v, %v", ok, err)
		}
		waits = append(waits, open().Wait().String())
		if l.Wait() > 0 {
			if ok, err := open().Try("482915"); ok || !errors.Is(err, service.ErrWait) {
				t.Fatalf("the right PIN too early: %v, %v", ok, err)
			}
		}
		now = now.Add(open().Wait())
	}
	if got := strings.Join(waits, " "); got != "0s 0s 30s 1m0s 2m0s 4m0s 8m0s 16m0s 32m0s 1h0m0s" {
		t.Errorf("waits %s", got)
	}
	if ok, err := open().Try("482915"); !ok || err != nil {
		t.Errorf("the right PIN in its time: %v, %v", ok, err)
	}
	if ok, err := open().Try("111111"); ok || err != nil || open().Wait() != 0 {
		t.Errorf("after a right one the count begins again: %v, %v", ok, err)
	}
}

func TestTryIsOnTheDiskBeforeItIsChecked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wrong.json")
	l := service.NewLock(path, keep(path), func(string) (bool, error) {
		if data, err := os.ReadFile(path); err != nil || !strings.Contains(string(data), `"wrong":1`) {
			t.Errorf("while the PIN is checked the disk says %q, %v", data, err)
		}
		return true, nil
	}, time.Now)
	if ok, err := l.Try("482915"); !ok || err != nil {
		t.Error(ok, err)
	}
}

// On a disk that takes nothing the corner opens all the same, and slowly: neither waiting nor a restart makes a try free.
func TestCornerOpensOnADiskThatKeepsNoCount(t *testing.T) {
	now := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	broken := true
	path := filepath.Join(t.TempDir(), "wrong.json")
	open := func() *service.Lock {
		return service.NewLock(path, func(count []byte) error {
			if broken {
				return errors.New("read-only file system")
			}
			return keep(path)(count)
		}, func(pin string) (bool, error) { return pin == "482915", nil }, func() time.Time { return now })
	}
	for range 3 { // each a restart
		l := open()
		if ok, err := l.Try("482915"); ok || !errors.Is(err, service.ErrWait) {
			t.Fatalf("the first try after a restart: %v, %v", ok, err)
		}
		if w := l.Wait(); w != 30*time.Second {
			t.Fatalf("waits %s", w)
		}
		now = now.Add(30 * time.Second)
		if ok, err := l.Try("000000"); ok || err != nil {
			t.Fatalf("a wrong PIN after the delay: %v, %v", ok, err)
		}
		if w := l.Wait(); w != time.Minute {
			t.Fatalf("waits %s after a wrong PIN", w)
		}
		now = now.Add(time.Minute)
		if ok, err := l.Try("482915"); !ok || err != nil {
			t.Fatalf("the right PIN after the delay: %v, %v", ok, err)
		}
	}
	l := open()
	_, _ = l.Try("482915")
	broken = false
	now = now.Add(30 * time.Second)
	if ok, err := l.Try("000000"); ok || err != nil {
		t.Fatal(ok, err)
	}
	if w := open().Wait(); w != time.Minute {
		t.Errorf("what was counted meanwhile is not on the disk that works again: after a restart waits %s", w)
	}
}

func TestClockSetBackDoesNotLockForLongerThanTheDelay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wrong.json")
	now := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	l := service.NewLock(path, keep(path), func(string) (bool, error) { return false, nil }, func() time.Time { return now })
	for range 3 {
		_, _ = l.Try("000000")
	}
	now = now.AddDate(-10, 0, 0)
	if w := l.Wait(); w != 30*time.Second {
		t.Errorf("waits %s", w)
	}
	now = now.Add(30 * time.Second)
	if w := l.Wait(); w != 0 {
		t.Errorf("after the delay waits %s", w)
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	again := service.NewLock(path, keep(path), func(string) (bool, error) { return true, nil }, func() time.Time { return now })
	if w := again.Wait(); w != 30*time.Second {
		t.Errorf("with a damaged count waits %s", w)
	}
}

// The glass shows how long to wait while a PIN is checked and a slow disk takes the count: it must not stand still for that.
func TestGlassDoesNotWaitForATryUnderWay(t *testing.T) {
	let := make(chan struct{})
	begun := make(chan struct{})
	l := service.NewLock(filepath.Join(t.TempDir(), "wrong.json"), func([]byte) error {
		close(begun)
		<-let
		return nil
	}, func(string) (bool, error) { return false, nil }, time.Now)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = l.Try("000000")
	}()
	<-begun
	if w := l.Wait(); w != 0 { // it would never return
		t.Errorf("waits %s", w)
	}
	close(let)
	<-done
}
