package main

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"otklik/sync/collector/fleet"
)

type improvementCommands struct {
	Add    improvementAddCommand    `cmd:"" help:"Have terminals tell what the centre changed because of visitors."`
	List   improvementListCommand   `cmd:"" help:"List what terminals tell."`
	Remove improvementRemoveCommand `cmd:"" help:"Take one away."`
}

type improvementAddCommand struct {
	dataFlag
	Ru    string    `help:"The words in Russian, at most 90 characters; they stand in for languages without words." required:""`
	Tt    string    `help:"The words in Tatar."`
	En    string    `help:"The words in English."`
	Until time.Time `help:"The last day on which it is told." format:"2006-01-02" placeholder:"YYYY-MM-DD"`
}

func (cmd *improvementAddCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		by := "command line"
		if u, err := user.Current(); err == nil {
			by = u.Username
		}
		until := cmd.Until
		if !until.IsZero() {
			year, month, day := until.Date()
			until = time.Date(year, month, day+1, 0, 0, 0, 0, time.Local)
		}
		id, err := c.fleet.AddImprovement(ctx, map[string]string{"ru": cmd.Ru, "tt": cmd.Tt, "en": cmd.En}, until, by)
		if err != nil {
			return err
		}
		fmt.Printf("improvement %d: terminals tell it from their next heartbeat on\n", id)
		return nil
	})
}

type improvementListCommand struct{ dataFlag }

func (cmd *improvementListCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		all, err := c.store.Improvements(ctx)
		if err != nil {
			return err
		}
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(out, "ID\tADDED\tBY\tUNTIL\tWORDS")
		for _, i := range all {
			var words []string
			for _, language := range fleet.ImprovementLanguages {
				if i.Text[language] != "" {
					words = append(words, language+": "+i.Text[language])
				}
			}
			until := "removed"
			if !i.Until.IsZero() {
				until = i.Until.Local().AddDate(0, 0, -1).Format(time.DateOnly)
			}
			fmt.Fprintf(out, "%d\t%s\t%s\t%s\t%s\n", i.ID, local(i.Added), i.By, until, strings.Join(words, "; "))
		}
		return out.Flush()
	})
}

type improvementRemoveCommand struct {
	dataFlag
	ID int64 `arg:"" help:"Its number, as improvement list shows it."`
}

func (cmd *improvementRemoveCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error { return c.store.RemoveImprovement(ctx, cmd.ID) })
}
