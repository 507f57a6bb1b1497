package service

import (
	"context"
	"strings"

	"otklik/kiosk/screen"
)

// page is one entry of the corner's menu. look, which may be nil, finds out what the page is about, off the thread of the
// glass; what it returns runs there.
type page struct {
	panel   func(*Corner, *screen.Panel)
	touched func(*Corner, string)
	look    func(*Corner) func()
}

// menu is the order of the pages.
var menu = []string{"state", "network", "survey", "rescue", "touch", "display", "sound", "brightness"}

var pages map[string]*page

func init() { // not a literal: the pages lead back to the menu
	pages = map[string]*page{
		"state":      {statePanel, stateTouched, stateLook},
		"network":    {networkPanel, networkTouched, nil},
		"survey":     {surveyPanel, surveyTouched, surveyLook},
		"rescue":     {rescuePanel, rescueTouched, rescueLook},
		"touch":      {touchPanel, touchTouched, nil},
		"display":    {displayPanel, displayTouched, nil},
		"sound":      {soundPanel, soundTouched, nil},
		"brightness": {brightnessPanel, brightnessTouched, nil},
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

func surveyLook(c *Corner) func() {
	all, picked := c.cfg.Terminal.Offers(c.language)
	return func() { c.offers, c.picked, c.looked = all, picked, true }
}

func surveyPanel(c *Corner, p *screen.Panel) {
	p.Lines = c.result
	if !c.looked {
		p.Lines = []screen.PanelLine{{Text: c.say("looking")}}
		return
	}
	p.Keys = append(p.Keys, screen.PanelKey{Name: "pick:", Text: c.say("survey.all"), Chosen: c.picked == ""})
	for _, o := range c.offers {
		p.Keys = append(p.Keys, screen.PanelKey{Name: "pick:" + o.ID, Text: o.Title, Chosen: o.ID == c.picked})
	}
}

func surveyTouched(c *Corner, name string) {
	id, ok := strings.CutPrefix(name, "pick:")
	if !ok {
		return
	}
	c.busy = true
	c.later(func(context.Context) func() {
		err := c.cfg.Terminal.Pick(id)
		look := surveyLook(c)
		return func() {
			look()
			c.busy, c.result = false, nil
			if err != nil {
				c.result = []screen.PanelLine{{Text: c.say("trouble.storage"), Sign: screen.BadSign}}
			}
		}
	})
}
