package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"otklik/kiosk/theme"
	"otklik/sync/disk"
)

// How the supervisor waits.
const (
	startWithin  = time.Minute            // from the start of the glass to its first sign of life
	slowStart    = 2 * time.Second        // after that the desktop is hidden until it comes
	curtainExtra = 400 * time.Millisecond // from the first sign of life to the first picture, with room to spare
	dumpWithin   = 3 * time.Second        // for a hung glass to write down where it stands
	steadyAfter  = time.Minute            // a glass that lived so long did not fail at once
	waitMost     = time.Minute
)

type runCommand struct{ glassFlags }

// Run keeps the glass going, as a program of its own, until it is told to stop: whatever happens in the glass, the
// visitor sees a holding picture and then the attract screen, never a desktop.
func (c *runCommand) Run() error {
	if !supervised {
		return (&glassCommand{c.glassFlags}).Run()
	}
	dir, err := c.where()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("the program does not find itself: %w", err)
	}
	if _, err := theme.FindBrand(c.Brand); err != nil {
		return err
	}
	for key, value := range map[string]string{
		"OTKLIK_BRAND": c.Brand, // the holding picture wears it too
		sinceVariable:  time.Now().UTC().Format(time.RFC3339),
	} {
		_ = os.Setenv(key, value) // fails for malformed keys only
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	_ = os.MkdirAll(dir, 0o700) // the glass says what does not work
	alone, err := disk.Lock(dir)
	switch {
	case errors.Is(err, disk.ErrLocked):
		return fmt.Errorf("%w; a kiosk asks with it already: a second one is not needed", err)
	case err != nil:
		slog.Error("the data folder cannot be locked", "err", err)
	default:
		defer alone.Close()
	}
	curtain := newCurtain(self)
	defer curtain.Close()
	notify := systemd(os.Getenv("NOTIFY_SOCKET"))
	defer notify("STOPPING=1")
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "run" {
		args = args[1:]
	}
	s := &supervisor{
		glass:     append([]string{self, "glass"}, args...),
		hangAfter: c.HangAfter, crashes: &crashFolder{dir: dir}, curtain: curtain, notify: notify,
	}
	return s.run(ctx)
}

// endedError is the end of the glass that ends the supervisor too. The glass has said why on the standard error.
type endedError struct{ status int }

func (e endedError) Error() string { return fmt.Sprintf("the glass ended with status %d", e.status) }

// supervisor starts the glass again and again.
type supervisor struct {
	glass     []string
	hangAfter time.Duration
	crashes   *crashFolder
	curtain   curtain
	notify    func(state string)
	seen      bool // the glass was seen alive once
}

// run returns when ctx ends, when the glass left on purpose, or when starting it again cannot help.
func (s *supervisor) run(ctx context.Context) error {
	quick := 0 // ends in a row, soon after the start
	for {
		began := time.Now()
		l, err := s.live(ctx)
		if err != nil && s.seen { // as on a machine that is short of memory: later it may
			l, err = life{status: failed, why: err.Error()}, nil
		}
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil || l.status == 0:
			return nil
		case s.last(l.status):
			return endedError{l.status} // a mistake in how it was started: a person or systemd should see it
		case l.status == startAgain:
			slog.Info("the glass is started anew, as it was asked to be")
			continue
		}
		if quick++; time.Since(began) >= steadyAfter {
			quick = 1
		}
		wait := restartWait(quick)
		slog.Error("the glass ended and is started again", "why", l.why, "in", wait)
		if err := s.crashes.write(time.Now(), l.why, l.output); err != nil {
			slog.Error("its last words could not be kept", "err", err)
		}
		if !s.pause(ctx, wait) {
			return nil
		}
	}
}

// last reports whether no other glass follows one that ended so: it left on purpose, or starting it again cannot help.
func (s *supervisor) last(status int) bool { return status == 0 || status == failed && !s.seen }

// restartWait is how long to wait before the next start after so many quick ends in a row: not at all after the first.
func restartWait(quick int) time.Duration {
	if quick <= 1 {
		return 0
	}
	return min(time.Second<<min(quick-2, 10), waitMost)
}

// pause waits and returns false when ctx ended. systemd's watchdog is fed meanwhile: the supervisor is well.
func (s *supervisor) pause(ctx context.Context, wait time.Duration) bool {
	over := time.After(wait)
	for feed := time.NewTicker(time.Second); ; {
		select {
		case <-ctx.Done():
			return false
		case <-over:
			return true
		case <-feed.C:
			s.notify("WATCHDOG=1")
		}
	}
}

