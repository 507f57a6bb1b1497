package main

import (
	"context"
	"errors"
	"fmt"

	"otklik/sync/collector/export"
	"otklik/sync/collector/store"
)

type verifyCommand struct {
	dataFlag
	Manifest []string `help:"Manifest of an earlier export to hold the store against; repeat for several." type:"existingfile" placeholder:"FILE"`
}

// errTampered says that a store is not what it was.
var errTampered = errors.New("the store is not as the records arrived; keep it as it is, and look at the last good backup")

func (cmd *verifyCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		var anchors []store.ChainHead
		for _, path := range cmd.Manifest {
			var m *export.Manifest
			var err error
			for _, key := range c.keys.SigningPublics() {
				if m, err = export.ReadManifest(path, key); !errors.Is(err, export.ErrManifest) {
					break
				}
			}
			if err != nil {
				return err
			}
			anchors = append(anchors, m.Anchors()...)
		}
		v, err := c.store.Verify(ctx, anchors)
		if err != nil {
			return err
		}
		fmt.Printf("terminals' outboxes: %d\nresponses: %d\nconflicts: %d\nin quarantine: %d\n", v.Origins, v.Responses, v.Conflicts,
			v.Quarantined)
		for _, f := range v.Faults {
			name := "terminal unknown"
			if t, err := c.store.Terminal(ctx, f.Terminal); err == nil {
				name = fmt.Sprintf("%s, %s", t.Site, t.Name)
			}
			row := ""
			if f.Seq != 0 {
				row = fmt.Sprintf(", seq %d, answer %s", f.Seq, f.AnswerID)
			}
			fmt.Printf("WRONG: %s, origin %s%s: %s\n", name, f.Origin, row, f.Problem)
		}
		if len(v.Faults) > 0 {
			return errTampered
		}
		fmt.Println("all chains and hashes hold")
		return nil
	})
}
