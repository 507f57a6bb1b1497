package screen

import (
	"bytes"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/assets"
	"otklik/kiosk/loop"
)

// The one motion of the glass: the tick of the thanks is drawn as a hand would draw it, because that is what happened, the
// answer was put down. Nothing waits for it, nothing moves elsewhere, and the screen is still when it is over.

const (
	// drawnIn is how long the tick takes.
	drawnIn   = 280 * time.Millisecond
	thanksArt = "scene-thanks"
)

// tickIn is where in the thanks' picture the tick is, with its round ends, as shares of the picture: within its disc, so that a
// cover in the colour of the disc hides the tick and nothing else.
var tickIn = rect{0.29, 0.36, 0.43, 0.33}

// drawTick has the tick of the thanks among objects draw itself, where the screen has just come, to eyes that want to see it: not
// in high contrast, nor where motion is switched off. A picture of the brand's own has its tick elsewhere, if any.
func (p *page) drawTick(objects []fyne.CanvasObject) {
	svg, err := p.house.Picture(thanksArt)
	if !p.came || p.Contrast || err != nil || !bytes.Equal(svg, assets.Icon(thanksArt)) || !fyne.CurrentApp().Settings().ShowAnimations() {
		return
	}
	for _, o := range objects {
		image, ok := o.(*canvas.Image)
		if !ok || image.Resource == nil || !strings.HasPrefix(image.Resource.Name(), thanksArt) {
			continue
		}
		at, side := image.Position(), image.Size().Width
		r := rect{at.X + tickIn.x*side, at.Y + tickIn.y*side, tickIn.w * side, tickIn.h * side}
		cover := p.fill(r, p.Good, 0)
		p.motion = fyne.NewAnimation(drawnIn, func(done float32) {
			if done == 1 {
				cover.Hide()
				return
			}
			place(cover, rect{r.x + r.w*done, r.y, r.w * (1 - done), r.h})
		})
	}
}

// move starts what moves on the page that was painted, in place of what moved on the one before.
func (s *Stage) move(next *fyne.Animation) {
	if s.motion != nil {
		s.motion.Stop()
	}
	if s.motion = next; next != nil {
		loop.Move(next)
	}
}
