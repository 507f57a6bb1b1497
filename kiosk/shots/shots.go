// Package shots renders the screens of a survey to pictures without a display: what an author looks at before a survey
// is published, and what the tests of the glass measure.
package shots

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// Shot is one screen, laid out.
type Shot struct {
	Name string // "03-question-who"
	// Question is the code of the question on it, "" for a screen that asks none.
	Question string
	Asks     string // its words
	Split    bool   // it has pages of its own, since it leaves its answers too little room
	Ease     theme.Ease
	// CapHeight is the height of the face's capitals, in em.
	CapHeight float64
	Colours   theme.Palette
	Targets   []screen.Target
	Content   fyne.CanvasObject
	// Capture renders the picture.
	Capture func() image.Image
}

// look is how a survey is shown.
type look struct {
	display theme.Display
	brand   *theme.Brand
	ease    theme.Ease
}

// Option changes how a survey is shown.
type Option func(*look)

// Branded shows it in the look of a brand; the product's own without it.
func Branded(b *theme.Brand) Option { return func(l *look) { l.brand = b } }

// Eased shows it with what a visitor may ask for.
func Eased(e theme.Ease) Option { return func(l *look) { l.ease = e } }

func lookOf(display theme.Display, options []Option) look {
	l := look{display: display, brand: theme.MustBrand(theme.Default)}
	for _, o := range options {
		o(&l)
	}
	return l
}

// glass is a stage on a canvas in memory and the machine behind it, with a clock that stands still between steps.
type glass struct {
	machine  *visit.Machine
	stage    *screen.Stage
	ease     visit.Ease
	canvas   fyne.Canvas
	now      time.Time
	painted  screen.Painted
	question string // the code of the question shown, when it is not the machine that shows it
	response *surveys.Response
}

// improved is as long as what the centre changed can be told.
var improved = surveys.Text{
	"ru": "В зале ожидания теперь двенадцать стульев, автомат с водой, пеленальный столик и розетки",
	"tt": "Көтү залында хәзер унике урындык, су автоматы, бала биләү өстәле һәм розеткалар бар инде",
	"en": "The waiting hall now has twelve chairs, a water dispenser, a changing table, and sockets",
}

