package screen

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"otklik/kiosk/visit"
)

// soon is when the clock becomes a pill with a sentence.
const soon = 10 * time.Second

// countdown paints what is left of the time, in the corner where the privacy line stands on other screens. It has a
// container of its own, so that it can change without the rest of the screen.
func (p *page) countdown() {
	p.clock = container.NewWithoutLayout(p.clockFace()...)
	place(p.clock, rect{0, 0, p.Width, p.Height})
	p.add(p.clock)
}

// clockFace is what the countdown shows: a disc that empties, and words. In the last ten seconds it is a filled pill with
// a sentence: another shape and other words, not only another colour.
func (p *page) clockFace() []fyne.CanvasObject {
	c := p.view.Clock
	nearest, key := c.Question, "question"
	if nearest.Of == 0 {
		nearest, key = c.Test, "test"
	}
	if nearest.Of == 0 {
		return nil
	}
	h := p.Chrome * 1.6
	right, y := p.Width-p.Margin, p.top()
	if nearest.Left <= soon {
		text := p.Count("exam.soon."+key, int(nearest.Left/time.Second))
		t := p.shortened(bold, p.Width/2-p.Margin-h-p.Unit, text, p.lasts(nearest.Left))
		w := t.width() + h
		pill := canvas.NewRectangle(p.Veil)
		pill.CornerRadius = h / 2
		pill.StrokeColor, pill.StrokeWidth = p.Edge, p.Stroke
		place(pill, rect{right - w, y, w, h})
		return append([]fyne.CanvasObject{pill}, t.at(right-w+h/2, y+(h-t.height())/2, t.width(), fyne.TextAlignLeading, p.OnVeil)...)
	}
	words := []string{template(p.Say("exam.clock."+key), "time", p.lasts(nearest.Left)), p.lasts(nearest.Left)}
	if key == "question" && c.Test.Of > 0 {
		words = append([]string{words[0] + "  ·  " + template(p.Say("exam.clock.test"), "time", p.lasts(c.Test.Left))}, words...)
	}
	t := p.shortened(regular, p.Width/2-p.Margin-h*1.3-p.Unit, words...)
	side := h * 0.8
	x := right - t.width()
	objects := p.disc(rect{x - side - p.Unit, y + (h-side)/2, side, side}, nearest)
	return append(objects, t.at(x, y+(h-t.height())/2, t.width(), fyne.TextAlignLeading, p.Ink)...)
}

// shortened is the first of some texts that fits in one line, or else the last.
func (p *page) shortened(style fyne.TextStyle, width float32, texts ...string) (t paragraph) {
	for _, text := range texts {
		if t = fit(text, p.Chrome, p.LeastHint, style, width, 1); len(t.lines) == 1 && !t.broken {
			break
		}
	}
	return t
}

// disc is a clock face of which the part that is left is filled.
func (p *page) disc(r rect, c visit.Countdown) []fyne.CanvasObject {
	ground := canvas.NewCircle(p.Track)
	ground.StrokeColor, ground.StrokeWidth = p.Edge, p.Stroke
	place(ground, r)
	pie := canvas.NewPieArc(0, -360*float32(c.Left)/float32(c.Of), p.Accent)
	place(pie, r)
	return []fyne.CanvasObject{ground, pie}
}
