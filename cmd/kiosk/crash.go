package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"otklik/sync/disk"
	"otklik/sync/wire"
)

// Bounds of what is kept of a glass that ended.
const (
	tailBytes   = 256 << 10 // in memory
	beforeBytes = 8 << 10   // in the file, from before the panic
	panicBytes  = 24 << 10  // and from the panic on
	keepCrashes = 5         // files
	tellFor     = time.Hour // a reported crash stays among the terminal's problems, so that somebody sees it
)

// tail keeps the last of what is written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

// Write takes everything.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - tailBytes; over > 0 {
		t.kept = slices.Delete(t.kept, 0, over)
	}
	return len(p), nil
}

func (t *tail) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.kept)
}

// crashFolder keeps a file for each time the glass had to be restarted, in the data folder: crash-TIME.txt until the
// collector was told, crash-TIME-reported.txt afterwards. The first line says what happened.
type crashFolder struct {
	dir string

	mu    sync.Mutex
	last  string    // what was reported
	times uint64    // and how many restarts that was about
	until time.Time // and how long it is told again
}

const (
	crashPrefix, crashSuffix = "crash-", ".txt"
	reportedSuffix           = "-reported" + crashSuffix
	crashStamp               = "20060102T150405.000"
)

// write keeps the last words of a glass that ended. No answer is among them, see evidence.
func (c *crashFolder) write(now time.Time, why string, output []byte) error {
	stamp := now.UTC().Format(crashStamp)
	words := evidence(output)
	head := fmt.Sprintf("%s: %s", now.UTC().Format(time.RFC3339), why)
	if first := firstWords(words); first != "" {
		head += ": " + first
	}
	text := fmt.Sprintf("%s\nversion %s\n\n%s", head, version, words)
	err := disk.Replace(filepath.Join(c.dir, crashPrefix+stamp+crashSuffix), []byte(text), 0o600)
	c.sweep()
	return err
}

// files returns the crash files, the oldest first.
func (c *crashFolder) files() []string {
	all, _ := filepath.Glob(filepath.Join(c.dir, crashPrefix+"*"+crashSuffix)) // fails for a bad pattern only
	slices.Sort(all)
	return all
}

// since says how often the glass had to be restarted since a time, as far as the files tell, and when first.
func (c *crashFolder) since(start time.Time) (n int, first time.Time) {
	for _, path := range c.files() {
		stamp, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(filepath.Base(path), crashSuffix), crashPrefix), "-")
		at, err := time.Parse(crashStamp, stamp)
		if err != nil || at.Before(start) {
			continue
		}
		if n++; n == 1 {
			first = at
		}
	}
	return n, first
}

func (c *crashFolder) unreported() []string {
	return slices.DeleteFunc(c.files(), func(p string) bool { return strings.HasSuffix(p, reportedSuffix) })
}

func (c *crashFolder) sweep() {
	for all := c.files(); len(all) > keepCrashes; all = all[1:] {
		_ = os.Remove(all[0])
	}
}

// problem says in words what the collector should hear of restarts, "" for nothing.
func (c *crashFolder) problem() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if fresh := c.unreported(); len(fresh) > 0 {
		path := fresh[len(fresh)-1]
		data, err := os.ReadFile(path)
		if err != nil {
			slog.Warn("the last words of the glass cannot be read", "err", err)
		}
		head, _, _ := strings.Cut(string(data), "\n")
		c.last = fmt.Sprintf("glass: restarted, %s; see %s on the terminal", head,
			strings.TrimSuffix(filepath.Base(path), crashSuffix)+reportedSuffix)
		if len(fresh) > 1 {
			c.last = fmt.Sprintf("glass: restarted %d times, the last %s", len(fresh), strings.TrimPrefix(c.last, "glass: restarted, "))
		}
		c.until, c.times = time.Time{}, uint64(len(fresh))
		return c.last
	}
	if time.Now().Before(c.until) {
		return c.last
	}
	return ""
}

// trouble is problem with how many restarts it is about; 0 for nothing.
func (c *crashFolder) trouble() (problem string, times uint64) {
	if problem = c.problem(); problem == "" {
		return "", 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return problem, c.times
}

// reported notes that the collector has heard a heartbeat: the files it spoke of are renamed.
func (c *crashFolder) reported(h wire.Heartbeat) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == "" || !strings.Contains(h.Problem, c.last) || !c.until.IsZero() {
		return
	}
	var err error
	for _, path := range c.unreported() {
		err = errors.Join(err, os.Rename(path, strings.TrimSuffix(path, crashSuffix)+reportedSuffix))
	}
	if err != nil {
		slog.Warn("a crash was reported but its file cannot be renamed; it will be reported again", "err", err)
	}
	c.until = time.Now().Add(tellFor)
}

var (
	deathLine = regexp.MustCompile(`(?m)^(panic: |fatal error: |SIG[A-Z]+: )`)
	panicText = regexp.MustCompile(`(?ms)^(panic: )(.*?)(\n\ngoroutine |\n\[signal |\z)`)
	ourFrame  = regexp.MustCompile(`(?m)^\s+\S*/((?:kiosk|cmd|sync|surveys)/\S+\.go:\d+)`)
)

// evidence is the part of a program's last output that helps: from a little before it died on. The message of a panic is
// kept only where Go's own runtime wrote it; any other could quote what a visitor wrote. Stacks show addresses alone.
func evidence(output []byte) []byte {
	dead := len(output)
	if at := deathLine.FindIndex(output); at != nil {
		dead = at[0]
	}
	from := max(0, dead-beforeBytes)
	words := output[from:min(len(output), dead+panicBytes)]
	if from > 0 {
		if _, whole, ok := bytes.Cut(words, []byte("\n")); ok {
			words = whole
		}
	}
	return panicText.ReplaceAllFunc(words, func(m []byte) []byte {
		part := panicText.FindSubmatch(m)
		if bytes.HasPrefix(part[2], []byte("runtime error: ")) && !bytes.Contains(part[2], []byte("\npanic: ")) {
			return m
		}
		return slices.Concat(part[1], []byte("(its message is left out: it could quote a visitor)"), part[3])
	})
}

// firstWords says in a line how a program died and where in our code.
func firstWords(words []byte) string {
	at := deathLine.FindIndex(words)
	if at == nil {
		return ""
	}
	line, _, _ := bytes.Cut(words[at[0]:], []byte("\n"))
	said := string(line)
	if m := ourFrame.FindSubmatch(words[at[0]:]); m != nil {
		said += " at " + string(m[1])
	}
	return said
}
