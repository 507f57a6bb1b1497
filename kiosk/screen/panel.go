package screen

import (
	"image/color"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/kiosk/keyboard"
)

// Panel is a screen for staff: whoever shows it brings the words and takes the names of what was touched. It knows
// nothing of visits.
type Panel struct {
	// Name is for the trace. A panel with another name starts anew: its list is turned back to the beginning.
	Name, Language, Title string
	// Lines are facts, read from top to bottom; what does not fit is turned to.
	Lines []PanelLine
	// Keys are what can be chosen, in a list as of answers.
	Keys []PanelKey
	// Foot are the keys at the foot: the first at the left leads back, the last at the right leads on.
	Foot []PanelKey
	// Board, which may be nil, writes a text; with Secret only its length shows.
	Board       *keyboard.Keyboard
	Secret      bool
	Placeholder string
	// Fill, which may be nil, covers the whole glass with one colour; a touch anywhere is called "fill".
	Fill color.Color
	// Waiting says that the panel stands in for a screen on which nobody is asked, so that the corner can be held; see
	// SetCorner.
	Waiting bool
	// Grid covers the whole glass with cells called "cell:0" and so on; those touched are marked.
	Grid map[int]bool
}

// PanelLine is a fact: what it is about, and what is so.
type PanelLine struct {
	Label, Text string
	Sign        PanelSign
}

// PanelSign says how a fact is to be taken; a shape says it too, not the colour alone.
type PanelSign int

// The signs.
const (
	NoSign PanelSign = iota
	GoodSign
	BadSign
)

// PanelKey is a key with words. Chosen marks the one in force.
type PanelKey struct {
	Name, Text string
	Chosen     bool
}

// ShowPanel puts a panel on the glass in place of the visit, or with nil gives the glass back to it. touched is told the
// name of each key touched, "key" after a letter was written, "enter" and "escape" of a real keyboard.
func (s *Stage) ShowPanel(p *Panel, touched func(name string)) {
	if p != nil && (s.panel == nil || s.panel.Name != p.Name) {
		s.state, s.focus = state{key: "panel " + p.Name}, focus{}
	}
	if p == nil {
		s.state, s.focus = state{key: stateKey(s.view)}, focus{}
	}
	s.panel, s.panelTouched, s.aside = p, touched, state{}
	s.paint()
}

// SetCorner has a hand that rests five seconds in the top left corner, while nobody is being asked, call held. Nothing
// shows that the place is there. nil takes it away.
func (s *Stage) SetCorner(held func()) {
	s.held = held
	if s.panel == nil || s.panel.Waiting {
		s.paint()
	}
}

func (s *Stage) cornerHeld() {
	if s.held != nil && s.waits() {
		s.held()
	}
}

// waits reports whether nobody is being asked by what is on the glass.
func (s *Stage) waits() bool {
	if s.panel != nil {
		return s.panel.Waiting
	}
	return s.view.Screen.Vacant()
}

// cornerShare is the side of the place to hold, in targets: as large as two fingers.
const cornerShare = 1.5

// hiddenPlace adds the place to hold where nothing else can be touched, and reports whether there is room.
func (p *page) hiddenPlace(c *hold) bool {
	side := cornerShare * p.Target
	for _, t := range p.targets {
		if t.X < side && t.Y < side {
			return false
		}
	}
	c.felt = func(at fyne.Position) { p.felt(p.spot(rect{0, 0, side, side}, at)) }
	place(c, rect{0, 0, side, side})
	p.add(c)
	return true
}

// panel paints a panel.
func (p *page) panel(v *Panel, touched func(string)) {
	tell := func(name string) func() { return func() { touched(name) } }
	switch {
	case v.Fill != nil:
		ground := canvas.NewRectangle(v.Fill)
		place(ground, rect{0, 0, p.Width, p.Height})
		p.add(ground)
		p.touch("fill", rect{0, 0, p.Width, p.Height}, invisible, invisible, nil, tell("fill"))
		return
	case v.Grid != nil:
		p.grid(v.Grid, touched)
		return
	}
	foot := p.foot()
	if len(v.Foot) > 0 {
		foot = p.footKeys(v.Foot, tell)
	}
	y, titled := p.top(), len(p.objects)
	width := p.Width - 2*p.Margin
	if v.Title != "" {
		title := fit(v.Title, p.Question*0.8, p.Answer, bold, width, 2)
		y = p.text(title, p.Margin, y, width, fyne.TextAlignLeading, p.Ink) + p.Unit*2
	}
	body := p.reached(rect{p.Margin, y, width, foot - y - max(p.Unit*2, p.Apart)})
	if v.Board != nil {
		if at := p.boardField(body, v.Board); at.y-body.y < p.Target+p.Apart && v.Title != "" { // a small glass with large letters
			p.objects = p.objects[:titled]
			body.y, body.h = p.top(), body.bottom()-p.top()
		}
		p.panelBoard(body, v, touched)
		return
	}
	if len(v.Keys) > 0 {
		var lines []line
		for _, k := range v.Keys {
			s := arrow
			if k.Chosen {
				s = single
			}
			lines = append(lines, line{name: k.Name, text: k.Text, chosen: k.Chosen, sign: s, tapped: tell(k.Name)})
		}
		if len(v.Lines) > 0 {
			row, _, _ := p.rows(lines, body.w)
			keys := 2*row + 2*p.Gap                          // one, and the one that turns to the others
			if body.h-keys < p.Target*1.5 && v.Title != "" { // a small glass with large letters
				p.objects = p.objects[:titled]
				body.y, body.h = p.top(), body.bottom()-p.top()
			}
			room := min(body.h*0.5, body.h-keys)
			top := p.facts(v.Lines, rect{body.x, body.y, body.w, room}, false, touched) + max(p.Unit, p.Apart)
			body.y, body.h = top, body.bottom()-top
		}
		p.list(body, lines)
		return
	}
	p.facts(v.Lines, body, false, touched)
}

