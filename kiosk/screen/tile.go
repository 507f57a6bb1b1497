package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/widget"
)

// invisible is the look of a place that reacts to a touch and shows nothing of its own.
var invisible = look{fill: color.Transparent, edge: color.Transparent}

// look is how the ground of a tile is painted.
type look struct {
	fill, edge color.Color
	stroke     float32
	radius     float32
	dot        bool // marked by a dot alone, see page.dot
	chosen     bool // it is the answer, or one of several; how that shows is the look's affair
}

// tile is anything that can be touched. A press shows at once; a tap counts when the finger leaves the tile it came down
// on, however long it stayed and however often the screen was painted meanwhile, see keep.
type tile struct {
	widget.BaseWidget
	surface
	ground       *canvas.Rectangle
	all          *fyne.Container // the ground and the content
	pressed      bool            // a finger is on it, or left it sideways and may come back
	early        bool            // it came down before the screen can have been seen
	touchStarted bool            // a slow press on a touchscreen driver fires TouchUp but no Tapped
}

// surface is what a tile shows and does: what a repaint may change under a finger.
type surface struct {
	name       string
	idle, held look
	content    []fyne.CanvasObject
	tapped     func()
	tappedAt   func(fyne.Position) // takes the place of tapped where it matters which part was touched; may be nil
	touched    func(fyne.Position) // is told where a finger or a pointer touched, before it counts; may be nil
	down       func(fyne.Position) // is told where it was pressed, whether or not that becomes a tap; may be nil
	tooSoon    func() bool         // reports whether the screen cannot have been seen yet; may be nil
}

var (
	_ fyne.Tappable          = (*tile)(nil)
	_ fyne.SecondaryTappable = (*tile)(nil)
	_ desktop.Mouseable      = (*tile)(nil)
	_ mobile.Touchable       = (*tile)(nil)
	_ desktop.Hoverable      = (*tile)(nil)
)

func newTile(idle, held look, content []fyne.CanvasObject, tapped func()) *tile {
	t := &tile{ground: canvas.NewRectangle(color.Transparent), surface: surface{idle: idle, held: held, content: content, tapped: tapped}}
	t.paint(idle)
	t.all = container.New(&groundLayout{}, append([]fyne.CanvasObject{t.ground}, content...)...)
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer is Fyne's.
func (t *tile) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.all) }

// become has a tile that is on the glass show and do what the next painting of it does.
func (t *tile) become(next *tile) {
	t.surface = next.surface
	t.all.Objects = append([]fyne.CanvasObject{t.ground}, t.content...)
	t.Move(next.Position())
	t.Resize(next.Size())
	if t.paint(t.idle); t.pressed {
		t.paint(t.held)
	}
}

// keep puts into the next painting of one screen the tiles that are on the glass, in place of those that have their names.
// Fyne counts a tap only when the finger leaves the object that it came down on: what changes by itself, a count-down, a
// message, or with a letter, must not take that away from under a finger.
func keep(before, next []fyne.CanvasObject) {
	had := map[string]*tile{}
	for _, o := range before {
		if t, ok := o.(*tile); ok {
			had[t.name] = t
		}
	}
	for i, o := range next {
		if t, ok := o.(*tile); ok && had[t.name] != nil {
			had[t.name].become(t)
			next[i] = had[t.name]
			delete(had, t.name)
		}
	}
}

func (t *tile) paint(l look) {
	t.ground.FillColor, t.ground.StrokeColor, t.ground.StrokeWidth, t.ground.CornerRadius = l.fill, l.edge, l.stroke, l.radius
}

func (t *tile) show(l look) {
	t.paint(l)
	t.ground.Refresh()
}

// press begins a touch, rest ends it.
func (t *tile) press(at fyne.Position) {
	t.pressed, t.early = true, t.tooSoon != nil && t.tooSoon()
	t.felt(at)
	t.show(t.held)
}

func (t *tile) rest() {
	if t.pressed {
		t.pressed = false
		t.show(t.idle)
	}
}

// MouseDown shows the press; X11 delivers a touch as the primary button.
func (t *tile) MouseDown(e *desktop.MouseEvent) { t.press(e.Position) }

// MouseUp takes the press back.
func (t *tile) MouseUp(*desktop.MouseEvent) { t.rest() }

// MouseOut takes it back too: the finger slid off, and will leave the glass elsewhere.
func (t *tile) MouseOut() {
	if t.pressed {
		t.show(t.idle)
	}
}

// MouseIn shows the press of a finger that comes back.
func (t *tile) MouseIn(e *desktop.MouseEvent) {
	if t.pressed = t.pressed && e.Button == desktop.MouseButtonPrimary; t.pressed {
		t.show(t.held)
	}
}

// MouseMoved is nothing.
func (*tile) MouseMoved(*desktop.MouseEvent) {}

// TouchDown shows the press of a finger.
func (t *tile) TouchDown(e *mobile.TouchEvent) {
	t.touchStarted = true
	t.press(e.Position)
}

func (t *tile) felt(at fyne.Position) {
	if t.down != nil {
		t.down(at)
	}
}

// TouchUp counts the tap of a finger.
func (t *tile) TouchUp(e *mobile.TouchEvent) {
	t.rest()
	if t.touchStarted {
		t.touchStarted = false
		t.tap(e.Position)
	}
}

// TouchCancel forgets the press.
func (t *tile) TouchCancel(*mobile.TouchEvent) { t.touchStarted = false; t.rest() }

// Tapped counts the tap of a pointer.
func (t *tile) Tapped(e *fyne.PointEvent) {
	if !fyne.CurrentDevice().IsMobile() { // there TouchUp has counted it
		t.tap(e.Position)
	}
}

// TappedSecondary counts it too: Windows makes the right button of a finger that rests.
func (t *tile) TappedSecondary(e *fyne.PointEvent) { t.Tapped(e) }

func (t *tile) tap(at fyne.Position) {
	early := t.early || t.tooSoon != nil && t.tooSoon()
	if t.early = false; early {
		return
	}
	if t.touched != nil {
		t.touched(at)
	}
	t.do(at)
}

// do does what a tap does.
func (t *tile) do(at fyne.Position) {
	if t.tappedAt != nil {
		t.tappedAt(at)
		return
	}
	t.tapped()
}

// groundLayout stretches the first object over the tile and leaves the rest where they were placed.
type groundLayout struct{}

func (*groundLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(0, 0))
	objects[0].Resize(size)
}

func (*groundLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }
