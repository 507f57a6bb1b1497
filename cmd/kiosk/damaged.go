package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"otklik/sync/agent"
	"otklik/sync/outbox"
)

// setAside returns the damaged outboxes in the data folder that nobody has seen to yet, the oldest first.
func setAside(dir string) []string { return outbox.Aside(filepath.Join(dir, outboxName)) }

// setAsideProblem says of them what the collector should hear with every heartbeat until somebody has seen to it.
func setAsideProblem(dir string) string { return outbox.AsideProblem(filepath.Join(dir, outboxName)) }

// salvage saves what can be read of a damaged outbox into a bundle for the collector, and says what cannot.
func (c *rescueCommand) salvage(dir string) error {
	identity, err := agent.LoadIdentity(dir)
	if err != nil {
		return err
	}
	path := c.From
	if !strings.ContainsRune(path, filepath.Separator) {
		path = filepath.Join(dir, path)
	}
	found, err := outbox.Salvage(path)
	if err != nil {
		return err
	}
	answers, err := bundleTo(c.Output, found, identity, time.Now())
	if err != nil {
		return err
	}
	fmt.Printf("%d answers of %s are in %s. Bring it to the collector: collector accept %s\n", answers, filepath.Base(path), c.Output,
		filepath.Base(c.Output))
	if len(found.Missing) > 0 {
		fmt.Printf("Not in the file any more, of %d: %v. They were acknowledged and deleted, or are lost: the collector knows "+
			"which of them it has.\n", found.Found.Count()+found.Missing.Count(), found.Missing)
	}
	fmt.Println("When the collector has taken it: kiosk rescue --confirm ends the alarm. The file itself stays.")
	return nil
}
