package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// lockSuffix names the file whose lock says who has the outbox. bbolt's own lock is on the file that holds the records,
// and that one is let go of, and exchanged for another, when the outbox is compacted or opened anew: this one never is.
const lockSuffix = ".lock"

const lockRetry = 20 * time.Millisecond

// hold takes the lock of the outbox at path for as long as the process lives, or until it is closed.
func hold(path string, wait time.Duration) (*flock.Flock, error) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	lock := flock.New(path+lockSuffix, flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if !held && err == nil {
		held, err = lock.TryLockContext(ctx, lockRetry)
	}
	switch {
	case held:
		return lock, nil
	case err == nil, errors.Is(err, context.DeadlineExceeded):
		return nil, locked(path)
	default:
		return nil, fmt.Errorf("outbox: open %s: %w: %w; check the folder, its owner and the disk", path, ErrStorage, err)
	}
}

func locked(path string) error {
	return fmt.Errorf("outbox: open %s: %w; is otklik-kiosk already running?", path, ErrLocked)
}
