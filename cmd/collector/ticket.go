package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/user"
	"text/tabwriter"

	"otklik/surveys"
	"otklik/sync/collector/export"
	"otklik/sync/collector/store"
)

type ticketCommands struct {
	Issue ticketIssueCommand `cmd:"" help:"Make tickets for a test, each good for one attempt."`
	List  ticketListCommand  `cmd:"" help:"List the tickets of a test and what became of them."`
}

type ticketIssueCommand struct {
	dataFlag
	Survey string `help:"ID of the test." required:""`
	Count  int    `help:"How many tickets, 1 to 500." required:""`
	Series string `help:"What people call these tickets, such as a group and a day." required:""`
	Output string `short:"o" help:"CSV file to write; standard output if not given." placeholder:"FILE" default:"-"`
}

func (cmd *ticketIssueCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		by := "command line"
		if u, err := user.Current(); err == nil {
			by = u.Username
		}
		tickets, err := c.fleet.IssueTickets(ctx, cmd.Survey, cmd.Series, by, cmd.Count)
		if err != nil {
			return err
		}
		write := func(w io.Writer) error {
			rows := [][]string{{"survey", "series", "ticket", "printed"}}
			for _, t := range tickets {
				rows = append(rows, []string{cmd.Survey, export.Harmless(cmd.Series), t, surveys.FormatTicket(t)})
			}
			return csv.NewWriter(w).WriteAll(rows)
		}
		if cmd.Output == "-" {
			return write(os.Stdout)
		}
		if err := export.ToFile(cmd.Output, write); err != nil {
			return fmt.Errorf("%w; the tickets are issued: collector ticket list shows them", err)
		}
		fmt.Fprintf(os.Stderr, "%d tickets written to %s\n", len(tickets), cmd.Output)
		return nil
	})
}

type ticketListCommand struct {
	dataFlag
	Survey string `help:"ID of the test." required:""`
}

func (cmd *ticketListCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		tickets, err := c.store.Tickets(ctx, cmd.Survey)
		if err != nil {
			return err
		}
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(out, "TICKET\tSERIES\tISSUED\tBY\tSTATE")
		for _, t := range tickets {
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", t.Ticket, t.Series, local(t.Issued), t.By, ticketState(&t))
		}
		return out.Flush()
	})
}

func ticketState(t *store.Ticket) string {
	switch {
	case !t.Used.IsZero():
		return fmt.Sprintf("used %s by response %s", local(t.Used), t.UsedBy.AnswerID)
	case !t.Revoked.IsZero():
		return "revoked " + local(t.Revoked)
	}
	return "not used"
}
