// Command kiosk is the terminal: the glass that asks, the outbox that keeps and the agent that uploads.
package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/alecthomas/kong"
)

// version is set by the build.
var version = "dev"

type commands struct {
	Run     runCommand       `cmd:"" default:"withargs" help:"Ask visitors, full screen. This is what a terminal starts."`
	Enrol   enrolCommand     `cmd:"" help:"Make this machine a terminal of a collector, with a one-time code."`
	Status  statusCommand    `cmd:"" help:"Say how the terminal is: site, queue, last contact."`
	Pin     pinCommand       `cmd:"" help:"Set the PIN of the service corner."`
	Rescue  rescueCommand    `cmd:"" help:"Write what waits into a file for a courier, or take the collector's answer to it."`
	Shots   shotsCommand     `cmd:"" help:"Render every screen of a survey to PNG files, without a display."`
	Glass   glassCommand     `cmd:"" hidden:"" help:"The glass alone, without what restarts it."`
	Hold    holdCommand      `cmd:"" hidden:"" help:"Show what visitors see while the glass restarts."`
	Version kong.VersionFlag `help:"Print the version and leave."`
}

func main() {
	keepSecret()
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	var c commands
	k := kong.Must(&c, kong.Name("kiosk"), kong.Description("The Otklik terminal."), kong.UsageOnError(),
		kong.Vars{"version": version})
	ctx, err := k.Parse(os.Args[1:])
	if err != nil {
		k.Errorf("%s", err)
		os.Exit(2)
	}
	if err := ctx.Run(); err != nil {
		if errors.Is(err, endedError{startAgain}) { // no mistake: the supervisor starts the next one
			os.Exit(startAgain)
		}
		fmt.Fprintln(os.Stderr, "kiosk:", err)
		os.Exit(exitStatus(err))
	}
}
