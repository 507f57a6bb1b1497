package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"otklik/kiosk/theme"
	"otklik/surveys"
	"otklik/sync/agent"
	"otklik/sync/outbox"
	"otklik/sync/recorder"
	"otklik/sync/wire"
)

// Exit statuses that the supervisor, and systemd above it, can tell apart.
const (
	failed      = 1
	alreadyRuns = 3 // another kiosk works with the same data folder
	startAgain  = 4 // of the glass: it wants to be started anew
)

const (
	outboxName    = "outbox.bolt"
	repairEvery   = 5 * time.Second
	enrolmentPoll = 2 * time.Second
)

func exitStatus(err error) int {
	var ended endedError
	if errors.As(err, &ended) {
		return ended.status
	}
	if errors.Is(err, outbox.ErrLocked) {
		return alreadyRuns
	}
	return failed
}

// dataFlag is the terminal's data folder on the command line.
type dataFlag struct {
	Data string `type:"path" env:"OTKLIK_KIOSK_DATA" help:"Folder of the terminal's data. Default: the user's state folder, otklik/kiosk."`
}

// where returns the folder, which may not be there.
func (f dataFlag) where() (string, error) {
	dir := f.Data
	if dir == "" {
		state := os.Getenv("XDG_STATE_HOME")
		if state == "" {
			home, err := home()
			if err != nil {
				return "", errors.New("no home folder; say where the data is to lie: --data DIR")
			}
			state = filepath.Join(home, ".local", "state")
		}
		dir = filepath.Join(state, "otklik", "kiosk")
	}
	return dir, nil
}

// dir returns the folder and makes it.
func (f dataFlag) dir() (string, error) {
	dir, err := f.where()
	if err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o700)
}

// openOutbox opens the terminal's outbox. A damaged one is set aside, never deleted, and the terminal goes on with a new
// origin.
func openOutbox(dir string) (*outbox.Outbox, error) {
	box, _, err := outbox.OpenOrSetAside(filepath.Join(dir, outboxName), outbox.Options{})
	return box, err
}

// terminal is what lies behind the glass of an enrolled terminal.
type terminal struct {
	box     *outbox.Outbox
	record  *recorder.Recorder
	agent   *agent.Agent
	config  wire.TerminalConfig
	surveys []*surveys.Survey
	display atomic.Pointer[theme.Display] // nil until there is a glass
	revoked func(bool)                    // is told when nobody may be asked any more, and when again
	taps    *taps

	identity  agent.Identity
	via       string // the neighbour that the way leads through, "" for none
	relayOnce sync.Once
	relayed   http.Handler // of relay
}

// openTerminal opens an enrolled terminal; the error wraps agent.ErrNotEnrolled where there is none, and outbox.ErrLocked
// where another program has it open. configured is told of
// every configuration that comes later. via is a neighbour that the way to the collector leads through, "" for none.
func openTerminal(dir, via string, configured func(wire.TerminalConfig, []*surveys.Survey)) (*terminal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder cannot be made: %w; check the disk", err)
	}
	identity, err := agent.LoadIdentity(dir)
	if err != nil {
		return nil, err
	}
	t := &terminal{identity: identity, via: via, taps: newTaps(dir), revoked: func(bool) {}}
	if t.box, err = openOutbox(dir); err != nil {
		return nil, err
	}
	t.config, t.surveys, err = agent.LoadLastGood(dir)
	if err != nil && !errors.Is(err, agent.ErrNoConfig) {
		slog.Warn("the last good configuration cannot be read; the collector will bring it again", "err", err)
	}
	crashes := &crashFolder{dir: dir}
	room := newRoom(dir)
	t.agent, err = agent.New(agent.Config{
		Identity: identity, Outbox: t.box, Dir: dir, Version: version, Via: via, OnConfig: configured,
		Describe: func(h *wire.Heartbeat) {
			space := spaceOf(dir, t.box.Room)
			h.Boot, h.DiskFree, h.Escrow = recorder.BootID(), space.disk.bytes, t.record.EscrowMark()
			if d := t.display.Load(); d != nil {
				h.Display = d.String()
			}
			h.Taps = t.taps.tell()
			damaged := setAsideProblem(dir)
			crashed, times := crashes.trouble()
			h.Problem = words("; ", damaged, room.problem(space), crashed)
			if damaged != "" {
				h.Troubles = append(h.Troubles, wire.Trouble{Reason: wire.TroubleDamaged})
			}
			if t, is := room.trouble(space); is {
				h.Troubles = append(h.Troubles, t)
			}
			if times > 0 {
				h.Troubles = append(h.Troubles, wire.Trouble{Reason: wire.TroubleCrashed, Count: times})
			}
		},
		Told: func(h wire.Heartbeat) {
			crashes.reported(h)
			t.taps.told(h.Taps)
		},
		OnRevoked: func(is bool) { t.revoked(is) },
		OnKeys:    func(i agent.Identity) { t.record.SetRecipients(i.Recipients()) },
	})
	if err != nil {
		return nil, errors.Join(err, t.box.Close())
	}
	t.record = recorder.New(recorder.Config{Outbox: t.box, Recipients: identity.Recipients(), Offset: t.agent.Offset})
	return t, nil
}