// Render renders every screen of a survey in one language: the attract screen, the menu of languages, each question of
// the survey empty and answered, the warning, the thanks, and the screens of a terminal that cannot ask. Questions that
// no single visitor meets together are all shown: the pictures are of the screens, not of one visit. Fyne's own app must
// not run in the same process.
func Render(s *surveys.Survey, language string, display theme.Display, each func(Shot) error, options ...Option) error {
	app := test.NewApp()
	defer app.Quit()
	looks := lookOf(display, options)
	app.Settings().SetTheme(screen.Theme(looks.brand))
	n := 0
	shoot := func(g *glass, name string) error {
		n++
		shot := Shot{
			Name: fmt.Sprintf("%02d-%s", n, name), Question: g.question, Split: g.painted.Split, Ease: looks.ease, CapHeight: looks.brand.CapHeight,
			Colours: looks.brand.Colours(looks.ease.Contrast), Targets: g.painted.Targets, Content: g.stage.Content(), Capture: g.canvas.Capture,
		}
		if q := s.Question(g.question); q != nil {
			shot.Asks = (&surveys.Visit{Survey: s}).Say(q.Text, language, nil)
		}
		return each(shot)
	}
	for _, waiting := range []visit.Config{
		{Surveys: []*surveys.Survey{s}, Language: language},
		{Language: language},
		{Unenrolled: true, Language: language},
		{Full: true, Language: language},
	} {
		g := newGlass(waiting, looks)
		g.stage.Show(g.machine.View(g.now))
		if err := shoot(g, g.painted.Screen); err != nil {
			return err
		}
		for i := range looks.brand.Attract {
			if g.painted.Screen != "attract" {
				break
			}
			g.stage.SetScene(screen.Scene{Message: i + 1, Clock: "9:41"})
			if err := shoot(g, fmt.Sprintf("attract-message-%d", i+1)); err != nil {
				return err
			}
		}
	}
	g := newGlass(visit.Config{
		Surveys: []*surveys.Survey{s}, Language: language, Improvements: []visit.Improvement{{Text: improved}},
	}, looks)
	g.stage.Show(g.machine.View(g.now))
	g.stage.SetScene(screen.Scene{Message: 1})
	if err := shoot(g, "attract-improvement"); err != nil {
		return err
	}
	g = newGlass(visit.Config{Surveys: []*surveys.Survey{s}, Language: language}, looks)
	g.do(visit.ShowLanguages{})
	if err := shoot(g, g.painted.Screen); err != nil {
		return err
	}
	second := *s
	g = newGlass(visit.Config{Surveys: []*surveys.Survey{s, &second}, Language: language}, looks)
	g.do(visit.Start{})
	if err := shoot(g, g.painted.Screen); err != nil {
		return err
	}
	rules := surveys.Visit{Survey: s, Seed: 1}
	for _, q := range s.Questions() {
		if !q.Kind.Traits().HasScreen || shared(s, q) {
			continue
		}
		g := newGlass(visit.Config{Surveys: []*surveys.Survey{s}, Language: language}, looks)
		v := visit.View{
			Screen: visit.Question, Shown: 1000, Language: language, Languages: s.Languages, Survey: s, Question: q,
			Text: rules.Say(q.Text, language, nil), Hint: rules.Say(q.Hint, language, nil), Choices: q.Choices,
			Progress: 0.4, CanSkip: !q.Required && q.Kind != surveys.Information, CanNext: q.Kind == surveys.Information,
		}
		g.question = q.Code
		g.show(v)
		if err := shoot(g, g.painted.Screen); err != nil {
			return err
		}
		if err := statement(g, v, shoot); err != nil {
			return err
		}
		if value := Sample(q, language); !value.IsZero() {
			v.Shown, v.Value, v.CanNext, v.CanSkip = 1001, value, true, false
			g = newGlass(visit.Config{Surveys: []*surveys.Survey{s}, Language: language}, looks)
			g.question = q.Code
			g.show(v)
			if err := shoot(g, g.painted.Screen+"-answered"); err != nil {
				return err
			}
		}
	}
	if err := together(s, language, looks, shoot); err != nil {
		return err
	}
	if err := exam(s, language, looks, shoot); err != nil {
		return err
	}
	for _, v := range []visit.View{
		{Screen: visit.Closed, Opens: time.Date(2026, 1, 16, 9, 0, 0, 0, time.UTC), OpensIn: 1},
		{Screen: visit.NotAsked, OneIn: 5},
		{Screen: visit.Enough},
	} {
		g := newGlass(visit.Config{Surveys: []*surveys.Survey{s}, Language: language}, looks)
		v.Shown, v.Language, v.Languages = 1000, language, s.Languages
		g.show(v)
		if err := shoot(g, g.painted.Screen); err != nil {
			return err
		}
	}
	return ending(s, language, looks, shoot)
}

// statement renders every part of the full text of the consent that v asks for, if it has one.
func statement(g *glass, v visit.View, shoot func(*glass, string) error) error {
	if v.Question.Consent == nil || len(v.Question.Consent.Statement) == 0 {
		return nil
	}
	v.Screen, v.Shown, v.CanSkip = visit.Statement, v.Shown+1, false
	g.show(v)
	for last := 0; ; last++ {
		if err := shoot(g, g.painted.Screen); err != nil {
			return err
		}
		if !slices.ContainsFunc(g.painted.Targets, func(t screen.Target) bool { return t.Name == "next" }) || last > 99 {
			return nil
		}
		g.stage.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	}
}

// ending renders what ends a visit: the warning, the thanks, and the screen of a failed storage.
func ending(s *surveys.Survey, language string, looks look, shoot func(*glass, string) error) error {
	admit := func(string, string) visit.Admission { return visit.Admitted }
	g := newGlass(visit.Config{Surveys: []*surveys.Survey{s}, Language: language, Tickets: admit}, looks)
	g.do(visit.Start{Language: language})
	if s.Kind == surveys.Test {
		g.do(visit.Edit{Value: surveys.String("0000000000")})
		g.do(visit.Next{})
		g.do(visit.Begin{})
	}
	g.now = g.machine.Deadline(g.now)
	g.do(visit.Tick{})
	if err := shoot(g, "idle"); err != nil {
		return err
	}
	g.do(visit.Continue{})
	for i := 0; g.response == nil && i < 100; i++ {
		v := g.machine.View(g.now)
		for _, i := range v.Group {
			g.do(visit.Edit{Question: i.Question.Code, Value: Sample(i.Question, language)})
		}
		if v.Group == nil {
			g.do(visit.Answer{Value: Sample(v.Question, language)})
		}
		g.do(visit.Next{})
		g.do(visit.Skip{})
		if g.painted.Screen != string(visit.Pause) {
			continue
		}
		if err := shoot(g, g.painted.Screen); err != nil {
			return err
		}
		g.do(visit.Finish{})
	}
	g.do(visit.Saved{})
	if err := shoot(g, g.painted.Screen); err != nil {
		return err
	}
	g.do(visit.SaveFailed{})
	return shoot(g, g.painted.Screen)
}

