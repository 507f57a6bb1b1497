// Package outbox is the buffer of one terminal: every answer lies here, sealed, from before anyone is thanked for it until
// the collector's signed receipt has come, and for a keep window after that. It is one bbolt file.
package outbox

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	bolt "go.etcd.io/bbolt"

	"otklik/sync/disk"
	"otklik/sync/wire"
)

// The keep window of acknowledged records, unless the terminal's configuration says otherwise.
const (
	DefaultKeepFor   = 14 * 24 * time.Hour
	DefaultKeepBytes = 64 << 20
)

// DefaultMaxFileBytes is the bound of the file unless Options say otherwise: more than two million answers, years of a
// terminal that nobody fetches them from.
const DefaultMaxFileBytes = 1 << 30

var (
	// ErrStorage says that the disk did not take or give something. Nobody may be thanked; show the terminal as out of
	// service and call Recover until it returns nil.
	ErrStorage = errors.New("outbox storage failed")
	// ErrLocked says that another process holds the file.
	ErrLocked = disk.ErrLocked
	// ErrDamaged says that the file is no sound outbox. It is never changed or deleted: see OpenOrSetAside.
	ErrDamaged = errors.New("outbox file damaged")
	// ErrNewer says that a newer program wrote the file. It is sound, and to be left where it is.
	ErrNewer = errors.New("outbox file of a newer program")
	// ErrClosed says that Close was called.
	ErrClosed = errors.New("outbox closed")
)

// Options are the settings of an outbox; the zero value is right outside tests.
type Options struct {
	// Clock gives the wall clock; nil for time.Now.
	Clock func() time.Time
	// Rand gives the origin of a new outbox; nil for crypto/rand.
	Rand io.Reader
	// KeepFor and KeepBytes bound what Prune keeps of acknowledged records; 0 for the defaults.
	KeepFor   time.Duration
	KeepBytes int64
	// LockTimeout is how long Open waits for another process to let go of the file; 0 for 2 s.
	LockTimeout time.Duration
	// MaxFileBytes bounds the file, so that a full outbox does not fill the disk the system runs from; 0 for
	// DefaultMaxFileBytes. Append fails with ErrStorage short of the bound, where there is still room to settle and prune;
	// Room tells before. A file that is larger already opens.
	MaxFileBytes int

	syncFolder func(string) error // another one in tests
	compactMin int64              // another one in tests
}

func (o Options) filled() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.KeepFor == 0 {
		o.KeepFor = DefaultKeepFor
	}
	if o.KeepBytes == 0 {
		o.KeepBytes = DefaultKeepBytes
	}
	if o.LockTimeout == 0 {
		o.LockTimeout = 2 * time.Second
	}
	if o.MaxFileBytes == 0 {
		o.MaxFileBytes = DefaultMaxFileBytes
	}
	if o.syncFolder == nil {
		o.syncFolder = disk.SyncFolder
	}
	if o.compactMin == 0 {
		o.compactMin = compactMin
	}
	return o
}

// Outbox is the open buffer. It may be used by several goroutines; only one process can have it open.
type Outbox struct {
	path    string
	options Options
	origin  wire.Origin
	added   chan struct{}

	mu       sync.Mutex
	lock     *flock.Flock // for the whole life of the Outbox
	db       *file        // nil after a failure, until it is opened anew
	unsure   bool         // a commit failed: the file and db may differ until it is opened anew
	unsynced bool         // the disk may lack what the system's cache shows: see rewrite
	nameless bool         // the file has a name that the disk may lack: see syncName
	closed   bool
	// pending is a record whose commit failed and that may or may not be in the file.
	pending *pending
	count   counters
	changes uint64 // of what is kept, other than that more is, and of life: see plan
	life    life   // of the collector's store, as it is in the file
	// told is when the collector last said what is safe, in Unix seconds of the wall clock; 0 for not since Open.
	told int64

	tallies atomic.Pointer[map[string]uint64] // what Tally reads; never changed in place
}

// counters mirror what is in the file.
type counters struct {
	last                   uint64 // the last seq given out
	queued, kept, damaged  uint64
	queuedBytes, keptBytes int64
	// named is how many records name each session; a session is in the map as long as it is in the file.
	named map[wire.SessionID]int
	safe  uint64 // of kept, those in life.Safe
	// oldest is when the first of kept was settled, in Unix seconds, or a time before; nothing is kept that is older.
	oldest int64
	again  wire.Ranges // of queued, those that are sent again
}

// Open opens the outbox at path, or makes a new one with a new origin when there is none. A file that is mostly free space
// is compacted first. Errors wrap ErrLocked, ErrDamaged, ErrNewer or ErrStorage and name what to do.
func Open(path string, options Options) (*Outbox, error) {
	options = options.filled()
	lock, err := hold(path, options.LockTimeout)
	if err != nil {
		return nil, err
	}
	o, err := openHeld(path, options, lock)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return o, nil
}

// OpenOrSetAside is Open for a terminal that has to go on: a damaged file is set aside and a new outbox is made in its
// place. aside is its new name, "" when there was none. Nothing of it is deleted: what can still be read can be read later,
// see Salvage.
func OpenOrSetAside(path string, options Options) (o *Outbox, aside string, err error) {
	options = options.filled()
	lock, err := hold(path, options.LockTimeout)
	if err != nil {
		return nil, "", err
	}
	o, err = openHeld(path, options, lock)
	if errors.Is(err, ErrDamaged) {
		var asideErr error
		if aside, asideErr = setAside(path, options.Clock()); asideErr != nil {
			return nil, "", errors.Join(err, asideErr, lock.Close())
		}
		slog.Error("the outbox was damaged; it is kept and a new one begun", "err", err, "kept", aside)
		o, err = openHeld(path, options, lock)
	}
	if err != nil {
		return nil, aside, errors.Join(err, lock.Close())
	}
	return o, aside, nil
}

