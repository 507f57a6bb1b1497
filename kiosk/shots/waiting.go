package shots

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"otklik/kiosk/screen"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// improved is as long as what the centre changed can be told.
var improved = surveys.Text{
	"ru": "В зале ожидания теперь двенадцать стульев, автомат с водой, пеленальный столик и розетки",
	"tt": "Көтү залында хәзер унике урындык, су автоматы, бала биләү өстәле һәм розеткалар бар инде",
	"en": "The waiting hall now has twelve chairs, a water dispenser, a changing table, and sockets",
}

// moved is as far as the attract screen ever stands from its place.
var moved = []fyne.Delta{{DX: -1, DY: -1}, {DX: 1, DY: 1}}

// attract renders the screen that waits for somebody: with each of its messages, with what the centre changed, and moved as
// it is against letters that burn in.
func attract(s *surveys.Survey, language string, looks look, shoot func(*glass, string) error) error {
	g := newGlass(visit.Config{
		Surveys: []*surveys.Survey{s}, Language: language, Improvements: []visit.Improvement{{Text: improved}},
	}, looks)
	g.stage.Show(g.machine.View(g.now))
	g.asks = []string{s.Invitation.In(language, s.Languages...), s.Title.In(language, s.Languages...), improved[language], g.machine.View(g.now).Text}
	for _, m := range looks.brand.Attract {
		g.asks = append(g.asks, m.Text[language])
	}
	if err := shoot(g, g.painted.Screen); err != nil || g.painted.Screen != string(visit.Attract) {
		return err
	}
	for i := range 1 + len(looks.brand.Attract) {
		name, scene := "attract-improvement", screen.Scene{Message: i + 1}
		if i > 0 {
			name = fmt.Sprintf("attract-message-%d", i)
			scene.Clock, scene.Shift = "9:41", moved[i%2]
		}
		g.stage.SetScene(scene)
		if err := shoot(g, name); err != nil {
			return err
		}
	}
	return nil
}

// menu renders what a terminal with two surveys shows, and with so many that they take turns.
func menu(s *surveys.Survey, language string, looks look, shoot func(*glass, string) error) error {
	for _, n := range []int{2, 9} {
		var all []*surveys.Survey
		for range n {
			another := *s
			all = append(all, &another)
		}
		g := newGlass(visit.Config{Surveys: all, Language: language}, looks)
		g.do(visit.Start{})
		g.posed = true
		g.asks = []string{s.Title.In(language, s.Languages...)}
		if err := g.pages(fmt.Sprintf("%s-of-%d", g.painted.Screen, n), shoot); err != nil {
			return err
		}
	}
	return nil
}

// general renders the screens that are the same whatever is asked.
func general(s *surveys.Survey, language string, looks look, shoot func(*glass, string) error) error {
	for _, waiting := range []visit.Config{{}, {Unenrolled: true}, {Full: true}} {
		waiting.Language = language
		g := newGlass(waiting, looks)
		g.stage.Show(g.machine.View(g.now))
		if err := shoot(g, g.painted.Screen); err != nil {
			return err
		}
	}
	for _, aside := range []visit.Event{visit.ShowLanguages{}, visit.ShowEase{}} {
		g := newGlass(visit.Config{Surveys: []*surveys.Survey{s}, Language: language}, looks)
		g.do(aside)
		g.posed = true
		if err := g.pages(g.painted.Screen, shoot); err != nil {
			return err
		}
	}
	for _, v := range []visit.View{
		{Screen: visit.Closed, Opens: time.Date(2026, 1, 16, 9, 0, 0, 0, time.UTC), OpensIn: 1},
		{Screen: visit.NotAsked, OneIn: 5},
		{Screen: visit.Enough},
		{Screen: visit.OutOfService},
	} {
		g := newGlass(visit.Config{Surveys: []*surveys.Survey{s}, Language: language}, looks)
		v.Shown, v.Language, v.Languages = 1000, language, s.Languages
		g.show(v)
		if err := shoot(g, g.painted.Screen); err != nil {
			return err
		}
	}
	g := newGlass(visit.Config{}, looks)
	g.canvas = held(looks)
	g.painted, g.plain = screen.Painted{}, true
	return shoot(g, "hold")
}

// held is the glass while it is restarted.
func held(looks look) software.WindowlessCanvas {
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(screen.Hold(looks.display, looks.brand))
	c.Resize(fyne.NewSize(float32(looks.display.Width), float32(looks.display.Height)))
	return c
}
