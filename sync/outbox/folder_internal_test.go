package outbox

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A file that was made, or took another's place, may have lost its name after a power cut until the folder was synced. Where
// that failed, nobody is thanked for what lies in the file until it was done.
func TestNobodyIsAskedBeforeTheNameOfTheFileIsOnTheDisk(t *testing.T) {
	sick := false
	syncs := 0
	now := time.Now()
	options := Options{
		Clock: func() time.Time { return now },
		syncFolder: func(string) error {
			if sick {
				return syscall.EIO
			}
			syncs++
			return nil
		},
	}
	open := func(path string) *Outbox {
		t.Helper()
		syncs = 0
		o, err := Open(path, options)
		must(t, err)
		if syncs == 0 {
			t.Error("it was opened without the folder being synced")
		}
		return o
	}
	refused := func(path string) {
		t.Helper()
		sick = true
		defer func() { sick = false }()
		if _, err := Open(path, options); !errors.Is(err, ErrStorage) {
			t.Errorf("opened on a sick disk: %v", err)
		}
	}
	made := filepath.Join(t.TempDir(), "o.bolt")
	refused(made)
	o := open(made) // made before

	// The same for a file that is exchanged for its compacted copy.
	add := fillerOf(t, o, 40)
	for o.count.queuedBytes < compactMin {
		must(t, add())
	}
	for o.count.queued > 0 {
		_, err := o.Settle(decisionsOn(t, o, 500))
		must(t, err)
	}
	_, err := o.Prune(now.AddDate(1, 0, 0))
	must(t, err)
	must(t, o.Close())
	refused(made)
	must(t, open(made).Close())
}
