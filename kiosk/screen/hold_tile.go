package screen

import (
	"image/color"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/widget"
)

// holdFor is how long a hand must rest in the corner.
const holdFor = 5 * time.Second

// hold is an invisible place that is touched for long on purpose.
type hold struct {
	widget.BaseWidget
	held  func()
	felt  func(fyne.Position) // is told where a finger came down
	mu    sync.Mutex
	timer *time.Timer
}

var (
	_ desktop.Mouseable = (*hold)(nil)
	_ mobile.Touchable  = (*hold)(nil)
)

func newHold(held func()) *hold {
	h := &hold{held: held}
	h.ExtendBaseWidget(h)
	return h
}

// CreateRenderer is Fyne's.
func (h *hold) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

func (h *hold) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.timer == nil {
		h.timer = time.AfterFunc(holdFor, func() { fyne.Do(h.held) })
	}
}

func (h *hold) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.timer != nil {
		h.timer.Stop()
		h.timer = nil
	}
}

// MouseDown begins to count; MouseUp, and leaving the place, ends it.
func (h *hold) MouseDown(e *desktop.MouseEvent) { h.felt(e.Position); h.begin() }

// MouseUp is the end of the touch.
func (h *hold) MouseUp(*desktop.MouseEvent) { h.end() }

// TouchDown is a finger on a touchscreen driver.
func (h *hold) TouchDown(e *mobile.TouchEvent) { h.felt(e.Position); h.begin() }

// TouchUp is its end.
func (h *hold) TouchUp(*mobile.TouchEvent) { h.end() }

// TouchCancel is its end too.
func (h *hold) TouchCancel(*mobile.TouchEvent) { h.end() }
