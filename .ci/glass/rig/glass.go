package rig

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"otklik/glass/x11"
)

// Painted is a line of the kiosk's trace.
type Painted struct {
	Time          time.Time
	Goroutines    int
	Kept          []string // answers that were stored since the line before, by their ids
	Screen, Focus string
	Width, Height int
	Targets       []Target
	Texts         []string
}

// Target is a place to touch.
type Target struct {
	Name       string
	X, Y, W, H float64 // pixels
}

// Middle is where a finger aims.
func (t Target) Middle() (x, y int) { return int(t.X + t.W/2), int(t.Y + t.H/2) }

// Find returns the first target whose name begins with one of these, tried in this order.
func (p Painted) Find(names ...string) (Target, bool) {
	for _, n := range names {
		for _, t := range p.Targets {
			if strings.HasPrefix(t.Name, n) {
				return t, true
			}
		}
	}
	return Target{}, false
}

// scale makes pixels of units.
func (p *Painted) scale(by float64) {
	if by == 1 {
		return
	}
	p.Width, p.Height = int(math.Round(float64(p.Width)*by)), int(math.Round(float64(p.Height)*by))
	for i, t := range p.Targets {
		p.Targets[i] = Target{t.Name, t.X * by, t.Y * by, t.W * by, t.H * by}
	}
}

func abs(n int) int { return max(n, -n) }

// Glass is a running kiosk.
type Glass struct {
	Data    string
	Display *Display
	Began   time.Time // just before the program was started
	Close   func()    // ends the program
	PID     int       // of the program started; its window may belong to a child
	scale   float64   // pixels of the display to one of the trace's
	screens chan Painted
}

// Glass starts a kiosk on the display. With traced it tells of each screen.
func (r *Rig) Glass(d *Display, data string, traced bool, args ...string) (*Glass, error) {
	return r.glass("kiosk", d, data, traced, args...)
}

// TouchGlass builds the kiosk of the tree at root as for Android, with Fyne's driver for phones and tablets and without a
// supervisor, and starts it; both run in a window of Linux too. The window has 500×1000 pixels, whatever the display, and its
// driver says that a unit has 1.4.
func (r *Rig) TouchGlass(d *Display, root, data string) (*Glass, error) {
	build := exec.Command("go", "build", "-tags", "mobile,alone", "-o", filepath.Join(r.Dir, "kiosk-mobile"), "./cmd/kiosk")
	build.Dir, build.Stderr = root, os.Stderr
	build.Env = append(os.Environ(), "GOFLAGS=")
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("building the kiosk as for Android: %w", err)
	}
	g, err := r.glass("kiosk-mobile", d, data, true)
	if err == nil {
		g.scale = 1.4
	}
	return g, err
}

func (r *Rig) glass(program string, d *Display, data string, traced bool, args ...string) (*Glass, error) {
	g := &Glass{Data: data, Display: d, scale: 1}
	args = append([]string{"run", "--data", data}, args...)
	if traced {
		dir, err := os.MkdirTemp(r.Dir, "trace-") // another one at each start: two readers would share the lines
		if err != nil {
			return nil, err
		}
		fifo := filepath.Join(dir, "trace")
		if err := syscall.Mkfifo(fifo, 0o600); err != nil {
			return nil, err
		}
		f, err := os.OpenFile(fifo, os.O_RDWR, 0) // for writing too: so it does not end when the window is restarted
		if err != nil {
			return nil, err
		}
		r.ended = append(r.ended, func() { _ = f.Close() })
		g.screens = make(chan Painted, 1<<14)
		go g.read(f)
		args = append(args, "--trace", fifo)
	}
	cmd := exec.Command(filepath.Join(r.Dir, program), args...)
	cmd.Env = d.env()
	log, err := os.OpenFile(filepath.Join(data, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stderr = log
	g.Began = time.Now()
	if g.Close, err = r.start(cmd); err != nil {
		return nil, err
	}
	g.PID = cmd.Process.Pid
	return g, nil
}

func (g *Glass) read(f *os.File) {
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, 1<<22)
	for scan.Scan() {
		var p Painted
		if json.Unmarshal(scan.Bytes(), &p) == nil {
			g.screens <- p
		}
	}
}

// Log is what the program said.
func (g *Glass) Log() string {
	b, _ := os.ReadFile(filepath.Join(g.Data, "log"))
	return string(b)
}

// Next returns the next screen that fills the display; it waits for one until Patience ends.
func (g *Glass) Next() (Painted, error) {
	late := time.After(Patience)
	for {
		select {
		case p := <-g.screens:
			p.scale(g.scale)
			if abs(p.Width-g.Display.Width) <= 1 && abs(p.Height-g.Display.Height) <= 1 { // a window opens small
				return p, nil
			}
		case <-late:
			return Painted{}, fmt.Errorf("no further screen came in %s; the kiosk said:\n%s", Patience, g.Log())
		}
	}
}

// Seen returns the screens painted since the last call, without waiting.
func (g *Glass) Seen() []Painted {
	var all []Painted
	for {
		select {
		case p := <-g.screens:
			all = append(all, p)
		default:
			return all
		}
	}
}

// Await returns the next screen whose name begins so.
func (g *Glass) Await(name string) (Painted, error) {
	for {
		p, err := g.Next()
		if err != nil || strings.HasPrefix(p.Screen, name) {
			return p, err
		}
	}
}

// Window finds the window of the glass: the uppermost of the program and its children, but for the holding picture that
// they show while the glass starts. The process is the window's own.
func (g *Glass) Window() (x11.Window, error) {
	family := map[int]bool{}
	for _, pid := range Family(g.PID) {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		family[pid] = err == nil && !strings.Contains(string(line), "\x00hold")
	}
	var found x11.Window
	for _, w := range g.Display.Windows() {
		if family[w.PID] {
			found = w
		}
	}
	if found.ID == 0 {
		return found, fmt.Errorf("no window of process %d or its children; the kiosk said:\n%s", g.PID, g.Log())
	}
	return found, nil
}

// EmptyWindow starts a full-screen window of Fyne's with nothing in it.
func (r *Rig) EmptyWindow(d *Display) (pid int, end func(), err error) {
	cmd := exec.Command(filepath.Join(r.Dir, "emptywindow"))
	cmd.Env = d.env()
	end, err = r.start(cmd)
	if err != nil {
		return 0, nil, err
	}
	if _, err := d.Shown(Patience); err != nil {
		return 0, nil, fmt.Errorf("the empty window: %w", err)
	}
	return cmd.Process.Pid, end, nil
}

// Shown waits until a window fills the display and the display has been quiet for half a second.
func (d *Display) Shown(patience time.Duration) (x11.Window, error) {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		for _, w := range d.Windows() {
			if w.Fills(d.Client) {
				return w, d.Settle(500 * time.Millisecond)
			}
		}
		if err := d.Settle(50 * time.Millisecond); err != nil {
			return x11.Window{}, err
		}
	}
	return x11.Window{}, fmt.Errorf("no window filled the display in %s", patience)
}

// Program starts any program on the display; the function returned ends it.
func (r *Rig) Program(d *Display, name string, args ...string) (pid int, end func(), err error) {
	cmd := exec.Command(name, args...)
	cmd.Env = d.env()
	end, err = r.start(cmd)
	if err != nil {
		return 0, nil, err
	}
	return cmd.Process.Pid, end, nil
}
