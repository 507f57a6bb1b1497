package screen

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// A hand that rests in the corner opens it, while messages turn; one that slides off, leaves, or meets a visit does not.
func TestTheCornerOpensOnlyUnderAHandThatRests(t *testing.T) {
	var events []visit.Event
	stage, s := mustStage(t, theme.Display{Width: 1280, Height: 800, Inches: 10.1}, &events)
	opened := 0
	stage.SetCorner(func() { opened++ })
	attract := visit.View{Screen: visit.Attract, Shown: 1, Language: "ru", Languages: s.Languages, Surveys: []*surveys.Survey{s}}
	asked := visit.View{Screen: visit.Question, Shown: 2, Language: "ru", Languages: s.Languages, Survey: s, Question: s.Question("smile"), Text: "Как?"}
	for _, c := range []struct {
		name string
		do   func()
		want int
	}{
		{"it rests", func() {}, 1},
		{"a message turns", func() { stage.SetScene(Scene{Message: 1}) }, 1},
		{"it slides off", func() { stage.corner.MouseOut() }, 0},
		{"it leaves", func() { stage.corner.MouseUp(&desktop.MouseEvent{}) }, 0},
		{"a visit begins", func() { stage.Show(asked) }, 0},
		{"a visit begins and ends", func() {
			stage.Show(asked)
			again := attract
			again.Shown = 3
			stage.Show(again)
		}, 0},
		{"staff open a panel", func() { stage.ShowPanel(&Panel{Name: "pin", Language: "ru"}, nil) }, 0},
		{"it is taken away", func() { stage.SetCorner(nil) }, 0},
	} {
		stage.ShowPanel(nil, nil)
		stage.SetCorner(func() { opened++ })
		stage.Show(attract)
		opened = 0
		synctest.Test(t, func(t *testing.T) {
			stage.corner.MouseDown(&desktop.MouseEvent{})
			time.Sleep(holdFor / 2)
			c.do()
			time.Sleep(holdFor/2 - time.Millisecond)
			if opened != 0 {
				t.Errorf("%s: opened before its time", c.name)
			}
			time.Sleep(time.Second)
			synctest.Wait()
			stage.corner.MouseUp(&desktop.MouseEvent{})
		})
		if opened != c.want {
			t.Errorf("%s: opened %d times", c.name, opened)
		}
	}
}

// layouts are the displays that terminals have, and how large.
var layouts = []theme.Display{
	{Width: 800, Height: 480, Inches: 7},
	{Width: 1280, Height: 800, Inches: 10.1},
	{Width: 1920, Height: 1080, Inches: 21.5},
	{Width: 1080, Height: 1920, Inches: 32},
	{Width: 2560, Height: 1600, Inches: 10.1},
	{Width: 1024, Height: 600, Inches: 7},
}

// On every display, wherever a waiting screen stands against burn-in: the corner is there, everything but the grounds has
// moved by so many millimetres, what can be touched is as large as before, and nothing leaves the glass.
func TestWaitingScreensMoveWholeAndKeepTheirCorner(t *testing.T) {
	for _, display := range layouts {
		for text := range theme.TextSizes {
			var events []visit.Event
			stage, s := mustStage(t, display, &events)
			stage.SetCorner(func() {})
			ease := visit.Ease{Text: text}
			base := visit.View{Language: "ru", Languages: s.Languages, Ease: ease, Surveys: []*surveys.Survey{s}}
			invited := base
			invited.Screen, invited.Invited, invited.Text = visit.Attract, s.Question("smile"), "Как вас приняли?"
			views := []visit.View{invited}
			for _, screen := range []visit.Screen{visit.Attract, visit.Closed, visit.NoSurvey, visit.DiskFull, visit.OutOfService, visit.Unenrolled} {
				v := base
				v.Screen = screen
				views = append(views, v)
			}
			for n, v := range views {
				where := fmt.Sprintf("%s (%d) at %d×%d, letters %d", v.Screen, n, display.Width, display.Height, text)
				v.Shown = uint64(100*text + n + 1)
				stage.SetScene(Scene{})
				stage.Show(v)
				targets, places := stage.targets, positions(stage)
				for _, shift := range []fyne.Delta{{DX: 1}, {DX: -1}, {DY: 1}, {DY: -1}, {DX: 0.5, DY: -0.5}} {
					stage.SetScene(Scene{Shift: shift})
					mm := stage.page().MM
					want := fyne.NewDelta(round(shift.DX*mm), round(shift.DY*mm))
					moved, now := 0, positions(stage)
					if len(now) != len(places) {
						t.Fatalf("%s: %d objects, moved %d", where, len(places), len(now))
					}
					for i, at := range now {
						switch delta := fyne.NewDelta(at.X-places[i].X, at.Y-places[i].Y); delta {
						case want:
							moved++
						default:
							t.Errorf("%s: object %d moved by %v, want %v", where, i, delta, want)
						}
					}
					if moved < 3 {
						t.Errorf("%s: %d objects moved", where, moved)
					}
					for i, target := range stage.targets {
						was := targets[i]
						if target.W != was.W || target.H != was.H || target.X < 0 || target.Y < 0 ||
							target.X+target.W > stage.size.Width || target.Y+target.H > stage.size.Height {
							t.Errorf("%s: %v became %v", where, was, target)
						}
					}
					if o := stage.root.Objects[len(stage.root.Objects)-2]; o != fyne.CanvasObject(stage.corner) {
						t.Errorf("%s, moved by %v: there is no corner", where, shift)
					}
				}
			}
		}
	}
}

// positions are where the objects of a stage stand that are no ground, nor the corner, nor the ring of the focus.
func positions(s *Stage) (all []fyne.Position) {
	for _, o := range s.root.Objects[:len(s.root.Objects)-2] {
		if o.Size().Width < s.size.Width {
			all = append(all, o.Position())
			if p, size := o.Position(), o.Size(); p.X < 0 || p.Y < 0 || p.X+size.Width > s.size.Width || p.Y+size.Height > s.size.Height {
				all = append(all, fyne.NewPos(-1, -1))
			}
		}
	}
	return all
}
