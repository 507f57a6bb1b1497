package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jezek/xgb/xproto"

	"otklik/glass/rig"
	"otklik/glass/x11"
)

// Keysyms, from the protocol's keysymdef.h.
const (
	keyTab, keyReturn, keyEscape, keyDelete, keyPrint = 0xff09, 0xff0d, 0xff1b, 0xffff, 0xff61
	keyLeft, keyUp, keyRight, keyDown, keyMenu        = 0xff51, 0xff52, 0xff53, 0xff54, 0xff67
	keyF1                                             = 0xffbe
	keyShift, keyControl, keyAlt, keySuper            = 0xffe1, 0xffe3, 0xffe9, 0xffeb
)

// monkeyReport is what came of a run.
type monkeyReport struct {
	Seed                              uint64
	Events, Visits, Thanked, Exported int
	Written                           int // visits in which a marker was seen on the glass
	Restarts                          int // how often the window's process was another one
	Displaced                         int // checks that found the window not in its place at once
	LongestAway                       time.Duration
	Ends                              []string // what was said when the process had become another one
	Leaks                             []string // what of an earlier visit was seen in a later one
	markers                           map[string]int
	process, visit                    int
	marker                            string
	thankedHere                       bool
	screen                            rig.Painted
}

func (m *monkeyReport) table() string {
	return fmt.Sprintf("seed %d: %d events, %d visits, %d thanked, %d at the collector, %d wrote something; "+
		"%d restarts; the window was displaced at %d checks, for %s at the longest\n", m.Seed, m.Events, m.Visits, m.Thanked,
		m.Exported, m.Written, m.Restarts, m.Displaced, m.LongestAway.Round(time.Millisecond)) +
		strings.Join(m.Ends, "\n")
}

// judge says which promise was broken.
func (m *monkeyReport) judge() error {
	var broken []error
	if len(m.Leaks) > 0 {
		broken = append(broken, fmt.Errorf("shown to later visitors: %s", strings.Join(m.Leaks, "; ")))
	}
	// a restart can come between storing an answer and thanking for it
	if m.Exported < m.Thanked || m.Exported > m.Thanked+m.Restarts {
		broken = append(broken, fmt.Errorf("%d visitors were thanked (%d restarts), the collector has %d responses", m.Thanked, m.Restarts,
			m.Exported))
	}
	return errors.Join(broken...)
}

// see takes up what the trace tells of a screen.
func (m *monkeyReport) see(p rig.Painted) {
	if p.Screen == "attract" && m.screen.Screen != "attract" {
		m.visit++
		m.Visits, m.thankedHere = m.visit, false
		m.marker = "zq" + letters(m.visit)
	}
	if p.Screen == "thanks" && !m.thankedHere {
		m.thankedHere = true
		m.Thanked++
	}
	m.screen = p
	shown := strings.ToLower(strings.Join(p.Texts, " "))
	if strings.Contains(shown, m.marker) && m.markers[m.marker] == 0 {
		m.markers[m.marker] = m.visit
		m.Written++
	}
	for marker, visit := range m.markers {
		if visit != m.visit && strings.Contains(shown, marker) {
			m.Leaks = append(m.Leaks, fmt.Sprintf("%q of visit %d on %s in visit %d", marker, visit, p.Screen, m.visit))
		}
	}
}

// letters writes n in four letters, so that no marker is the beginning of another.
func letters(n int) string {
	b := []byte("aaaa")
	for i := len(b) - 1; i >= 0; i-- {
		b[i] += byte(n % 26)
		n /= 26
	}
	return string(b)
}

// monkey does so many random things to a glass under a window manager. It returns an error when the glass is gone and
// does not come back.
func monkey(r *rig.Rig, seed uint64, events int) (*monkeyReport, error) {
	m := &monkeyReport{Seed: seed, markers: map[string]int{}}
	c, err := r.Collector("testdata/visits.yaml")
	if err != nil {
		return m, err
	}
	data, err := c.Enrol()
	if err != nil {
		return m, err
	}
	d, err := r.Display("1280x800")
	if err != nil {
		return m, err
	}
	if err := r.Manage(d); err != nil {
		return m, err
	}
	g, err := r.Glass(d, data, true, "--unseen", "1ns")
	if err != nil {
		return m, err
	}
	defer g.Close()
	first, err := g.Await("attract")
	if err != nil {
		return m, err
	}
	m.see(first)
	random := rand.New(rand.NewPCG(seed, seed))
	for m.Events = 0; m.Events < events; m.Events++ {
		for _, p := range g.Seen() {
			m.see(p)
		}
		if m.Events%25 == 0 {
			if err := m.inPlace(g); err != nil {
				return m, fmt.Errorf("after event %d of seed %d: %w", m.Events, seed, err)
			}
		}
		m.act(random, g)
		_ = d.Settle(5 * time.Millisecond) // a monkey looks up, too
	}
	if err := m.inPlace(g); err != nil {
		return m, err
	}
	if err := d.Settle(time.Second); err != nil {
		return m, err
	}
	for _, p := range g.Seen() {
		m.see(p)
	}
	if err := uploaded(r, g, m.Thanked); err != nil {
		return m, err
	}
	m.Exported, err = c.Responses("visits")
	return m, err
}

