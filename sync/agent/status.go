package agent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"otklik/sync/disk"
	"otklik/sync/wire"
)

// Areas of work that can be in trouble each by itself.
const (
	UploadArea    = "upload"
	HeartbeatArea = "heartbeat"
	ConfigArea    = "configuration"
	OutboxArea    = "outbox"
	RecordsArea   = "records"
	RefillArea    = "refill"  // of a collector that was restored from a backup
	StorageArea   = "storage" // the agent's own files, and deleting old records
)

// areas in the order people should read them.
var areas = []string{OutboxArea, StorageArea, UploadArea, RefillArea, RecordsArea, HeartbeatArea, ConfigArea}

// Trouble is something that does not work at present.
type Trouble struct {
	Area    string    `json:"area"`
	Reason  Reason    `json:"reason"`
	Code    string    `json:"code,omitempty"`
	Message string    `json:"message"`
	Hint    string    `json:"hint,omitempty"`
	Since   time.Time `json:"since"`
}

// String says what is wrong and what to do.
func (t Trouble) String() string {
	if t.Hint == "" {
		return t.Area + ": " + t.Message
	}
	return t.Area + ": " + t.Message + "; " + t.Hint
}

// Aside is a record that the collector refused by itself. It stays in the outbox and is offered again.
type Aside struct {
	Seq     uint64    `json:"seq"`
	Reason  Reason    `json:"reason"`
	Message string    `json:"message"`
	Since   time.Time `json:"since"`
	Again   time.Time `json:"again"` // when it is offered next
}

// Status is how the terminal stands with the collector.
type Status struct {
	Written  time.Time `json:"written"` // of the file; zero in memory
	Terminal uuid.UUID `json:"terminal"`
	URL      string    `json:"url"`
	Site     string    `json:"site,omitempty"`
	Name     string    `json:"name,omitempty"`
	// LastContact is when the collector last said something signed; zero for never since the program started.
	LastContact time.Time `json:"last_contact,omitzero"`
	// LastUpload is when a receipt last settled records.
	LastUpload time.Time `json:"last_upload,omitzero"`
	// Revoked is since when the terminal knows that it was revoked: then it asks nobody. Zero for not.
	Revoked time.Time `json:"revoked,omitzero"`
	// Troubles are present ones, the gravest first; empty when all is well.
	Troubles []Trouble `json:"troubles,omitempty"`
	// Asides are the first of the records that were refused by themselves, AsideCount is how many there are.
	Asides     []Aside `json:"asides,omitempty"`
	AsideCount int     `json:"aside_count,omitempty"`

	Queued      uint64    `json:"queued"`
	QueuedBytes int64     `json:"queued_bytes,omitempty"`
	Oldest      time.Time `json:"oldest,omitzero"`
	FirstSeq    uint64    `json:"first_seq,omitempty"`
	LastSeq     uint64    `json:"last_seq,omitempty"`
	Damaged     uint64    `json:"damaged,omitempty"` // records whose bytes went bad on the disk
	// Stored and Safe are acknowledged records that are kept here: those only in the collector's store, and those in its
	// last good backup as well. Again are among the queued: the collector asked for them after it was restored.
	Stored uint64 `json:"stored,omitempty"`
	Safe   uint64 `json:"safe,omitempty"`
	Again  uint64 `json:"again,omitempty"`
	// Filled is the last epoch of the collector that was offered all that is kept.
	Filled wire.Epoch `json:"filled"`

	// Offset is collector time minus terminal time in milliseconds as last measured, OffsetKnown whether it ever was.
	Offset      int64 `json:"offset_ms"`
	OffsetKnown bool  `json:"offset_known"`

	Config  uint64   `json:"config"` // version in force; 0 for none
	Surveys []string `json:"surveys,omitempty"`
}

// Problem is the gravest trouble in words with what to do, "" when all is well.
func (s Status) Problem() string {
	if len(s.Troubles) == 0 {
		return ""
	}
	return s.Troubles[0].String()
}

// ReadStatus reads what an agent, in another process, last wrote into dir. The error wraps fs.ErrNotExist when none ever
// did.
func ReadStatus(dir string) (Status, error) {
	path := filepath.Join(dir, statusFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Status{}, fmt.Errorf("agent: no status yet: %w; the kiosk writes it while it runs", err)
	}
	if err != nil {
		return Status{}, fmt.Errorf("agent: read the status: %w", err)
	}
	s, err := parseStatus(data)
	if errors.Is(err, ErrNewer) {
		return Status{}, fmt.Errorf("agent: %s: %w", path, err)
	}
	if err != nil {
		return Status{}, fmt.Errorf("agent: %s is damaged: %w; the running kiosk writes it anew with the next change", path, err)
	}
	return s, nil
}

