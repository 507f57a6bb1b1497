package access

import (
	"sync"
	"time"
)

// How wrong log-ins are slowed down: the first few are free, then each one doubles the wait. After a quiet while all is
// forgotten. A whole centre may share one address behind a proxy, but rarely types wrong so often.
const (
	freeAttempts = 5
	firstWait    = 5 * time.Second
	longestWait  = 5 * time.Minute
	forgetAfter  = time.Hour
	// maxTracked bounds what is remembered; beyond it the quiet ones are dropped first.
	maxTracked = 10_000
)

// throttle remembers wrong log-ins by name and by address, in memory: a restart of the collector forgets them.
type throttle struct {
	now func() time.Time

	mu     sync.Mutex
	wrongs map[string]wrongs
}

// wrongs are the wrong log-ins of one name or address.
type wrongs struct {
	count int
	last  time.Time
}

// until is when the next attempt is looked at.
func (w wrongs) until() time.Time {
	if w.count < freeAttempts {
		return time.Time{}
	}
	wait := firstWait << min(w.count-freeAttempts, 10)
	return w.last.Add(min(wait, longestWait))
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, wrongs: make(map[string]wrongs)}
}

// wait returns how long an attempt under any of keys must wait; 0 for not at all.
func (t *throttle) wait(keys []string) (longest time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, k := range keys {
		longest = max(longest, t.wrongs[k].until().Sub(now))
	}
	return max(longest, 0)
}

func (t *throttle) failed(keys []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if len(t.wrongs) >= maxTracked {
		t.forget(now)
	}
	for _, k := range keys {
		w := t.wrongs[k]
		if now.Sub(w.last) > forgetAfter {
			w.count = 0
		}
		t.wrongs[k] = wrongs{w.count + 1, now}
	}
}

// succeeded forgets the wrong attempts of the name. Those of the address stay: a guesser may own one account.
func (t *throttle) succeeded(keys []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.wrongs, keys[0])
}

// forget drops what was quiet for long, and everything that need not wait when that is not enough.
func (t *throttle) forget(now time.Time) {
	for k, w := range t.wrongs {
		if now.Sub(w.last) > forgetAfter {
			delete(t.wrongs, k)
		}
	}
	if len(t.wrongs) < maxTracked {
		return
	}
	for k, w := range t.wrongs {
		if w.until().Before(now) {
			delete(t.wrongs, k)
		}
	}
}
