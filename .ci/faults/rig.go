package main

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// survey is what all simulated visitors answer.
const survey = "exit-poll"

// patience bounds every wait for a sign of life; only a failure takes so long.
const patience = time.Minute

// rig is the real programs, built once.
type rig struct {
	root string // of the project
	bin  string
	last *findings // of the row that runs: what was seen when anything was last checked

	mu      sync.Mutex
	running map[*process]bool
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
	r := &rig{root: root, bin: bin, running: map[*process]bool{}}
	if err := r.build("collector", "fleetsim"); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// build builds programs of the project that are not there yet.
func (r *rig) build(names ...string) error {
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(r.bin, name)); err == nil {
			continue
		}
		build := exec.Command("go", "build", "-o", r.bin+"/", "./cmd/"+name)
		build.Dir, build.Stderr = r.root, os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("%s does not build: %w", name, err)
		}
	}
	return nil
}

// say tells how far a row is.
func (r *rig) say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// giveUp ends the programs that run, and has each say where it stood; whoever waits for one of them goes on.
func (r *rig) giveUp(row string) {
	r.mu.Lock()
	running := slices.Collect(maps.Keys(r.running))
	r.mu.Unlock()
	r.say("%s took too long; %d programs run", row, len(running))
	for _, p := range running {
		p.stacks()
		r.say("%s:\n%s", strings.Join(p.cmd.Args, " "), p.all())
	}
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
	checked          int // of crashes: those before the last check
	// unthanked are answers that may be there although nobody was thanked for them.
	unthanked map[uuid.UUID]bool
	forged    map[uuid.UUID]bool // answers whose seal nobody can open
	elsewhere map[uuid.UUID]bool // answers to surveys that were never published: no export has them
	buried    []box              // outboxes as they were before they were damaged or destroyed
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
	w, err := r.bareWorld(terminals)
	if err != nil {
		return nil, err
	}
	if err = w.publish().trouble(); err == nil {
		err = w.serve()
	}
	if err == nil {
		w.code, err = codeOf(w.newCode().end())
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// bareWorld is the folders alone.
func (r *rig) bareWorld(terminals int) (*world, error) {
	dir, err := os.MkdirTemp("", "otklik-world-")
	return &world{
		rig: r, dir: dir, collector: filepath.Join(dir, "collector"), fleet: filepath.Join(dir, "fleet"),
		terminals: terminals, addr: "127.0.0.1:0", unthanked: map[uuid.UUID]bool{}, forged: map[uuid.UUID]bool{},
		elsewhere: map[uuid.UUID]bool{},
	}, err
}

// publish publishes the survey, and has ended when it returns.
func (w *world) publish(wrap ...string) *process {
	p := w.rig.start(wrap, "collector", "survey", "publish", "--data", w.collector, w.rig.surveyFile())
	_, _ = p.end() // which trouble tells
	return p
}

// newCode has the collector print a code for all terminals of the world.
func (w *world) newCode(wrap ...string) *process {
	return w.rig.start(wrap, "collector", "terminal", "enrol", "--data", w.collector, "--site", "Зал", "--name", "Т",
		"--reusable", strconv.Itoa(w.terminals), "--url", "http://"+w.addr)
}

func codeOf(out string, err error) (string, error) {
	_, code, ok := strings.Cut(out, "code: ")
	if err == nil && !ok {
		err = fmt.Errorf("collector terminal enrol printed %q", out)
	}
	code, _, _ = strings.Cut(code, "\n")
	return strings.TrimSpace(code), err
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
