package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"otklik/glass/rig"
	"otklik/glass/x11"
)

// meant is how long a person at least looks before the next touch; the glass ignores a touch in the first 150 ms of a screen.
const meant = 180 * time.Millisecond

// still is how long nothing may change any more before a question counts as shown.
const still = 60 * time.Millisecond

// The aims of the terminal, on a software renderer.
const (
	startAim = 500 * time.Millisecond // from the start of the process to the first question, without the pause before the touch
	pssAim   = 160                    // MB
)

// p95Aims are in ms, by display.
var p95Aims = map[string]float64{"1280x800": 25, "1080x1920": 50}

// step is one touch of the script and what is on the display when it was answered.
type step struct {
	x, y     int
	sign     x11.Picture // a piece that tells the next question from the one before
	question x11.Picture // the upper half of the display, where a question stands
	full     x11.Picture
}

// upper is the part of a picture of the whole display where a question stands, above answers that a press changes too.
func upper(p x11.Picture) x11.Picture { return p.Part(0, 0, p.W, p.H/2) }

// figures are what was measured of one program.
type figures struct {
	P50, P95   float64 // from a touch to the next question, in ms
	Attract    float64 `json:",omitempty"` // from the start of the process to the first picture, in ms
	Question   float64 // from the start of the process to the first question, in ms
	Pause      float64 // of that for a person who looks before the touch, in ms
	PSS        float64 // after ten visits, in MB
	Taps       int
	Size       string
	times      []float64
	start      []float64
	startFirst []float64
	pauses     []float64
}

func (f *figures) sum() {
	f.P50, f.P95, f.Taps = percentile(f.times, 50), percentile(f.times, 95), len(f.times)
	f.Question, f.Attract = percentile(f.start, 50), percentile(f.startFirst, 50)
	f.Pause = percentile(f.pauses, 50)
}

// aims says of each figure that has an aim whether it is met.
func (f *figures) aims(size string) string {
	line := func(name string, figure, aim float64, unit string) string {
		verdict := "met"
		if figure > aim {
			verdict = "NOT met"
		}
		return fmt.Sprintf("  %-42s %7.1f %s, at most %.0f: %s\n", name, figure, unit, aim, verdict)
	}
	return line("touch to next question, p95", f.P95, p95Aims[size], "ms") +
		line("start to first question, without the pause", f.Question-f.Pause, float64(startAim.Milliseconds()), "ms") +
		line("memory (PSS) after ten visits", f.PSS, pssAim, "MB")
}

func percentile(values []float64, p int) float64 {
	if len(values) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(values))
	return s[min(len(s)-1, len(s)*p/100)]
}

// asked is a program with twenty questions on a display.
type asked struct {
	display *rig.Display
	open    func() (pid int, end func(), err error) // starts it
	begin   *step                                   // the touch that leads to the first question; nil where it stands there at once
	steps   []step                                  // from each question to the next
	finish  func(visit int) error                   // from the last question to the beginning again
	exact   bool                                    // each question is the same picture in every visit, to the last point
}

// perform makes visits and times each touch.
func (a *asked) perform(f *figures, visits int) error {
	for n := range visits {
		if a.begin != nil {
			if _, err := a.tap(*a.begin); err != nil {
				return fmt.Errorf("visit %d, beginning: %w", n, err)
			}
		}
		for i, s := range a.steps {
			took, err := a.tap(s)
			if err != nil {
				return fmt.Errorf("visit %d, question %d: %w", n, i+2, err)
			}
			f.times = append(f.times, took)
		}
		if err := a.finish(n); err != nil {
			return err
		}
	}
	return nil
}

// tap touches and returns the milliseconds until the next question was on the display, whole and to stay.
func (a *asked) tap(s step) (float64, error) {
	if err := a.display.Settle(meant); err != nil {
		return 0, err
	}
	began := a.display.Tap(s.x, s.y, 1)
	at, err := a.display.AwaitWhole(s.sign, s.question, still, 10*time.Second)
	if err != nil {
		return 0, err
	}
	if a.exact {
		if seen, err := a.display.LookAll(); err != nil || !seen.Same(s.full) {
			return 0, fmt.Errorf("the question looks different from before, see %s: %w", saved(s.full, seen), err)
		}
	}
	return float64(at.Sub(began).Microseconds()) / 1000, nil
}

