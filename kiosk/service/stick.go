package service

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"otklik/kiosk/screen"
)

func rescueLook(c *Corner) func() {
	media := c.cfg.Machine.Media()
	return func() { c.media, c.looked = media, true }
}

func rescuePanel(c *Corner, p *screen.Panel) {
	p.Lines = c.result
	if !c.looked {
		p.Lines = []screen.PanelLine{{Text: c.say("looking")}}
		return
	}
	if len(p.Lines) == 0 {
		text := c.say("rescue.text")
		if len(c.media) == 0 {
			text = c.say("rescue.none")
		}
		p.Lines = []screen.PanelLine{{Text: text}}
	}
	if c.busy {
		return
	}
	for i, m := range c.media {
		p.Keys = append(p.Keys, screen.PanelKey{Name: "media:" + strconv.Itoa(i), Text: m.Name})
	}
	p.Foot = append(p.Foot, screen.PanelKey{Name: "again", Text: c.say("again")})
}

func rescueTouched(c *Corner, name string) {
	if name == "again" {
		c.result, c.looked = nil, false
		c.later(func(context.Context) func() { return rescueLook(c) })
		return
	}
	i, err := strconv.Atoi(strings.TrimPrefix(name, "media:"))
	if err != nil || i >= len(c.media) {
		return
	}
	medium := c.media[i]
	c.busy = true
	c.result = []screen.PanelLine{{Text: c.say("rescue.writing")}}
	c.later(func(context.Context) func() {
		file, answers := "", 0
		err := c.cfg.Machine.Use(medium, func(folder string) (err error) {
			file, answers, err = c.cfg.Terminal.Rescue(folder)
			return err
		})
		return func() {
			c.busy = false
			switch {
			case errors.Is(err, ErrNotMounted):
				c.result = []screen.PanelLine{{Text: c.say("rescue.not-mounted") + "\n" + err.Error(), Sign: screen.BadSign}}
			case err != nil:
				c.result = []screen.PanelLine{{Text: c.say("rescue.failed") + "\n" + err.Error(), Sign: screen.BadSign}}
			default:
				c.result = []screen.PanelLine{{
					Label: c.say("rescue.done") + " " + strconv.Itoa(answers), Text: file, Sign: screen.GoodSign,
				}}
			}
		}
	})
}
