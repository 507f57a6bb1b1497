package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"otklik/sync/agent"
	"otklik/sync/disk"
	"otklik/sync/wire"
)

const (
	pinFile   = "pin"            // the hash of the PIN that was set on the terminal
	wrongFile = "pin-wrong.json" // the count of wrong ones
)

type pinCommand struct {
	dataFlag
	PIN string `arg:"" optional:"" default:"-" help:"6 to 12 digits; - reads them from the standard input."`
}

// Run keeps the hash of a PIN. A running glass reads it when its corner is held.
func (c *pinCommand) Run() error {
	dir, err := c.dir()
	if err != nil {
		return err
	}
	hash, err := hashGivenPIN(c.PIN)
	if err != nil {
		return err
	}
	if err := savePIN(dir, hash); err != nil {
		return err
	}
	if config, _, _ := agent.LoadLastGood(dir); config.PIN != "" {
		fmt.Println("The PIN is set, and the collector's goes before it. To have this one hold: collector terminal pin NAME --clear")
		return nil
	}
	fmt.Println("The PIN is set. A PIN from the collector, if it sets one, goes before it.")
	return nil
}

// hashGivenPIN hashes a PIN of the command line; "" for none.
func hashGivenPIN(pin string) (string, error) {
	if pin == "-" {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the PIN: %w", err)
		}
		if pin = strings.TrimSpace(line); pin == "" {
			return "", wire.ErrPIN
		}
	}
	if pin == "" {
		return "", nil
	}
	return wire.HashPIN(pin)
}

func savePIN(dir, hash string) error {
	if err := disk.Replace(filepath.Join(dir, pinFile), []byte(hash+"\n"), 0o600); err != nil {
		return fmt.Errorf("keep the PIN's hash: %w; check the folder and its owner", err)
	}
	return nil
}

// ownPIN is the hash of the PIN that was set on the terminal, "" for none.
func ownPIN(dir string) string {
	data, err := os.ReadFile(filepath.Join(dir, pinFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		slog.Warn("the PIN's hash cannot be read: there is no service corner", "err", err)
	}
	return strings.TrimSpace(string(data))
}
