package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"otklik/glass/rig"
	"otklik/glass/x11"
)

// mostAttempts is how often the glass may ask the window manager to bring it back before it is back: once for what was done
// to it, and once more where that had two parts.
const mostAttempts = 3

// see takes up what the trace tells of a screen.
func (m *monkeyReport) see(p rig.Painted) {
	before := m.screen.Screen
	for _, id := range p.Kept {
		if visit, again := m.Kept[id]; again {
			m.broken("answer %s of visit %d was stored again", id, visit)
		}
		if m.keptHere != "" {
			m.broken("visit %d was stored twice, as %s and %s", m.visit, m.keptHere, id)
		}
		m.Kept[id], m.keptHere = m.visit, id
		m.kept++
	}
	if begins(p.Screen, before) {
		m.visit++
		m.Visits, m.keptHere, m.asked, m.here = m.visit, "", 0, map[string]bool{}
	}
	if p.Screen == "thanks" && before != "thanks" {
		if m.keptHere == "" {
			m.broken("visit %d was thanked and nothing was stored", m.visit)
		} else {
			m.Thanked[m.keptHere] = m.visit
		}
	}
	if strings.HasPrefix(p.Screen, "service-") && p.Screen != "service-pin" {
		m.broken("the corner was opened: %s", p.Screen)
	}
	if p.Screen != before || p.Focus != m.screen.Focus {
		m.fresh = m.isFresh(p.Screen)
	} else {
		m.fresh = false
	}
	m.here[p.Screen] = true
	m.screen = p
	shown := strings.ToLower(strings.Join(p.Texts, " "))
	for marker, visit := range m.markers {
		if !strings.Contains(shown, marker) {
			continue
		}
		if visit == 0 {
			m.markers[marker] = m.visit
			m.Written++
		} else if visit != m.visit {
			m.broken("%q of visit %d is shown on %s in visit %d", marker, visit, p.Screen, m.visit)
		}
	}
}

// begins reports whether a screen is a new visitor's attract screen. Whoever looks at the languages or what makes the glass
// easier to use, or holds the corner, comes back to the same one.
func begins(screen, before string) bool {
	return screen == "attract" && before != "attract" && before != "idle-attract" && before != "languages" && before != "ease" &&
		!strings.HasPrefix(before, "service-")
}

// isFresh reports whether nothing that a visitor did can show on a screen that came: a question that was not asked before in
// the visit, or the attract screen after another visit. The first question may be answered already on the attract screen; so
// it counts only before the others.
func (m *monkeyReport) isFresh(screen string) bool {
	if screen == "attract" {
		return len(m.here) == 0
	}
	if !strings.HasPrefix(screen, "question-") || m.here[screen] {
		return false
	}
	m.asked++
	return screen != "question-face" || m.asked == 1
}

// sight is what a screen looked like before.
type sight struct {
	picture x11.Picture
	times   int
	doubted bool
}

