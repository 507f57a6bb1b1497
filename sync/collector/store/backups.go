package store

import (
	"context"
	"time"

	"otklik/sync/wire"
)

// Backups keeps what the backups of the store have, and that it was brought back from one.
type Backups interface {
	// NoteBackup keeps how a backup ended. The ranges of a good one take the place of those of the last good one; a failed
	// one changes none.
	NoteBackup(ctx context.Context, b Backup) error
	// BackupState tells of the last backups.
	BackupState(ctx context.Context) (BackupState, error)
	// SetBackupEvery keeps how often backups are made by themselves; 0 for never.
	SetBackupEvery(ctx context.Context, every time.Duration) error
	// LoseBackups notes that the last good backup is no longer there: nothing is safe until there is another, although the
	// collector makes backups.
	LoseBackups(ctx context.Context) error
	// SetKeepWindow keeps how much terminals keep of what was acknowledged, and raises ConfigVersion when that changes it.
	SetKeepWindow(ctx context.Context, w KeepWindow) error
	// KeepWindow tells it.
	KeepWindow(ctx context.Context) (KeepWindow, error)
	// Safe returns which seqs of an origin the last good backup has, the wire.MaxRanges highest ranges of them, and whether
	// backups are made: by themselves, or at least one that was good.
	Safe(ctx context.Context, origin wire.Origin) (safe wire.Ranges, backups bool, err error)
	// Lacks returns those of the held ranges of which not exactly these answers are here, in their order.
	Lacks(ctx context.Context, origin wire.Origin, held []wire.Held) (wire.Ranges, error)
	// Revive begins another life of a store that is a copy: another Epoch, a ConfigVersion above all that terminals can have
	// seen, nobody logged in to the console, no terminal that has refilled. from is the backup it was, which is the last
	// good one from now on.
	Revive(ctx context.Context, at time.Time, from Backup) error
	// Restored tells of the last Revive; the zero value when there was none.
	Restored(ctx context.Context) (Restored, error)
}

// LostBackup is the Problem of a backup that was good and is no longer there.
const LostBackup = "it was deleted, or its disk is not there"

// KeepWindow is how many days, and how many bytes, a terminal keeps of what was acknowledged; 0 for its own default.
type KeepWindow struct {
	Days  int
	Bytes int64
}

// Backup is one backup of the store.
type Backup struct {
	Began, Ended time.Time
	Path         string
	Bytes        int64
	Responses    int64
	// Problem says why it is none, "" for a good one.
	Problem string
	// Ranges are the seqs that it has, by origin. BackupState leaves them out.
	Ranges map[wire.Origin]wire.Ranges
}

// BackupState tells how it stands with backups.
type BackupState struct {
	// Good is the last good one, Last the last one however it ended; zero when there was none.
	Good, Last Backup
	// Every is how often one is made; 0 for when somebody makes one.
	Every time.Duration
}

// Restored says that the store was brought back from a backup.
type Restored struct {
	At    time.Time // zero: it never was
	Taken time.Time // when that backup was
	// Terminals are those at work that had been in touch before the backup or have been since; Refilled are those of them
	// that have sent again what the backup lacked.
	Terminals, Refilled int
}

// Inventory is what a store has at one moment, so that a copy of it can be told to be one.
type Inventory struct {
	Epoch wire.Epoch `json:"epoch"`
	// Rows are the numbers of rows by table.
	Rows map[string]int64 `json:"rows"`
	// Origins are what is kept of each outbox.
	Origins map[wire.Origin]OriginInventory `json:"origins"`
}

// OriginInventory is what is kept of one outbox.
type OriginInventory struct {
	Records uint64      `json:"records"` // responses, quarantined records and conflicts
	Ranges  wire.Ranges `json:"ranges"`
	// Hash is a SHA-256 over the keys and hashes of all records in their order.
	Hash wire.Hash `json:"sha256"`
}

// Ranges are the seqs of each origin.
func (i *Inventory) Ranges() map[wire.Origin]wire.Ranges {
	all := make(map[wire.Origin]wire.Ranges, len(i.Origins))
	for origin, of := range i.Origins {
		all[origin] = of.Ranges
	}
	return all
}
