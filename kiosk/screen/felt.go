package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// Touch is where somebody touched the glass, on an answer or beside all of them.
type Touch struct {
	At surveys.Tap
	// Upright says that the glass is higher than wide.
	Upright bool
	// Screen is what was touched; Survey is the one it belongs to, nil for none.
	Screen visit.Screen
	Survey *surveys.Survey
}

// SetFelt has felt told of each touch when the finger comes down. Two things are left out, since where they are touched
// says what is written there: a screen with a keyboard on it, and the service corner.
func (s *Stage) SetFelt(felt func(Touch)) { s.felt = felt }

func (s *Stage) feel(at surveys.Tap) {
	if s.felt == nil || s.panel != nil || s.state.keyboard != nil {
		return
	}
	t := Touch{At: at, Upright: s.size.Height > s.size.Width, Screen: s.view.Screen, Survey: s.view.Survey}
	if t.Survey == nil && s.view.Invited != nil {
		t.Survey = s.view.Surveys[0]
	}
	s.felt(t)
}

// base is the ground of the glass. It feels what touches no target: a palm, or a finger that missed.
type base struct {
	widget.BaseWidget
	ground *canvas.Rectangle
	felt   func(fyne.Position)
}

var (
	_ desktop.Mouseable = (*base)(nil)
	_ mobile.Touchable  = (*base)(nil)
)

// base paints the ground of the whole page, unless the window has it already: to a software renderer a rectangle as large
// as the glass is half of a frame.
func (p *page) base(c color.NRGBA) {
	all := rect{0, 0, p.Width, p.Height}
	var ground color.Color = c
	if fynetheme.Color(fynetheme.ColorNameBackground) == cleared(c) {
		ground = color.Transparent
	}
	o := &base{ground: canvas.NewRectangle(ground), felt: func(at fyne.Position) { p.felt(p.spot(all, at)) }}
	o.ExtendBaseWidget(o)
	place(o, all)
	p.add(o)
}

// CreateRenderer is Fyne's.
func (o *base) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(o.ground) }

// MouseDown feels a pointer, or a touch as X11 delivers it.
func (o *base) MouseDown(e *desktop.MouseEvent) { o.felt(e.Position) }

// MouseUp is nothing.
func (*base) MouseUp(*desktop.MouseEvent) {}

// TouchDown feels a finger.
func (o *base) TouchDown(e *mobile.TouchEvent) { o.felt(e.Position) }

// TouchUp is nothing.
func (*base) TouchUp(*mobile.TouchEvent) {}

// TouchCancel is nothing.
func (*base) TouchCancel(*mobile.TouchEvent) {}
