package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"otklik/glass/rig"
)

// soakSize is the display that soaks run on: small, so that painting does not bound the visits.
const soakSize = "800x480"

// sample is what the process of the glass held at a moment.
type sample struct {
	visits, files, goroutines int
	rss                       int64
}

// soakReport is what a soak saw.
type soakReport struct {
	Samples  []sample
	Took     time.Duration
	Visits   int
	Exported int
}

// judge says what grew: the last tenth of the samples against the first tenth after warm visits, by their medians. Memory
// may grow by share (0.1 is a tenth); files and goroutines by the handful that connections to the collector come and go.
func (r soakReport) judge(warm int, share float64) error {
	s := slices.DeleteFunc(slices.Clone(r.Samples), func(s sample) bool { return s.visits < warm })
	n := max(1, len(s)/10)
	if len(s) < 2 {
		return fmt.Errorf("%d visits leave nothing to compare after the first %d", r.Visits, warm)
	}
	first, last := s[:n], s[len(s)-n:]
	median := func(of []sample, value func(sample) int64) int64 {
		var all []int64
		for _, x := range of {
			all = append(all, value(x))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	for _, c := range []struct {
		name  string
		value func(sample) int64
		most  func(before int64) int64
	}{
		{"resident memory", func(s sample) int64 { return s.rss }, func(b int64) int64 { return int64(float64(b) * (1 + share)) }},
		{"open files", func(s sample) int64 { return int64(s.files) }, func(b int64) int64 { return b + 6 }},
		{"goroutines", func(s sample) int64 { return int64(s.goroutines) }, func(b int64) int64 { return b + 8 }},
	} {
		before, after := median(first, c.value), median(last, c.value)
		if after > c.most(before) {
			return fmt.Errorf("%s grew from %d to %d between visit %d and %d", c.name, before, after, first[0].visits, last[n-1].visits)
		}
	}
	if r.Exported != r.Visits {
		return fmt.Errorf("%d visitors were thanked, the collector has %d responses", r.Visits, r.Exported)
	}
	return nil
}

func (r soakReport) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d visits in %s, %.0f ms each; %d responses at the collector\n%10s %10s %8s %11s\n", r.Visits,
		r.Took.Round(time.Second), float64(r.Took.Milliseconds())/float64(max(1, r.Visits)), r.Exported, "visits", "RSS MB", "files",
		"goroutines")
	step := max(1, len(r.Samples)/20)
	for i := 0; i < len(r.Samples); i += step {
		s := r.Samples[i]
		fmt.Fprintf(&b, "%10d %10.1f %8d %11d\n", s.visits, float64(s.rss)/1e6, s.files, s.goroutines)
	}
	return b.String()
}

// soak makes visits as fast as the glass lets it, and samples the process at every `every`-th.
func soak(r *rig.Rig, visits, every int) (soakReport, error) {
	var report soakReport
	c, err := r.Collector("testdata/visits.yaml")
	if err != nil {
		return report, err
	}
	data, err := c.Enrol()
	if err != nil {
		return report, err
	}
	d, err := r.Display(soakSize)
	if err != nil {
		return report, err
	}
	g, err := r.Glass(d, data, true, "--unseen", "1ns")
	if err != nil {
		return report, err
	}
	defer g.Close()
	p, err := g.Await("attract")
	if err != nil {
		return report, err
	}
	w, err := g.Window()
	if err != nil {
		return report, err
	}
	began, random, typed := time.Now(), rand.New(rand.NewPCG(1, 1)), 0
	for thanked := 0; thanked < visits; {
		var names []string
		switch p.Screen {
		case "attract":
			names, typed = []string{"start:" + []string{"ru", "tt", "en"}[random.IntN(3)], "start", "face:"}, 0
		case "question-face":
			names = []string{fmt.Sprintf("face:%d", 1+random.IntN(4))}
		case "question-say":
			if names = []string{"skip", "next"}; typed < 3 && thanked%10 == 0 {
				names, typed = []string{"key:"}, typed+1
			}
		case "thanks":
			names, thanked = []string{"finish"}, thanked+1
			if thanked%every == 0 {
				s := sample{visits: thanked, goroutines: p.Goroutines}
				if s.rss, err = rig.RSS(w.PID); err != nil {
					return report, err
				}
				if s.files, err = rig.Files(w.PID); err != nil {
					return report, err
				}
				report.Samples = append(report.Samples, s)
			}
		default:
			names = []string{"choice:", "face:", "next", "continue", "finish", "skip"}
		}
		t, ok := p.Find(names...)
		if !ok {
			return report, fmt.Errorf("after %d visits the screen %s offers none of %v: %v", thanked, p.Screen, names, p.Targets)
		}
		report.Visits = thanked
		x, y := t.Middle()
		if p, err = touch(g, p, x, y); err != nil {
			return report, fmt.Errorf("after %d visits, %s on %s: %w", thanked, t.Name, p.Screen, err)
		}
	}
	report.Took = time.Since(began)
	if err := uploaded(r, g, report.Visits); err != nil {
		return report, err
	}
	exported, err := c.Responses("visits")
	report.Exported = len(exported)
	return report, err
}

