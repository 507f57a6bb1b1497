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
)

type surveyCommands struct {
	Check   surveyCheckCommand   `cmd:"" help:"Say what is wrong with survey files, by line and column."`
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

type surveyCheckCommand struct {
	Files []string `arg:"" name:"file" help:"Survey files (YAML)."`
}

func (cmd *surveyCheckCommand) Run() error {
	wrong := 0
	for _, path := range cmd.Files {
		source, err := packedSurvey(path)
		if problems := surveys.Problems(nil); errors.As(err, &problems) {
			fmt.Println(problems)
			wrong++
			continue
		}
		if err != nil {
			return err
		}
		s, err := surveys.Load(path, source)
		if err != nil {
			return err
		}
		fmt.Printf("%s: survey %s number %d with %d questions is right\n", path, s.ID, s.Number, len(s.Questions()))
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d files cannot be published as they are", wrong, len(cmd.Files))
	}
	return nil
}

type surveyPublishCommand struct {
	dataFlag
	Files []string `arg:"" name:"file" help:"Survey files (YAML)."`
}

func (cmd *surveyPublishCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		for _, path := range cmd.Files {
			var s *surveys.Survey
			published := false
			source, err := packedSurvey(path)
			if err == nil {
				s, published, err = c.fleet.Publish(ctx, path, source)
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
			if !published {
				what = "was published before, nothing changed"
			}
			fmt.Printf("%s number %d (version %s): %s\n", s.ID, s.Number, s.Version, what)
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
		fmt.Fprintln(out, "ID\tNUMBER\tVERSION\tPUBLISHED\tRESPONSES")
		for _, s := range latest {
			fmt.Fprintf(out, "%s\t%d\t%s\t%s\t%d\n", s.ID, s.Number, s.Version, local(s.Published), totals[s.ID].Responses)
		}
		return out.Flush()
	})
}
