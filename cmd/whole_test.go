package cmd_test

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait; a step takes milliseconds, so only a failure ever takes this long.
const patience = 60 * time.Second

var bin string // folder of the real programs

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "otklik-bin-")
	if err == nil {
		bin = dir
		build := exec.Command("go", "build", "-o", dir+"/", "otklik/cmd/...")
		build.Stderr = os.Stderr
		err = build.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the programs do not build:", err)
		os.Exit(1)
	}
	status := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// run runs one of the programs to its end and returns what it printed. It reads OTKLIK_TREE, which make sets to what the tree
// consists of, so that Go's cache of test results, which does not see what the programs are made of, forgets them with it.
func run(t testing.TB, program string, args ...string) string {
	t.Helper()
	_ = os.Getenv("OTKLIK_TREE")
	cmd := exec.Command(filepath.Join(bin, program), args...)
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, problems.String())
	}
	return string(out)
}

// server is a real collector.
type server struct {
	t     testing.TB
	data  string
	addr  string   // host:port, the same after a restart
	more  []string // for collector serve
	cmd   *exec.Cmd
	log   *lines
	codes int // that were given out for simulated terminals
}

func startCollector(t testing.TB, surveys ...string) *server {
	t.Helper()
	s := &server{t: t, data: t.TempDir(), addr: "127.0.0.1:0"}
	s.start()
	t.Cleanup(s.kill)
	for _, file := range surveys {
		run(t, "collector", "survey", "publish", "--data", s.data, filepath.Join("..", "assets", "surveys", file))
	}
	return s
}

func (s *server) start() {
	s.t.Helper()
	s.cmd = exec.Command(filepath.Join(bin, "collector"), append([]string{"serve", "--data", s.data, "--listen", s.addr}, s.more...)...)
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	problems, err := s.cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.log = readLines(problems)
	line := readLines(out).await(s.t, "the collector's address", func(l string) bool { return strings.Contains(l, "Listening on ") })
	if !strings.HasSuffix(s.addr, ":0") {
		return // it may say another one, which leads to it
	}
	u, err := url.Parse(line[strings.Index(line, "http://"):])
	if err != nil {
		s.t.Fatal(err)
	}
	s.addr = u.Host
}

// kill ends the collector as a power cut of the program would: at once.
func (s *server) kill() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

