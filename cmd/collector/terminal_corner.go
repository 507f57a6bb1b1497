package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// oneTerminal names a terminal on the command line.
type oneTerminal struct {
	Name string `arg:"" help:"Name or ID of the terminal, as terminal list shows them."`
	Site string `help:"Where it stands, if terminals at several sites are called so."`
}

func (o *oneTerminal) find(ctx context.Context, c *collector) (store.Terminal, error) {
	return c.fleet.Find(ctx, o.Site, o.Name)
}

type terminalPINCommand struct {
	dataFlag
	oneTerminal
	Stdin bool `help:"Read the PIN from standard input instead of asking for it twice." xor:"how"`
	Clear bool `help:"Take the PIN away. One that was set on the terminal itself holds again." xor:"how"`
}

func (cmd *terminalPINCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		t, err := cmd.find(ctx, c)
		if err != nil {
			return err
		}
		pin, did := "", "taken away"
		if !cmd.Clear {
			if pin, err = cmd.read(); err != nil {
				return err
			}
			did = "set"
		}
		if err := c.fleet.SetPIN(ctx, t, pin); err != nil {
			return err
		}
		_, err = fmt.Printf("The PIN of %s · %s is %s; the terminal follows with its next contact.\n", t.Site, t.Name, did)
		return err
	})
}

// read asks for the PIN.
func (cmd *terminalPINCommand) read() (string, error) {
	if !cmd.Stdin {
		return askTwice()
	}
	pin, err := readPIN()
	if errors.Is(err, wire.ErrPIN) {
		return "", errors.New("standard input holds no PIN; to take the PIN away say --clear")
	}
	return pin, err
}

// readPIN reads a PIN from the standard input; wire.ErrPIN when there is none.
func readPIN() (string, error) {
	line, err := bufio.NewReader(io.LimitReader(os.Stdin, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the PIN: %w", err)
	}
	if line = strings.TrimSpace(line); line == "" {
		return "", wire.ErrPIN
	}
	return line, nil
}

// askTwice asks for the PIN on the terminal without showing it, twice, since nobody sees what was typed.
func askTwice() (string, error) {
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		return "", errors.New("nobody can be asked for the PIN here; give it on standard input and say --stdin")
	}
	ask := func(what string) (string, error) {
		fmt.Fprint(os.Stderr, what)
		typed, err := term.ReadPassword(in)
		fmt.Fprintln(os.Stderr)
		if err != nil {
			return "", fmt.Errorf("read the PIN: %w", err)
		}
		return strings.TrimSpace(string(typed)), nil
	}
	first, err := ask("PIN: ")
	if err != nil {
		return "", err
	}
	if first == "" {
		return "", errors.New("no PIN was typed; to take the PIN away say --clear")
	}
	again, err := ask("The PIN again: ")
	if err != nil {
		return "", err
	}
	if again != first {
		return "", errors.New("the two differ; nothing was changed, try again")
	}
	return first, nil
}

type terminalLeaveCommand struct {
	dataFlag
	oneTerminal
	State string `arg:"" enum:"on,off" help:"on or off."`
}

func (cmd *terminalLeaveCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		t, err := cmd.find(ctx, c)
		if err != nil {
			return err
		}
		if err := c.fleet.SetLeave(ctx, t, cmd.State == "on"); err != nil {
			return err
		}
		_, err = fmt.Printf("Leaving %s · %s to the desktop is %s; the terminal follows with its next contact.\n", t.Site, t.Name, cmd.State)
		return err
	})
}
