package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"otklik/sync/collector/export"
	"otklik/sync/collector/store"
)

type exportCommand struct {
	dataFlag
	Survey    string `help:"ID of the survey." required:""`
	Format    string `help:"csv: one row a response, for spreadsheets; jsonl: JSON lines, nothing lost." enum:"csv,jsonl" default:"csv"`
	Output    string `short:"o" help:"File to write, in full or not at all; - for standard output." required:"" placeholder:"FILE"`
	Manifest  string `help:"File for what the export is: rows, SHA-256, and of each terminal what is here and what is missing; signed. OUTPUT.manifest.json if not given; standard error beside standard output." placeholder:"FILE"`
	Header    string `help:"What heads the columns of a CSV: codes, or texts in a language (ru, tt, en)." enum:"codes,ru,tt,en" default:"codes"`
	BOM       bool   `name:"bom" help:"Start a CSV with the byte order mark, by which Excel knows UTF-8."`
	Separator string `help:"What separates the cells of a CSV; Excel expects a semicolon where a comma is the decimal sign." enum:"comma,semicolon" default:"comma"`
	Outcomes  bool   `help:"Add columns to a CSV that say whether each question was answered, skipped, declined or timed out."`
	Timings   bool   `help:"Add columns to a CSV that say how many seconds each question was on the glass; for a survey of one question also when and where it was tapped."`
}

func (cmd *exportCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		maker := export.Maker{Version: version, Key: c.keys.Signing, Now: time.Now}
		draft, err := maker.Begin(ctx, c.store)
		if err != nil {
			return err
		}
		source := draft.Source(c.store)
		rows := 0
		var digest *export.Digest
		write := func(w io.Writer) (err error) {
			digest = export.NewDigest(w)
			w = digest
			if cmd.Format == "jsonl" {
				rows, err = export.JSONL(ctx, source, cmd.Survey, w)
				return err
			}
			rows, err = export.CSV(ctx, source, cmd.Survey, export.Options{
				Header: cmd.Header, BOM: cmd.BOM, Semicolon: cmd.Separator == "semicolon", Location: time.Local,
				Outcomes: cmd.Outcomes, Timings: cmd.Timings,
			}, w)
			return err
		}
		if cmd.Output == "-" {
			err = write(os.Stdout)
		} else {
			err = export.ToFile(cmd.Output, write)
		}
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("survey %q was never published here; look at the list: collector survey list", cmd.Survey)
		}
		if err != nil {
			return err
		}
		manifest := func(w io.Writer) error { return draft.Write(w, filepath.Base(cmd.Output), cmd.Survey, rows, digest) }
		switch {
		case cmd.Manifest != "":
			err = export.ToFile(cmd.Manifest, manifest)
		case cmd.Output == "-":
			err = manifest(os.Stderr)
		default:
			err = export.ToFile(cmd.Output+".manifest.json", manifest)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%d responses written to %s\n", rows, cmd.Output)
		return nil
	})
}
