package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"otklik/surveys"
	"otklik/surveys/xlsform"
	"otklik/sync/collector/export"
	"otklik/sync/collector/store"
)

type surveyImportCommand struct {
	Form   string `arg:"" help:"Excel form (*.xlsx, XLSForm)."`
	Output string `short:"o" help:"File to write (YAML), in full or not at all; - for standard output." required:"" placeholder:"FILE"`
}

// Run writes the survey to the output and everything that the form says otherwise to standard error.
func (cmd *surveyImportCommand) Run() error {
	f, err := os.Open(cmd.Form)
	if err != nil {
		return err
	}
	defer f.Close()
	source, warnings, err := xlsform.Import(cmd.Form, f)
	for _, w := range warnings {
		fmt.Fprintln(os.Stderr, "warning:", w)
	}
	var problems xlsform.Problems
	if errors.As(err, &problems) {
		fmt.Println(problems)
		return fmt.Errorf("%s cannot be imported as it is", cmd.Form)
	}
	if err != nil {
		return err
	}
	if err := writeOutput(cmd.Output, source); err != nil {
		return err
	}
	s, err := surveys.Load(cmd.Output, source)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s: survey %s number %d, questions: %d\n", cmd.Output, s.ID, s.Number, len(s.Questions()))
	if files := s.ImageFiles(); len(files) > 0 {
		fmt.Fprintf(os.Stderr, "lay the pictures beside it before it is checked and published: %s\n", strings.Join(files, ", "))
	}
	return nil
}

type surveyShowCommand struct {
	dataFlag
	ID     string `arg:"" help:"ID of the survey."`
	Number int    `help:"Number of the version; the latest when left out." placeholder:"N"`
	Format string `help:"yaml: as it was published, byte for byte; xlsx: as an Excel form." enum:"yaml,xlsx" default:"yaml"`
	Output string `short:"o" help:"File to write, in full or not at all; - for standard output." default:"-" placeholder:"FILE"`
	Images string `help:"Folder to write the survey's pictures to; an Excel form only names them." type:"path" placeholder:"DIR"`
}

func (cmd *surveyShowCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		version, err := cmd.version(ctx, c.store)
		if err != nil {
			return err
		}
		content := version.Source
		s, err := surveys.Load(version.ID, version.Source)
		if err != nil {
			return err
		}
		if cmd.Images != "" {
			if err := os.MkdirAll(cmd.Images, 0o755); err != nil {
				return err
			}
			for file, data := range s.Images {
				if err := writeOutput(filepath.Join(cmd.Images, file), data); err != nil {
					return err
				}
			}
		}
		if cmd.Format == "xlsx" {
			if content, err = xlsform.Export(s); err != nil {
				return err
			}
		}
		return writeOutput(cmd.Output, content)
	})
}

// version returns the version asked for.
func (cmd *surveyShowCommand) version(ctx context.Context, published store.Surveys) (store.SurveyVersion, error) {
	versions, err := published.SurveyVersions(ctx, cmd.ID)
	if err != nil {
		return store.SurveyVersion{}, err
	}
	if len(versions) == 0 {
		return store.SurveyVersion{}, fmt.Errorf("survey %s was never published; collector survey list tells which were", cmd.ID)
	}
	if cmd.Number == 0 {
		return versions[len(versions)-1], nil
	}
	var numbers []string
	for _, v := range versions {
		if v.Number == cmd.Number {
			return v, nil
		}
		numbers = append(numbers, fmt.Sprint(v.Number))
	}
	return store.SurveyVersion{}, fmt.Errorf("survey %s has no number %d, but %s", cmd.ID, cmd.Number, strings.Join(numbers, ", "))
}

// writeOutput writes a file in full or not at all, or to standard output for -.
func writeOutput(output string, content []byte) error {
	write := func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	}
	if output == "-" {
		return write(os.Stdout)
	}
	return export.ToFile(output, write)
}
