package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// survey is what all simulated visitors answer.
const survey = "exit-poll"

// patience bounds every wait; only a failure takes so long.
const patience = time.Minute

// rig is the real programs, built once.
type rig struct {
	root string // of the project
	bin  string
}

func newRig(root string) (*rig, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	bin, err := os.MkdirTemp("", "otklik-faults-")
	if err != nil {
		return nil, err
	}
	r := &rig{root, bin}
	build := exec.Command("go", "build", "-o", bin+"/", "./cmd/collector", "./cmd/fleetsim")
	build.Dir, build.Stderr = root, os.Stderr
	if err := build.Run(); err != nil {
		r.close()
		return nil, fmt.Errorf("the programs do not build: %w", err)
	}
	return r, nil
}

func (r *rig) close() { _ = os.RemoveAll(r.bin) }

func (r *rig) surveyFile() string { return filepath.Join(r.root, "assets", "surveys", survey+".yaml") }

// output runs a program to its end and returns what it printed.
func (r *rig) output(program string, args ...string) (string, error) {
	cmd := exec.Command(filepath.Join(r.bin, program), args...)
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", program, strings.Join(args, " "), err, problems.String())
	}
	return string(out), nil
}

// world is one collector and its terminals, each in a folder.
type world struct {
	rig              *rig
	dir              string
	collector, fleet string
	boxes            []string // outboxes that lie elsewhere
	terminals        int
	code             string
	addr             string // of the collector, the same after a restart
	front            string // where terminals reach it, when that is another place
	server           *process
	seed             int
	crashes          int // times that a terminal's program was ended; a fleet of n terminals counts n
}

// newWorld starts a collector and enrols the terminals; each has answered once.
func (r *rig) newWorld(terminals int) (*world, error) {
	w, err := r.emptyWorld(terminals)
	if err == nil {
		_, err = w.answer(1).end()
	}
	if err != nil && w != nil {
		w.close()
	}
	return w, err
}

// emptyWorld starts a collector that gives a code for so many terminals.
func (r *rig) emptyWorld(terminals int) (*world, error) {
	dir, err := os.MkdirTemp("", "otklik-world-")
	if err != nil {
		return nil, err
	}
	w := &world{
		rig: r, dir: dir, collector: filepath.Join(dir, "collector"), fleet: filepath.Join(dir, "fleet"),
		terminals: terminals, addr: "127.0.0.1:0",
	}
	if _, err = r.output("collector", "survey", "publish", "--data", w.collector, r.surveyFile()); err == nil {
		err = w.serve()
	}
	if err == nil {
		w.code, err = w.newCode(terminals)
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *world) newCode(terminals int) (string, error) {
	out, err := w.rig.output("collector", "terminal", "enrol", "--data", w.collector, "--site", "Зал", "--name", "Т",
		"--reusable", strconv.Itoa(terminals))
	if err != nil {
		return "", err
	}
	_, code, ok := strings.Cut(out, "code: ")
	if !ok {
		return "", fmt.Errorf("collector terminal enrol printed %q", out)
	}
	code, _, _ = strings.Cut(code, "\n")
	return strings.TrimSpace(code), nil
}

func (w *world) close() {
	if w.server != nil {
		w.server.kill()
	}
	_ = os.RemoveAll(w.dir)
}

// serve starts the collector, under strace when wrap says so, and returns when it listens. errEnded says that it ended
// before.
func (w *world) serve(wrap ...string) error {
	w.server = w.rig.start(wrap, "collector", "serve", "--data", w.collector, "--listen", w.addr)
	line, err := w.server.await("Listening on ")
	if err != nil {
		return err
	}
	_, address, _ := strings.Cut(line, "Listening on ")
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return err
	}
	w.addr = u.Host
	return nil
}

// restart kills the collector, if it still runs, and starts it without any fault.
func (w *world) restart() error {
	w.server.kill()
	return w.serve()
}

// answer lets each terminal answer n times more and send all it has.
func (w *world) answer(n int, wrap ...string) *process { return w.sim(w.fleet, n, wrap) }

// sim is answer for the terminals of another folder.
func (w *world) sim(data string, n int, wrap []string, more ...string) *process {
	w.seed++
	address := w.front
	if address == "" {
		address = w.addr
	}
	return w.rig.start(wrap, "fleetsim", append([]string{
		"--collector", "http://" + address, "--code", w.code, "--data", data, "--terminals", strconv.Itoa(w.terminals),
		"--answers", strconv.Itoa(n), "--survey", w.rig.surveyFile(), "--seed", strconv.Itoa(w.seed),
	}, more...)...)
}

// moment checks what must hold now; no terminal's program may be running.
func (w *world) moment() error {
	e, err := w.gather(false)
	if err != nil {
		return err
	}
	return e.atAnyMoment(w.crashes).err()
}

// settle starts the collector anew, drains all terminals and checks what must hold then.
func (w *world) settle() (*findings, error) {
	if err := w.restart(); err != nil {
		return nil, err
	}
	if _, err := w.answer(0).end(); err != nil {
		return nil, err
	}
	e, err := w.gather(true)
	if err != nil {
		return nil, err
	}
	f := e.drained(w.crashes)
	return f, f.err()
}

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
	read := make(chan struct{})
	go func() { defer close(read); p.read(out) }()
	go func() {
		<-read // the last one that holds the other end has left
		out.Close()
		p.err = p.cmd.Wait()
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

// awaitTimes returns when so many lines have the text. Each may take as long as await allows.
func (p *process) awaitTimes(text string, times int) error {
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

// end waits until the program ends by itself and returns what it said. The error wraps errKilled when it was killed.
func (p *process) end() (string, error) {
	select {
	case <-p.done:
		return p.all(), p.trouble()
	case <-time.After(patience):
		p.kill()
		return p.all(), fmt.Errorf("%s: %w; it said:\n%s", p.name, errLate, p.all())
	}
}

// trouble says how the program ended, nil when as it should. A panic is never as it should, nor is it a kill.
func (p *process) trouble() error {
	all := p.all()
	if strings.Contains(all, "panic: ") || strings.Contains(all, "fatal error: ") {
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
