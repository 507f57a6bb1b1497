package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// signature paints a sheet to sign on with a finger, in the proportions of surveys.Strokes, a key that clears it, and one that
// signs with a cross, for whoever cannot draw: by keys, or with a hand that trembles.
func signature(p *page, body rect) {
	erase, cross := p.Say("signature.clear"), p.Say("signature.cross")
	clear := max(p.Target, p.Nav*0.8)
	slim := func(word string) float32 { return measure(word, p.Least, bold) + clear*0.4 + 2 }
	foot, stacked := clear, p.Portrait && slim(erase)+p.Gap+slim(cross) > body.w
	under := max(clear, fit(cross, p.Answer, p.Least, bold, body.w-clear*0.4, 1).height()+p.Unit)
	if stacked {
		foot += p.Gap + under
	}
	w := min(body.w, (body.h-foot-p.Gap)*surveys.StrokesWidth/surveys.StrokesHeight)
	sheet := rect{body.x, 0, w, w * surveys.StrokesHeight / surveys.StrokesWidth}
	sheet.y = body.bottom() - foot - p.Gap - sheet.h
	ground := p.fill(sheet, p.Card, p.Radius)
	ground.StrokeColor, ground.StrokeWidth = p.Edge, p.Stroke
	text, _ := p.view.Value.Text()
	strokes, err := surveys.ParseStrokes(text)
	if err != nil {
		strokes = nil
	}
	if len(strokes) == 0 {
		t := fit(p.Say("signature.place"), p.Hint, p.LeastHint, regular, w-2*p.Unit, 1)
		p.text(t, sheet.x, sheet.bottom()-t.height()-p.Unit*2, w, fyne.TextAlignCenter, p.Secondary)
	}
	s := &sheetOfPaper{ink: p.Ink, stroke: p.Strong, strokes: strokes, lines: container.NewWithoutLayout()}
	s.signed = func(all [][]surveys.Point) {
		if v, ok := surveys.Strokes(all); ok {
			p.send(visit.Edit{Value: v})
		}
	}
	s.ExtendBaseWidget(s)
	place(s, sheet)
	s.drawAll()
	p.add(s)
	left := rect{body.x, body.bottom() - foot, p.buttonWidth(erase), clear}
	right := rect{left.right() + p.Gap, left.y, p.buttonWidth(cross), clear}
	if stacked {
		right = rect{body.x, body.bottom() - under, min(right.w, body.w), under}
	} else if over := right.right() - body.right(); over > 0 { // large letters on a narrow glass
		left.w = max(p.Target, left.w-over, slim(erase))
		right.x, right.w = left.right()+p.Gap, body.right()-left.right()-p.Gap
	}
	p.button("clear", erase, p.handed(left), false, p.tell(visit.Edit{}))
	p.button("cross", cross, p.handed(right), false, p.tell(visit.Edit{Value: surveys.Cross()}))
}

// sheetOfPaper takes the strokes of a finger.
type sheetOfPaper struct {
	widget.BaseWidget
	ink     color.Color
	stroke  float32
	strokes [][]surveys.Point
	current []surveys.Point
	lines   *fyne.Container
	signed  func([][]surveys.Point)
}

var (
	_ fyne.Draggable    = (*sheetOfPaper)(nil)
	_ desktop.Mouseable = (*sheetOfPaper)(nil)
)

// CreateRenderer is Fyne's.
func (s *sheetOfPaper) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.lines) }

// MouseDown begins a stroke.
func (s *sheetOfPaper) MouseDown(e *desktop.MouseEvent) {
	s.current = []surveys.Point{s.point(e.Position)}
}

// MouseUp ends a stroke that never moved: a dot.
func (s *sheetOfPaper) MouseUp(*desktop.MouseEvent) { s.DragEnd() }

// Dragged goes on with the stroke.
func (s *sheetOfPaper) Dragged(e *fyne.DragEvent) {
	at := s.point(e.Position)
	if n := len(s.current); n > 0 {
		s.draw(s.current[n-1], at)
		s.lines.Refresh()
	}
	s.current = append(s.current, at)
}

// DragEnd ends the stroke and tells the visit.
func (s *sheetOfPaper) DragEnd() {
	if len(s.current) == 0 {
		return
	}
	s.strokes = append(s.strokes, s.current)
	s.current = nil
	s.signed(s.strokes)
}

// point is a place of the widget on the sheet of surveys.Strokes.
func (s *sheetOfPaper) point(at fyne.Position) surveys.Point {
	return surveys.Point{
		X: int(at.X * surveys.StrokesWidth / s.Size().Width), Y: int(at.Y * surveys.StrokesHeight / s.Size().Height),
	}
}

func (s *sheetOfPaper) drawAll() {
	for _, stroke := range s.strokes {
		for i := range stroke {
			s.draw(stroke[max(0, i-1)], stroke[i])
		}
	}
}

func (s *sheetOfPaper) draw(from, to surveys.Point) {
	place := func(p surveys.Point) fyne.Position {
		return fyne.NewPos(float32(p.X)*s.Size().Width/surveys.StrokesWidth, float32(p.Y)*s.Size().Height/surveys.StrokesHeight)
	}
	l := canvas.NewLine(s.ink)
	l.StrokeWidth = s.stroke
	l.Position1, l.Position2 = place(from), place(to)
	s.lines.Add(l)
}
