package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/fleet"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

type terminalCommands struct {
	Enrol   terminalEnrolCommand   `cmd:"" help:"Print the address and a one-time code that make a machine a terminal."`
	List    terminalListCommand    `cmd:"" help:"List terminals, when they were last heard of, and what waits on them."`
	PIN     terminalPINCommand     `cmd:"" name:"pin" help:"Set or take away the PIN of a terminal's service corner."`
	Leave   terminalLeaveCommand   `cmd:"" help:"Say whether a terminal's service corner leads to the desktop."`
	Hours   terminalHoursCommand   `cmd:"" help:"Say when the centre of a terminal, or of all at a site, is open. Its glass sleeps at other times."`
	Drain   terminalDrainCommand   `cmd:"" help:"Have a terminal ask nobody any more and send what it has; the list says when it is empty. A revoked one, by its ID, sends and stays revoked."`
	Replace terminalReplaceCommand `cmd:"" help:"Print a one-time code for another machine that takes over a terminal's place."`
	Revoke  terminalRevokeCommand  `cmd:"" help:"Stop a terminal. Its queue stays on it."`
}

type terminalEnrolCommand struct {
	dataFlag
	Site     string   `help:"Where the terminal will stand." required:""`
	Name     string   `help:"What it will be called there." required:""`
	Survey   []string `help:"Survey it will offer; repeat for a menu. All published ones if none is given." placeholder:"ID"`
	Reusable int      `help:"Print a code that makes N terminals instead of one, called by the name and a number. For simulated ones: whoever holds it has N, and they have no service corner." placeholder:"N" xor:"corner"`
	PIN      string   `name:"pin" help:"PIN of the terminal's service corner, 6 to 12 digits; - reads it from the standard input. One is made and printed if none is given." xor:"corner"`
	invitationFlags
}

func (cmd *terminalEnrolCommand) Run(ctx context.Context) error {
	return cmd.withNew(ctx, func(c *collector) error {
		to, err := cmd.invitation(c)
		if err != nil {
			return err
		}
		if cmd.Reusable != 0 {
			if to.Code, err = c.fleet.IssueReusable(ctx, cmd.Reusable, cmd.Site, cmd.Name, cmd.Survey...); err != nil {
				return err
			}
			return printInvitation(to, cmd.QR, fleet.PIN{})
		}
		pin, err := cmd.pin()
		if err != nil {
			return err
		}
		if to.Code, err = c.fleet.IssueCornered(ctx, pin, cmd.Site, cmd.Name, cmd.Survey...); err != nil {
			return err
		}
		return printInvitation(to, cmd.QR, pin)
	})
}

// pin is the PIN that was given, or else one that is made.
func (cmd *terminalEnrolCommand) pin() (pin fleet.PIN, err error) {
	switch cmd.PIN {
	case "":
		return madePIN()
	case "-":
		pin.Text, err = readPIN()
	default:
		pin.Text = cmd.PIN
	}
	return pin, err
}

func madePIN() (fleet.PIN, error) {
	text, err := wire.NewPIN(rand.Reader)
	return fleet.PIN{Text: text, Made: true}, err
}

// invitationFlags are those of commands that print an invitation.
type invitationFlags struct {
	URL string `name:"url" help:"Address that terminals reach the collector at, if not the one it serves at."`
	CA  string `name:"ca" help:"Certificate authority in PEM that alone vouches for the address, if not that of collector serve: its fingerprint goes with the invitation, and the terminal trusts no other." type:"existingfile" placeholder:"FILE"`
	QR  string `name:"qr" help:"Write a QR code to this PNG file, for a scanner at the terminal. It is as secret as the code." type:"path" placeholder:"FILE"`
}

// invitation is an invitation without its code.
func (f *invitationFlags) invitation(c *collector) (i wire.Invitation, err error) {
	i.Address = f.URL
	if i.Address == "" {
		if i.Address, err = c.url(); err != nil {
			return i, err
		}
	}
	var authority *x509.Certificate
	switch {
	case f.CA != "":
		authority, err = readAuthority(f.CA)
	case f.URL == "":
		authority, err = c.authority()
	}
	if err == nil && authority != nil {
		i.Authority = sha256.Sum256(authority.Raw)
	}
	return i, err
}

