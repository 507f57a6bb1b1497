package main

import (
	"image"
	"image/color"
	"image/png"
	"iter"
	"math/rand/v2"
	"os"
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
	keyF1, functionKeys                               = 0xffbe, 12
	keyCapsLock, keyNumLock                           = 0xffe5, 0xff7f
)

// modifiers are all there are, left and right; where a keyboard has one alone, twice that.
var modifiers = [][2]xproto.Keysym{
	{0xffe1, 0xffe2}, // Shift
	{0xffe3, 0xffe4}, // Control
	{0xffe9, 0xffea}, // Alt
	{0xffe7, 0xffe7}, // Meta
	{0xffeb, 0xffec}, // Super
	{0xffed, 0xffed}, // Hyper
	{0xfe03, 0xfe03}, // AltGr
}

var locks = []xproto.Keysym{keyCapsLock, keyNumLock}

// Each choice of modifiers, on either side, under each state of the locks, goes with twelve function keys at once, in a fixed
// order that begins with all modifiers of one side.
const (
	choices   = 1 << 7 // of the modifiers
	bundles   = choices * 2 * 4
	twins     = 1 << 3 * 4 // of them, with no key that has two sides
	allChords = (bundles - twins) * functionKeys
)

// bundle returns the modifiers and locks of the nth bundle of chords.
func bundle(n int) (held, locked []xproto.Keysym) {
	n %= bundles
	choice, side, lock := n%choices, n/choices%2, n/choices/2
	for i, keys := range modifiers {
		if choice>>i&1 == 1 {
			held = append(held, keys[side])
		}
	}
	for i, key := range locks {
		if lock>>i&1 == 1 {
			locked = append(locked, key)
		}
	}
	return held, locked
}

// act is one thing that is done to a glass, as it stands in a log.
type act struct {
	Phase, Event int
	Do           string          // tap, type, keys, functions, hold, wait, look, message, protocol
	X, Y         int             `json:",omitempty"`
	Button       byte            `json:",omitempty"`
	Keys, Locks  []xproto.Keysym `json:",omitempty"`
	Text         string          `json:",omitempty"`
	Name         string          `json:",omitempty"` // of a message
	Root         bool            `json:",omitempty"` // it is about the root window, not about the glass
	State        string          `json:",omitempty"` // an atom in the second place of its data
	Data         []uint32        `json:",omitempty"`
}

func tapOn(t rig.Target) act {
	x, y := t.Middle()
	return act{Do: "tap", X: x, Y: y, Button: 1}
}

// draw tells what to do next. It aims at what the glass shows at that moment, so the same dice do the same only when they are
// replayed from a log.
func draw(dice *rand.Rand, m *monkeyReport, g *rig.Glass, deck *int) iter.Seq[act] {
	return func(yield func(act) bool) {
		if m.fresh && dice.IntN(3) == 0 && !yield(act{Do: "look"}) {
			return
		}
		switch n := dice.IntN(1000); {
		case m.screen.Screen == "attract" && (n < 2 || !m.held):
			yield(act{Do: "hold"})
		case n < 500:
			aimed(dice, m, yield)
		case n < 640: // a palm
			for range 1 + dice.IntN(4) {
				tap := act{Do: "tap", X: dice.IntN(g.Display.Width), Y: dice.IntN(g.Display.Height), Button: byte(1 + dice.IntN(5))}
				if !yield(tap) {
					return
				}
			}
		case n < 780:
			held, locked := bundle(*deck)
			*deck++
			yield(act{Do: "functions", Keys: held, Locks: locked})
		case n < 880:
			yield(act{Do: "keys", Keys: chord(dice)})
		default:
			yield(message(dice, g.Display))
		}
	}
}

// aimed is a touch that means something.
func aimed(dice *rand.Rand, m *monkeyReport, yield func(act) bool) {
	if m.guarded && dice.IntN(4) > 0 && !yield(act{Do: "wait"}) {
		return
	}
	t, onward := m.screen.Find("start:", "face:", "choice:", "next", "continue", "finish", "send", "skip")
	if all := m.screen.Targets; len(all) > 0 && (!onward || dice.IntN(4) == 0) {
		t, onward = all[dice.IntN(len(all))], true
	}
	if m.screen.Screen == "question-say" { // somebody writes what nobody else may see
		if !yield(act{Do: "type", Text: "zq" + letters(m.Events)}) {
			return
		}
		t, onward = m.screen.Find("next")
	}
	if onward {
		yield(tapOn(t))
	}
}

// letters writes n in four letters, so that no text is the beginning of another.
func letters(n int) string {
	b := []byte("aaaa")
	for i := len(b) - 1; i >= 0; i-- {
		b[i] += byte(n % 26)
		n /= 26
	}
	return string(b)
}

// chord is any key but the function keys, with any modifiers.
func chord(dice *rand.Rand) (keys []xproto.Keysym) {
	for _, modifier := range modifiers {
		if dice.IntN(3) == 0 {
			keys = append(keys, modifier[dice.IntN(2)])
		}
	}
	last := []xproto.Keysym{
		keyTab, keyReturn, keyEscape, keyDelete, keyPrint, keyLeft, keyUp, keyRight, keyDown, keyMenu, ' ', 'd', 'e', 'q', 'w', 'm', 't',
	}
	return append(keys, last[dice.IntN(len(last))])
}