// openHeld is Open once nobody else has the outbox.
func openHeld(path string, options Options, lock *flock.Flock) (*Outbox, error) {
	o := &Outbox{path: path, options: options, lock: lock, added: make(chan struct{}, 1)}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if err := create(path, o.options); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, fmt.Errorf("outbox: open %s: %w: %w; check the folder and its owner", path, ErrStorage, err)
	}
	if err := o.open(); err != nil {
		return nil, err
	}
	if err := o.compactIfMostlyFree(); err != nil {
		_ = o.drop()
		return nil, err
	}
	// Now or by a start before this one the file was made, or took the place of another, and that may have come to its end
	// before the folder was synced: a power cut would take the name back, and with it the answers that people are thanked for
	// from now on.
	o.nameless = true
	if err := o.syncName(); err != nil {
		_ = o.drop()
		return nil, err
	}
	_ = noteOrigin(path, o.origin) // a disk that does not take it is no reason to ask nobody
	if o.count.queued > 0 {
		o.wake()
	}
	return o, nil
}

// Origin is the name of this outbox, made when its file was.
func (o *Outbox) Origin() wire.Origin { return o.origin }

// Added receives a value after answers were added; several additions may come as one.
func (o *Outbox) Added() <-chan struct{} { return o.added }

func (o *Outbox) wake() {
	select {
	case o.added <- struct{}{}:
	default:
	}
}

// Close lets go of the file. It waits for a write under way.
func (o *Outbox) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return nil
	}
	o.closed = true
	err := o.drop()
	return errors.Join(err, o.lock.Close())
}

// drop closes the database; the caller holds the lock.
func (o *Outbox) drop() error {
	if o.db == nil {
		return nil
	}
	db := o.db
	o.db = nil
	if err := guarded(db.Close); err != nil {
		return fmt.Errorf("outbox: close %s: %w: %w", o.path, ErrStorage, err)
	}
	return nil
}

// SetKeep changes the keep window; 0 means the default of either.
func (o *Outbox) SetKeep(keepFor time.Duration, keepBytes int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.options.KeepFor, o.options.KeepBytes = keepFor, keepBytes
	o.options = o.options.filled()
}

// Room is how many bytes of answers the outbox still takes: what the file may grow by, and what is free inside, without
// what Append leaves for settling and pruning. It is rough by the pages of a commit. It waits for a write under way; false
// when the file cannot be read, which is another trouble.
func (o *Outbox) Room() (bytes int64, known bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	bytes, err := o.room()
	return max(0, bytes-o.reserve()), err == nil
}

// reserve is what Append leaves free: a receipt moves records, and pruning deletes some, by writing pages anew.
func (o *Outbox) reserve() int64 { return int64(o.options.MaxFileBytes) / 32 }

// room is what bbolt can still write; the caller holds the lock.
func (o *Outbox) room() (bytes int64, err error) {
	err = o.view("measure the room", func(tx *bolt.Tx) error {
		free, page := o.db.Stats(), int64(o.db.Info().PageSize)
		grow := int64(o.options.MaxFileBytes-growth(o.options)) - tx.Size() - page // bbolt's rule in allocate
		bytes = max(0, grow) + int64(free.FreePageN+free.PendingPageN)*page
		return nil
	})
	return bytes, err
}

// Stats says how full the outbox is.
type Stats struct {
	// Queued is how many records wait for a receipt, QueuedBytes their stored size, Oldest when the oldest was added (to
	// the day for anonymous staff answers; zero when none waits).
	Queued      uint64
	QueuedBytes int64
	Oldest      time.Time
	// FirstSeq and LastSeq are the range of seq ever given out; 0, 0 before the first.
	FirstSeq, LastSeq uint64
	// Again is how many of the queued were acknowledged before and are sent again; Oldest is then not about them, unless no
	// other waits: then it is when they were queued.
	Again uint64
	// Kept is how many acknowledged records are still here, KeptBytes their stored size; Safe is how many of them a good
	// backup of the collector has.
	Kept, Safe uint64
	KeptBytes  int64
	// Epoch is the collector's as last seen, Filled the last one in which it was offered all that is kept. They differ while
	// its holes are still to be filled.
	Epoch, Filled wire.Epoch
	// Damaged is how many records do not fit their checksum. They are not sent and not deleted.
	Damaged uint64
}

// Stats reads the state of the outbox. With an error all but Oldest is what was counted last.
func (o *Outbox) Stats() (Stats, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := Stats{
		Queued: o.count.queued, QueuedBytes: o.count.queuedBytes, LastSeq: o.count.last,
		Kept: o.count.kept, KeptBytes: o.count.keptBytes, Damaged: o.count.damaged,
		Again: o.count.again.Count(), Safe: o.count.safe, Epoch: o.life.Seen, Filled: o.life.Filled,
	}
	if s.LastSeq > 0 {
		s.FirstSeq = 1
	}
	err := o.view("read the oldest record", func(tx *bolt.Tx) error {
		for k, v := range o.waiting(tx) {
			if e, err := decodeEntry(k, v); err == nil {
				s.Oldest = time.Unix(max(e.Added, e.Again), 0).UTC()
				break
			}
		}
		return nil
	})
	return s, err
}
