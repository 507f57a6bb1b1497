package screen

import (
	"math"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// number writes a number with so many decimal places, with a decimal comma.
func number(v float64, decimals int) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', decimals, 64), ".", ",", 1)
}

// slider paints a track that is touched where the answer lies, the answer large over it, and two keys for single steps.
func slider(p *page, body rect) {
	q := p.view.Question
	value, has := p.view.Value.Float()
	set := func(v float64) { p.send(visit.Edit{Value: stop(q, v)}) }
	ends := p.ends(p.sliderEnds(q))
	foot := ends.height()
	h := max(p.Target, p.Row)
	y := body.bottom() - foot - p.Unit - h
	shown := "—"
	if has {
		shown = number(value, q.Decimals)
	}
	figure := fit(shown, p.figureSize(), p.Least, bold, body.w, 1)
	p.over = p.over || y-figure.height()-p.Unit < body.y
	p.text(figure, body.x, y-figure.height()-p.Unit, body.w, fyne.TextAlignCenter, p.Ink)
	p.sliderBar(rect{body.x, y, body.w, h}, "", value, has, set)
	p.paintEnds(body.bottom()-foot, ends)
}

// stop is the stop of a slider nearest to v.
func stop(q *surveys.Question, v float64) surveys.Value {
	v = min(q.Max, max(q.Min, q.Min+math.Round((v-q.Min)/q.Step)*q.Step))
	scale := math.Pow10(q.Decimals)
	return surveys.Number(math.Round(v*scale) / scale)
}

// sliderBar paints the keys of a slider and the track between them; set takes what a touch means. The names of the places
// begin with prefix.
func (p *page) sliderBar(r rect, prefix string, value float64, has bool, set func(float64)) {
	q, h, y := p.view.Question, r.h, r.y
	idle, held := p.card(false)
	step := func(name, sign string, x float32, by float64) {
		from := value
		if !has {
			from = q.Min + math.Round((q.Max-q.Min)/2/q.Step)*q.Step - by
		}
		p.touch(name, rect{x, y, h, h}, idle, held, p.label(sign, p.Answer*1.4, bold, rect{0, 0, h, h}, 1, fyne.TextAlignCenter, p.Ink),
			func() { set(from + by) })
	}
	step(prefix+"minus", "–", r.x, -q.Step)
	step(prefix+"plus", "+", r.right()-h, q.Step)

	track := rect{r.x + h + p.Gap, y, r.w - 2*h - 2*p.Gap, h}
	bar := max(p.Unit, 8)
	middle := track.y + (h-bar)/2
	p.track(rect{track.x, middle, track.w, bar})
	if has {
		done := float32((value - q.Min) / (q.Max - q.Min))
		p.fill(rect{track.x, middle, max(bar, track.w*done), bar}, p.Accent, bar/2)
		knob := h * 0.56
		p.fill(rect{track.x + track.w*done - knob/2, track.y + (h-knob)/2, knob, knob}, p.Accent, knob/2)
	}
	p.touchAt(prefix+"slider", track, func(at fyne.Position) {
		set(q.Min + float64(at.X/track.w)*(q.Max-q.Min))
	})
}

// sliderEnds are the words at the ends of a slider.
func (p *page) sliderEnds(q *surveys.Question) (low, high string) {
	low, high = number(q.Min, q.Decimals), number(q.Max, q.Decimals)
	if own := q.Low.In(p.view.Language, p.view.Survey.Languages...); own != "" {
		low += " — " + own
	}
	if own := q.High.In(p.view.Language, p.view.Survey.Languages...); own != "" {
		high += " — " + own
	}
	return low, high
}

// figureSize is the em of a figure that is the answer: large where there is room.
func (p *page) figureSize() float32 {
	if p.level == airy {
		return p.Display
	}
	return p.Answer
}