// life is how one glass ended.
type life struct {
	status int    // as of a shell: 128 and the signal's number when a signal ended it
	why    string // in words
	output []byte // the last of it
}

// live runs one glass to its end.
func (s *supervisor) live(ctx context.Context) (life, error) {
	cmd := exec.Command(s.glass[0], s.glass[1:]...)
	cmd.Env = glassEnvironment(os.Environ())
	last := &tail{}
	cmd.Stderr = io.MultiWriter(os.Stderr, last)
	cmd.WaitDelay = 2 * time.Second // a grandchild may hold the standard error open
	hold, err := cmd.StdinPipe()
	if err != nil {
		return life{}, err
	}
	beats, write, err := os.Pipe()
	if err != nil {
		return life{}, err
	}
	defer beats.Close()
	cmd.Stdout = write
	err = cmd.Start()
	_ = write.Close()
	if err != nil {
		return life{}, fmt.Errorf("the glass does not start: %w", err)
	}
	signs := make(chan struct{})
	go func() {
		defer close(signs)
		buffer := make([]byte, 64)
		for {
			if _, err := beats.Read(buffer); err != nil {
				return
			}
			signs <- struct{}{}
		}
	}()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()

	why := ""
	silent := time.NewTimer(max(startWithin, s.hangAfter))
	slow := time.NewTimer(slowStart)
	defer slow.Stop()
	lower := time.NewTimer(time.Hour)
	lower.Stop()
	stopping := ctx.Done()
	for alive := signs; ; {
		select {
		case _, ok := <-alive:
			if !ok {
				alive = nil
				break
			}
			slow.Stop()
			if !s.seen {
				s.seen = true
				s.notify("READY=1")
				s.curtain.Prepare()
			}
			if why == "" {
				silent.Reset(s.hangAfter)
			}
			s.notify("WATCHDOG=1")
			if s.curtain.Down() {
				lower.Reset(curtainExtra)
			}
		case <-slow.C:
			if ctx.Err() == nil {
				s.curtain.Drop()
			}
		case <-lower.C:
			s.curtain.Lift()
		case <-silent.C:
			if why == "" { // hung: the curtain first, then the end
				s.curtain.Drop()
				why = fmt.Sprintf("the glass did not answer for %s", s.hangAfter)
				askForStacks(cmd.Process)
				silent.Reset(dumpWithin)
				break
			}
			_ = cmd.Process.Kill()
		case <-stopping:
			stopping, why = nil, "told to stop"
			_ = hold.Close()
			silent.Reset(stopWithin)
		case err := <-ended:
			for range signs { // its reader ends with the pipe
				s.seen = true
			}
			if ctx.Err() == nil && !s.last(cmd.ProcessState.ExitCode()) {
				s.curtain.Drop()
			}
			l := life{status: cmd.ProcessState.ExitCode(), why: why, output: last.bytes()}
			if l.status < 0 {
				l.status = 128
			}
			if why == "" {
				l.why = fmt.Sprintf("the glass ended: %v", err)
			}
			if err != nil && !isExit(err) {
				slog.Warn("the end of the glass was untidy", "err", err)
			}
			return l, nil
		}
	}
}

// thrifty are settings of the libraries under the glass that keep its memory low, read when a process starts. Fyne forgets
// what it has not drawn for so long (a minute else); at ten seconds and less it would go through all that is on the glass at
// each of sixty ticks a second, to keep it, at eleven it does so once a second. The C library gives the threads of a software
// renderer two heaps among them (eight a processor else), each of which grows to its own peak.
var thrifty = []string{"FYNE_CACHE=11s", "MALLOC_ARENA_MAX=2"}

// sinceVariable tells the glass when its supervisor started, in RFC 3339.
const sinceVariable = "OTKLIK_KIOSK_SINCE"

// supervisedSince is when the supervisor of this glass started; the zero time without one.
func supervisedSince() time.Time {
	t, _ := time.Parse(time.RFC3339, os.Getenv(sinceVariable))
	return t
}

// glassEnvironment is what the glass is started with: all that the supervisor has, but for systemd's sockets, which are
// the supervisor's to talk to, and the thrifty settings that were not set otherwise.
func glassEnvironment(all []string) []string {
	env := slices.DeleteFunc(slices.Clone(all), func(v string) bool {
		return strings.HasPrefix(v, "NOTIFY_SOCKET=") || strings.HasPrefix(v, "WATCHDOG_")
	})
	for _, setting := range thrifty {
		name, _, _ := strings.Cut(setting, "=")
		if !slices.ContainsFunc(env, func(v string) bool { return strings.HasPrefix(v, name+"=") }) {
			env = append(env, setting)
		}
	}
	return env
}

func isExit(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit)
}
