package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/google/uuid"

	"otklik/sync/collector/export"
	"otklik/sync/collector/ingest"
)

type acceptCommand struct {
	dataFlag
	escrowFlag
	File    string    `arg:"" help:"The file that kiosk rescue or the service corner wrote; - for standard input." placeholder:"FILE"`
	Receipt string    `help:"File to write the collector's signed answer to, which empties the terminal's queue: kiosk rescue --receipt FILE." placeholder:"FILE"`
	For     uuid.UUID `help:"Count the answers for this terminal. For the file of one that is not known here, because the collector was lost: its signature cannot be looked at, so know where the file comes from." placeholder:"ID"`
}

// errPartly says that not all of a bundle could be taken.
var errPartly = errors.New("not all of the file could be taken; make it anew on the terminal: what is here already counts once")

func (cmd *acceptCommand) Run(ctx context.Context) error {
	escrow, err := cmd.key()
	if err != nil {
		return err
	}
	return cmd.with(ctx, func(c *collector) error {
		in, err := c.ingest(escrow...)
		if err != nil {
			return err
		}
		bundle := io.Reader(os.Stdin)
		if cmd.File != "-" {
			f, err := os.Open(cmd.File)
			if err != nil {
				return err
			}
			defer f.Close()
			bundle = f
		}
		var a ingest.Accepted
		accept := in.Accept
		if cmd.For != uuid.Nil {
			accept = func(ctx context.Context, bundle io.Reader, receipts io.Writer) (ingest.Accepted, error) {
				return in.AcceptFor(ctx, cmd.For, bundle, receipts)
			}
		}
		if cmd.Receipt == "" {
			a, err = accept(ctx, bundle, nil)
		} else {
			err = export.ToFile(cmd.Receipt, func(w io.Writer) (err error) {
				a, err = accept(ctx, bundle, w)
				return err
			})
		}
		if a.Batches > 0 || err == nil {
			fmt.Printf("terminal: %s, %s (%s)\nstored: %d\nduplicate: %d\nconflict: %d\nquarantined: %d\n", a.Terminal.Site,
				a.Terminal.Name, a.Terminal.ID, a.Stored, a.Duplicates, a.Conflicts, a.Quarantined)
		}
		if a.Damaged > 0 {
			fmt.Printf("damaged pieces: %d\n", a.Damaged)
		}
		if a.CutOff {
			fmt.Println("the file was cut off: what came before its break is taken")
		}
		if err == nil && (a.Damaged > 0 || a.CutOff) {
			err = errPartly
		}
		return err
	})
}