// learn makes one touch and returns it with the picture that it led to. The picture before it is before.
func learn(d *rig.Display, x, y int, before x11.Picture) (step, error) {
	s := step{x: x, y: y}
	d.Tap(x, y, 1)
	for range 20 {
		if err := d.Settle(400 * time.Millisecond); err != nil {
			return s, err
		}
		full, err := d.LookAll()
		if err != nil {
			return s, err
		}
		if sign, differs := upper(full).Sign(upper(before), 128, 32); differs {
			s.sign, s.question, s.full = sign, upper(full), full
			return s, nil
		}
	}
	return s, fmt.Errorf("a touch at %d,%d changed nothing", x, y)
}

// kioskAsks learns the script on the kiosk.
func kioskAsks(r *rig.Rig, data string, d *rig.Display) (*asked, error) {
	a := &asked{display: d, exact: true}
	a.open = func() (int, func(), error) {
		g, err := r.Glass(d, data, false)
		if err != nil {
			return 0, nil, err
		}
		return g.PID, g.Close, nil
	}
	g, err := r.Glass(d, data, true)
	if err != nil {
		return nil, err
	}
	defer g.Close()
	p, err := g.Await("attract")
	if err != nil {
		return nil, err
	}
	if err := d.Settle(time.Second); err != nil {
		return nil, err
	}
	before, err := d.LookAll()
	if err != nil {
		return nil, err
	}
	attract := before
	for p.Screen != "question-q20" {
		t, ok := p.Find("start:", "start", "choice:yes")
		if !ok {
			return nil, fmt.Errorf("nothing to touch on %s: %v", p.Screen, p.Targets)
		}
		x, y := t.Middle()
		s, err := learn(d, x, y, before)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Screen, err)
		}
		if p.Screen == "attract" {
			a.begin = &s
		} else {
			a.steps = append(a.steps, s)
		}
		before = s.full
		if p, err = g.Await("question-"); err != nil {
			return nil, err
		}
	}
	t, _ := p.Find("choice:yes")
	x, y := t.Middle()
	thanks, err := learn(d, x, y, before)
	if err != nil {
		return nil, err
	}
	if p, err = g.Await("thanks"); err != nil {
		return nil, err
	}
	t, ok := p.Find("finish")
	if !ok {
		return nil, fmt.Errorf("the thanks have no finish: %v", p.Targets)
	}
	x, y = t.Middle()
	a.finish = func(int) error {
		if _, err := a.tap(thanks); err != nil {
			return fmt.Errorf("thanks: %w", err)
		}
		if err := d.Settle(meant); err != nil {
			return err
		}
		d.Tap(x, y, 1)
		if _, err := d.Await(ground(attract), rig.Patience); err != nil {
			return fmt.Errorf("back to the beginning: %w", err)
		}
		return nil
	}
	return a, nil
}

// measure starts the program five times, then makes ten visits.
func (a *asked) measure(first x11.Picture, visits int) (figures, error) {
	var f figures
	for n := range 5 {
		began := time.Now()
		_, end, err := a.open()
		if err != nil {
			return f, err
		}
		at, err := a.display.Await(first, rig.Patience)
		if err != nil {
			end()
			return f, fmt.Errorf("start %d: %w", n, err)
		}
		if a.begin != nil {
			f.startFirst = append(f.startFirst, float64(at.Sub(began).Microseconds())/1000)
			time.Sleep(time.Until(at.Add(meant))) // nobody touches what was not seen
			f.pauses = append(f.pauses, float64(a.display.Tap(a.begin.x, a.begin.y, 1).Sub(at).Microseconds())/1000)
			if at, err = a.display.AwaitWhole(a.begin.sign, a.begin.question, still, rig.Patience); err != nil {
				end()
				return f, fmt.Errorf("start %d, first question: %w", n, err)
			}
		}
		f.start = append(f.start, float64(at.Sub(began).Microseconds())/1000)
		end()
		if n < 4 {
			if err := a.display.Settle(300 * time.Millisecond); err != nil {
				return f, err
			}
			continue
		}
		pid, end, err := a.open()
		if err != nil {
			return f, err
		}
		defer end()
		if _, err := a.display.Await(first, rig.Patience); err != nil {
			return f, err
		}
		if err := a.display.Settle(time.Second); err != nil {
			return f, err
		}
		if err := a.perform(&f, visits); err != nil {
			return f, err
		}
		pss, err := rig.PSS(pid)
		if err != nil {
			return f, err
		}
		f.PSS = float64(pss) / 1e6
	}
	f.sum()
	return f, nil
}

