package main

import (
	"errors"
	"fmt"
	"time"

	"otklik/sync/collector/backup"
	"otklik/sync/collector/keys"
)

type keysCommands struct {
	Rotate rotateCommand `cmd:"" help:"Exchange the keys for new ones; terminals follow by themselves. The collector must be stopped."`
}

type rotateCommand struct{ dataFlag }

// Run exchanges the keys.
func (cmd *rotateCommand) Run() (err error) {
	release, err := backup.HoldAlone(cmd.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	k, err := keys.Rotate(cmd.Data, time.Now())
	if err != nil {
		return err
	}
	fmt.Printf("The keys are new; they were exchanged %d times so far. Terminals follow at their next heartbeat.\n"+
		"Start the collector, make a backup at once (an older one has only the former keys), "+
		"and issue enrolment codes that were not used yet again.\n", len(k.Chain))
	return nil
}