// footKeys paints the keys at the foot and returns their top.
func (p *page) footKeys(keys []PanelKey, tell func(string) func()) float32 {
	gap := p.Gap
	var widths []float32
	total := -gap
	for _, k := range keys {
		w := p.buttonWidth(k.Text)
		widths = append(widths, w)
		total += w + gap
	}
	y := p.foot() - p.Nav
	if total > p.Width-2*p.Margin && len(keys) > 1 {
		return p.narrowFoot(keys, tell)
	}
	right := p.Width - p.Margin
	for i := len(keys) - 1; i >= 0; i-- {
		x := right - widths[i]
		if i == 0 {
			x = p.Margin
		}
		p.button(keys[i].Name, keys[i].Text, rect{x, y, widths[i], p.Nav}, i == len(keys)-1 && i > 0, tell(keys[i].Name))
		right = x - gap
	}
	return y
}

// narrowFoot paints the keys at the foot of a narrow glass in as few rows as hold their words, the keys of a row as wide as one
// another where that breaks no word, and returns their top.
func (p *page) narrowFoot(keys []PanelKey, tell func(string) func()) float32 {
	room := p.Width - 2*p.Margin
	rows, left := [][]PanelKey{}, float32(-1)
	for _, k := range keys {
		if left -= p.slim(k.Text) + p.Gap; left < 0 {
			rows, left = append(rows, nil), room-p.slim(k.Text)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], k)
	}
	y := p.foot() - float32(len(rows))*p.Nav - float32(len(rows)-1)*p.Gap
	for n, row := range rows {
		equal, spare := p.columns(len(row), 0, 0, p.Gap)[0].w, room-float32(len(row)-1)*p.Gap
		fits := true
		for _, k := range row {
			fits = fits && p.slim(k.Text) <= equal
			spare -= p.slim(k.Text)
		}
		x := p.Margin
		for i, k := range row {
			w := p.slim(k.Text) + spare/float32(len(row))
			if fits {
				w = equal
			}
			last := n == len(rows)-1 && i == len(row)-1
			p.button(k.Name, k.Text, rect{x, y + float32(n)*(p.Nav+p.Gap), w, p.Nav}, last, tell(k.Name))
			x += w + p.Gap
		}
	}
	return y
}

// panelKeyboardShare is keyboardShare of a panel, whose sentences need more room.
const panelKeyboardShare = 0.66

// boardField is the place of the field over the keyboard of a panel: with less air where that leaves no room for a sentence.
func (p *page) boardField(body rect, board *keyboard.Keyboard) rect {
	place, _ := p.keyboardPlace(board, body, panelKeyboardShare)
	line := p.Answer * linePitch
	air, between := p.Unit*2, p.Unit*2
	if p.Portrait {
		between = p.Unit * 4
	}
	if place.y-between-line-air-body.y < p.Target+p.Apart {
		air, between = p.Unit*0.5, p.Unit
	}
	return rect{body.x, place.y - between - line - air, body.w, line + air}
}

// panelBoard paints the sentences, the field and the keyboard.
func (p *page) panelBoard(body rect, v *Panel, touched func(string)) {
	p.state.keyboard = v.Board
	place, gap := p.keyboardPlace(v.Board, body, panelKeyboardShare)
	p.keys(v.Board, place, gap)
	shown := v.Board
	if v.Secret {
		n := len([]rune(v.Board.Text()))
		shown = keyboard.NewPad(keyboard.PinPad, strings.Repeat("•", n), n+v.Board.Left())
	}
	field := p.boardField(body, v.Board)
	p.field(field, shown, v.Placeholder)
	p.facts(v.Lines, rect{body.x, body.y, body.w, field.y - body.y - min(p.Unit, p.Apart)}, true, touched)
}

// grid paints cells over the whole glass, each at least as large as a target.
func (p *page) grid(touched map[int]bool, tell func(string)) {
	columns, rows := gridOf(p.Width, p.Height, p.Target)
	w, h := p.Width/float32(columns), p.Height/float32(rows)
	for i := range columns * rows {
		idle := look{fill: p.Card, edge: p.Edge, stroke: p.Stroke}
		if touched[i] {
			idle.fill = p.Accent
		}
		name := "cell:" + strconv.Itoa(i)
		r := rect{float32(i%columns) * w, float32(i/columns) * h, w, h}
		var mark []fyne.CanvasObject
		if touched[i] {
			side := min(w, h) * 0.4
			mark = append(mark, p.art("check", rect{(w - side) / 2, (h - side) / 2, side, side}))
		}
		p.touch(name, r, idle, look{fill: p.Tint, edge: p.Accent, stroke: p.Strong}, mark, func() { tell(name) })
	}
}

// gridOf is how many columns and rows of cells a glass has: at most 8 by 8.
func gridOf(width, height, least float32) (columns, rows int) {
	return max(1, min(8, int(width/(least*1.4)))), max(1, min(8, int(height/(least*1.4))))
}

// GridSize is how many columns and rows of cells the grid has on the glass shown; they count row by row.
func (s *Stage) GridSize() (columns, rows int) {
	p := s.page()
	return gridOf(p.Width, p.Height, p.Target)
}
