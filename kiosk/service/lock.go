// Package service is the corner of the glass for IT staff, behind a PIN: how the terminal is, tests of its parts, and
// what can be done without a keyboard. It shows counts, times and words of the product, never an answer.
package service

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Delays after wrong PINs: none after the first ones, then growing to an hour.
const (
	freeTries  = 3
	firstDelay = 30 * time.Second
	mostDelay  = time.Hour
)

// ErrWait says that it is too early for another try.
var ErrWait = errors.New("too many wrong PINs; wait")

// Lock counts wrong PINs. Each try is on the disk as a wrong one before it is checked, so that cutting the power gains
// nothing; a right one takes the count back. On a disk that takes nothing, which is when the corner is needed, tries are
// counted in memory, and none is free: cutting the power gains no more than one try in a firstDelay.
type Lock struct {
	keep  func(count []byte) error
	check func(pin string) (bool, error)
	now   func() time.Time

	trying sync.Mutex // for the disk and the hash, which the glass must not wait for
	unkept bool       // the disk does not take the count

	mu   sync.Mutex
	kept struct {
		Wrong int       `json:"wrong"`
		Last  time.Time `json:"last"`
	}
}

// NewLock makes the lock of a terminal. The count lies at path, where keep makes another durable; check says whether a PIN is
// right.
func NewLock(path string, keep func(count []byte) error, check func(pin string) (bool, error), now func() time.Time) *Lock {
	l := &Lock{keep: keep, check: check, now: now}
	data, err := os.ReadFile(path)
	switch {
	case err == nil && json.Unmarshal(data, &l.kept) == nil:
	case errors.Is(err, fs.ErrNotExist):
	default: // damaged or unreadable: as if the last free try was used just now
		l.kept.Wrong, l.kept.Last = freeTries, l.now()
	}
	return l
}

// Wait returns how long the next try must wait; 0 for not at all. It does not wait for a try under way.
func (l *Lock) Wait() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	delay := delayAfter(l.kept.Wrong)
	passed := l.now().Sub(l.kept.Last)
	if passed < 0 { // the clock was set back: the whole delay begins again, and no longer one
		l.kept.Last, passed = l.now(), 0
	}
	return max(0, delay-passed)
}

func delayAfter(wrong int) time.Duration {
	if wrong < freeTries {
		return 0
	}
	return min(firstDelay<<min(wrong-freeTries, 10), mostDelay)
}

// Try checks a PIN. The error is ErrWait before its time; any other says that no PIN can be tried, with what to do.
func (l *Lock) Try(pin string) (bool, error) {
	l.trying.Lock()
	defer l.trying.Unlock()
	if l.Wait() > 0 {
		return false, ErrWait
	}
	l.mu.Lock()
	l.kept.Wrong++
	l.kept.Last = l.now()
	l.mu.Unlock()
	if !l.save() {
		return false, ErrWait
	}
	right, err := l.check(pin)
	if err != nil || !right {
		return false, err
	}
	l.mu.Lock()
	l.kept.Wrong = 0
	l.mu.Unlock()
	l.save()
	return true, nil
}

// save makes the count durable. It returns false when that failed for the first time: then the delay begins at once.
func (l *Lock) save() bool {
	l.mu.Lock()
	data, err := json.Marshal(&l.kept)
	l.mu.Unlock()
	if err == nil {
		err = l.keep(data)
	}
	first := err != nil && !l.unkept
	if l.unkept = err != nil; first {
		slog.Error("the count of wrong PINs cannot be kept; check the disk", "err", err)
		l.mu.Lock()
		l.kept.Wrong = max(l.kept.Wrong, freeTries)
		l.mu.Unlock()
	}
	return !first
}
