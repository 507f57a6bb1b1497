package screen

import (
	"math"
	"strings"

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
		field.y = max(body.y, top-p.Unit*4-field.h)
	}
	p.field(field, p.state.keyboard, p.Say("text.placeholder"))
}

// keyboardShare is the part of a place that its keyboard has at most, where its keys can be larger than they must.
const keyboardShare = 0.72

// keyboardAt paints the keyboard at the foot of body and returns its top.
func (p *page) keyboardAt(body rect) float32 {
	place, gap := p.keyboardPlace(p.state.keyboard, body, keyboardShare)
	p.keys(p.state.keyboard, place, gap)
	return place.y
}

// keyRoom is how many keys stand side by side on the glass, and in how many rows: a display that is wider than high has the
// height for four.
func (p *page) keyRoom() keyboard.Room {
	side, gap := p.leastKey()
	r := keyboard.Room{Columns: int((p.Width + gap) / (side + gap)), Rows: 4}
	if p.Portrait {
		r.Rows = 8
	}
	return r
}

// broadest are letters of which one is the broadest in any face.
const broadest = "Щ Ю Ж Ы W"

// leastKey are the least width of a key, which has room for any letter, and the least space between two: they begin and end on
// whole pixels, and need none for rounding.
func (p *page) leastKey() (side, gap float32) {
	side = p.Target - 1
	for _, letter := range strings.Fields(broadest) {
		side = max(side, float32(math.Ceil(float64(measure(letter, p.Least, bold))))+2*keyEdge)
	}
	return side, p.Apart - 1
}

// keyEdge is the least space between a letter and the edge of its key, in pixels.
const keyEdge = 1

// keyboardPlace is the place of a keyboard at the foot of body, of whose height it takes no more than share where that is
// enough, and the space between its keys.
func (p *page) keyboardPlace(board *keyboard.Keyboard, body rect, share float32) (place rect, gap float32) {
	gap, high := p.Apart, p.Row*0.9
	if p.Portrait {
		gap, high = max(gap, p.Unit*1.5), p.Row*0.78
	}
	rows := float32(board.Rows(p.keyRoom()))
	h := max(p.Target, min(high, (body.h*share-(rows-1)*gap)/rows))
	all := rows*h + (rows-1)*gap
	return rect{0, body.bottom() - all, p.Width, all}, gap
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
	if left <= fewLeft && board.Text() != "" && r.h > p.Answer*linePitch*2 {
		note := fit(p.Count("text.left", left), p.Chrome, p.LeastHint, regular, inside.w, 1)
		inside.h -= note.height()
		p.text(note, inside.x, inside.bottom(), inside.w, fyne.TextAlignTrailing, p.Secondary)
	}
	if board.Text() == "" {
		room := max(1, int(inside.h/(p.Answer*linePitch)))
		t := fit(placeholder, p.Answer, p.LeastHint, regular, inside.w-p.Unit, room)
		if len(t.lines) > room { // whoever sees the mark and the letters knows what to do
			t.lines = nil
		}
		p.text(t, inside.x+p.Unit, inside.y, inside.w, fyne.TextAlignLeading, p.Secondary)
		p.fill(rect{inside.x, inside.y + t.size*0.12, p.Stroke * 1.5, t.size}, p.Accent, 0)
		return
	}
	// a space at the end has no width in a wrapped line, but the mark stands behind it
	lines := wrapTyped(board.Text(), p.Answer, regular, inside.w-p.Unit)
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

// keys paints the rows of the keyboard into a place, whose height they share.
func (p *page) keys(board *keyboard.Keyboard, place rect, gap float32) {
	layout := board.Layout(p.keyRoom())
	apart, rows := gap, float32(len(layout.Rows))
	h := (place.h - (rows-1)*apart) / rows
	column, gap := p.keyColumn(float32(layout.Columns), gap)
	column = min(column, 3*h)
	y := place.y
	for _, row := range layout.Rows {
		width := float32(0)
		for _, k := range row {
			width += k.Width * column
		}
		x := (p.Width - width + gap) / 2
		for _, k := range row {
			r := rect{x, y, k.Width*column - gap, h}
			if x += k.Width * column; gap < p.Apart { // no pixel to spare
				r.x, r.w = round(r.x), round(x)-round(r.x)-gap
			}
			p.key(board, layout, k, r)
		}
		y += h + apart
	}
}

// keyColumn is how wide a column of keys is with the space behind it, and that space. A small display has keys before
// space.
func (p *page) keyColumn(columns, gap float32) (column, between float32) {
	least, close := p.leastKey()
	spare := max(0, min(p.Apart/2, (p.Width+close-columns*(least+close))/2))
	for _, try := range []struct{ gap, margin, side float32 }{
		{gap, min(p.Margin, p.Unit*3), max(p.Target, least)}, {p.Apart, p.Apart / 2, max(p.Target, least)}, {close, spare, least},
	} {
		column, between = (p.Width-2*try.margin+try.gap)/columns, try.gap
		if column-between >= try.side {
			break
		}
	}
	return column, between
}

func (p *page) key(board *keyboard.Keyboard, layout keyboard.Layout, k keyboard.Key, r rect) {
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
		if text = p.Say("key.space"); !p.spells(text, r) {
			sign = "space"
		}
	case keyboard.Digits:
		switch text = p.Say("key.digits"); {
		case layout.Name == "digits":
			if text = p.Say("key.letters"); !p.spells(text, r) {
				text = p.Say("key.letters.short")
			}
		case !p.spells(text, r):
			text = p.Say("key.digits.short")
		}
	case keyboard.Language:
		text = layout.Label
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
		content = p.label(text, p.Answer, bold, rect{keyEdge, 0, r.w - 2*keyEdge, r.h}, 1, fyne.TextAlignCenter, p.Ink)
	}
	p.touch(name, r, idle, held, content, func() {
		board.Press(k)
		p.write()
	})
}

// spells reports whether a key has room for a word, its letters at their least.
func (p *page) spells(word string, r rect) bool {
	return measure(word, max(p.Least, p.Answer*0.62), bold) <= r.w-2*keyEdge
}
