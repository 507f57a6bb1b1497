package screen

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/kiosk/words"
	"otklik/surveys"
)

// rect is a place on the glass, in pixels.
type rect struct{ x, y, w, h float32 }

func (r rect) bottom() float32 { return r.y + r.h }
func (r rect) right() float32  { return r.x + r.w }

// Target is a place that reacts to a touch. Its name says what it does and is the same in every language: "face:4",
// "choice:employer", "key:а", "next".
type Target struct {
	Name       string
	X, Y, W, H float32 // pixels
}

// page is one screen being built: where things go, and what a touch on them says.
type page struct {
	theme.Metrics
	theme.Palette
	words.Speaker
	house    *theme.Brand
	pictures map[string]fyne.Resource
	view     visit.View
	state    *state
	album    *album
	gallery  *gallery
	ground   **canvas.LinearGradient
	send     func(visit.Event)
	redraw   func() // paints the screen anew, after a visitor changed its state
	write    func() // tells the visit what the keyboard wrote
	objects  []fyne.CanvasObject
	targets  []Target
	touched  func(surveys.Tap) // is told where a finger touched, before the touch counts
	felt     func(surveys.Tap) // is told where a finger came down
	tooSoon  func() bool       // reports whether the screen cannot have been seen yet
	scene    Scene
	voice    Voice           // nil where nothing is read aloud
	discreet bool            // what is touched does not show, see Stage.SetDiscreet
	asleep   bool            // the ground is dark
	bright   bool            // the ground is the attract screen's
	level    level           // how much room the answers need
	over     bool            // something did not fit its place
	aside    bool            // what is wrong is said beside the pad, where it has no room over it
	turns    turns           // take the place of Back and Next on a page of a question
	clock    *fyne.Container // what counts down; nil where nothing does
	came     bool            // another screen was on the glass before, not this one in another language or with larger letters
	motion   *fyne.Animation // what moves when it comes; nil where nothing does
}

func (p *page) add(objects ...fyne.CanvasObject) { p.objects = append(p.objects, objects...) }

// drop takes away what was put on the page after the first objects, and all its targets: another arrangement is tried.
func (p *page) drop(from int) {
	textured(p.objects[from:], p.gallery.takeDown)
	p.objects, p.targets, p.clock, p.over = p.objects[:from], nil, nil, false
}

// fill paints a rounded rectangle.
func (p *page) fill(r rect, c color.Color, radius float32) *canvas.Rectangle {
	box := canvas.NewRectangle(c)
	box.CornerRadius = radius
	place(box, r)
	p.add(box)
	return box
}

// icon paints an icon of the set into a square.
func (p *page) icon(name string, r rect) { p.add(p.art(name, r)) }

// art is an icon or an illustration in the colours of the page: the brand's, or else the product's.
func (p *page) art(name string, r rect) fyne.CanvasObject {
	return p.gallery.hang(p.drawn(name, func() []byte {
		svg, err := p.house.Picture(name)
		if err != nil {
			panic("screen: " + err.Error()) // a mistake in the program: the names come from it, a test paints every screen
		}
		return svg
	}), r)
}

// drawn keeps one resource for a picture in a set of colours, so that Fyne's cache of drawn pictures works.
func (p *page) drawn(name string, svg func() []byte) fyne.Resource {
	key := name
	if p.Contrast {
		key += "-contrast"
	}
	r := p.pictures[key]
	if r == nil {
		r = fyne.NewStaticResource(key+".svg", p.house.Colours(p.Contrast).Paint(svg()))
		p.pictures[key] = r
	}
	return r
}

func place(o fyne.CanvasObject, r rect) {
	o.Move(fyne.NewPos(round(r.x), round(r.y)))
	o.Resize(fyne.NewSize(round(r.w), round(r.h)))
}

// text paints a paragraph and returns its bottom.
func (p *page) text(t paragraph, x, y, width float32, align fyne.TextAlign, c color.Color) float32 {
	p.add(t.at(x, y, width, align, c)...)
	return y + t.height()
}

// touch adds a place that reacts to a touch. content is placed relative to r's corner. On a discreet glass nothing shows that
// it is touched.
func (p *page) touch(name string, r rect, idle, held look, content []fyne.CanvasObject, tapped func()) {
	if p.discreet {
		held = idle
	}
	if idle.dot {
		side := p.Unit * 4
		content = append(content, p.dot(rect{r.w - side, 0, side, side}))
	}
	p.react(name, r, newTile(idle, held, content, tapped))
}

// react puts a tile on the glass. A touch on it leaves its place for the event that it sends.
func (p *page) react(name string, r rect, t *tile) {
	t.name, t.tooSoon = name, p.tooSoon
	t.touched = func(at fyne.Position) { p.touched(p.spot(r, at)) }
	t.down = func(at fyne.Position) { p.felt(p.spot(r, at)) }
	place(t, r)
	p.add(t)
	p.targets = append(p.targets, Target{name, round(r.x), round(r.y), round(r.w), round(r.h)})
}

// spot is a place within r as a share of the glass.
func (p *page) spot(r rect, at fyne.Position) surveys.Tap {
	share := func(v, all float32) int { return min(max(0, int(1000*v/all)), 1000) }
	return surveys.Tap{share(r.x+at.X, p.Width), share(r.y+at.Y, p.Height)}
}

// touchAt adds an invisible place that tells where within it it was touched.
func (p *page) touchAt(name string, r rect, tapped func(at fyne.Position)) {
	t := newTile(invisible, invisible, nil, nil)
	t.tappedAt = tapped
	p.react(name, r, t)
}