// inPlace waits until the window is shown, full screen and above all others.
func (m *monkeyReport) inPlace(g *rig.Glass) error {
	began := time.Now()
	for tries := 0; ; tries++ {
		w, err := g.Window()
		if err == nil {
			err = g.Display.On(w)
		}
		if err == nil {
			if m.process != 0 && m.process != w.PID {
				m.Restarts++
				m.Ends = append(m.Ends, fmt.Sprintf("before event %d: process %d, then %d; the kiosk said:\n%s", m.Events, m.process, w.PID, g.Log()))
			}
			m.process = w.PID
			if tries > 0 {
				m.Displaced++
				m.LongestAway = max(m.LongestAway, time.Since(began))
			}
			return nil
		}
		if time.Since(began) > rig.Patience/2 {
			return err
		}
		g.Display.Chord(keyEscape) // closes a manager's menu, which keeps everything else from happening
		_ = g.Display.Settle(20 * time.Millisecond)
	}
}

// act does one random thing.
func (m *monkeyReport) act(random *rand.Rand, g *rig.Glass) {
	d := g.Display
	switch n := random.IntN(100); {
	case n < 55: // a touch that means something
		t, onward := m.screen.Find("start:", "face:", "choice:", "next", "continue", "finish", "send", "skip")
		if all := m.screen.Targets; len(all) > 0 && (!onward || random.IntN(4) == 0) {
			t, onward = all[random.IntN(len(all))], true
		}
		if x, y := t.Middle(); onward && m.screen.Screen != "question-say" {
			d.Tap(x, y, 1)
		}
		if m.screen.Screen == "question-say" { // somebody writes what nobody else may see
			for _, r := range m.marker {
				d.Chord(xproto.Keysym(r))
			}
			_ = d.Settle(30 * time.Millisecond)
			for _, p := range g.Seen() {
				m.see(p)
			}
			if t, ok := m.screen.Find("next"); ok {
				x, y := t.Middle()
				d.Tap(x, y, 1)
			}
		}
	case n < 70: // a palm
		for range 1 + random.IntN(4) {
			d.Tap(random.IntN(d.Width), random.IntN(d.Height), byte(1+random.IntN(5)))
		}
	case n < 88: // a chord
		var keys []xproto.Keysym
		for _, modifier := range []xproto.Keysym{keyControl, keyAlt, keyShift, keySuper} {
			if random.IntN(2) == 0 {
				keys = append(keys, modifier)
			}
		}
		last := []xproto.Keysym{
			keyTab, keyReturn, keyEscape, keyDelete, keyPrint, keyLeft, keyUp, keyRight, keyDown, keyMenu, ' ', 'd', 'e', 'q', 'w', 'm', 't',
		}
		if i := random.IntN(12 + len(last)); i < 12 {
			keys = append(keys, keyF1+xproto.Keysym(i))
		} else {
			keys = append(keys, last[i-12])
		}
		d.Chord(keys...)
	default:
		if w, err := g.Window(); err == nil {
			message(random, d, w)
		}
	}
}

// message has the window manager close, iconify, move or uncover the glass.
func message(random *rand.Rand, d *rig.Display, w x11.Window) {
	const remove, add, pager = 0, 1, 2 // of _NET_WM_STATE, and who asks
	state := func(how uint32, name string) {
		d.Message(w.ID, "_NET_WM_STATE", how, uint32(d.Atom("_NET_WM_STATE_"+name)), 0, pager)
	}
	switch random.IntN(12) {
	case 0:
		d.Protocol(w.ID, "WM_DELETE_WINDOW")
	case 1:
		d.Message(w.ID, "_NET_CLOSE_WINDOW", 0, pager)
	case 2:
		d.Message(w.ID, "WM_CHANGE_STATE", 3) // IconicState
	case 3:
		d.Message(w.ID, "_NET_WM_DESKTOP", uint32(random.IntN(4)), pager)
	case 4:
		d.Message(d.Root(), "_NET_CURRENT_DESKTOP", uint32(random.IntN(4)), 0)
	case 5:
		d.Message(d.Root(), "_NET_SHOWING_DESKTOP", 1)
	case 6:
		state(remove, "FULLSCREEN")
	case 7:
		state(add, "HIDDEN")
	case 8:
		state(add, "BELOW")
	case 9:
		state(add, "SHADED")
	case 10:
		d.Message(w.ID, "_NET_MOVERESIZE_WINDOW", 0x1f00|pager<<12, uint32(random.IntN(d.Width)), uint32(random.IntN(d.Height)), 300, 200)
	case 11:
		d.Message(w.ID, "_NET_RESTACK_WINDOW", pager, 0, 1) // Below
	}
}
