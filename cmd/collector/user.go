package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"otklik/sync/collector/access"
	"otklik/sync/collector/store"
)

type userCommands struct {
	Add userAddCommand `cmd:"" help:"Let someone open the console."`
}

type userAddCommand struct {
	dataFlag
	Name          string `help:"Name to log in with." required:""`
	PasswordStdin bool   `help:"Read the password from standard input instead of making and printing one."`
	IfMissing     bool   `help:"Do nothing if there is a user of that name."`
}

func (cmd *userAddCommand) Run(ctx context.Context) error {
	return cmd.withNew(ctx, func(c *collector) error {
		users, err := access.New(c.store, time.Now)
		if err != nil {
			return err
		}
		password := access.GeneratePassword()
		if cmd.PasswordStdin {
			line, err := bufio.NewReader(io.LimitReader(os.Stdin, 4096)).ReadString('\n')
			if err != nil && !errors.Is(err, io.EOF) {
				return fmt.Errorf("read the password: %w", err)
			}
			password = strings.TrimRight(line, "\r\n")
		}
		err = users.Add(ctx, cmd.Name, password)
		switch {
		case errors.Is(err, store.ErrConflict) && cmd.IfMissing:
			return nil
		case errors.Is(err, store.ErrConflict):
			return fmt.Errorf("there is a user %q already; choose another name, or say --if-missing", cmd.Name)
		case err != nil:
			return err
		case cmd.PasswordStdin:
			_, err = fmt.Printf("name: %s\n", cmd.Name)
		default:
			_, err = fmt.Printf("name: %s\npassword: %s\n", cmd.Name, password)
		}
		return err
	})
}
