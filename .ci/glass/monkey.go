package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"otklik/glass/rig"
)

// phase is a part of a run, on a terminal and a display of its own.
type phase struct {
	size    string
	manager string // configuration of the window manager; "" is the system's own, with its keys and menus
	guard   bool   // touches in a screen's first moments are ignored, as on every real terminal
	share   int    // of the events, in hundredths
}

// ownManager is without keys and menus of its own, as a terminal's image has.
const ownManager = "testdata/image-rc.xml"

// phases are all displays and both guards. Without the guard far more touches count, and visits are many; the last phase
// has a window manager that was never meant for a terminal.
var phases = []phase{
	{"1280x800", ownManager, false, 40},
	{"800x480", ownManager, true, 20},
	{"1080x1920", ownManager, true, 15},
	{"800x480", ownManager, false, 15},
	{"1280x800", "", false, 10},
}

// servicePIN is set on every terminal, and so long that no monkey types it.
const servicePIN = "739105826417"

// monkeyReport is what came of a run.
type monkeyReport struct {
	Seed           uint64
	Events, Visits int
	Kept           map[string]int // answers that the terminals stored, with the visit that they are of
	Thanked        map[string]int // and of these the ones that somebody was thanked for
	Exported       []string       // the answers at the collector
	untold         int            // answers that were stored while a glass ended, so that it could not tell
	Written        int            // texts that were seen on the glass
	Compared       int            // pictures that were compared with an earlier visit's
	Held           int            // how often a hand in the corner was asked for the PIN
	Messages       int            // of window managers and programs
	Displaced      int            // messages after which the window was not in its place
	Attempts       int            // most attempts of the glass after which it was
	Helped         int            // menus of the window manager's that had to be closed; none where it has no menus
	chords         map[string]bool
	problems       []error
	perPhase       []string
	markers        map[string]int // what was written, with the visit in which it was seen first, 0 before
	visit          int
	watched
}

// watched is what is known of the glass of a phase.
type watched struct {
	manager  string // see phase
	guarded  bool
	process  int // that the window belongs to
	screen   rig.Painted
	fresh    bool              // nothing that a person did can show on the screen yet
	here     map[string]bool   // screens of this visit
	asked    int               // how many questions of this visit were seen
	keptHere string            // the answer of this visit
	kept     int               // answers stored
	held     bool              // the corner was held
	attract  string            // what the attract screen shows to a new visitor
	pictures map[string]*sight // of screens, by what they say
}

func newReport(seed uint64) *monkeyReport {
	return &monkeyReport{
		Seed: seed, Kept: map[string]int{}, Thanked: map[string]int{}, chords: map[string]bool{}, markers: map[string]int{},
	}
}

func (m *monkeyReport) table() string {
	return fmt.Sprintf("seed %d: %d events, %d visits, %d answers stored, %d thanked, %d at the collector, %d texts seen\n"+
		"%d chords with function keys; the corner was held %d times; %d pictures compared with those of earlier visits\n"+
		"%d messages of window managers and programs, %d moved the glass, which was back after %d attempts at most; "+
		"%d menus closed\n%s\n", m.Seed, m.Events, m.Visits, len(m.Kept), len(m.Thanked), len(m.Exported), m.Written, len(m.chords), m.Held,
		m.Compared, m.Messages, m.Displaced, m.Attempts, m.Helped, strings.Join(m.perPhase, "\n"))
}

// broken notes a promise that was not kept.
func (m *monkeyReport) broken(format string, a ...any) {
	m.problems = append(m.problems, fmt.Errorf("event %d: "+format, append([]any{m.Events}, a...)...))
}

// judge says which promise was broken. chords is how many with function keys there must have been.
func (m *monkeyReport) judge(chords int) error {
	broken := slices.Clone(m.problems)
	times, strange := map[string]int{}, 0
	for _, id := range m.Exported {
		if times[id]++; times[id] == 2 {
			broken = append(broken, fmt.Errorf("the collector has answer %s more than once", id))
		}
		if _, kept := m.Kept[id]; !kept {
			if strange++; strange > m.untold {
				broken = append(broken, fmt.Errorf("the collector has answer %s, which no terminal stored", id))
			}
		}
	}
	for id, visit := range m.Thanked {
		if times[id] == 0 {
			broken = append(broken, fmt.Errorf("the visitor of visit %d was thanked, and answer %s is not at the collector", visit, id))
		}
	}
	if len(m.chords) < chords {
		broken = append(broken, fmt.Errorf("%d chords with function keys, of %d", len(m.chords), chords))
	}
	for name, n := range map[string]int{"thanked": len(m.Thanked), "written": m.Written, "pictures compared": m.Compared, "corner held": m.Held} {
		if n == 0 {
			broken = append(broken, fmt.Errorf("%s: none; the run shows nothing", name))
		}
	}
	return errors.Join(broken...)
}

