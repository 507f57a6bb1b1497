package screen

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/widget"

	"otklik/kiosk/loop"
)

// holdFor is how long a hand must rest in the corner.
const holdFor = 5 * time.Second

// hold is an invisible place that is touched for long on purpose. The stage has one, which stays the same object from
// painting to painting: a hand may rest in it while the messages change.
type hold struct {
	widget.BaseWidget
	held  func()
	felt  func(fyne.Position) // is told where a finger came down
	timer *time.Timer         // of the hand that rests there; nil for none
}

var (
	_ desktop.Mouseable = (*hold)(nil)
	_ desktop.Hoverable = (*hold)(nil)
	_ mobile.Touchable  = (*hold)(nil)
)

func newHold() *hold {
	h := &hold{}
	h.ExtendBaseWidget(h)
	return h
}

// CreateRenderer is Fyne's.
func (h *hold) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

func (h *hold) begin(at fyne.Position) {
	h.felt(at)
	h.end()
	var timer *time.Timer
	timer = time.AfterFunc(holdFor, func() {
		loop.Do(func() {
			if h.timer == timer { // it may have ended while this waited for Fyne's thread
				h.timer = nil
				h.held()
			}
		})
	})
	h.timer = timer
}

// end forgets the hand.
func (h *hold) end() {
	if h.timer != nil {
		h.timer.Stop()
		h.timer = nil
	}
}

// MouseDown begins to count; MouseUp, and leaving the place, ends it.
func (h *hold) MouseDown(e *desktop.MouseEvent) { h.begin(e.Position) }

// MouseUp is the end of the touch.
func (h *hold) MouseUp(*desktop.MouseEvent) { h.end() }

// MouseOut is its end too: the hand slid off.
func (h *hold) MouseOut() { h.end() }

// MouseIn is nothing: the hand must come down in the place.
func (*hold) MouseIn(*desktop.MouseEvent) {}

// MouseMoved is nothing.
func (*hold) MouseMoved(*desktop.MouseEvent) {}

// TouchDown is a finger on a touchscreen driver.
func (h *hold) TouchDown(e *mobile.TouchEvent) { h.begin(e.Position) }

// TouchUp is its end.
func (h *hold) TouchUp(*mobile.TouchEvent) { h.end() }

// TouchCancel is its end too.
func (h *hold) TouchCancel(*mobile.TouchEvent) { h.end() }