// card is the look of an answer: at rest, chosen, and under a finger.
func (p *page) card(chosen bool) (idle, held look) {
	idle = look{fill: p.Card, edge: p.Edge, stroke: p.Stroke, radius: p.Radius}
	held = look{fill: p.Tint, edge: p.Accent, stroke: p.Strong, radius: p.Radius}
	if p.bright {
		idle.edge = p.OnHero
	}
	switch {
	case p.discreet:
		idle.dot = chosen
	case chosen:
		idle = held
	}
	idle.chosen = chosen
	return idle, held
}

// dot is the mark of what was chosen on a discreet glass, in the middle of r: whoever stands before it sees it, whoever stands
// behind does not.
func (p *page) dot(r rect) fyne.CanvasObject {
	d := max(p.MM*1.2, p.Answer*0.16)
	o := canvas.NewCircle(p.Secondary)
	place(o, rect{r.x + (r.w-d)/2, r.y + (r.h-d)/2, d, d})
	return o
}

// label is a text in the middle of a tile of the given size, in no more than lines lines.
func (p *page) label(text string, size float32, style fyne.TextStyle, r rect, lines int, align fyne.TextAlign, c color.Color,
) []fyne.CanvasObject {
	least := p.LeastHint
	if size >= p.Least {
		least = max(p.Least, size*0.62)
	}
	t := fit(text, size, least, style, r.w, lines)
	if t.broken || t.height() > r.h+size*(linePitch-1) {
		if t = fit(text, min(size, p.Least), min(least, p.Least), style, r.w, lines); t.broken || t.height() > r.h+t.size*(linePitch-1) {
			p.over = true
		}
	}
	return t.at(r.x, r.y+(r.h-t.height())/2, r.w, align, c)
}

// button is a pill with one word.
func (p *page) button(name, text string, r rect, primary bool, tapped func()) {
	idle := look{fill: p.Card, edge: p.Edge, stroke: p.Stroke, radius: r.h / 2}
	held := look{fill: p.Tint, edge: p.Accent, stroke: p.Strong, radius: r.h / 2}
	ink := p.Ink
	if primary {
		idle = look{fill: p.Accent, edge: p.Accent, stroke: p.Stroke, radius: r.h / 2}
		held = look{fill: p.Held, edge: p.Held, stroke: p.Strong, radius: r.h / 2}
		ink = p.OnAccent
	}
	inside := rect{r.h / 5, 0, r.w - r.h*2/5, r.h}
	p.touch(name, r, idle, held, p.label(text, p.Answer, bold, inside, 1, fyne.TextAlignCenter, ink), tapped)
}

// buttonWidth is how wide a pill with this word wants to be.
func (p *page) buttonWidth(text string) float32 {
	return max(2*p.Target, min(2*p.Nav, p.Width*0.2), measure(text, p.Answer, bold)+p.Nav*0.8)
}

// tell returns what a tap says.
func (p *page) tell(e visit.Event) func() { return func() { p.send(e) } }

// brand paints the organization's logo and name at the top left and returns the bottom of the row.
func (p *page) brand(hero bool) float32 {
	key, ink := "logo", p.Ink
	if hero {
		key, ink = "logo-hero", p.OnHero
	}
	y, side := p.top(), p.Chrome*1.6
	p.add(p.gallery.hang(p.drawn(key, func() []byte { return p.house.Logo(hero) }), rect{p.Margin, y, side, side}))
	text := p.house.Name.In(p.view.Language, words.Languages...)
	name := fit(text, p.Chrome, p.LeastHint, bold, p.Width/2-p.Margin-side-p.Unit*1.5, 1)
	if len(name.lines) > 1 {
		return y + side // the logo says it too
	}
	p.text(name, p.Margin+side+p.Unit*1.5, y+(side-name.height())/2, name.width(), fyne.TextAlignLeading, ink)
	return y + side
}

// header paints the logo and the name of the organization, and at the right a line that matters more than the name: the first
// of lines that has room there, or, with the logo alone, in the whole row. It returns the bottom of the row.
func (p *page) header(lines ...string) float32 {
	from := len(p.objects)
	y := p.brand(false)
	side := p.Chrome * 1.6
	for i, room := range []float32{p.Width/2 - p.Margin - p.Unit, p.Width - 2*p.Margin - side - p.Unit*2} {
		for j, line := range lines {
			t := fit(line, p.Chrome, p.LeastHint, regular, room, 1)
			last := i == 1 && j == len(lines)-1
			if len(t.lines) > 1 && !last {
				continue
			}
			p.over = p.over || len(t.lines) > 1
			if i == 1 {
				p.objects = p.objects[:from+1] // the logo alone
			}
			p.text(t, p.Width-p.Margin-room, p.top()+(side-t.height())/2, room, fyne.TextAlignTrailing, p.Secondary)
			return y
		}
	}
	return y
}

// handed is a place at the right for the right hand, mirrored for the left.
func (p *page) handed(r rect) rect {
	if p.LeftHanded {
		r.x = p.Width - r.x - r.w
	}
	return r
}

// top is where the first row begins, foot where the last one ends.
func (p *page) top() float32 {
	if p.Portrait {
		return p.Margin * 0.9
	}
	return min(p.Margin*0.6, p.Height/24)
}

func (p *page) foot() float32 { return p.Height - p.top() }

// columns is a row of places of equal width between the margins.
func (p *page) columns(n int, y, h, gap float32) []rect {
	w := (p.Width - 2*p.Margin - float32(n-1)*gap) / float32(n)
	places := make([]rect, n)
	for i := range places {
		places[i] = rect{p.Margin + float32(i)*(w+gap), y, w, h}
	}
	return places
}

// name names the screen for logs and pictures: "question-friendly_greeting".
func name(v visit.View) string {
	if v.Screen == visit.Question || v.Screen == visit.Statement {
		return fmt.Sprintf("%s-%s", v.Screen, v.Question.Code)
	}
	return string(v.Screen)
}
