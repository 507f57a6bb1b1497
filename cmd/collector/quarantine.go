package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

type quarantineCommands struct {
	List    quarantineListCommand    `cmd:"" help:"List the records that could not be read, with the reasons."`
	Release quarantineReleaseCommand `cmd:"" help:"Read records again: they are counted, or stay with the reason of today."`
}

// quarantinePage is how many records are read at a time.
const quarantinePage = 200

type quarantineListCommand struct{ dataFlag }

func (cmd *quarantineListCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(out, "ID\tRECEIVED\tTERMINAL\tSEQ\tANSWER\tREASON")
		err := c.eachQuarantined(ctx, func(q *store.Quarantined) error {
			name := q.Terminal.String()
			if t, err := c.store.Terminal(ctx, q.Terminal); err == nil {
				name = t.Site + ", " + t.Name
			}
			_, err := fmt.Fprintf(out, "%d\t%s\t%s\t%d\t%s\t%s\n", q.ID, local(q.Received), name, q.Seq, q.AnswerID, q.Reason)
			return err
		})
		return errors.Join(err, out.Flush())
	})
}

// eachQuarantined goes through the quarantine as it is, however many leave it meanwhile.
func (c *collector) eachQuarantined(ctx context.Context, yield func(*store.Quarantined) error) error {
	for after := int64(0); ; {
		some, err := c.store.QuarantinedAfter(ctx, after, quarantinePage)
		if err != nil || len(some) == 0 {
			return err
		}
		for i := range some {
			after = some[i].ID
			if err := yield(&some[i]); err != nil {
				return err
			}
		}
	}
}

type quarantineReleaseCommand struct {
	dataFlag
	escrowFlag
	ID  []int64 `arg:"" optional:"" help:"Records, as quarantine list shows them."`
	All bool    `help:"Read all records again."`
}

func (cmd *quarantineReleaseCommand) Run(ctx context.Context) error {
	if cmd.All == (len(cmd.ID) > 0) {
		return errors.New("say which records, as collector quarantine list shows them, or --all")
	}
	escrow, err := cmd.key()
	if err != nil {
		return err
	}
	return cmd.with(ctx, func(c *collector) error {
		in, err := c.ingest(escrow...)
		if err != nil {
			return err
		}
		counted, stayed := 0, 0
		release := func(id int64) error {
			d, err := in.Release(ctx, id)
			switch {
			case errors.Is(err, store.ErrNotFound):
				if !cmd.All {
					return fmt.Errorf("record %d is not in quarantine; look at the list: collector quarantine list", id)
				}
			case err != nil:
				return err
			case d.Verdict == wire.Quarantined:
				stayed++
				fmt.Printf("%d stays: %s\n", id, d.Reason)
			default:
				counted++
			}
			return nil
		}
		if cmd.All {
			err = c.eachQuarantined(ctx, func(q *store.Quarantined) error { return release(q.ID) })
		}
		for _, id := range cmd.ID {
			if err == nil {
				err = release(id)
			}
		}
		fmt.Printf("released: %d\nstill in quarantine: %d\n", counted, stayed)
		return err
	})
}
