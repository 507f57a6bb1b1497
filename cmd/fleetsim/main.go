// Command fleetsim tries a collector with many simulated terminals on one machine. They are made of the real outbox,
// recorder and agent; only the visitors are invented.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"otklik/surveys"
)

// version is set by the build.
var version = "dev"

type command struct {
	Collector   string          `required:"" help:"The collector's address, as collector terminal enrol printed it."`
	Code        string          `help:"The code, as collector terminal enrol --reusable N printed it. Not needed for terminals that DIR holds already."`
	Data        string          `required:"" type:"path" placeholder:"DIR" help:"Folder of the terminals, DIR/0001 and so on, and of thanked.txt."`
	Terminals   int             `required:"" placeholder:"N" help:"How many terminals, 1 to 9999."`
	Answers     int             `required:"" placeholder:"M" help:"How many responses each terminal takes now; 0 only uploads what waits."`
	Survey      string          `required:"" type:"path" placeholder:"FILE" help:"The survey they answer, as it was published."`
	Seed        uint64          `required:"" placeholder:"S" help:"What the visitors' answers are drawn by."`
	Rate        float64         `placeholder:"R" help:"Responses a second at each terminal; as fast as the disk allows when not given."`
	Outage      time.Duration   `placeholder:"D" help:"How long the terminals, once enrolled, do not reach the collector, such as 90s."`
	ClockOffset []time.Duration `placeholder:"D,…" help:"How wrong the terminals' clocks are, such as --clock-offset=-87600h; of several, a clock jumps on to the next before each response."`
	Single      bool            `help:"Upload everything through one connection, one request at a time."`
	Verbose     bool            `help:"Tell all that the terminals' agents tell."`

	Version kong.VersionFlag `help:"Print the version and leave."`
}

func main() {
	var c command
	k := kong.Must(&c, kong.Name("fleetsim"), kong.UsageOnError(), kong.Vars{"version": version},
		kong.Description("Simulated Otklik terminals: enrols them, answers a survey at random on each, uploads, "+
			"and prints one line of JSON."))
	if _, err := k.Parse(os.Args[1:]); err != nil {
		k.Errorf("%s", err)
		os.Exit(2)
	}
	level := slog.LevelError
	if c.Verbose {
		level = slog.LevelDebug
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})))
	if err := c.run(); err != nil {
		fmt.Fprintln(os.Stderr, "fleetsim:", err)
		os.Exit(1)
	}
}

// run ends when all is acknowledged, or can never be without somebody's help, or with SIGTERM or SIGINT; both print the figures as they are then.
func (c *command) run() error {
	switch {
	case c.Terminals < 1 || c.Terminals > maxTerminals:
		return fmt.Errorf("--terminals is %d; 1 to %d can be simulated", c.Terminals, maxTerminals)
	case c.Answers < 0 || c.Rate < 0 || c.Outage < 0:
		return errors.New("--answers, --rate and --outage cannot be less than 0")
	}
	if err := checkOpenFiles(c.Terminals); err != nil {
		return err
	}
	survey, err := readSurvey(c.Survey)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	path := filepath.Join(c.Data, "thanked.txt")
	thanked, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer thanked.Close() // each line is written by itself: nothing waits to be
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	f := &fleet{command: c, survey: survey, thanks: thanked, way: newWay(c.Single)}
	err = f.run(ctx)
	line, jsonErr := json.Marshal(f.figures.summary(c.Terminals, f.way.sent.Load()))
	if jsonErr == nil {
		_, jsonErr = fmt.Println(string(line))
	}
	return errors.Join(err, jsonErr)
}

// readSurvey reads a survey as collector survey publish does, so that it is the same version.
func readSurvey(path string) (*surveys.Survey, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if source, err = surveys.Pack(path, source, os.DirFS(filepath.Dir(path))); err != nil {
		return nil, err
	}
	return surveys.Load(path, source)
}
