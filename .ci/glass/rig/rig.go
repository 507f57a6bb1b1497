// Package rig sets up real parts for runs against the glass: programs built from this tree, a virtual display, a
// collector, an enrolled terminal.
package rig

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"otklik/glass/x11"
)

// Patience bounds every wait; only a failure takes so long.
const Patience = 60 * time.Second

// Rig is a folder with the programs and everything that they leave; Close ends what still runs and removes it.
type Rig struct {
	Dir   string
	ended []func()
}

// New builds the programs of the tree at root, with an empty window to compare with.
func New(root string) (*Rig, error) {
	_ = os.Getenv("OTKLIK_TREE") // for Go's cache of test results, which does not see the tree otherwise; make sets it
	dir, err := os.MkdirTemp("", "otklik-glass-")
	if err != nil {
		return nil, err
	}
	r := &Rig{Dir: dir}
	r.ended = append(r.ended, func() { _ = os.RemoveAll(dir) })
	for _, args := range [][]string{{"./cmd/kiosk", "./cmd/collector"}, {".ci/glass/emptywindow/main.go"}} {
		out := dir + "/"
		if len(args) == 1 {
			out += "emptywindow"
		}
		build := exec.Command("go", append([]string{"build", "-o", out}, args...)...)
		build.Dir, build.Stderr = root, os.Stderr
		build.Env = append(os.Environ(), "GOFLAGS=") // the tree's own module, whatever this program was built with
		if err := build.Run(); err != nil {
			return r, fmt.Errorf("go build %s: %w", strings.Join(args, " "), err)
		}
	}
	return r, nil
}

// Close ends everything, the last started first.
func (r *Rig) Close() {
	for i := len(r.ended) - 1; i >= 0; i-- {
		r.ended[i]()
	}
}

// start runs a program until Close or until the returned function is called.
func (r *Rig) start(cmd *exec.Cmd) (end func(), err error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	end = func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
	}
	r.ended = append(r.ended, end)
	return end, nil
}

// Run runs one of the programs to its end and returns what it printed.
func (r *Rig) Run(program string, args ...string) (string, error) {
	var out, problems strings.Builder
	cmd := exec.Command(filepath.Join(r.Dir, program), args...)
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s %s: %w\n%s", program, strings.Join(args, " "), err, problems.String())
	}
	return out.String(), nil
}

// Display is a virtual one and a connection to it.
type Display struct {
	*x11.Client
	Name string
}

// Display starts one of the given size, such as "1280x800".
func (r *Rig) Display(size string) (*Display, error) {
	cmd := exec.Command("Xvfb", "-displayfd", "1", "-screen", "0", size+"x24", "-nolisten", "tcp")
	name, err := r.firstLine(cmd, func(string) bool { return true })
	if err != nil {
		return nil, fmt.Errorf("the display Xvfb: %w; .ci/setup test installs it", err)
	}
	client, err := x11.Connect(":" + name)
	if err != nil {
		return nil, err
	}
	r.ended = append(r.ended, client.Close)
	return &Display{client, ":" + name}, nil
}

// Manage starts the window manager openbox on the display, with a configuration file or, with "", the system's own.
func (r *Rig) Manage(d *Display, config string) error {
	cmd := exec.Command("openbox", "--startup", "echo managing")
	if config != "" {
		path, err := filepath.Abs(config) // it looks for others from its own place
		if err != nil {
			return err
		}
		cmd.Args = append(cmd.Args, "--config-file", path)
	}
	cmd.Env = d.env()
	if _, err := r.firstLine(cmd, func(l string) bool { return l == "managing" }); err != nil {
		return fmt.Errorf("openbox: %w; .ci/setup test installs it", err)
	}
	return nil
}

func (d *Display) env(more ...string) []string {
	return append(append(os.Environ(), "DISPLAY="+d.Name, "LIBGL_ALWAYS_SOFTWARE=1"), more...)
}

// firstLine starts a program and returns the first line that fits of those it prints.
func (r *Rig) firstLine(cmd *exec.Cmd, fits func(string) bool) (string, error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if _, err := r.start(cmd); err != nil {
		return "", err
	}
	for scan := bufio.NewScanner(out); scan.Scan(); {
		if line := scan.Text(); fits(line) {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return line, nil
		}
	}
	return "", errors.New("it ended at once")
}

// Collector is a running one.
type Collector struct {
	rig       *Rig
	data      string
	URL       string
	terminals int
}

// Collector starts one that publishes the surveys.
func (r *Rig) Collector(surveys ...string) (*Collector, error) {
	c := &Collector{rig: r, data: filepath.Join(r.Dir, "collector-data")}
	cmd := exec.Command(filepath.Join(r.Dir, "collector"), "serve", "--data", c.data, "--listen", "127.0.0.1:0")
	line, err := r.firstLine(cmd, func(l string) bool { return strings.Contains(l, "http://") })
	if err != nil {
		return nil, fmt.Errorf("collector: %w", err)
	}
	c.URL = strings.Fields(line[strings.Index(line, "http://"):])[0]
	_, err = r.Run("collector", append([]string{"survey", "publish", "--data", c.data}, surveys...)...)
	return c, err
}

// Enrol makes a terminal and returns its data folder. More arguments are for kiosk enrol.
func (c *Collector) Enrol(more ...string) (string, error) {
	dir, err := os.MkdirTemp(c.rig.Dir, "kiosk-data-")
	if err != nil {
		return "", err
	}
	code, err := c.Code()
	if err != nil {
		return "", err
	}
	_, err = c.rig.Run("kiosk", append([]string{"enrol", "--collector", c.URL, "--code", code, "--data", dir}, more...)...)
	return dir, err
}

// Code announces another terminal and returns its one-time code.
func (c *Collector) Code() (string, error) {
	c.terminals++
	out, err := c.rig.Run("collector", "terminal", "enrol", "--data", c.data, "--site", "Зал", "--name",
		fmt.Sprintf("Терминал %d", c.terminals))
	if err != nil {
		return "", err
	}
	_, code, _ := strings.Cut(out, "code: ")
	code, _, _ = strings.Cut(code, "\n")
	return strings.TrimSpace(code), nil
}

// Responses returns the ids of a survey's answers in the collector's export, line by line.
func (c *Collector) Responses(survey string) ([]string, error) {
	file := filepath.Join(c.rig.Dir, "export.jsonl")
	_ = os.Remove(file)
	if _, err := c.rig.Run("collector", "export", "--data", c.data, "--survey", survey, "--format", "jsonl", "-o", file); err != nil {
		return nil, err
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var ids []string
	for rows := json.NewDecoder(f); ; {
		var row struct{ Response string }
		if err := rows.Decode(&row); errors.Is(err, io.EOF) {
			return ids, nil
		} else if err != nil || row.Response == "" {
			return ids, fmt.Errorf("line %d of the export has no answer: %w", len(ids)+1, err)
		}
		ids = append(ids, row.Response)
	}
}

// Kept counts what a terminal's outbox has taken up ever, and of that what is still to be uploaded, as kiosk status says.
func (r *Rig) Kept(data string) (taken, queued int, err error) {
	out, err := r.Run("kiosk", "status", "--data", data, "--json")
	var s struct {
		LastSeq int `json:"last_seq"`
		Queued  int `json:"queued"`
	}
	if jsonErr := json.Unmarshal([]byte(out), &s); jsonErr != nil { // with troubles the exit status is 1 too
		return 0, 0, errors.Join(err, jsonErr)
	}
	return s.LastSeq, s.Queued, nil
}
