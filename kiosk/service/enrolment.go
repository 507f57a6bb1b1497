package service

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"otklik/kiosk/keyboard"
	"otklik/kiosk/screen"
	"otklik/kiosk/words"
)

const (
	// forgetAfter is how long a half-typed code stays on the glass.
	forgetAfter = 5 * time.Minute
	// maxTyped bounds what is typed or scanned, in characters.
	maxTyped = 400
	// addressBegin is what nearly every collector's address begins with.
	addressBegin = "https://"
)

// Enroller makes this machine a terminal. Its methods may be called off Fyne's thread.
type Enroller interface {
	// Read says what a text that was typed or scanned holds: a code, a code with the collector's address, or neither.
	Read(text string) Invitation
	// Enrol returns "" when this machine is a terminal, else a reason: one of the agent's, or of refusals; said is what the
	// other side said, in its own words.
	Enrol(ctx context.Context, i Invitation) (reason, said string)
}

// Invitation is what leads to the collector: all of it may be empty.
type Invitation struct {
	Address, Code string
	// Authority names the certificate authority that alone vouches for the collector, in the Enroller's words; only a scan
	// brings it.
	Authority string
}

// refusals are the reasons of enrolments alone, each with whether another code is needed rather than another address.
var refusals = map[string]bool{
	"bad-code": true, "code-unknown": true, "code-expired": true, "code-used": true, "wrong-key": true, "bad-address": false,
	"wrong-clock": false,
}

// EnrolmentConfig is what an enrolment is made of; Show, Do and After are those of Config.
type EnrolmentConfig struct {
	Enroller Enroller
	Show     func(panel *screen.Panel, touched func(name string))
	Do       func(f func())
	After    func(d time.Duration, f func()) (stop func() bool)
}

// Enrolment is the glass of a machine that is no terminal yet: it asks for the code, then for the collector's address. A
// scanner that poses as a keyboard brings both at once. Its methods belong to the thread of the glass.
type Enrolment struct {
	cfg      EnrolmentConfig
	language string
	page     string // "code", "address" or "busy"; "" while closed
	board    *keyboard.Keyboard
	invited  Invitation
	problem  string
	attempt  int // so that a late result finds its attempt gone
	cancel   context.CancelFunc
	stopIdle func() bool
}

// NewEnrolment makes a closed enrolment.
func NewEnrolment(cfg EnrolmentConfig) *Enrolment { return &Enrolment{cfg: cfg} }

// Open shows the enrolment, in a language of the glass.
func (e *Enrolment) Open(language string) {
	e.language = words.In(language).Language()
	e.forget()
}

// Close gives the glass back and breaks off an attempt under way.
func (e *Enrolment) Close() {
	e.giveUp()
	if e.stopIdle != nil {
		e.stopIdle()
	}
	e.page, e.board, e.invited = "", nil, Invitation{}
	e.cfg.Show(nil, nil)
}

// forget starts anew.
func (e *Enrolment) forget() {
	e.giveUp()
	e.invited, e.problem = Invitation{}, ""
	e.turn("code")
}

func (e *Enrolment) giveUp() {
	e.attempt++
	if e.cancel != nil {
		e.cancel()
		e.cancel = nil
	}
}

// turn shows another page.
func (e *Enrolment) turn(page string) {
	e.page = page
	text := ""
	if page == "address" {
		text = e.invited.Address
		if text == "" {
			text = addressBegin
		}
	}
	e.board = keyboard.NewPad(keyboard.AddressPad, text, maxTyped)
	e.alive()
	e.show()
}

func (e *Enrolment) alive() {
	if e.stopIdle != nil {
		e.stopIdle()
		e.stopIdle = nil
	}
	if e.page != "busy" {
		e.stopIdle = e.cfg.After(forgetAfter, e.lapse)
	}
}

// lapse forgets what was typed and left; an untouched page stays as it is, so that nothing is painted for nobody.
func (e *Enrolment) lapse() {
	e.stopIdle = nil
	if e.page == "code" && e.board.Text() == "" && e.problem == "" {
		return
	}
	e.forget()
}