// rows exports a survey and returns its rows by column.
func (s *server) rows(survey string) []map[string]string {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "export.csv")
	run(s.t, "collector", "export", "--data", s.data, "--survey", survey, "--format", "csv", "-o", file)
	f, err := os.Open(file)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil || len(all) == 0 {
		s.t.Fatalf("the export is no CSV: %v", err)
	}
	var rows []map[string]string
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, cell := range cells {
			row[all[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// lines are those that a program has written so far.
type lines struct {
	mu   sync.Mutex
	all  []string
	done bool
	more *sync.Cond
}

func readLines(r io.Reader) *lines {
	l := &lines{}
	l.more = sync.NewCond(&l.mu)
	go func() {
		scan := bufio.NewScanner(r)
		scan.Buffer(nil, 1<<20)
		for scan.Scan() {
			l.mu.Lock()
			l.all = append(l.all, scan.Text())
			l.mu.Unlock()
			l.more.Broadcast()
		}
		l.mu.Lock()
		l.done = true
		l.mu.Unlock()
		l.more.Broadcast()
	}()
	return l
}

// await returns the first line that fits, and takes it and those before it away.
func (l *lines) await(t testing.TB, what string, fits func(string) bool) string {
	t.Helper()
	late := false
	timer := time.AfterFunc(patience, func() { l.mu.Lock(); late = true; l.mu.Unlock(); l.more.Broadcast() })
	defer timer.Stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	for seen := 0; ; l.more.Wait() {
		for ; seen < len(l.all); seen++ {
			if line := l.all[seen]; fits(line) {
				l.all = l.all[seen+1:]
				return line
			}
		}
		if late || l.done {
			t.Fatalf("%s did not come; the program said:\n%s", what, strings.Join(l.all, "\n"))
		}
	}
}

// display is a virtual X11 display.
type display struct{ name, size string }

func startDisplay(t testing.TB, size string) *display {
	t.Helper()
	cmd := exec.Command("Xvfb", "-displayfd", "1", "-screen", "0", size+"x24", "-nolisten", "tcp")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("Xvfb: %v; .ci/setup test installs it", err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return &display{":" + readLines(out).await(t, "Xvfb's display number", func(string) bool { return true }), size}
}

func (d *display) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+d.name, "LIBGL_ALWAYS_SOFTWARE=1")
	return cmd
}

// painted is a line of the kiosk's trace.
type painted struct {
	Time          time.Time
	Screen, Focus string
	Width, Height int
	Targets       []struct {
		Name       string
		X, Y, W, H float64
	}
	Texts []string
}

// glass is a real kiosk window on a virtual display.
type glass struct {
	t       testing.TB
	display *display
	data    string
	args    []string // more for kiosk run
	cmd     *exec.Cmd
	trace   *lines
	log     *lines
	shown   painted
	came    time.Time // when what is shown appeared; what was written since changes it no more
}

// enrolKiosk makes a terminal of the collector, reached at addr.
func enrolKiosk(t testing.TB, s *server, addr string) *glass {
	t.Helper()
	return enrolKioskIn(t, s, addr, t.TempDir())
}

// enrolKioskIn makes the terminal in a data folder that is there.
func enrolKioskIn(t testing.TB, s *server, addr, data string) *glass {
	t.Helper()
	g := &glass{t: t, data: data}
	out := run(t, "collector", "terminal", "enrol", "--data", s.data, "--site", "Зал", "--name", "Терминал")
	_, code, ok := strings.Cut(out, "code: ")
	if !ok || !strings.HasPrefix(out, "url: http://") {
		t.Fatalf("enrol printed %q", out)
	}
	// a PIN that was chosen here, so that kiosk pin can choose another: one that the collector made would go before it
	run(t, "kiosk", "enrol", "--collector", "http://"+addr, "--code", strings.TrimSpace(code), "--data", g.data, "--pin", "135790")
	return g
}

// open starts the window and waits for the attract screen.
func (g *glass) open(d *display) { g.t.Helper(); g.openTo(d, "attract") }

// openTo starts the window and waits for its first screen.
func (g *glass) openTo(d *display, first string) {
	g.t.Helper()
	g.start(d)
	g.await(first)
}

// start starts the window.
func (g *glass) start(d *display) {
	g.t.Helper()
	g.display = d
	fifo := filepath.Join(g.t.TempDir(), "trace")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		g.t.Fatal(err)
	}
	args := append([]string{"run", "--data", g.data, "--trace", fifo}, g.args...)
	g.cmd = d.command(filepath.Join(bin, "kiosk"), args...)
	g.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	problems, err := g.cmd.StderrPipe()
	if err != nil {
		g.t.Fatal(err)
	}
	if err := g.cmd.Start(); err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(g.kill)
	g.log = readLines(problems)
	f, err := os.OpenFile(fifo, os.O_RDWR, 0) // a writer too, so that the trace goes on when the glass is restarted
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = f.Close() })
	g.trace = readLines(f)
}

// kill ends the kiosk, its supervisor and its glass, at once, as a power cut would.
func (g *glass) kill() {
	if g.cmd != nil && g.cmd.ProcessState == nil {
		_ = syscall.Kill(-g.cmd.Process.Pid, syscall.SIGKILL)
		_ = g.cmd.Wait()
	}
}