func newGlass(cfg visit.Config, l look) *glass {
	g := &glass{ease: visit.Ease(l.ease), now: time.Date(2026, 1, 15, 9, 41, 0, 0, time.UTC)}
	cfg.Ease = visit.Ease(l.ease)
	g.machine = visit.New(cfg, func() uint64 { return 1 }, g.now)
	send := func(e visit.Event) {
		if _, turned := e.(visit.Turned); !turned { // what is shown is not always the machine's
			g.do(e)
		}
	}
	g.stage = screen.NewStage(l.display, l.brand, send, func(p screen.Painted) { g.painted = p })
	g.canvas = software.NewCanvas()
	g.canvas.(interface{ SetPadded(bool) }).SetPadded(false)
	g.canvas.SetContent(g.stage.Content())
	g.canvas.(interface{ Resize(fyne.Size) }).Resize(fyne.NewSize(float32(l.display.Width), float32(l.display.Height)))
	return g
}

// show shows a view that no machine made, with what the visitor asked for.
func (g *glass) show(v visit.View) {
	v.Ease = g.ease
	g.stage.Show(v)
}

// do sends an event a second later than the last one and paints what follows.
func (g *glass) do(e visit.Event) {
	g.now = g.now.Add(time.Second)
	if r := g.machine.Handle(e, g.now); r != nil {
		g.response = r
	}
	g.stage.Show(g.machine.View(g.now))
}

// Sample is a plausible answer to a question, the same each time.
func Sample(q *surveys.Question, language string) surveys.Value {
	if _, highest, ok := q.Scale(); ok {
		return surveys.Number(float64(highest - 1))
	}
	switch q.Kind {
	case surveys.SingleChoice, surveys.PictureChoice, surveys.Dropdown:
		return surveys.String(q.Choices[0].Code)
	case surveys.MultipleChoice:
		return surveys.Codes(q.Choices[0].Code)
	case surveys.Ranking:
		var codes []string
		for i := range max(1, q.Top) {
			codes = append(codes, q.Choices[len(q.Choices)-1-i].Code)
		}
		return surveys.Codes(codes...)
	case surveys.Matrix:
		var given []surveys.RowValue
		for i, item := range q.Items() {
			given = append(given, surveys.RowValue{Row: q.Rows[i].Code, Value: Sample(item, language)})
		}
		return surveys.Rows(given...)
	case surveys.Slider, surveys.NumberEntry:
		return surveys.Number(q.Min + q.Step*float64(int((q.Max-q.Min)*0.6/q.Step)))
	case surveys.ShortText, surveys.LongText:
		return surveys.String(surveys.Text{
			"ru": "Долго ждали в очереди к окну 4, талон вызвали через сорок минут",
			"tt": "4 нче тәрәзә янында озак көттек, талонны кырык минуттан соң чакырдылар",
			"en": "A long wait at window 4: our number was called after forty minutes",
		}.In(language, "ru"))
	case surveys.Signature:
		v, _ := surveys.Strokes([][]surveys.Point{{{X: 150, Y: 250}, {X: 300, Y: 90}, {X: 380, Y: 280}, {X: 520, Y: 140}, {X: 800, Y: 230}}})
		return v
	}
	return samples[q.Kind]
}

// samples are the answers to kinds whose answer is the same whatever is asked.
var samples = map[surveys.QuestionKind]surveys.Value{
	surveys.YesNo:    surveys.String(surveys.Yes),
	surveys.Consent:  surveys.String(surveys.Yes),
	surveys.Date:     surveys.String("2026-03-14"),
	surveys.Time:     surveys.String("17:45"),
	surveys.DateTime: surveys.String("2026-03-14T17:45"),
	surveys.Phone:    surveys.String("+79172345678"),
	surveys.Email:    surveys.String("roza@example.ru"),
}

// Save renders into a folder: one PNG a screen, named by its number and screen. It returns the paths in order.
func Save(s *surveys.Survey, language string, display theme.Display, dir string, options ...Option) (paths []string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("shots: %w", err)
	}
	err = Render(s, language, display, func(shot Shot) error {
		path := filepath.Join(dir, shot.Name+".png")
		paths = append(paths, path)
		return write(path, shot.Capture())
	}, options...)
	if err != nil {
		return paths, fmt.Errorf("shots: %w", err)
	}
	return paths, nil
}

func write(path string, picture image.Image) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	return png.Encode(f, picture)
}
