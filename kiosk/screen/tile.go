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
}

// tile is anything that can be touched. A press shows at once; a tap counts when the finger leaves the tile it came down
// on, however long it stayed.
type tile struct {
	widget.BaseWidget
	ground       *canvas.Rectangle
	idle, held   look
	content      []fyne.CanvasObject
	tapped       func()
	tappedAt     func(fyne.Position) // takes the place of tapped where it matters which part was touched; may be nil
	touched      func(fyne.Position) // is told where a finger or a pointer touched, before it counts; may be nil
	down         func(fyne.Position) // is told where it was pressed, whether or not that becomes a tap; may be nil
	touchStarted bool                // a slow press on a touchscreen driver fires TouchUp but no Tapped
}

var (
	_ fyne.Tappable     = (*tile)(nil)
	_ desktop.Mouseable = (*tile)(nil)
	_ mobile.Touchable  = (*tile)(nil)
)

func newTile(idle, held look, content []fyne.CanvasObject, tapped func()) *tile {
	t := &tile{ground: canvas.NewRectangle(color.Transparent), idle: idle, held: held, content: content, tapped: tapped}
	t.paint(idle)
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer is Fyne's.
func (t *tile) CreateRenderer() fyne.WidgetRenderer {
	all := container.New(&groundLayout{}, append([]fyne.CanvasObject{t.ground}, t.content...)...)
	return widget.NewSimpleRenderer(all)
}

func (t *tile) paint(l look) {
	t.ground.FillColor, t.ground.StrokeColor, t.ground.StrokeWidth, t.ground.CornerRadius = l.fill, l.edge, l.stroke, l.radius
}

func (t *tile) press(l look) {
	t.paint(l)
	t.ground.Refresh()
}

// MouseDown shows the press; X11 delivers a touch as the primary button.
func (t *tile) MouseDown(e *desktop.MouseEvent) { t.felt(e.Position); t.press(t.held) }

// MouseUp takes the press back.
func (t *tile) MouseUp(*desktop.MouseEvent) { t.press(t.idle) }

// TouchDown shows the press of a finger.
func (t *tile) TouchDown(e *mobile.TouchEvent) {
	t.touchStarted = true
	t.felt(e.Position)
	t.press(t.held)
}

func (t *tile) felt(at fyne.Position) {
	if t.down != nil {
		t.down(at)
	}
}

// TouchUp counts the tap of a finger.
func (t *tile) TouchUp(e *mobile.TouchEvent) {
	t.press(t.idle)
	if t.touchStarted {
		t.touchStarted = false
		t.tap(e.Position)
	}
}

// TouchCancel forgets the press.
func (t *tile) TouchCancel(*mobile.TouchEvent) { t.touchStarted = false; t.press(t.idle) }

// Tapped counts the tap of a pointer.
func (t *tile) Tapped(e *fyne.PointEvent) {
	if !fyne.CurrentDevice().IsMobile() { // there TouchUp has counted it
		t.tap(e.Position)
	}
}

func (t *tile) tap(at fyne.Position) {
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
