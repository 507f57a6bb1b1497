package main

import (
	"context"
	"fmt"

	"otklik/sync/collector/fleet"
	"otklik/sync/collector/store"
)

type terminalDrainCommand struct {
	dataFlag
	oneTerminal
	Off bool `help:"Let it ask again."`
}

func (cmd *terminalDrainCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		t, err := cmd.find(ctx, c)
		if err != nil {
			return err
		}
		if !t.Active() {
			return letSend(ctx, c, t, !cmd.Off)
		}
		if err := c.fleet.Drain(ctx, t, !cmd.Off); err != nil {
			return err
		}
		if cmd.Off {
			_, err = fmt.Printf("%s · %s asks again from its next contact on.\n", t.Site, t.Name)
			return err
		}
		_, err = fmt.Printf("%s · %s asks nobody from its next contact on, and sends what it has: %d waited when it was last heard "+
			"of. When it is empty, the list says so: collector terminal list\n", t.Site, t.Name, t.Queued)
		return err
	})
}

// letSend has a revoked terminal send what waits on it, and nothing else.
func letSend(ctx context.Context, c *collector, t store.Terminal, on bool) error {
	if err := c.fleet.LetSend(ctx, t.ID, on, ""); err != nil {
		return err
	}
	if !on {
		_, err := fmt.Printf("%s · %s was revoked and is heard no more.\n", t.Site, t.Name)
		return err
	}
	_, err := fmt.Printf("%s · %s stays revoked and asks nobody; from its next contact on it may send what it has. %d waited when it "+
		"was last heard of.\n", t.Site, t.Name, t.Queued)
	return err
}

type terminalReplaceCommand struct {
	dataFlag
	oneTerminal
	invitationFlags
}

func (cmd *terminalReplaceCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		t, err := cmd.find(ctx, c)
		if err != nil {
			return err
		}
		to, err := cmd.invitation(c)
		if err != nil {
			return err
		}
		pin := fleet.PIN{} // that of the place goes with it
		if t.PIN == "" {
			if pin, err = madePIN(); err != nil {
				return err
			}
		}
		if to.Code, err = c.fleet.IssueReplacement(ctx, t, pin); err != nil {
			return err
		}
		return printInvitation(to, cmd.QR, pin)
	})
}
