package screen

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// shownPictures are those on the glass.
func (s *Stage) shownPictures() (all []*canvas.Image) {
	textured(s.root.Objects, func(o fyne.CanvasObject) {
		if i, ok := o.(*canvas.Image); ok {
			all = append(all, i)
		}
	})
	return all
}

// Fyne draws the glass twice when it meets a picture that it never drew. A visit that goes the way of the one before shows
// none, however many arrangements a question tries, and no picture hangs in two places.
func TestPicturesThatWereShownAreShownAgain(t *testing.T) {
	var events []visit.Event
	stage, s := mustStage(t, theme.Display{Width: 800, Height: 480, Inches: 7}, &events)
	asked := func(code string) visit.View {
		return visit.View{Screen: visit.Question, Language: "ru", Languages: s.Languages, Survey: s, Question: s.Question(code), Text: s.Question(code).Text["ru"]}
	}
	way := []visit.View{
		{Screen: visit.Attract, Language: "ru", Languages: s.Languages, Surveys: []*surveys.Survey{s}},
		asked("smile"), asked("again"), asked("say"),
		{Screen: visit.Thanks, Language: "ru", Languages: s.Languages, Survey: s},
	}
	met := map[*canvas.Image]bool{}
	for visitor := range 3 {
		for n, v := range way {
			v.Shown = uint64(visitor*len(way) + n + 1)
			v.Ease.Text = 1
			stage.Show(v)
			here := map[*canvas.Image]bool{}
			for _, picture := range stage.shownPictures() {
				if here[picture] {
					t.Fatalf("%s has one picture twice", name(v))
				}
				if here[picture] = true; !met[picture] && visitor > 0 {
					t.Errorf("visitor %d is shown a picture on %s that was never drawn", visitor+1, name(v))
				}
				met[picture] = true
			}
			if len(here) == 0 {
				t.Fatalf("%s has no pictures", name(v))
			}
		}
	}
	if n := len(stage.gallery.stored); n > mostStored {
		t.Errorf("%d pictures are kept", n)
	}
}