func (e *Enrolment) say(key string) string { return words.In(e.language).Say("service." + key) }

func (e *Enrolment) show() { e.cfg.Show(e.panel(), e.touched) }

func (e *Enrolment) touched(name string) {
	if e.page == "" {
		return
	}
	if language, ok := strings.CutPrefix(name, "language:"); ok {
		e.language, e.problem = language, ""
		name = ""
	}
	e.alive()
	switch {
	case e.page == "busy":
		if name == "back" || name == "escape" {
			e.giveUp()
			e.turn("address")
			return
		}
	case name == "next" || name == "enter":
		e.entered(e.board.Text())
		return
	case name == "escape" || name == "back" && e.page == "address":
		e.forget()
		return
	case name == "key":
		e.problem = ""
	}
	e.show()
}

// entered takes what was typed or scanned.
func (e *Enrolment) entered(text string) {
	read := e.cfg.Enroller.Read(text)
	e.problem = ""
	switch {
	case read.Address != "":
		e.invited = read
		e.enrol()
	case e.page == "address":
		e.invited.Address = strings.TrimSpace(text)
		e.enrol()
	case read.Code != "":
		e.invited.Code, e.invited.Authority = read.Code, ""
		e.turn("address")
	case strings.TrimSpace(text) != "":
		e.problem = e.say("enrol.bad-code")
		e.show()
	}
}

// enrol tries it off the thread of the glass. When it works, the page stays until the terminal has come up and closes it.
func (e *Enrolment) enrol() {
	ctx, cancel := context.WithCancel(context.Background())
	e.giveUp()
	e.cancel = cancel
	e.turn("busy")
	at, invited := e.attempt, e.invited
	go func() {
		reason, said := e.cfg.Enroller.Enrol(ctx, invited)
		e.cfg.Do(func() {
			if e.attempt == at && e.page == "busy" && reason != "" {
				e.failed(reason, said)
			}
		})
	}()
}

// failed says why and asks again for what was wrong, or lets the same be tried again.
func (e *Enrolment) failed(reason, said string) {
	slog.Warn("the enrolment failed", "reason", reason, "said", said)
	e.giveUp()
	another, own := refusals[reason]
	if own {
		e.problem = e.say("enrol." + reason)
	} else {
		e.problem = trouble(e.language, reason, said)
	}
	if another {
		e.invited.Code = ""
		e.turn("code")
		return
	}
	e.turn("address")
}

// panel is the page as it is now.
func (e *Enrolment) panel() *screen.Panel {
	p := &screen.Panel{Name: "enrol-" + e.page, Language: e.language, Waiting: e.page != "busy"}
	p.Title = e.say("enrol.title")
	back := screen.PanelKey{Name: "back", Text: words.In(e.language).Say("back")}
	switch e.page {
	case "busy":
		p.Lines = []screen.PanelLine{{Text: e.say("enrol.busy")}, {Label: e.say("state.collector"), Text: e.invited.Address}}
		p.Foot = []screen.PanelKey{back}
		return p
	case "address":
		p.Placeholder = addressBegin
		p.Foot = []screen.PanelKey{back, {Name: "next", Text: e.say("enrol.connect")}}
	default:
		p.Placeholder = e.say("enrol.code.placeholder")
		for _, l := range words.Languages {
			if l != e.language {
				p.Foot = append(p.Foot, screen.PanelKey{Name: "language:" + l, Text: words.In(l).Say("language.name")})
			}
		}
		p.Foot = append(slices.Clip(p.Foot), screen.PanelKey{Name: "next", Text: e.say("enrol.next")})
	}
	p.Board = e.board
	line := screen.PanelLine{Text: e.say("enrol." + e.page + ".text")}
	if e.problem != "" {
		line = screen.PanelLine{Text: e.problem, Sign: screen.BadSign}
	}
	p.Lines = []screen.PanelLine{line}
	return p
}
