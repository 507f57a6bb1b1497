package service

import (
	"context"
	"strconv"
	"strings"

	"otklik/kiosk/screen"
	"otklik/kiosk/words"
)

func (c *Corner) fact(p *screen.Panel, key, text string) {
	p.Lines = append(p.Lines, screen.PanelLine{Label: c.say("state." + key), Text: text})
}

func stateLook(c *Corner) func() {
	s := c.cfg.Terminal.State()
	return func() { c.state = &s }
}

func statePanel(c *Corner, p *screen.Panel) {
	switch { // another name turns the list back to where it is told
	case c.busy:
		p.Name += "-sending"
	case len(c.result) > 0:
		p.Name += "-sent"
	}
	if !c.busy {
		p.Foot = append(p.Foot, screen.PanelKey{Name: "sync", Text: c.say("sync")})
	}
	p.Lines = append(p.Lines, c.result...)
	if c.state == nil {
		p.Lines = append(p.Lines, screen.PanelLine{Text: c.say("looking")})
		return
	}
	s := *c.state
	if len(s.Troubles) == 0 {
		p.Lines = append(p.Lines, screen.PanelLine{Text: c.say("state.well"), Sign: screen.GoodSign})
	}
	for _, t := range s.Troubles {
		p.Lines = append(p.Lines, c.troubleLine(t))
	}
	never, none := c.say("never"), c.say("none")
	c.fact(p, "queue", strconv.FormatUint(s.Queued, 10))
	c.fact(p, "oldest", moment(c.language, s.Oldest, none))
	c.fact(p, "kept", strconv.FormatUint(s.Stored+s.Safe, 10)+" · "+strconv.FormatUint(s.Safe, 10))
	c.fact(p, "contact", moment(c.language, s.LastContact, never))
	c.fact(p, "upload", moment(c.language, s.LastUpload, never))
	c.fact(p, "thanked", strconv.FormatUint(s.Thanked, 10))
	c.fact(p, "place", s.Site+" · "+s.Name)
	clock := moment(c.language, s.Clock, never)
	if s.OffsetKnown {
		clock += " (" + c.say("state.offset") + " " + span(c.language, s.Offset.Abs()) + ")"
	}
	c.fact(p, "clock", clock)
	disk := c.say("unknown")
	if s.DiskKnown {
		disk = size(c.language, s.DiskFree)
		if s.DiskDaysKnown {
			disk += " · " + c.say("state.days") + " " + strconv.Itoa(int(s.DiskDays))
		}
	}
	c.fact(p, "disk", disk)
	c.fact(p, "collector", s.Collector)
	c.fact(p, "surveys", strings.Join(s.Surveys, "\n"))
	c.fact(p, "version", s.Version+" · "+strconv.FormatUint(s.Config, 10))
	c.fact(p, "id", s.ID)
}

// troubleLine says what is wrong, since when, and what to do.
func (c *Corner) troubleLine(t Trouble) screen.PanelLine {
	l := screen.PanelLine{Text: c.trouble(t.Reason, t.Said), Sign: screen.BadSign}
	if !t.Since.IsZero() {
		l.Label = c.say("state.since") + " " + moment(c.language, t.Since, "")
	}
	return l
}

func stateTouched(c *Corner, name string) {
	if name != "sync" {
		return
	}
	c.busy = true
	c.result = []screen.PanelLine{{Text: c.say("sync.sending")}}
	c.later(func(ctx context.Context) func() {
		sent := c.cfg.Terminal.Sync(ctx)
		s := c.cfg.Terminal.State()
		return func() { c.busy, c.result, c.state = false, c.sent(sent), &s }
	})
}

// sent says what came of sending.
func (c *Corner) sent(s Sent) []screen.PanelLine {
	var lines []screen.PanelLine
	switch {
	case s.Answers > 0:
		lines = append(lines, screen.PanelLine{Label: c.say("sync.done"), Text: strconv.FormatUint(s.Answers, 10), Sign: screen.GoodSign})
	case s.Heard && s.Left == 0:
		lines = append(lines, screen.PanelLine{Text: c.say("sync.nothing"), Sign: screen.GoodSign})
	}
	if s.Left > 0 {
		l := screen.PanelLine{Label: c.say("sync.left"), Text: strconv.FormatUint(s.Left, 10)}
		if s.Trouble != nil {
			l.Sign = screen.BadSign
		}
		lines = append(lines, l)
	}
	if s.Trouble != nil {
		lines = append(lines, screen.PanelLine{Text: c.trouble(s.Trouble.Reason, s.Trouble.Said), Sign: screen.BadSign})
	} else if len(lines) == 0 || s.Left > 0 {
		lines = append(lines, screen.PanelLine{Text: c.say("sync.slow")})
	}
	return lines
}

// trouble says what is wrong and what to do.
func (c *Corner) trouble(reason, said string) string { return trouble(c.language, reason, said) }

func trouble(language, reason, said string) string {
	if !reasons[reason] {
		reason = "internal"
	}
	text := words.In(language).Say("service." + "trouble." + reason)
	if said != "" && quoted[reason] {
		text += "\n" + said
	}
	return text
}

// quoted are the reasons with which more is said than the catalogue can: the other side's words, a count, a mistake.
var quoted = map[string]bool{
	"refused": true, "unavailable": true, "internal": true, "storage": true, "crashed": true, "disk-soon": true,
}

// reasons are the words of the agent and of the terminal that the catalogues translate.
var reasons = map[string]bool{}

func init() {
	for _, r := range []string{
		"no-name", "not-reached", "timed-out", "untrusted", "proxy", "cut-off", "redirected", "not-ours", "encoded", "too-large",
		"malformed", "not-signed", "wrong-reply", "undecided", "unavailable", "refused", "bad-survey", "bad-config", "storage",
		"internal", "passed-over", "clock", "bad-address", "damaged", "crashed", "disk-soon", "disk-full", "clock-unknown", "unsent",
	} {
		reasons[r] = true
	}
}