func parseStatus(data []byte) (s Status, err error) { return s, unmarshalFile(data, &s) }

// statusEvery is the shortest time between two writings of the status file.
const statusEvery = time.Second

// board holds the status and writes it down.
type board struct {
	path  string
	clock func() time.Time
	log   *slog.Logger

	changed chan struct{}
	mu      sync.Mutex
	status  Status
}

func newBoard(dir string, clock func() time.Time, log *slog.Logger) *board {
	return &board{path: filepath.Join(dir, statusFile), clock: clock, log: log, changed: make(chan struct{}, 1)}
}

func (b *board) read() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.status
	s.Troubles, s.Asides, s.Surveys = slices.Clone(s.Troubles), slices.Clone(s.Asides), slices.Clone(s.Surveys)
	return s
}

// change lets f change the status. f replaces slices and does not write into them.
func (b *board) change(f func(*Status)) {
	b.mu.Lock()
	before := b.status
	f(&b.status)
	same := reflect.DeepEqual(before, b.status)
	b.mu.Unlock()
	if same {
		return
	}
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// trouble notes what is wrong in an area, or with nil that nothing is. It logs when that changes.
func (b *board) trouble(area string, f *Failure) {
	now := b.clock().UTC()
	b.change(func(s *Status) {
		i := slices.IndexFunc(s.Troubles, func(t Trouble) bool { return t.Area == area })
		if f == nil {
			if i >= 0 {
				b.log.Info("works again", "area", area, "since", s.Troubles[i].Since)
				s.Troubles = slices.Delete(slices.Clone(s.Troubles), i, i+1)
			}
			return
		}
		t := Trouble{Area: area, Reason: f.Reason, Code: f.Code, Message: f.Message, Hint: f.Hint, Since: now}
		troubles := slices.Clone(s.Troubles)
		if i < 0 {
			troubles = append(troubles, t)
			slices.SortFunc(troubles, func(x, y Trouble) int {
				return slices.Index(areas, x.Area) - slices.Index(areas, y.Area)
			})
		} else {
			t.Since = troubles[i].Since
			troubles[i] = t
		}
		if i < 0 || s.Troubles[i].Reason != f.Reason || s.Troubles[i].Code != f.Code {
			b.log.Warn("does not work", "area", area, "reason", f.Reason, "code", f.Code, "problem", f.Message, "todo", f.Hint)
		}
		s.Troubles = troubles
	})
}

// write keeps the file up to date until ctx ends, and leaves the last status in it.
func (b *board) write(ctx context.Context) {
	var last Status
	failing := false
	save := func() {
		s := b.read()
		if reflect.DeepEqual(s, last) {
			return
		}
		last = s
		s.Written = b.clock().UTC()
		data, err := marshalFile(&s)
		if err == nil {
			err = disk.ReplaceLoosely(b.path, data, 0o644)
		}
		if err != nil && !failing {
			b.log.Warn("the status file cannot be written; check the disk and the folder's owner", "error", err)
		}
		failing = err != nil
	}
	for {
		select {
		case <-ctx.Done():
			save()
			return
		case <-b.changed:
		}
		save()
		select {
		case <-ctx.Done():
			save()
			return
		case <-time.After(statusEvery):
		}
	}
}

// queue notes the state of the outbox. What it counts it knows on a disk that cannot be read, too.
func (b *board) queue(o Outbox) {
	stats, err := o.Stats()
	var trouble *Failure
	switch {
	case err != nil:
		trouble = storageFailure("the outbox cannot be read", err)
	case stats.Damaged > 0:
		trouble = &Failure{
			Reason: Storage, Message: fmt.Sprintf("%d records went bad on the disk and cannot be sent", stats.Damaged),
			Hint: "keep the outbox file for repair and change the disk",
		}
	}
	b.trouble(OutboxArea, trouble)
	b.change(func(s *Status) {
		s.Queued, s.QueuedBytes = stats.Queued, stats.QueuedBytes
		if err == nil {
			s.Oldest = stats.Oldest
		}
		s.FirstSeq, s.LastSeq, s.Damaged = stats.FirstSeq, stats.LastSeq, stats.Damaged
		s.Stored, s.Safe, s.Again, s.Filled = stats.Kept-stats.Safe, stats.Safe, stats.Again, stats.Filled
	})
}

// config notes the configuration in force.
func (b *board) config(c wire.TerminalConfig) {
	var names []string
	for _, ref := range c.Surveys {
		names = append(names, fmt.Sprintf("%s %d (%s)", ref.ID, ref.Number, ref.Version))
	}
	b.change(func(s *Status) { s.Site, s.Name, s.Config, s.Surveys = c.Site, c.Name, c.Version, names })
}
