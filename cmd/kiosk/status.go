package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"otklik/sync/agent"
)

type statusCommand struct {
	dataFlag
	JSON bool `help:"Print it as JSON."`
}

// Run prints what the running terminal last wrote down. It leaves with status 1 when something is wrong.
func (c *statusCommand) Run() error {
	dir, err := c.dir()
	if err != nil {
		return err
	}
	if _, err := agent.LoadIdentity(dir); err != nil {
		return err
	}
	s, err := agent.ReadStatus(dir)
	if err != nil {
		return err
	}
	if c.JSON {
		e := json.NewEncoder(os.Stdout)
		e.SetIndent("", "  ")
		err = e.Encode(s)
	} else {
		room := newRoom(dir)
		err = printStatus(s, room.words(spaceOf(dir, room.queue)), setAsideProblem(dir))
	}
	if damaged := setAsideProblem(dir); err == nil && damaged != "" {
		return errors.New(damaged)
	}
	if err == nil && len(s.Troubles) > 0 {
		return fmt.Errorf("%s", s.Problem())
	}
	return err
}

func printStatus(s agent.Status, disk, damaged string) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { _, _ = fmt.Fprintf(w, name+"\t"+format+"\n", args...) }
	row("terminal", "%s, %s (%s)", s.Site, s.Name, s.Terminal)
	row("collector", "%s", s.URL)
	row("last contact", "%s", moment(s.LastContact))
	row("last upload", "%s", moment(s.LastUpload))
	if s.Queued == 0 {
		row("waiting", "nothing")
	} else {
		row("waiting", "%d, the oldest since %s", s.Queued, moment(s.Oldest))
	}
	if s.Again > 0 {
		row("sent again", "%d of them: the collector was restored from a backup", s.Again)
	}
	row("acknowledged", "%d stored, %d safe in a backup as well; kept here for now", s.Stored, s.Safe)
	row("answers so far", "%d", s.LastSeq)
	if s.AsideCount > 0 {
		row("refused one by one", "%d; they stay here and are offered again", s.AsideCount)
	}
	if s.Damaged > 0 {
		row("damaged on the disk", "%d", s.Damaged)
	}
	if s.OffsetKnown {
		row("clock", "%s", clockWords(time.Duration(s.Offset)*time.Millisecond))
	}
	row("disk", "%s", disk)
	row("surveys", "%s", cmp.Or(strings.Join(s.Surveys, ", "), "none"))
	row("as of", "%s", moment(s.Written))
	if damaged != "" {
		row("trouble", "%s", damaged)
	}
	for _, t := range s.Troubles {
		row("trouble", "%s (%s, since %s)", t, t.Reason, moment(t.Since))
	}
	return w.Flush()
}

// clockWords says how the terminal's clock goes, which is so much behind the collector's.
func clockWords(behind time.Duration) string {
	switch behind = behind.Round(time.Second); {
	case behind > 0:
		return fmt.Sprintf("%s behind the collector's", behind)
	case behind < 0:
		return fmt.Sprintf("%s ahead of the collector's", -behind)
	}
	return "as the collector's"
}

// moment prints a time as people read it, and "never" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Local().Format("2006-01-02 15:04:05")
}