// message has the window manager close, iconify, move or uncover the glass.
func message(dice *rand.Rand, d *rig.Display) act {
	const remove, add, pager = 0, 1, 2 // of _NET_WM_STATE, and who asks
	state := func(how uint32, name string) act {
		return act{Do: "message", Name: "_NET_WM_STATE", State: "_NET_WM_STATE_" + name, Data: []uint32{how, 0, 0, pager}}
	}
	about := func(name string, data ...uint32) act { return act{Do: "message", Name: name, Data: data} }
	root := func(name string, data ...uint32) act { return act{Do: "message", Name: name, Data: data, Root: true} }
	switch dice.IntN(12) {
	case 0:
		return act{Do: "protocol", Name: "WM_DELETE_WINDOW"}
	case 1:
		return about("_NET_CLOSE_WINDOW", 0, pager)
	case 2:
		return about("WM_CHANGE_STATE", 3) // IconicState
	case 3:
		return about("_NET_WM_DESKTOP", uint32(dice.IntN(4)), pager)
	case 4:
		return root("_NET_CURRENT_DESKTOP", uint32(dice.IntN(4)), 0)
	case 5:
		return root("_NET_SHOWING_DESKTOP", 1)
	case 6:
		return state(remove, "FULLSCREEN")
	case 7:
		return state(add, "HIDDEN")
	case 8:
		return state(add, "BELOW")
	case 9:
		return state(add, "SHADED")
	case 10:
		return about("_NET_MOVERESIZE_WINDOW", 0x1f00|pager<<12, uint32(dice.IntN(d.Width)), uint32(dice.IntN(d.Height)), 300, 200)
	default:
		return about("_NET_RESTACK_WINDOW", pager, 0, 1) // Below
	}
}

// Where a hand rests to be asked for the PIN, and for how long at most; five seconds are enough on a machine that is not busy.
const (
	corner   = 12
	restsFor = 15 * time.Second
)

// unseen is a little longer than a screen ignores touches.
const unseen = 170 * time.Millisecond

// perform does it.
func (m *monkeyReport) perform(a act, g *rig.Glass) error {
	d := g.Display
	switch a.Do {
	case "tap":
		d.Tap(a.X, a.Y, a.Button)
	case "wait":
		return d.Settle(max(0, time.Until(m.screen.Time.Add(unseen))))
	case "look":
		return m.compare(g)
	case "type":
		m.markers[a.Text] = 0 // it is of the visit in which it is seen first
		for _, r := range a.Text {
			d.Chord(xproto.Keysym(r))
		}
		if err := d.Settle(30 * time.Millisecond); err != nil {
			return err
		}
		for _, p := range g.Seen() {
			m.see(p)
		}
	case "keys":
		d.Chord(a.Keys...)
	case "functions":
		m.functions(a, d)
	case "hold":
		m.held = true
		d.Press(corner, corner)
		for until := time.Now().Add(restsFor); time.Now().Before(until) && m.screen.Screen == "attract"; {
			if err := d.Settle(50 * time.Millisecond); err != nil {
				return err
			}
			for _, p := range g.Seen() {
				m.see(p)
			}
		}
		d.Release()
		if m.screen.Screen == "service-pin" {
			m.Held++
		}
	case "message", "protocol":
		w, err := g.Window()
		if err != nil {
			return err
		}
		m.Messages++
		m.tell(a, d, w)
		return m.inPlace(g)
	}
	if m.manager == "" { // its keys and menus are as good as messages
		return m.inPlace(g)
	}
	return nil
}

// functions presses all function keys with some modifiers, under some locks.
func (m *monkeyReport) functions(a act, d *rig.Display) {
	for _, lock := range a.Locks {
		d.Chord(lock)
	}
	complete := true
	var name strings.Builder
	for _, k := range append(a.Locks, a.Keys...) {
		complete = complete && d.Has(k)
		name.WriteString(string(rune(k)) + " ")
	}
	for f := xproto.Keysym(keyF1); f < keyF1+functionKeys; f++ {
		d.Chord(append(append([]xproto.Keysym(nil), a.Keys...), f)...)
		if complete && d.Has(f) {
			m.chords[name.String()+string(rune(f))] = true
		}
	}
	for _, lock := range a.Locks {
		d.Chord(lock)
	}
}

func (m *monkeyReport) tell(a act, d *rig.Display, w x11.Window) {
	about, data := w.ID, append([]uint32(nil), a.Data...)
	if a.Root {
		about = d.Root()
	}
	if a.State != "" {
		data[1] = uint32(d.Atom(a.State))
	}
	if a.Do == "protocol" {
		d.Protocol(about, a.Name)
		return
	}
	d.Message(about, a.Name, data...)
}

// saved keeps pictures of the display for whoever reads of them, and returns where.
func saved(pictures ...x11.Picture) string {
	var paths []string
	for _, p := range pictures {
		f, err := os.CreateTemp("", "otklik-glass-*.png")
		if err != nil {
			return err.Error()
		}
		shown := image.NewRGBA(image.Rect(0, 0, p.W, p.H))
		for i := 0; i+3 < len(p.Pixels); i += 4 {
			shown.Set(i/4%p.W, i/4/p.W, color.RGBA{p.Pixels[i+2], p.Pixels[i+1], p.Pixels[i], 255})
		}
		if err := png.Encode(f, shown); err != nil {
			return err.Error()
		}
		_ = f.Close()
		paths = append(paths, f.Name())
	}
	return strings.Join(paths, " ")
}