// monkey does so many random things to glasses. What it does is written to log, which may be nil. It returns an error when
// a glass is gone and does not come back.
func monkey(r *rig.Rig, seed uint64, events int, log io.Writer) (*monkeyReport, error) {
	m, dice := newReport(seed), rand.New(rand.NewPCG(seed, seed))
	deck := 0
	out := io.Discard
	if log != nil {
		out = log
	}
	lines := json.NewEncoder(out)
	return m, m.run(r, func(g *rig.Glass, n int) error {
		for end := m.Events + events*phases[n].share/100; m.Events < end; m.Events++ {
			if err := m.lookUp(g); err != nil {
				return err
			}
			for next := range draw(dice, m, g, &deck) {
				next.Phase, next.Event = n, m.Events
				if err := lines.Encode(next); err != nil {
					return err
				}
				if err := m.perform(next, g); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// replay does what a log says, however the glass answers this time.
func replay(r *rig.Rig, log io.Reader) (*monkeyReport, error) {
	m := newReport(0)
	var all []act
	for lines := json.NewDecoder(log); ; {
		var a act
		err := lines.Decode(&a)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && (a.Phase < 0 || a.Phase >= len(phases)) {
			err = fmt.Errorf("there is no phase %d", a.Phase)
		}
		if err != nil {
			return m, fmt.Errorf("line %d of the log: %w", len(all)+1, err)
		}
		all = append(all, a)
	}
	return m, m.run(r, func(g *rig.Glass, n int) error {
		for _, a := range all {
			if a.Phase != n {
				continue
			}
			if a.Event != m.Events {
				m.Events = a.Event
				if err := m.lookUp(g); err != nil {
					return err
				}
			}
			if err := m.perform(a, g); err != nil {
				return err
			}
		}
		return nil
	})
}

// run sets up a glass for each phase, has events happen to it and collects what came of it.
func (m *monkeyReport) run(r *rig.Rig, happen func(g *rig.Glass, phase int) error) error {
	c, err := r.Collector("testdata/visits.yaml")
	if err != nil {
		return err
	}
	for n, p := range phases {
		began, events, visits := time.Now(), m.Events, m.Visits
		if err := m.phase(r, c, n, happen); err != nil {
			return fmt.Errorf("phase %d (%s), event %d of seed %d: %w", n, p.size, m.Events, m.Seed, err)
		}
		m.perPhase = append(m.perPhase, fmt.Sprintf("  %-9s guard %-5t %-14s %6d events, %5d visits in %s", p.size, p.guard,
			filepath.Base(p.manager), m.Events-events, m.Visits-visits, time.Since(began).Round(time.Second)))
	}
	m.Exported, err = c.Responses("visits")
	return err
}

func (m *monkeyReport) phase(r *rig.Rig, c *rig.Collector, n int, happen func(g *rig.Glass, phase int) error) error {
	p := phases[n]
	data, err := c.Enrol("--pin", servicePIN)
	if err != nil {
		return err
	}
	d, err := r.Display(p.size)
	if err != nil {
		return err
	}
	if err := r.Manage(d, p.manager); err != nil {
		return err
	}
	if err := d.Watch(); err != nil {
		return err
	}
	var args []string
	if !p.guard {
		args = []string{"--unseen", "1ns"}
	}
	g, err := r.Glass(d, data, true, args...)
	if err != nil {
		return err
	}
	defer g.Close()
	m.watched = watched{manager: p.manager, guarded: p.guard, pictures: map[string]*sight{}}
	first, err := g.Await("attract")
	if err != nil {
		return err
	}
	if _, err := d.Shown(rig.Patience); err != nil {
		return err
	}
	m.see(first)
	if err := m.compare(g); err != nil {
		return err
	}
	if err := happen(g, n); err != nil {
		return errors.Join(append(m.problems, err)...)
	}
	if err := m.lookUp(g); err != nil {
		return err
	}
	if err := m.inPlace(g); err != nil {
		return err
	}
	if err := m.allTold(r, g); err != nil {
		return err
	}
	g.Close()
	taken, _, err := r.Kept(data)
	m.untold += taken - m.kept
	if err != nil {
		return err
	}
	if crashes, _ := filepath.Glob(filepath.Join(data, "crash-*")); len(crashes) > 0 {
		m.broken("the glass was restarted, see %s; the kiosk said:\n%s", strings.Join(crashes, ", "), g.Log())
	}
	return nil
}

// allTold waits until the terminal has uploaded all that it took up and has told of all of it.
func (m *monkeyReport) allTold(r *rig.Rig, g *rig.Glass) error {
	if err := uploaded(r, g, m.kept); err != nil {
		return err
	}
	for end := time.Now().Add(rig.Patience); ; {
		taken, queued, err := r.Kept(g.Data)
		for _, p := range g.Seen() {
			m.see(p)
		}
		if err == nil && taken == m.kept && queued == 0 {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("of %d answers taken up the glass told of %d, and %d still wait (%w); the kiosk said:\n%s", taken, m.kept, queued, err, g.Log())
		}
	}
}

// lookUp lets the display rest for a moment, as even a monkey does, and takes up what was painted.
func (m *monkeyReport) lookUp(g *rig.Glass) error {
	if err := g.Display.Settle(5 * time.Millisecond); err != nil {
		return err
	}
	for _, p := range g.Seen() {
		m.see(p)
	}
	if m.Events%25 == 0 {
		return m.inPlace(g)
	}
	return nil
}