func printBench(r *rig.Rig, cache string) error {
	all := map[string]any{}
	fmt.Printf("%-28s %9s %9s %12s %13s %10s %8s\n", "", "p50 ms", "p95 ms", "attract ms", "question ms", "of it pause", "PSS MB")
	row := func(name string, f figures) {
		fmt.Printf("%-28s %9.1f %9.1f %12.0f %13.0f %10.0f %8.0f\n", name, f.P50, f.P95, f.Attract, f.Question, f.Pause, f.PSS)
		all[name] = f
	}
	var data string
	c, err := r.Collector("testdata/twenty.json")
	if err == nil {
		data, err = c.Enrol()
	}
	if err != nil {
		return err
	}
	page, missing := surveyJS(r, cache)
	for _, size := range []string{"1280x800", "1080x1920"} {
		d, err := r.Display(size)
		if err != nil {
			return err
		}
		a, err := kioskAsks(r, data, d)
		if err != nil {
			return fmt.Errorf("kiosk at %s: %w", size, err)
		}
		if err := d.Settle(time.Second); err != nil {
			return err
		}
		first, err := a.first()
		if err != nil {
			return err
		}
		kiosk, err := a.measure(first, 10)
		if err != nil {
			return fmt.Errorf("kiosk at %s: %w", size, err)
		}
		row("kiosk "+size, kiosk)
		fmt.Print(kiosk.aims(size))
		pid, end, err := r.EmptyWindow(d)
		if err != nil {
			return err
		}
		pss, err := rig.PSS(pid)
		end()
		if err != nil {
			return err
		}
		row("empty Fyne window "+size, figures{PSS: float64(pss) / 1e6})
		if page == "" {
			continue
		}
		if err := d.Settle(time.Second); err != nil {
			return err
		}
		b, first, err := chromiumAsks(r, page, d)
		if err != nil {
			return fmt.Errorf("the browser Chromium at %s: %w", size, err)
		}
		web, err := b.measure(first, 10)
		if err != nil {
			return fmt.Errorf("the browser Chromium at %s: %w", size, err)
		}
		row("survey-js-ui "+size, web)
		ratio := map[string]float64{
			"p50": kiosk.P50 / web.P50, "p95": kiosk.P95 / web.P95, "question": kiosk.Question / web.Question, "pss": kiosk.PSS / web.PSS,
		}
		all["ratio "+size] = ratio
		fmt.Printf("%-28s %9.2f %9.2f %12s %13.2f %10s %8.2f\n", "kiosk ÷ survey-js-ui", ratio["p50"], ratio["p95"], "",
			ratio["question"], "", ratio["pss"])
	}
	if missing != "" {
		fmt.Println("no comparison with survey-js-ui:", missing)
	}
	if s, err := os.Stat(filepath.Join(r.Dir, "kiosk")); err == nil {
		fmt.Printf("the kiosk program has %.1f MB\n", float64(s.Size())/1e6)
		all["binary_mb"] = float64(s.Size()) / 1e6
	}
	fmt.Println(strings.Repeat("-", 40))
	return json.NewEncoder(os.Stdout).Encode(all)
}

// first finds what tells the attract screen from an empty display, and from the holding picture of the start.
func (a *asked) first() (x11.Picture, error) {
	_, end, err := a.open()
	if err != nil {
		return x11.Picture{}, err
	}
	defer end()
	if _, err := a.display.Shown(rig.Patience); err != nil {
		return x11.Picture{}, err
	}
	if err := a.display.Settle(2 * time.Second); err != nil {
		return x11.Picture{}, err
	}
	attract, err := a.display.LookAll()
	if err != nil {
		return x11.Picture{}, err
	}
	if ground(attract).Same(ground(a.begin.full)) {
		return x11.Picture{}, fmt.Errorf("the attract screen and the first question look the same")
	}
	return ground(attract), nil
}

// ground is a piece at the edge, where nothing stands: the words of the attract screen change and move.
func ground(p x11.Picture) x11.Picture { return p.Part(0, p.H/3, 8, p.H/3) }
