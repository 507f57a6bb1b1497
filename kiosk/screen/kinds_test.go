package screen_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"strconv"
	"testing"
	"testing/fstest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// mustKind shows a question of the survey that has one of each kind.
func mustKind(t *testing.T, code string) *glass {
	t.Helper()
	g := mustGlass(t, "smile")
	source, err := os.ReadFile("../shots/testdata/every-kind.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := surveys.Load("every-kind.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	q := s.Question(code)
	g.view = visit.View{
		Screen: visit.Question, Shown: 100, Language: "ru", Languages: s.Languages, Survey: s, Question: q, Choices: q.Choices,
	}
	g.stage.Show(g.view)
	return g
}

// value is what the last event gives as the answer.
func (g *glass) value() surveys.Value {
	g.t.Helper()
	switch e := g.events[len(g.events)-1].(type) {
	case visit.Edit:
		return e.Value
	case visit.Answer:
		return e.Value
	}
	g.t.Fatalf("the last event is %#v", g.events[len(g.events)-1])
	return surveys.Value{}
}

// typed taps keys and returns the answer they make.
func (g *glass) typed(keys string) surveys.Value {
	g.t.Helper()
	for _, r := range keys {
		g.tap("key:" + string(r))
	}
	return g.value()
}

// Each kind's touches give the value that surveys documents for it, and that its question accepts.
func TestTouchesOfEachKindGiveItsValue(t *testing.T) {
	for _, c := range []struct {
		code string
		do   func(g *glass)
		want surveys.Value
	}{
		{"picture", func(g *glass) { g.tap("choice:board") }, surveys.String("board")},
		{"district", func(g *glass) {
			g.tap("search")
			g.tap("key:з")
			g.tap("choice:zainsk")
		}, surveys.String("zainsk")},
		{"order", func(g *glass) {
			for _, choice := range []string{"near", "pay", "team", "hours", "pay", "growth"} {
				g.give(g.tap("choice:" + choice))
			}
		}, surveys.Codes("near", "team", "growth")},
		{"parts", func(g *glass) {
			g.give(g.tap("row:talk:2"))
			g.give(g.tap("row:entry:4"))
			g.give(g.tap("row:talk:3"))
		}, surveys.Rows(surveys.RowValue{Row: "entry", Value: surveys.Number(4)}, surveys.RowValue{Row: "talk", Value: surveys.Number(3)})},
		{"minutes", func(g *glass) {
			g.give(g.tap("slider"))
			g.give(g.tap("plus"))
			g.give(g.tap("minus"))
			g.give(g.tap("minus"))
		}, surveys.Number(55)},
		{"people", func(g *glass) { g.typed("45") }, surveys.Number(45)},
		{"day", func(g *glass) { g.typed("31.12.2026") }, surveys.String("2026-12-31")},
		{"day", func(g *glass) { g.typed("1.3.2026") }, surveys.String("2026-03-01")},
		{"moment", func(g *glass) { g.typed("311220261745") }, surveys.String("2026-12-31T17:45")},
		{"hour", func(g *glass) { g.typed("17:05") }, surveys.String("17:05")},
		{"tell", func(g *glass) { g.typed("да") }, surveys.String("Да")},
		{"agree_data", func(g *glass) { g.tap("choice:no") }, surveys.String("no")},
		{"call", func(g *glass) { g.typed("89172345678") }, surveys.String("+79172345678")},
		{"mail", func(g *glass) { g.typed("roza@example.ru") }, surveys.String("roza@example.ru")},
	} {
		t.Run(c.code, func(t *testing.T) {
			g := mustKind(t, c.code)
			c.do(g)
			if got := g.value(); !got.Equal(c.want) {
				t.Errorf("gave %v, want %v", got, c.want)
			}
			if err := g.view.Question.Check(g.value()); err != nil {
				t.Error(err)
			}
		})
	}
}

// Every degree that a scale has can be touched, whatever their number.
func TestEveryDegreeOfAgreementCanBeTouched(t *testing.T) {
	for _, levels := range []int{3, 4, 5, 6, 7} {
		g := mustKind(t, "agree")
		q := *g.view.Question
		q.Levels = levels
		g.view.Question, g.view.Shown = &q, 200
		g.stage.Show(g.view)
		for n := 1; n <= levels; n++ {
			g.tap("agree:" + strconv.Itoa(n))
			if got, _ := g.value().Float(); int(got) != n {
				t.Errorf("degree %d of %d gave %v", n, levels, got)
			}
		}
	}
}

func TestAFingerSigns(t *testing.T) {
	g := mustKind(t, "sign")
	var sheet interface {
		fyne.Draggable
		desktop.Mouseable
	}
	for _, o := range g.stage.Content().(*fyne.Container).Objects {
		if s, ok := o.(interface {
			fyne.Draggable
			desktop.Mouseable
		}); ok {
			sheet = s
		}
	}
	at := func(x, y float32) fyne.PointEvent { return fyne.PointEvent{Position: fyne.NewPos(x, y)} }
	sheet.MouseDown(&desktop.MouseEvent{PointEvent: at(10, 10)})
	sheet.Dragged(&fyne.DragEvent{PointEvent: at(60, 80)})
	sheet.Dragged(&fyne.DragEvent{PointEvent: at(200, 20)})
	sheet.DragEnd()
	text, _ := g.value().Text()
	strokes, err := surveys.ParseStrokes(text)
	if err != nil || len(strokes) != 1 || len(strokes[0]) != 3 {
		t.Fatalf("signed %q: %v %v", text, strokes, err)
	}
	g.view.Value, g.view.Shown = g.value(), 101
	g.stage.Show(g.view)
	if e, ok := g.tap("clear").(visit.Edit); !ok || !e.Value.IsZero() {
		t.Errorf("Clear gave %#v", e)
	}
}

// A picture that came with the survey is drawn over the words of its choice, and gone with the survey.
func TestPicturesOfASurveyAreDrawn(t *testing.T) {
	red := image.NewNRGBA(image.Rect(0, 0, 1600, 400))
	draw.Draw(red, red.Bounds(), image.NewUniform(color.NRGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	var file bytes.Buffer
	if err := png.Encode(&file, red); err != nil {
		t.Fatal(err)
	}
	source := bytes.ReplaceAll([]byte(source), []byte(`{code: b, `), []byte(`{code: b, image: red.png, `))
	source = bytes.ReplaceAll(source, []byte(`{code: a, `), []byte(`{code: a, image: red.png, `))
	source = bytes.ReplaceAll(source, []byte(`{code: none, exclusive: true, `), []byte(`{code: none, image: mark, `))
	source = bytes.ReplaceAll(source, []byte("multiple-choice"), []byte("picture-choice"))
	packed, err := surveys.Pack("lobby.yaml", source, fstest.MapFS{"red.png": {Data: file.Bytes()}})
	if err != nil {
		t.Fatal(err)
	}
	g := mustGlass(t, "which")
	reds := func(source []byte) (n int) {
		s, err := surveys.Load("lobby.yaml", source)
		if err != nil {
			t.Fatal(err)
		}
		g.view.Survey, g.view.Question, g.view.Choices = s, s.Question("which"), s.Question("which").Choices
		g.view.Shown++
		g.stage.Show(g.view)
		shown := g.canvas.Capture()
		for _, target := range g.stage.Targets() {
			if target.Name != "choice:a" {
				continue
			}
			for y := int(target.Y); y < int(target.Y+target.H); y++ {
				for x := int(target.X); x < int(target.X+target.W); x++ {
					if r, g, b, _ := shown.At(x, y).RGBA(); r > 0xf000 && g < 0x1000 && b < 0x1000 {
						n++
					}
				}
			}
		}
		return n
	}
	with := reds(packed)
	if side := math.Sqrt(float64(with * 4)); with < 1000 || side > 640 {
		t.Errorf("%d pixels of the picture are on the glass", with)
	}
	if n := reds(source); n != 0 {
		t.Errorf("a survey without the picture shows %d pixels of it", n)
	}
}
