package service

import (
	"context"
	"fmt"
	"image/color"
	"strconv"
	"strings"

	"otklik/kiosk/screen"
	"otklik/kiosk/words"
)

// page is one entry of the corner's menu.
type page struct {
	panel   func(*Corner, *screen.Panel)
	touched func(*Corner, string)
}

// menu is the order of the pages.
var menu = []string{"state", "network", "survey", "rescue", "touch", "display", "sound", "brightness"}

var pages map[string]*page

func init() { // not a literal: the pages lead back to the menu
	pages = map[string]*page{
		"state":      {statePanel, stateTouched},
		"network":    {networkPanel, networkTouched},
		"survey":     {surveyPanel, surveyTouched},
		"rescue":     {rescuePanel, rescueTouched},
		"touch":      {touchPanel, touchTouched},
		"display":    {displayPanel, displayTouched},
		"sound":      {soundPanel, soundTouched},
		"brightness": {brightnessPanel, brightnessTouched},
	}
}

func (c *Corner) fact(p *screen.Panel, key, text string) {
	p.Lines = append(p.Lines, screen.PanelLine{Label: c.say("state." + key), Text: text})
}

func statePanel(c *Corner, p *screen.Panel) {
	s := c.cfg.Terminal.State()
	if len(s.Troubles) == 0 {
		p.Lines = append(p.Lines, screen.PanelLine{Text: c.say("state.well"), Sign: screen.GoodSign})
	}
	for _, t := range s.Troubles {
		p.Lines = append(p.Lines, screen.PanelLine{
			Label: c.say("state.since") + " " + moment(c.language, t.Since, c.say("never")),
			Text:  c.trouble(t.Reason, t.Said), Sign: screen.BadSign,
		})
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
	p.Foot = append(p.Foot, screen.PanelKey{Name: "sync", Text: c.say("sync")})
}

func stateTouched(c *Corner, name string) {
	if name == "sync" {
		c.cfg.Terminal.SyncNow()
	}
}

// trouble says what is wrong and what to do.
func (c *Corner) trouble(reason, said string) string { return trouble(c.language, reason, said) }

func trouble(language, reason, said string) string {
	if !reasons[reason] {
		reason = "internal"
	}
	text := words.In(language).Say("service." + "trouble." + reason)
	if said != "" && (reason == "refused" || reason == "unavailable" || reason == "internal") {
		text += "\n" + said
	}
	return text
}

// reasons are the agent's words that the catalogues translate.
var reasons = map[string]bool{}

func init() {
	for _, r := range []string{
		"no-name", "not-reached", "timed-out", "untrusted", "proxy", "cut-off", "redirected", "not-ours", "encoded", "too-large",
		"malformed", "not-signed", "wrong-reply", "undecided", "unavailable", "refused", "bad-survey", "bad-config", "storage",
		"internal", "passed-over", "clock", "bad-address", "damaged",
	} {
		reasons[r] = true
	}
}

func networkPanel(c *Corner, p *screen.Panel) {
	p.Lines = c.result
	if len(p.Lines) == 0 {
		p.Lines = []screen.PanelLine{{Text: c.say("network.text")}}
	}
	if !c.busy {
		p.Foot = append(p.Foot, screen.PanelKey{Name: "start", Text: c.say("start")})
	}
}

func networkTouched(c *Corner, name string) {
	if name != "start" {
		return
	}
	c.busy, c.result = true, nil
	at := c.opened
	c.later(func(ctx context.Context) func() {
		c.cfg.Terminal.Network(ctx, func(s Step) {
			l := screen.PanelLine{Label: c.say("network." + s.Name), Text: s.Detail, Sign: screen.GoodSign}
			if s.Reason != "" {
				l.Text, l.Sign = c.trouble(s.Reason, s.Detail), screen.BadSign
			}
			c.tell(at, l)
		})
		return func() { c.busy = false }
	})
}

func surveyPanel(c *Corner, p *screen.Panel) {
	all, picked := c.cfg.Terminal.Offers(c.language)
	p.Keys = append(p.Keys, screen.PanelKey{Name: "pick:", Text: c.say("survey.all"), Chosen: picked == ""})
	for _, o := range all {
		p.Keys = append(p.Keys, screen.PanelKey{Name: "pick:" + o.ID, Text: o.Title, Chosen: o.ID == picked})
	}
	p.Lines = c.result
}

func surveyTouched(c *Corner, name string) {
	if id, ok := strings.CutPrefix(name, "pick:"); ok {
		c.result = nil
		if err := c.cfg.Terminal.Pick(id); err != nil {
			c.result = []screen.PanelLine{{Text: c.say("trouble.storage"), Sign: screen.BadSign}}
		}
	}
}

func rescuePanel(c *Corner, p *screen.Panel) {
	p.Lines = c.result
	media := c.cfg.Machine.Media()
	if len(p.Lines) == 0 {
		text := c.say("rescue.text")
		if len(media) == 0 {
			text = c.say("rescue.none")
		}
		p.Lines = []screen.PanelLine{{Text: text}}
	}
	for _, m := range media {
		p.Keys = append(p.Keys, screen.PanelKey{Name: "media:" + m, Text: m})
	}
	if len(media) == 0 {
		p.Foot = append(p.Foot, screen.PanelKey{Name: "again", Text: c.say("again")})
	}
}

func rescueTouched(c *Corner, name string) {
	folder, ok := strings.CutPrefix(name, "media:")
	if !ok {
		c.result = nil
		return
	}
	c.busy = true
	c.result = []screen.PanelLine{{Text: c.say("rescue.writing")}}
	c.later(func(context.Context) func() {
		file, answers, err := c.cfg.Terminal.Rescue(folder)
		return func() {
			c.busy = false
			if err != nil {
				c.result = []screen.PanelLine{{Text: c.say("rescue.failed") + "\n" + err.Error(), Sign: screen.BadSign}}
				return
			}
			c.result = []screen.PanelLine{{
				Label: c.say("rescue.done") + " " + strconv.Itoa(answers), Text: file, Sign: screen.GoodSign,
			}}
		}
	})
}

func touchPanel(c *Corner, p *screen.Panel) {
	if c.cells == nil || len(c.cells) >= c.cfg.Cells() {
		text, sign := c.say("touch.text"), screen.NoSign
		if c.cells != nil {
			text, sign = c.say("touch.done"), screen.GoodSign
		}
		p.Lines = []screen.PanelLine{{Text: text, Sign: sign}}
		p.Foot = append(p.Foot, screen.PanelKey{Name: "start", Text: c.say("start")})
		return
	}
	p.Grid, p.Foot = c.cells, nil
}

func touchTouched(c *Corner, name string) {
	if name == "start" {
		c.cells = map[int]bool{}
		return
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(name, "cell:")); err == nil && c.cells != nil {
		c.cells[n] = true
	}
}

// colours are the pictures of the display test: a dead pixel shows on one of them.
var colours = []color.NRGBA{
	{0xff, 0, 0, 0xff},
	{0, 0xff, 0, 0xff},
	{0, 0, 0xff, 0xff},
	{0xff, 0xff, 0xff, 0xff},
	{0, 0, 0, 0xff},
	{0x80, 0x80, 0x80, 0xff},
}

func displayPanel(c *Corner, p *screen.Panel) {
	if c.colour > 0 {
		p.Fill, p.Foot = colours[c.colour-1], nil
		return
	}
	p.Lines = []screen.PanelLine{{Text: c.say("display.text")}}
	p.Foot = append(p.Foot, screen.PanelKey{Name: "start", Text: c.say("start")})
}

func displayTouched(c *Corner, name string) {
	if name == "start" || name == "fill" {
		c.colour = (c.colour + 1) % (len(colours) + 1)
	}
}

func soundPanel(c *Corner, p *screen.Panel) {
	p.Lines = c.result
	if len(p.Lines) == 0 {
		p.Lines = []screen.PanelLine{{Text: c.say("sound.text")}}
	}
	if !c.busy {
		p.Foot = append(p.Foot, screen.PanelKey{Name: "start", Text: c.say("start")})
	}
}

func soundTouched(c *Corner, name string) {
	if name != "start" {
		return
	}
	c.busy = true
	c.later(func(ctx context.Context) func() {
		with, err := c.cfg.Machine.Beep(ctx)
		return func() {
			c.busy = false
			switch {
			case with == "":
				c.result = []screen.PanelLine{{Text: c.say("sound.none"), Sign: screen.BadSign}}
			case err != nil:
				c.result = []screen.PanelLine{{Text: c.say("sound.failed") + "\n" + err.Error(), Sign: screen.BadSign}}
			default:
				c.result = []screen.PanelLine{{Text: c.say("sound.done") + " (" + with + ")", Sign: screen.GoodSign}}
			}
		}
	})
}

func brightnessPanel(c *Corner, p *screen.Panel) {
	now, ok := c.cfg.Machine.Brightness()
	if !ok {
		p.Lines = []screen.PanelLine{{Text: c.say("brightness.none")}}
		return
	}
	for _, percent := range []int{25, 50, 75, 100} {
		p.Keys = append(p.Keys, screen.PanelKey{
			Name: fmt.Sprintf("percent:%d", percent), Text: fmt.Sprintf("%d %%", percent), Chosen: percent == now,
		})
	}
	p.Lines = c.result
}

func brightnessTouched(c *Corner, name string) {
	percent, err := strconv.Atoi(strings.TrimPrefix(name, "percent:"))
	if err != nil {
		return
	}
	c.result = nil
	if err := c.cfg.Machine.SetBrightness(percent); err != nil {
		c.result = []screen.PanelLine{{Text: c.say("brightness.failed") + "\n" + err.Error(), Sign: screen.BadSign}}
	}
}
