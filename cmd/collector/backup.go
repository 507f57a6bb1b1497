package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"otklik/sync/collector/backup"
)

type backupCommand struct {
	dataFlag
	Dir  string `arg:"" help:"Folder of the backups, best on another disk; each becomes a folder in it." placeholder:"DIR"`
	Keep int    `help:"How many backups of this collector stay there; older ones are deleted." default:"14"`
}

// Run makes one backup while the collector serves.
func (cmd *backupCommand) Run(ctx context.Context) error {
	if cmd.Keep < 1 {
		return errors.New("--keep is less than 1; then there would be no backup")
	}
	return cmd.with(ctx, func(c *collector) error {
		maker := c.backups(cmd.Dir, cmd.Keep)
		m, path, err := maker.Make(ctx)
		if err == nil && maker.SameDisk() {
			fmt.Fprintln(os.Stderr, "The backup lies on the same disk as the store, and is lost with it; another disk would be better.")
		}
		if path != "" {
			fmt.Printf("backup: %s\nresponses: %d\nbytes: %d\n", path, m.Responses(), m.Bytes)
		}
		return err
	})
}

func (c *collector) backups(dir string, keep int) *backup.Maker {
	return &backup.Maker{Store: c.store, Data: c.dir, Dir: dir, Keep: keep, Program: version, Now: time.Now}
}

type restoreCommand struct {
	Backup  string `arg:"" help:"Folder of one backup." placeholder:"BACKUP"`
	Data    string `help:"Folder of the collector's store and keys." default:"${data}" placeholder:"DIR"`
	Replace bool   `help:"Take the place of a store that is there; it is kept in a folder beside."`
}

// Run brings a backup back and says what happens now.
func (cmd *restoreCommand) Run(ctx context.Context) error {
	done, err := backup.Restore(ctx, backup.Restoring{Backup: cmd.Backup, Data: cmd.Data, Replace: cmd.Replace, Now: time.Now})
	if err != nil {
		return err
	}
	fmt.Printf("Restored %d responses of %d terminals' outboxes, as they were on %s, into %s.\n",
		done.Responses(), len(done.Origins), local(done.Made), cmd.Data)
	if done.Aside != "" {
		fmt.Printf("What was there lies in %s; delete it when it is no longer needed.\n", done.Aside)
	}
	fmt.Println(`
What happens now:
  1. Start the collector as before. It begins another life of the store.
  2. Each terminal sees that with its next contact, and sends again what it still keeps and the backup lacks:
     14 days of answers, as a rule. Nothing is counted twice. The console shows how many terminals have done so.
  3. What was done in the console and by commands after the backup is undone: look through terminals (enrolled,
     revoked, PINs), users, published surveys and tickets. A terminal enrolled after the backup says "unknown-terminal":
     enrol it again with "kiosk enrol --again"; its answers stay on it and come then.
  4. Everybody logs in to the console again.`)
	return nil
}

// backupFlags have serve make backups by itself.
type backupFlags struct {
	Backup      string        `help:"Folder of the backups, best on another disk: make them while serving." placeholder:"DIR"`
	BackupEvery time.Duration `help:"How often a backup is made." default:"24h" placeholder:"D"`
	BackupKeep  int           `help:"How many backups stay; older ones are deleted." default:"14"`
}

const backupOftenest = time.Second

func (f *backupFlags) check() error {
	if f.Backup != "" && (f.BackupEvery < backupOftenest || f.BackupKeep < 1) {
		return fmt.Errorf("--backup-every is %s and --backup-keep %d; they need at least %s and 1", f.BackupEvery, f.BackupKeep, backupOftenest)
	}
	return nil
}

// every is how often backups are made, 0 for never.
func (f *backupFlags) every() time.Duration {
	if f.Backup == "" {
		return 0
	}
	return f.BackupEvery
}
