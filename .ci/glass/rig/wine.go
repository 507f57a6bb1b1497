package rig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// mingw is the compiler of Windows programs.
const mingw = "x86_64-w64-mingw32-gcc"

// Wine runs Windows programs in a prefix of its own.
type Wine struct {
	rig     *Rig
	display *Display
	prefix  string
	Kiosk   string // kiosk.exe
}

// NoWine says what is missing to build and run a Windows program; "" for nothing.
func NoWine() string {
	for program, debian := range map[string]string{"wine": "wine wine64", mingw: "gcc-mingw-w64-x86-64"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Sprintf("%s is not installed; .ci/setup windows installs it (Debian: %s)", program, debian)
		}
	}
	return ""
}

// Wine builds kiosk.exe of the tree at root and makes a prefix with what is missing in Wine; see testdata/windows.
func (r *Rig) Wine(d *Display, root string) (*Wine, error) {
	w := &Wine{rig: r, display: d, prefix: filepath.Join(r.Dir, "wine"), Kiosk: filepath.Join(r.Dir, "kiosk.exe")}
	build := exec.Command("go", "build", "-o", w.Kiosk, "./cmd/kiosk")
	build.Dir, build.Stderr = root, os.Stderr
	build.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=1", "GOOS=windows", "CC="+mingw)
	if err := build.Run(); err != nil {
		return w, fmt.Errorf("building kiosk.exe: %w", err)
	}
	r.ended = append(r.ended, func() { _ = w.command("wineserver", "-k").Run() })
	if out, err := w.command("wine", "wineboot", "-i").CombinedOutput(); err != nil {
		return w, fmt.Errorf("wineboot: %w\n%s", err, out)
	}
	return w, w.compile("bcryptprimitives", "-shared", "-o", filepath.Join(w.prefix, "drive_c/windows/system32/bcryptprimitives.dll"))
}

func (w *Wine) compile(source string, args ...string) error {
	args = append(args, filepath.Join("testdata", "windows", source+".c"), "-ladvapi32")
	if out, err := exec.Command(mingw, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", source, err, out)
	}
	return nil
}

func (w *Wine) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = w.display.env("WINEPREFIX="+w.prefix, "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml=")
	return cmd
}

// Path is a file's name as Windows programs know it.
func (*Wine) Path(unix string) string { return "Z:" + strings.ReplaceAll(unix, "/", `\`) }

// Run runs kiosk.exe to its end and returns what it printed.
func (w *Wine) Run(args ...string) (string, error) {
	cmd := w.command("wine", append([]string{w.Kiosk}, args...)...)
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("kiosk.exe %s: %w\n%s%s", strings.Join(args, " "), err, out, problems.String())
	}
	return string(out), nil
}

// Told returns what a small program, from testdata/windows, prints beside the glass.
func (w *Wine) Told(source string) (string, error) {
	program := filepath.Join(w.rig.Dir, source+".exe")
	if err := w.compile(source, "-o", program); err != nil {
		return "", err
	}
	out, err := w.command("wine", program).Output()
	return strings.ReplaceAll(string(out), "\r", ""), err
}

// Glass starts kiosk.exe. It tells of each screen.
func (w *Wine) Glass(data string, args ...string) (*Glass, error) {
	g := &Glass{Data: data, Display: w.display, scale: 1, screens: make(chan Painted, 1<<14)}
	trace := filepath.Join(data, "trace")
	f, err := os.Create(trace)
	if err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	w.rig.ended = append(w.rig.ended, func() { close(ended); _ = f.Close() })
	go follow(f, g.screens, ended)
	log, err := os.OpenFile(filepath.Join(data, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	args = append([]string{w.Kiosk, "run", "--data", w.Path(data), "--trace", w.Path(trace)}, args...)
	cmd := w.command("wine", args...)
	cmd.Stdout, cmd.Stderr = log, log
	g.Began = time.Now()
	if g.Close, err = w.rig.start(cmd); err != nil {
		return nil, err
	}
	g.PID = cmd.Process.Pid
	return g, nil
}

// follow reads a trace that grows as a file: a Windows program cannot write into a named pipe of Linux.
func follow(f *os.File, to chan<- Painted, ended <-chan struct{}) {
	var rest []byte
	for {
		more, err := io.ReadAll(f)
		if err != nil && !errors.Is(err, io.EOF) {
			return
		}
		rest = append(rest, more...)
		for {
			line, after, whole := bytes.Cut(rest, []byte("\n"))
			if !whole {
				break
			}
			rest = after
			var p Painted
			if json.Unmarshal(line, &p) == nil {
				to <- p
			}
		}
		select {
		case <-ended:
			return
		case <-time.After(10 * time.Millisecond): // files tell of no change
		}
	}
}
