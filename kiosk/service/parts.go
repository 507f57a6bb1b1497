package service

import (
	"context"
	"fmt"
	"image/color"
	"strconv"
	"strings"
	"time"

	"otklik/kiosk/screen"
)

// gridAfter is how long the touch test waits for a cell: then what was not touched by then does not answer.
const gridAfter = 20 * time.Second

func touchPanel(c *Corner, p *screen.Panel) {
	columns, rows := c.cfg.Cells()
	silent := c.silent(columns, rows)
	switch {
	case c.cells == nil:
		p.Lines = []screen.PanelLine{{Text: c.say("touch.text")}}
	case c.stopGrid != nil && len(silent) > 0:
		p.Grid, p.Foot = c.cells, nil
		return
	case len(silent) == 0:
		p.Lines = []screen.PanelLine{{Text: c.say("touch.done"), Sign: screen.GoodSign}}
	default:
		p.Lines = []screen.PanelLine{{
			Label: c.say("touch.silent"), Text: fmt.Sprintf("%d / %d", columns*rows-c.answered(columns, rows), columns*rows), Sign: screen.BadSign,
		}}
		for row := range rows {
			if found := silent[row]; found != "" {
				p.Lines = append(p.Lines, screen.PanelLine{
					Label: fmt.Sprintf("%s %d / %d", c.say("touch.row"), row+1, rows), Text: c.say("touch.cells") + " " + found,
				})
			}
		}
		p.Foot = append(p.Foot, screen.PanelKey{Name: "go-on", Text: c.say("touch.go-on")})
	}
	p.Foot = append(p.Foot, screen.PanelKey{Name: "start", Text: c.say("start")})
}

func (c *Corner) answered(columns, rows int) (n int) {
	for i := range columns * rows {
		if c.cells[i] {
			n++
		}
	}
	return n
}

// silent are the cells that did not answer, counted from the left, by rows counted from the top; rows without one are left
// out.
func (c *Corner) silent(columns, rows int) map[int]string {
	found := map[int]string{}
	for i := range columns * rows {
		if !c.cells[i] {
			row, column := i/columns, strconv.Itoa(i%columns+1)
			if found[row] != "" {
				column = ", " + column
			}
			found[row] += column
		}
	}
	return found
}

func touchTouched(c *Corner, name string) {
	if name == "start" {
		c.cells = map[int]bool{}
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(name, "cell:")); err == nil && c.cells != nil {
		c.cells[n] = true
	}
	if c.stopGrid != nil {
		c.stopGrid()
		c.stopGrid = nil
	}
	if columns, rows := c.cfg.Cells(); c.cells != nil && c.answered(columns, rows) < columns*rows {
		c.stopGrid = c.cfg.After(gridAfter, func() {
			c.stopGrid = nil
			c.alive() // somebody reads what was found
			c.show()
		})
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
