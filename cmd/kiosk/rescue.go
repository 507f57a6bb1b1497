package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"otklik/sync/agent"
	"otklik/sync/disk"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

type rescueCommand struct {
	dataFlag
	Output  string `short:"o" xor:"way" required:"" help:"Write all answers that wait into this file, sealed and signed: for a courier. Nothing leaves the terminal." placeholder:"FILE"`
	Kept    bool   `help:"Write also what the collector has signed for and the terminal still keeps: for a new collector, when that one was lost and answers are opened with its escrow key."`
	From    string `help:"Write what can be read of this damaged outbox, which was set aside, instead of the queue." placeholder:"FILE"`
	Confirm bool   `xor:"way" required:"" help:"Say that the damaged outboxes that were set aside have been seen to: the alarm ends, the files stay."`
	Receipt string `xor:"way" required:"" help:"Take the collector's answer to such a file (collector accept --receipt): what it has no longer waits." placeholder:"FILE"`
}

// Run needs the outbox for itself: while the terminal runs, its service corner makes the file.
func (c *rescueCommand) Run() (err error) {
	dir, err := c.dir()
	if err != nil {
		return err
	}
	switch {
	case c.Kept && (c.Output == "" || c.From != ""):
		return errors.New("--kept goes with -o alone: say kiosk rescue --kept -o FILE")
	case c.Confirm:
		n, err := outbox.ConfirmAside(filepath.Join(dir, outboxName))
		fmt.Printf("%d damaged files were seen to.\n", n)
		return err
	case c.From != "":
		return c.salvage(dir)
	}
	identity, err := agent.LoadIdentity(dir)
	if err != nil {
		return err
	}
	box, err := openOutbox(dir)
	if err != nil {
		if errors.Is(err, outbox.ErrLocked) {
			err = fmt.Errorf("%w; the terminal runs: stop it, or use its service corner", err)
		}
		return err
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	if c.Receipt != "" {
		return applyReceipts(dir, c.Receipt, identity, box)
	}
	answers, err := bundleTo(c.Output, c.of(box), identity, time.Now())
	if err == nil {
		fmt.Printf("%d answers are in %s. Bring it to the collector: collector accept %s\n", answers, c.Output, filepath.Base(c.Output))
	}
	return err
}

// of is what goes into the file.
func (c *rescueCommand) of(box *outbox.Outbox) rescuable {
	if c.Kept {
		return everything{box}
	}
	return box
}

// everything of an outbox is rescued with what is kept in it, too.
type everything struct{ *outbox.Outbox }

func (e everything) Rescue(to *wire.BundleWriter) (int, error) {
	waiting, err := e.Outbox.Rescue(to)
	if err != nil {
		return waiting, err
	}
	kept, err := e.RescueKept(to)
	return waiting + kept, err
}

func applyReceipts(dir, path string, identity agent.Identity, box *outbox.Outbox) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	settled, foreign := 0, 0
	var standing wire.Receipt // the last that tells of the escrow key
	steps, err := wire.ReadReceipts(f, identity.Trusted(), func(r wire.Receipt) error {
		if r.Origin != box.Origin() {
			if !r.Standing() {
				foreign++ // of an outbox that was set aside
			}
			return nil
		}
		n, err := box.SettleCarried(r)
		settled += n
		if err == nil && r.TellsOfEscrow() {
			standing = r
		}
		return err
	})
	if len(steps) > 0 {
		next, keepErr := agent.Succeed(dir, identity, steps)
		if keepErr != nil {
			err = errors.Join(err, keepErr)
		} else {
			identity = next
			fmt.Println("The collector exchanged its keys, and the terminal follows.")
		}
	}
	before := identity.EscrowKey
	identity, keepErr := agent.HearEscrow(dir, identity, standing)
	err = errors.Join(err, keepErr)
	switch {
	case keepErr != nil || bytes.Equal(before, identity.EscrowKey):
	case len(identity.EscrowKey) > 0:
		fmt.Println("The collector set an escrow key, and answers are sealed for it, too.")
	default:
		fmt.Println("The collector has no escrow key any more, and answers are sealed for it alone.")
	}
	stats, statsErr := box.Stats()
	if statsErr == nil {
		fmt.Printf("%d answers are with the collector, %d still wait here.\n", settled, stats.Queued)
		if stats.Again > 0 {
			fmt.Printf("The collector was brought back from a backup: %d answers that it may lack go again with the next bundle.\n", stats.Again)
		}
	}
	if foreign > 0 {
		fmt.Printf("%d receipts are for another outbox and were passed over.\n", foreign)
	}
	return errors.Join(err, statsErr)
}

// rescuable is an outbox, or what was salvaged from one.
type rescuable interface {
	Origin() wire.Origin
	Rescue(*wire.BundleWriter) (int, error)
}

// rescue copies what waits in the outbox, sealed as it is, into a folder: a file named by the terminal and the time, and
// beside it its SHA-256 as sha256sum writes it. Both are on the medium and read back when it returns nil.
func rescue(folder string, from rescuable, identity agent.Identity, terminal string, now time.Time) (name string, answers int,
	err error,
) {
	name = fmt.Sprintf("otklik-%s-%s.rescue", fileWords(terminal), now.Format("20060102-150405"))
	answers, err = bundleTo(filepath.Join(folder, name), from, identity, now)
	if err != nil {
		return "", 0, err
	}
	return name, answers, nil
}

// bundleTo writes a bundle to path, in full or not at all.
func bundleTo(path string, from rescuable, identity agent.Identity, now time.Time) (answers int, err error) {
	err = carry(path, func(w io.Writer) error {
		bundle, err := wire.NewBundleWriter(w, identity.Key, wire.BundleHeader{
			Terminal: identity.Terminal, Made: now, Version: version, Origin: from.Origin(), Escrow: identity.Recipients().EscrowMark(),
		})
		if err != nil {
			return err
		}
		if answers, err = from.Rescue(bundle); err != nil {
			return err
		}
		return bundle.Close()
	})
	return answers, err
}

// errBroken says that a medium does not give back what it took.
var errBroken = errors.New("what was read back is not what was written: the medium is broken")

// carry writes a file for a courier and its SHA-256 beside it. Both are on the medium when it returns nil, and the file was
// read back from there before it had its name; with an error nothing is left under either name.
func carry(path string, write func(io.Writer) error) (err error) {
	temporary, note := path+".new", path+".sha256"
	named := false
	defer func() {
		if err != nil {
			_ = os.Remove(temporary)
			if named {
				err = errors.Join(err, os.Remove(path))
				_ = os.Remove(note)
			}
		}
	}()
	f, err := os.OpenFile(temporary, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	written := sha256.New()
	err = write(io.MultiWriter(f, written))
	if err = errors.Join(err, f.Sync(), disk.Cold(f), f.Close()); err != nil {
		return err
	}
	sum := written.Sum(nil)
	if err := readBack(temporary, sum); err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	named = true
	return disk.Replace(note, fmt.Appendf(nil, "%x  %s\n", sum, filepath.Base(path)), 0o600)
}

// readBack compares a file with its SHA-256.
func readBack(path string, sum []byte) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	read := sha256.New()
	if _, err := io.Copy(read, f); err != nil {
		return err
	}
	if !bytes.Equal(read.Sum(nil), sum) {
		return errBroken
	}
	return nil
}

// fileWords makes a text fit for the name of a file on any medium.
func fileWords(text string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '-'
	}, text)
	if runes := []rune(clean); len(runes) > 60 {
		clean = string(runes[:60])
	}
	return strings.Trim(clean, "-")
}
