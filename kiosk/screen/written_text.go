package screen

import (
	"fyne.io/fyne/v2"

	"otklik/kiosk/keyboard"
	"otklik/surveys"
)

// fewLeft is from how many letters on the glass says how many still fit.
const fewLeft = 30

// writtenText paints the text being written and the keyboard under it.
func writtenText(p *page, body rect) {
	p.board(func(text string) *keyboard.Keyboard {
		return keyboard.New(p.view.Language, p.view.Languages, text, p.view.Question.MaxLength)
	}, surveys.String)
	p.typing(body)
}

// board gives the state its keyboard, which starts with the answer so far, and says what its text means as an answer.
func (p *page) board(make func(text string) *keyboard.Keyboard, value func(text string) surveys.Value) {
	if p.state.keyboard == nil {
		text, _ := p.view.Value.Text()
		p.state.keyboard = make(text)
	}
	p.state.value = value
}

// typing paints the keyboard at the foot of body and the field over it.
func (p *page) typing(body rect) {
	top := p.keyboardAt(body)
	field := rect{body.x, body.y, body.w, top - body.y - p.Unit*2}
	if p.Portrait {
		field.h = min(field.h, p.Row*3)
		field.y = top - p.Unit*4 - field.h
	}
	p.field(field, p.state.keyboard, p.Say("text.placeholder"))
}

// keyboardAt paints the keyboard at the foot of body and returns its top.
func (p *page) keyboardAt(body rect) float32 {
	gap, h := p.Apart, p.Target
	if p.Portrait {
		h, gap = max(p.Target, p.Row*0.78), max(gap, p.Unit*1.5)
	} else if room := (body.h*0.72 - 3*gap) / 4; room > h {
		h = max(p.Target, min(room, p.Row*0.9))
	}
	y := body.bottom() - 4*h - 3*gap
	p.keys(p.state.keyboard, y, h, gap)
	return y
}

// field paints the text and a mark where the next letter goes. Of a long text the end is shown.
func (p *page) field(r rect, board *keyboard.Keyboard, placeholder string) {
	p.over = p.over || r.h < p.Answer*linePitch
	box := p.fill(r, p.Card, min(p.Radius, r.h/4))
	box.StrokeColor, box.StrokeWidth = p.Accent, p.Stroke*1.5
	pad := p.Unit * 2
	inside := rect{r.x + pad, r.y + pad/2, r.w - 2*pad, r.h - pad}
	if oneLine := p.Answer * linePitch; r.h < 2*oneLine {
		inside.y, inside.h = r.y+(r.h-oneLine)/2, oneLine
	}
	left := board.Left()
	if left <= fewLeft && r.h > p.Answer*linePitch*2 {
		note := fit(p.Count("text.left", left), p.Chrome, p.LeastHint, regular, inside.w, 1)
		inside.h -= note.height()
		p.text(note, inside.x, inside.bottom(), inside.w, fyne.TextAlignTrailing, p.Secondary)
	}
	if board.Text() == "" {
		t := fit(placeholder, p.Answer, p.Least, regular, inside.w, 1)
		p.text(t, inside.x+p.Unit, inside.y, inside.w, fyne.TextAlignLeading, p.Secondary)
		p.fill(rect{inside.x, inside.y + t.size*0.12, p.Stroke * 1.5, t.size}, p.Accent, 0)
		return
	}
	// a space at the end has no width in a wrapped line, but the mark stands behind it
	lines, _ := wrap(board.Text(), p.Answer, regular, inside.w-p.Unit)
	t := paragraph{lines: lines, size: p.Answer, style: regular}
	if room := max(1, int(inside.h/(t.size*linePitch))); len(t.lines) > room {
		t.lines = t.lines[len(t.lines)-room:]
	}
	bottom := p.text(t, inside.x, inside.y, inside.w, fyne.TextAlignLeading, p.Ink)
	last := t.lines[len(t.lines)-1]
	if text := board.Text(); text[len(text)-1] == ' ' {
		last += " "
	}
	x := inside.x + measure(last, t.size, regular) + p.Stroke
	p.fill(rect{min(x, inside.right()), bottom - t.size*(linePitch-0.12), p.Stroke * 1.5, t.size}, p.Accent, 0)
}

// keys paints the four rows of the keyboard from y on.
func (p *page) keys(board *keyboard.Keyboard, y, h, gap float32) {
	layout := board.Layout()
	margin, apart := min(p.Margin, p.Unit*3), gap
	column := min((p.Width-2*margin+gap)/layout.Columns, 3*h)
	if column-gap < p.Target { // a small display for so many letters: keys before space
		gap, margin = p.Apart, p.Apart/2
		column = (p.Width - 2*margin + gap) / layout.Columns
	}
	for _, row := range layout.Rows {
		width := float32(0)
		for _, k := range row {
			width += k.Width * column
		}
		x := (p.Width - width + gap) / 2
		for _, k := range row {
			p.key(board, k, rect{x, y, k.Width*column - gap, h})
			x += k.Width * column
		}
		y += h + apart
	}
}

func (p *page) key(board *keyboard.Keyboard, k keyboard.Key, r rect) {
	idle := look{fill: p.Card, edge: p.Edge, stroke: p.Stroke, radius: p.Radius * 0.5}
	held := look{fill: p.Tint, edge: p.Accent, stroke: p.Strong, radius: p.Radius * 0.5}
	if k.Action != keyboard.Type && k.Action != keyboard.Space {
		idle.fill = p.Quiet
	}
	name, text, sign := "key:"+string(k.Action), "", ""
	switch k.Action {
	case keyboard.Type:
		name, text = "key:"+string(k.Rune), string(board.Case(k.Rune))
	case keyboard.Space:
		text = p.Say("key.space")
	case keyboard.Digits:
		text = p.Say("key.digits")
		if board.Layout().Name == "digits" {
			text = p.Say("key.letters")
		}
	case keyboard.Language:
		text = board.Layout().Label
	case keyboard.Shift:
		sign = "shift"
		if board.Shifted() {
			sign = "shift-on"
		}
	case keyboard.Backspace:
		sign = "backspace"
	}
	var content []fyne.CanvasObject
	if sign != "" {
		side := min(r.w, r.h) * 0.5
		content = append(content, p.art(sign, rect{(r.w - side) / 2, (r.h - side) / 2, side, side}))
	} else {
		content = p.label(text, p.Answer, bold, rect{1, 0, r.w - 2, r.h}, 1, fyne.TextAlignCenter, p.Ink)
	}
	p.touch(name, r, idle, held, content, func() {
		board.Press(k)
		p.write()
	})
}
