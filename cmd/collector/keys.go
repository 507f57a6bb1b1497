package main

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"otklik/sync/collector/backup"
	"otklik/sync/collector/keys"
)

type keysCommands struct {
	Rotate rotateCommand `cmd:"" help:"Exchange the keys for new ones; terminals follow by themselves. The collector must be stopped."`
	Escrow escrowCommand `cmd:"" help:"Make a key that opens answers when the collector's own keys are lost: its private half goes to FILE, to be kept offline, and nowhere else. Terminals seal for it, too. The collector must be stopped."`
}

// alone does something to the keys while no program uses them.
func (f dataFlag) alone(work func() error) (err error) {
	release, err := backup.HoldAlone(f.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	return work()
}

type rotateCommand struct{ dataFlag }

// Run exchanges the keys.
func (cmd *rotateCommand) Run() error {
	return cmd.alone(func() error {
		k, err := keys.Rotate(cmd.Data, time.Now())
		if err != nil {
			return err
		}
		fmt.Printf("The keys are new; they were exchanged %d times so far. Terminals follow at their next heartbeat.\n"+
			"Start the collector, make a backup at once (an older one has only the former keys), "+
			"and issue enrolment codes that were not used yet again.\n", len(k.Chain))
		return nil
	})
}

type escrowCommand struct {
	dataFlag
	File string `arg:"" optional:"" help:"New file for the private half, not in the data folder. Whoever has it can open every answer sealed from then on." placeholder:"FILE"`
	End  bool   `help:"Have terminals seal for the collector alone again. What was sealed for the escrow key stays so."`
}

// Run makes an escrow key or ends it.
func (cmd *escrowCommand) Run() error {
	if cmd.End == (cmd.File != "") {
		return errors.New("name a file for the private half, or say --end")
	}
	return cmd.alone(func() error {
		if cmd.End {
			err := keys.EndEscrow(cmd.Data)
			if errors.Is(err, fs.ErrNotExist) {
				return errors.New("terminals seal for no escrow key")
			}
			if err == nil {
				fmt.Println("Start the collector: terminals seal for it alone from their next heartbeat on.")
			}
			return err
		}
		public, err := keys.MakeEscrow(cmd.Data, cmd.File)
		if err != nil {
			return err
		}
		fmt.Printf("escrow key: %.8x\nIts private half is in %s and nowhere else: take it away from this machine, and keep it locked up.\n"+
			"Start the collector, and make a backup. Terminals seal for the key, too, from their next heartbeat on;\n"+
			"what they sealed before opens with the collector's own keys alone.\n", public, cmd.File)
		return nil
	})
}

// escrowFlag is the flag of commands that can open answers without the collector's own keys.
type escrowFlag struct {
	EscrowKey string `help:"Open answers with this escrow key, too: when the keys they were sealed for are lost." placeholder:"FILE"`
}

// key is the private half, nothing when none was given.
func (f escrowFlag) key() (more [][]byte, err error) {
	if f.EscrowKey == "" {
		return nil, nil
	}
	key, err := keys.ReadEscrow(f.EscrowKey)
	return [][]byte{key}, err
}
