// Command collector is the central program: it takes answers from terminals, shows them in a web console and exports
// them. Every subcommand works on the data folder while the collector serves.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the build.
var version = "dev"

type commands struct {
	Serve       serveCommand        `cmd:"" help:"Take answers from terminals and show the console."`
	Terminal    terminalCommands    `cmd:"" help:"Enrol, list, set up and revoke terminals."`
	Survey      surveyCommands      `cmd:"" help:"Check, publish and list surveys."`
	Ticket      ticketCommands      `cmd:"" help:"Issue and list the tickets of a test."`
	Improvement improvementCommands `cmd:"" help:"Tell visitors what changed because of them."`
	Export      exportCommand       `cmd:"" help:"Write the responses of a survey to a file."`
	Backup      backupCommand       `cmd:"" help:"Copy the store and the keys while the collector serves, and see that the copy is good."`
	Restore     restoreCommand      `cmd:"" help:"Bring a backup back; terminals then send again what it lacks."`
	Verify      verifyCommand       `cmd:"" help:"See that no record in the store was changed, taken out or put in since it arrived."`
	Accept      acceptCommand       `cmd:"" help:"Take the file that a terminal's rescue made: brought by hand, by a courier."`
	Quarantine  quarantineCommands  `cmd:"" help:"Look at records that could not be read, and read them again."`
	Keys        keysCommands        `cmd:"" help:"Exchange the collector's keys."`
	User        userCommands        `cmd:"" help:"Manage who may open the console."`
	Version     kong.VersionFlag    `help:"Print the version and leave."`
}

// The exit statuses: a failure, and a command line that makes no sense.
const (
	statusFailed = 1
	statusUsage  = 2
)

func main() { os.Exit(run()) }

func run() int {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	k := kong.Must(&c, kong.Name("collector"), kong.Description("The Otklik collector."), kong.UsageOnError(),
		kong.Vars{"version": version, "data": defaultData()}, kong.BindTo(ctx, (*context.Context)(nil)))
	command, err := k.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "collector: %v; see collector --help\n", err)
		return statusUsage
	}
	if err := command.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "collector:", err)
		return statusFailed
	}
	return 0
}
