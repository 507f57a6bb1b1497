package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"otklik/sync/agent"
	"otklik/sync/wire"
)

type enrolCommand struct {
	dataFlag
	Collector string `required:"" help:"The collector's address, as collector terminal enrol printed it."`
	Code      string `required:"" help:"The one-time code, as collector terminal enrol printed it."`
	PIN       string `name:"pin" help:"PIN of the service corner, 6 to 12 digits; - reads it from the standard input. It takes the place of one that the collector made, and gives way to one chosen there."`
	CA        string `name:"ca" xor:"ca" type:"existingfile" help:"Certificate authority in PEM that alone vouches for the collector, from now on." placeholder:"FILE"`
	CAHash    string `name:"ca-sha256" xor:"ca" help:"The same by its SHA-256, as collector terminal enrol printed it: the certificate is fetched." placeholder:"HEX"`
	AnyCA     bool   `name:"any-ca" xor:"ca" help:"With --again: trust what the machine trusts, and not the authority that was pinned before."`
	Again     bool   `help:"Enrol although this machine is a terminal already: with a new code, to another collector or after its identity was lost."`
}

// Run enrols and says under which name.
func (c *enrolCommand) Run() (err error) {
	dir, err := c.dir()
	if err != nil {
		return err
	}
	var authority wire.Hash
	if c.CAHash != "" {
		if err := authority.UnmarshalText([]byte(strings.ToLower(strings.ReplaceAll(c.CAHash, ":", "")))); err != nil {
			return fmt.Errorf("--ca-sha256: %w; give it as collector terminal enrol printed it", err)
		}
	}
	hash, err := hashGivenPIN(c.PIN)
	if err != nil {
		return err
	}
	box, err := openOutbox(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	ca := []byte(nil)
	if c.CA != "" {
		if ca, err = os.ReadFile(c.CA); err != nil {
			return err
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	identity, err := agent.Enrol(ctx, agent.EnrolOptions{
		URL: c.Collector, Code: c.Code, Dir: dir, Origin: box.Origin(), Version: version, Again: c.Again, CA: string(ca), AnyCA: c.AnyCA, OwnPIN: hash != "",
		Authority: authority,
	})
	if err != nil {
		return err
	}
	if hash != "" {
		if err := savePIN(dir, hash); err != nil {
			return err
		}
	}
	fmt.Printf("Enrolled as %s. Start the terminal with: kiosk run --data %s\n", identity, dir)
	return nil
}