// printInvitation says what makes a machine a terminal, in a QR code too where one is asked for, and a PIN that nobody else
// knows: only its hash is kept.
func printInvitation(i wire.Invitation, qr string, pin fleet.PIN) error {
	if qr != "" {
		if err := writeQR(qr, i.String()); err != nil {
			return err
		}
	}
	made := ""
	if pin.Made {
		made = "pin: " + pin.Text + "\n"
	}
	ca := ""
	if i.Authority != (wire.Hash{}) {
		ca = "ca-sha256: " + i.Authority.String() + "\n"
	}
	_, err := fmt.Printf("url: %s\nscan: %s\n%s%scode: %s\n", i.Address, i, ca, made, i.Code)
	return err
}

type terminalListCommand struct{ dataFlag }

func (cmd *terminalListCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		terminals, err := c.store.Terminals(ctx)
		if err != nil {
			return err
		}
		all, err := c.store.Coverage(ctx, uuid.Nil)
		if err != nil {
			return err
		}
		missing := store.Missing(all)
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		escrow, now, names := c.keys.Escrow, time.Now(), map[uuid.UUID]string{}
		column := func(text string) string {
			if len(escrow) == 0 {
				return ""
			}
			return text + "\t"
		}
		fmt.Fprintln(out, "ID\tSITE\tNAME\tLAST SEEN\tWAITING\tHERE\tMISSING\tVERSION\t"+column("ESCROW")+"STATE")
		for _, t := range terminals {
			names[t.ID] = t.Site + ", " + t.Name
			seals := "no"
			if t.SealsFor(escrow) {
				seals = "yes"
			}
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\t%s%s\n", t.ID, t.Site, t.Name, local(t.LastSeen), t.Queued, t.Kept,
				missing[t.ID], t.Version, column(seals), state(&t, now))
		}
		if err := out.Flush(); err != nil {
			return err
		}
		if len(escrow) > 0 {
			seal, of := store.Escrowed(terminals, escrow)
			fmt.Printf("%d of %d terminals at work seal for the escrow key %.8x.\n", seal, of, escrow)
		}
		for i := range all {
			if n := all[i].OnFormerDisk(); n > 0 {
				fmt.Printf("%s: %d of the missing waited on a disk that is in use no more (outbox %s). If the disk can be read, "+
					"gather them: kiosk rescue --from\n", all[i].Terminal, n, all[i].Origin)
			}
		}
		alarms, err := c.store.Alarms(ctx, alarmsListed)
		for _, a := range alarms {
			often := local(a.At)
			if a.Times > 1 {
				often = fmt.Sprintf("%d times, last %s", a.Times, often)
			}
			fmt.Printf("Alarm: %s at %s, %s; the console's page of terminals says what to do.\n", a.Kind, names[a.Terminal], often)
		}
		return err
	})
}

// alarmsListed is how many alarms that nobody has read are told.
const alarmsListed = 20

// state is what is to be said of a terminal, as the console says it.
func state(t *store.Terminal, now time.Time) string {
	switch {
	case !t.Active() && t.MaySend():
		return fmt.Sprintf("revoked %s, sends what it has: %d left", local(t.Revoked), t.Queued)
	case !t.Active():
		return "revoked " + local(t.Revoked)
	case t.Drained():
		return "drained: it can be taken away"
	case t.LastSeen.IsZero():
		return "not heard of yet"
	case t.Silent(now):
		return "silent since " + local(t.LastSeen)
	case !t.Draining.IsZero():
		return fmt.Sprintf("drains since %s, %d left", local(t.Draining), t.Queued)
	case t.Problem != "":
		return t.Problem
	}
	return "ok"
}

func local(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

type terminalRevokeCommand struct {
	dataFlag
	ID uuid.UUID `arg:"" help:"ID of the terminal, as terminal list shows it."`
}

func (cmd *terminalRevokeCommand) Run(ctx context.Context) error {
	return cmd.with(ctx, func(c *collector) error {
		err := c.store.RevokeTerminal(ctx, cmd.ID, time.Now())
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("there is no terminal %s; look at the list: collector terminal list", cmd.ID)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Printf("Terminal %s is revoked. Answers that wait on it stay there.\n", cmd.ID)
		return err
	})
}
