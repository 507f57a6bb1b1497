package main

import (
	"context"
	"fmt"

	"otklik/sync/collector/store"
)

type terminalHoursCommand struct {
	dataFlag
	Hours string `arg:"" help:"Such as \"mon-fri 09:00-18:00, sat 10:00-14:00\", in the terminal's own time; always for no closing time." placeholder:"HOURS"`
	Name  string `arg:"" optional:"" help:"Name or ID of the terminal. All at --site if none is given."`
	Site  string `help:"Where it stands, or where all of them do."`
}

func (cmd *terminalHoursCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		terminals, err := cmd.find(ctx, c)
		if err != nil {
			return err
		}
		hours := cmd.Hours
		if hours == "always" {
			hours = ""
		}
		for _, t := range terminals {
			if err := c.fleet.SetHours(ctx, t, hours); err != nil {
				return err
			}
			fmt.Printf("%s · %s is open: %s. It follows with its next contact.\n", t.Site, t.Name, cmd.Hours)
		}
		return nil
	})
}

func (cmd *terminalHoursCommand) find(ctx context.Context, c *collector) ([]store.Terminal, error) {
	switch {
	case cmd.Name != "":
		t, err := c.fleet.Find(ctx, cmd.Site, cmd.Name)
		return []store.Terminal{t}, err
	case cmd.Site != "":
		return c.fleet.At(ctx, cmd.Site)
	}
	return nil, fmt.Errorf("say which terminal: its name, or --site for all at a site")
}
