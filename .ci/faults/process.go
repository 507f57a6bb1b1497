package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a program that runs, with what it said on both its outputs.
type process struct {
	name string
	cmd  *exec.Cmd
	done chan struct{}
	err  error // of Wait, once done is closed

	mu   sync.Mutex
	said []string
	more chan struct{} // closed and made anew with each line
}

var (
	errEnded  = errors.New("the program ended")
	errKilled = errors.New("the program was killed")
	errPanic  = errors.New("the program panicked")
	errLate   = errors.New("the program did not end")
)

// start starts a program of the project, behind the command wrap if there is one, in a process group of its own.
func (r *rig) start(wrap []string, program string, args ...string) *process {
	line := append(append(append([]string{}, wrap...), filepath.Join(r.bin, program)), args...)
	p := &process{name: program, cmd: exec.Command(line[0], line[1:]...), done: make(chan struct{}), more: make(chan struct{})}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Env = append(os.Environ(), "GOTRACEBACK=all")
	out, in, err := os.Pipe()
	if err == nil {
		p.cmd.Stdout, p.cmd.Stderr = in, in
		err = p.cmd.Start()
		in.Close()
	}
	if err != nil {
		p.err = err
		close(p.done)
		return p
	}
	r.mu.Lock()
	r.running[p] = true
	r.mu.Unlock()
	read := make(chan struct{})
	go func() { defer close(read); p.read(out) }()
	go func() {
		<-read // the last one that holds the other end has left
		out.Close()
		p.err = p.cmd.Wait()
		r.mu.Lock()
		delete(r.running, p)
		r.mu.Unlock()
		close(p.done)
	}()
	return p
}

func (p *process) read(r io.Reader) {
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		p.mu.Lock()
		p.said = append(p.said, scan.Text())
		close(p.more)
		p.more = make(chan struct{})
		p.mu.Unlock()
	}
}

// await returns the first line that has the text.
func (p *process) await(text string) (string, error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	for seen := 0; ; {
		p.mu.Lock()
		said, more := p.said, p.more
		p.mu.Unlock()
		for ; seen < len(said); seen++ {
			if strings.Contains(said[seen], text) {
				return said[seen], nil
			}
		}
		select {
		case <-more:
		case <-p.done:
			p.mu.Lock()
			rest := len(p.said) > seen
			p.mu.Unlock()
			if !rest {
				return "", fmt.Errorf("%w before it said %q: %w", errEnded, text, p.trouble())
			}
		case <-late.C:
			return "", fmt.Errorf("%s did not say %q; it said:\n%s", p.name, text, p.all())
		}
	}
}

// awaitTimes returns when so many lines have the text. Each may take as long as await allows, or longer while working
// reports that there is progress.
func (p *process) awaitTimes(text string, times int, working func() bool) error {
	for n := 0; n < times; {
		late := time.After(patience)
		p.mu.Lock()
		said, more := p.said, p.more
		p.mu.Unlock()
		n = 0
		for _, line := range said {
			if strings.Contains(line, text) {
				n++
			}
		}
		if n >= times {
			break
		}
		select {
		case <-more:
		case <-p.done:
			return fmt.Errorf("%w before it said %q %d times: %w", errEnded, text, times, p.trouble())
		case <-late:
			if working() {
				continue
			}
			return fmt.Errorf("%s said %q %d times of %d; it said:\n%s", p.name, text, n, times, p.all())
		}
	}
	return nil
}

func (p *process) all() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.said, "\n")
}

// kill ends the program, and what traces it, at once.
func (p *process) kill() {
	if p.cmd.Process == nil {
		return
	}
	select {
	case <-p.done:
	default:
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		select {
		case <-p.done:
		case <-time.After(patience): // the kernel holds it; whoever looks at its files will tell
		}
	}
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// signal sends a signal to the program and to what traces it.
func (p *process) signal(s syscall.Signal) { _ = syscall.Kill(-p.cmd.Process.Pid, s) }

// pause stops all threads of a program that nobody traces, and returns when they stand still.
func (p *process) pause() error {
	if p.ended() {
		return nil
	}
	p.signal(syscall.SIGSTOP)
	return eventually("the program stands still", func() bool {
		stats, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", p.cmd.Process.Pid))
		for _, name := range stats {
			text, err := os.ReadFile(name)
			_, state, _ := strings.Cut(string(text), ") ")
			if err == nil && !strings.HasPrefix(state, "T") && !strings.HasPrefix(state, "Z") {
				return false
			}
		}
		return true
	})
}

// end waits until the program ends by itself and returns what it said. The error wraps errKilled when it was killed, and
// errLate when it said nothing for as long as patience lasts, or has not ended after many times that.
func (p *process) end() (string, error) { return p.endWithin(5 * patience) }

// endWithin is end for a program that may say something for so long.
func (p *process) endWithin(life time.Duration) (string, error) {
	for over := time.Now().Add(life); ; {
		p.mu.Lock()
		more := p.more
		p.mu.Unlock()
		late := time.NewTimer(min(patience, time.Until(over)))
		select {
		case <-p.done:
			late.Stop()
			return p.all(), p.trouble()
		case <-more:
			late.Stop()
		case <-late.C:
			p.stacks()
			return p.all(), fmt.Errorf("%s: %w; it said:\n%s", p.name, errLate, p.all())
		}
	}
}

// stacks ends a program that hangs, and has it say where.
func (p *process) stacks() {
	p.signal(syscall.SIGQUIT)
	select {
	case <-p.done:
	case <-time.After(5 * time.Second): // or it cannot say
		p.kill()
	}
}

// panicked finds a panic in what a program said, that of a request which the server caught too.
var panicked = regexp.MustCompile(`(?m)^(panic|fatal error): |http: panic serving`)

// trouble says how the program ended, nil when as it should. A panic is never as it should, nor is it a kill.
func (p *process) trouble() error {
	all := p.all()
	if panicked.MatchString(all) {
		return fmt.Errorf("%s: %w:\n%s", p.name, errPanic, all)
	}
	if p.err == nil {
		return nil
	}
	var exit *exec.ExitError
	if errors.As(p.err, &exit) {
		if s, ok := exit.Sys().(syscall.WaitStatus); ok && s.Signaled() && s.Signal() == syscall.SIGKILL {
			return fmt.Errorf("%s: %w", p.name, errKilled)
		}
	}
	return fmt.Errorf("%s: %w\n%s", p.name, p.err, all)
}