// touch taps and returns the last of the screens that follow: one that waits for another touch. A key paints the screen
// anew; the answer to a last question is followed by thanks when it is stored.
func touch(g *rig.Glass, on rig.Painted, x, y int) (rig.Painted, error) {
	g.Display.Tap(x, y, 1)
	for {
		p, err := g.Next()
		if err != nil {
			return on, err
		}
		if seen := g.Seen(); len(seen) > 0 {
			p = seen[len(seen)-1]
		}
		if p.Screen != on.Screen || strings.HasPrefix(on.Screen, "question-say") {
			return p, nil
		}
	}
}

// uploaded waits until the terminal says that it has taken up at least so many answers and that none waits.
func uploaded(r *rig.Rig, g *rig.Glass, least int) error {
	for end := time.Now().Add(3 * rig.Patience); ; time.Sleep(200 * time.Millisecond) {
		taken, queued, err := r.Kept(g.Data)
		if err == nil && taken >= least && queued == 0 {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("%d answers taken up, %d still wait for their upload (%v); the kiosk said:\n%s", taken, queued, err, g.Log())
		}
	}
}

// idleReport is the share of a processor core that windows which nobody touches take.
type idleReport struct{ Attract, Empty float64 }

// mostIdle is how much more of a core than an empty window the attract screen may take.
const mostIdle = 0.003

func (r idleReport) judge() error {
	if more := r.Attract - r.Empty; more > mostIdle {
		return fmt.Errorf("the attract screen takes %.2f %% of a core more than an empty window; the aim is %.1f %% at most", more*100, mostIdle*100)
	}
	return nil
}

// idle measures the attract screen and an empty window side by side.
func idle(r *rig.Rig, span time.Duration) (idleReport, error) {
	var report idleReport
	data, d, err := terminal(r, "testdata/visits.yaml", "1280x800")
	if err != nil {
		return report, err
	}
	g, err := r.Glass(d, data, false)
	if err != nil {
		return report, err
	}
	defer g.Close()
	if _, err := d.Shown(rig.Patience); err != nil {
		return report, err
	}
	beside, err := r.Display("1280x800")
	if err != nil {
		return report, err
	}
	empty, end, err := r.EmptyWindow(beside)
	if err != nil {
		return report, err
	}
	defer end()
	for _, when := range []float64{-1, 1} {
		for pid, share := range map[int]*float64{g.PID: &report.Attract, empty: &report.Empty} {
			worked, err := rig.CPU(pid)
			if err != nil {
				return report, err
			}
			*share += when * worked.Seconds() / span.Seconds()
		}
		if when < 0 {
			time.Sleep(span) // the span that is measured
		}
	}
	return report, nil
}

// terminal sets up a collector with a survey, a terminal of it that has its configuration, and a display.
func terminal(r *rig.Rig, survey, size string) (data string, d *rig.Display, err error) {
	c, err := r.Collector(survey)
	if err != nil {
		return "", nil, err
	}
	if data, err = c.Enrol(); err != nil {
		return "", nil, err
	}
	if d, err = r.Display(size); err != nil {
		return "", nil, err
	}
	g, err := r.Glass(d, data, true) // the first start fetches the configuration
	if err != nil {
		return "", nil, err
	}
	defer g.Close()
	_, err = g.Await("attract")
	return data, d, err
}
