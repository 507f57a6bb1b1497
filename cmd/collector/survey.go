package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"otklik/surveys"
	"otklik/sync/collector/fleet"
)

type surveyCommands struct {
	Check   surveyCheckCommand   `cmd:"" help:"Say what survey files would do wrong on the glass, by line and column."`
	Publish surveyPublishCommand `cmd:"" help:"Give surveys to the terminals."`
	List    surveyListCommand    `cmd:"" help:"List published surveys."`
	Show    surveyShowCommand    `cmd:"" help:"Write a published survey to a file."`
	Import  surveyImportCommand  `cmd:"" help:"Turn an Excel form (XLSForm) into a survey file."`
}

// packedSurvey reads a survey file and puts the pictures that lie beside it inside: what publishing makes of it.
func packedSurvey(path string) ([]byte, error) {
	source, err := readSurvey(path)
	if err != nil {
		return nil, err
	}
	return surveys.Pack(path, source, os.DirFS(filepath.Dir(path)))
}

// readSurvey reads a survey file, but no more than a survey can have.
func readSurvey(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, surveys.MaxSourceBytes+1))
	if err == nil && len(source) > surveys.MaxSourceBytes {
		err = fmt.Errorf("%s: a survey has at most %d bytes", path, surveys.MaxSourceBytes)
	}
	return source, err
}

type surveyPublishCommand struct {
	dataFlag
	Files []string `arg:"" name:"file" help:"Survey files (YAML)."`
}

func (cmd *surveyPublishCommand) Run(ctx context.Context) error {
	return cmd.withNew(ctx, func(c *collector) error {
		for _, path := range cmd.Files {
			var done fleet.Published
			source, err := packedSurvey(path)
			if err == nil {
				done, err = c.fleet.Publish(ctx, path, source)
			}
			var problems surveys.Problems
			if errors.As(err, &problems) {
				fmt.Println(problems)
				return fmt.Errorf("%s was not published", path)
			}
			if err != nil {
				return err
			}
			what := "published"
			if !done.Fresh {
				what = "was published before, nothing changed"
			}
			fmt.Printf("%s number %d (version %s): %s\n", done.Survey.ID, done.Survey.Number, done.Survey.Version, what)
			for _, change := range done.Changes {
				fmt.Printf("  %s: %s [%s]\n", change.Severity, change.Message, change.Rule)
			}
		}
		return nil
	})
}

type surveyListCommand struct{ dataFlag }

func (cmd *surveyListCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		latest, err := c.store.LatestSurveys(ctx)
		if err != nil {
			return err
		}
		totals, err := c.store.Totals(ctx)
		if err != nil {
			return err
		}
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(out, "ID\tNUMBER\tVERSION\tPUBLISHED\tRESPONSES\tASIDE")
		for _, s := range latest {
			fmt.Fprintf(out, "%s\t%d\t%s\t%s\t%d\t%d\n", s.ID, s.Number, s.Version, local(s.Published),
				totals[s.ID].Responses, totals[s.ID].Aside)
		}
		return out.Flush()
	})
}