// await waits until a screen whose name begins so is on the glass.
func (g *glass) await(name string) {
	g.t.Helper()
	line := g.trace.await(g.t, "the screen "+name, func(l string) bool {
		var p painted
		return json.Unmarshal([]byte(l), &p) == nil && strings.HasPrefix(p.Screen, name) &&
			fmt.Sprintf("%dx%d", p.Width, p.Height) == g.display.size // a window opens small and then fills the display
	})
	before := g.shown.Screen
	g.shown = painted{}
	if err := json.Unmarshal([]byte(line), &g.shown); err != nil {
		g.t.Fatal(err)
	}
	if g.shown.Screen != before || g.came.IsZero() {
		g.came = g.shown.Time
	}
}

// question is the code of the question on the glass, or "".
func (g *glass) question() string {
	code, ok := strings.CutPrefix(g.shown.Screen, "question-")
	if !ok {
		return ""
	}
	return code
}

// tap touches a target with xdotool and waits for the screen that follows.
func (g *glass) tap(target, next string) {
	g.t.Helper()
	for _, p := range g.shown.Targets {
		if p.Name == target {
			// a screen cannot be meant before it was seen: the glass ignores a tap in its first 150 ms
			seen := g.shown.Time
			if strings.HasPrefix(target, "key:") {
				seen = g.came // what was written is no other screen
			} else {
				g.came = time.Time{}
			}
			time.Sleep(time.Until(seen.Add(170 * time.Millisecond)))
			x, y := strconv.Itoa(int(p.X+p.W/2)), strconv.Itoa(int(p.Y+p.H/2))
			if out, err := g.display.command("xdotool", "mousemove", x, y, "click", "1").CombinedOutput(); err != nil {
				g.t.Fatalf("xdotool: %v %s; .ci/setup test installs it", err, out)
			}
			g.await(next)
			return
		}
	}
	g.t.Fatalf("no %s on the screen %s: %v", target, g.shown.Screen, g.shown.Targets)
}

// cable is a line between terminals and the collector that a test can cut.
type cable struct {
	t      testing.TB
	listen net.Listener
	target string

	mu      sync.Mutex
	cut     bool
	onReply func() // called once, when the first byte of a reply has come, which is then dropped
	open    map[net.Conn]bool
}

func startCable(t testing.TB, target string) *cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{t: t, listen: l, target: target, open: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = l.Close(); c.set(true) })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.carry(conn)
		}
	}()
	return c
}

func (c *cable) addr() string { return c.listen.Addr().String() }

// set cuts the cable, or mends it.
func (c *cable) set(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = cut
	for conn := range c.open {
		_ = conn.Close()
	}
	clear(c.open)
}

// loseReply drops the next reply to an upload: when its first byte has come, do is called and the connection cut.
func (c *cable) loseReply(do func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onReply = do
}

func (c *cable) carry(client net.Conn) {
	c.mu.Lock()
	cut := c.cut
	c.mu.Unlock()
	if cut {
		_ = client.Close()
		return
	}
	server, err := net.Dial("tcp", c.target)
	if err != nil {
		_ = client.Close()
		return
	}
	c.mu.Lock()
	c.open[client], c.open[server] = true, true
	c.mu.Unlock()
	uploads := make(chan bool, 64)
	done := func() { _ = client.Close(); _ = server.Close() }
	go func() {
		defer done()
		buffer := make([]byte, 64<<10)
		for {
			n, err := client.Read(buffer)
			if strings.HasPrefix(string(buffer[:n]), "POST /v1/batches") {
				select {
				case uploads <- true:
				default:
				}
			}
			if _, e := server.Write(buffer[:n]); err != nil || e != nil {
				return
			}
		}
	}()
	defer done()
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if n > 0 {
			c.mu.Lock()
			lose := c.onReply
			if lose != nil && len(uploads) > 0 {
				c.onReply = nil
			} else {
				lose = nil
			}
			c.mu.Unlock()
			if lose != nil {
				lose()
				return
			}
			for len(uploads) > 0 {
				<-uploads
			}
		}
		if _, e := client.Write(buffer[:n]); err != nil || e != nil {
			return
		}
	}
}