// compare holds the picture of a fresh screen against that of the same screen in earlier visits: the same words, places and
// focus must be the same picture, or something of an earlier visitor's shows. It looks when the frame of the screen is on
// the display.
func (m *monkeyReport) compare(g *rig.Glass) error {
	p, d := m.screen, g.Display
	if !m.fresh || p.Width != d.Width || p.Height != d.Height {
		return nil
	}
	picture, stayed, err := m.picture(g, p, 0)
	if err != nil || !stayed {
		return err
	}
	paper := func() []byte { return picture.Part(1, d.Height-2, 1, 1).Pixels } // it tells high contrast
	if p.Screen == "attract" {
		still := slices.Clone(p.Targets)
		for i := range still { // with the minutes all of it moves by up to a millimetre
			still[i].X, still[i].Y = 0, 0
		}
		words, _ := json.Marshal([]any{p.Texts, still, p.Focus})
		is := func() string { return fmt.Sprintf("%s %x", words, paper()) }
		for patience := 0; m.attract != "" && is() != m.attract && patience < 3; patience++ { // its frame may be late
			if picture, stayed, err = m.picture(g, p, time.Second); err != nil || !stayed {
				return err
			}
		}
		if m.attract == "" {
			m.attract = is()
		}
		if is() != m.attract {
			m.broken("visit %d begins with another attract screen than the first:\n%s\n%s", m.visit, is(), m.attract)
		}
	}
	words, _ := json.Marshal([]any{p.Screen, p.Texts, p.Targets, p.Focus})
	key := fmt.Sprintf("%s %x", words, paper())
	before := m.pictures[key]
	if before == nil {
		m.pictures[key] = &sight{picture: picture, times: 1}
		return nil
	}
	for patience := 0; !picture.Same(before.picture) && patience < 3; patience++ {
		if picture, stayed, err = m.picture(g, p, time.Second); err != nil || !stayed {
			return err
		}
	}
	m.Compared++
	switch {
	case picture.Same(before.picture):
		before.times++
	case before.times == 1 && !before.doubted: // it may have been taken before the frame was complete
		before.picture, before.doubted = picture, true
	default:
		m.broken("%s in visit %d does not look as it did before:\n%s", p.Screen, m.visit, saved(before.picture, picture))
		before.picture = picture
	}
	return nil
}

// picture takes one of a screen when nothing has changed on the display for a tenth of a second and more: the glass tells of a
// screen when its frame is there, or just before. It returns false when another screen came meanwhile.
func (m *monkeyReport) picture(g *rig.Glass, p rig.Painted, more time.Duration) (x11.Picture, bool, error) {
	d := g.Display
	if err := d.Settle(100*time.Millisecond + more); err != nil {
		return x11.Picture{}, false, err
	}
	picture, err := d.LookAll()
	if err == nil && p.Screen != "attract" { // how a visitor set the glass shows while the visit lasts
		for _, t := range p.Targets {
			if strings.HasPrefix(t.Name, "ease") {
				picture.Blank(int(t.X)-2, int(t.Y)-2, int(t.W)+4, int(t.H)+4)
			}
		}
	}
	later := g.Seen()
	for _, p := range later {
		m.see(p)
	}
	return picture, len(later) == 0, err
}

// inPlace returns when the window is shown, full screen and above all others: at once, or when the glass has asked the
// window manager for it a few times. Nothing else helps it, but that a menu is closed where the manager has one.
func (m *monkeyReport) inPlace(g *rig.Glass) error {
	d := g.Display
	asks := d.Asks()
	w, away := m.window(g)
	if away != nil {
		m.Displaced++
	}
	helped := w.ID
	for attempt := 1; away != nil; {
		if over := d.Over(w.ID); m.manager == "" && d.Managers(over) {
			if over != helped {
				m.Helped++
				helped = over
			}
			d.Chord(keyEscape)
			if err := d.Settle(20 * time.Millisecond); err != nil { // what is no menu goes by itself
				return err
			}
		} else if attempt > mostAttempts {
			seen, _ := d.LookAll()
			return fmt.Errorf("after %d attempts of the glass: %w; see %s", mostAttempts, away, saved(seen))
		} else if err := d.Asked(asks, rig.Patience); err != nil {
			return fmt.Errorf("%w; the glass does nothing against it: %w; the kiosk said:\n%s", away, err, g.Log())
		} else {
			m.Attempts = max(m.Attempts, attempt)
			attempt++
		}
		asks = d.Asks()
		w, away = m.window(g)
	}
	return nil
}

// window looks at the window when the manager has done all that it was told, and says what is wrong with it.
func (m *monkeyReport) window(g *rig.Glass) (x11.Window, error) {
	if err := g.Display.Managed(rig.Patience); err != nil {
		return x11.Window{}, err
	}
	w, err := g.Window()
	if err != nil {
		return w, err
	}
	if m.process != 0 && m.process != w.PID {
		m.broken("the window was process %d's, and now it is %d's; the kiosk said:\n%s", m.process, w.PID, g.Log())
	}
	m.process = w.PID
	return w, g.Display.On(w)
}
