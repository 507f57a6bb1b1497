package shots_test

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"otklik/assets"
	"otklik/kiosk/screen"
	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
	"otklik/surveys"
)

// everyKind is a survey with one question of each kind.
const everyKind = "testdata/every-kind.yaml"

// displays are the common ones, and one whose letters are largest.
var displays = append([]theme.Display{{Width: 1080, Height: 1920, Inches: 21.5}}, shots.Displays...)

func library(t *testing.T) []*surveys.Survey {
	t.Helper()
	names, err := fs.Glob(assets.Surveys(), "*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal("no questionnaires", err)
	}
	kinds, err := os.ReadFile(everyKind)
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string][]byte{everyKind: kinds}
	for _, name := range names {
		if sources[name], err = fs.ReadFile(assets.Surveys(), name); err != nil {
			t.Fatal(err)
		}
	}
	var all []*surveys.Survey
	for name, source := range sources {
		s, err := surveys.Load(name, source)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// eased is a glass in a brand with what a visitor asked for.
type eased struct {
	name, brand string
	ease        theme.Ease
	options     []shots.Option
}

// eases are what visitors ask for, each in a brand, one of them on a terminal that reads aloud.
var eases = []eased{
	{"as it is", "otklik", theme.Ease{}, nil},
	{"large", "work-of-russia", theme.Ease{Text: 1, Contrast: true, Lowered: true, LeftHanded: true}, []shots.Option{shots.Voiced(reader{})}},
	{"largest", "otklik", theme.Ease{Text: 2}, nil},
}

// reader is a voice in headphones: the key that it adds has the longest word.
type reader struct{}

func (reader) Speaks(string) bool { return true }
func (reader) Headphones() bool   { return true }
func (reader) Say(_, _ string)    {}
func (reader) Stop()              {}

// On every screen of every shipped survey, in three languages, on every display and in every size of the letters: what can
// be touched is wide enough for a finger and apart from its neighbours, words stay on the glass and within what they are
// written on, they and pictures stand over nothing that is not theirs, capitals fill the view they need, and colours that meet
// can be told apart. Screens that are the same whatever is asked are measured once.
func TestEveryScreenFitsItsDisplay(t *testing.T) {
	for _, e := range eases {
		t.Run(e.name, func(t *testing.T) {
			brand := theme.MustBrand(e.brand)
			for _, s := range library(t) {
				for _, lang := range s.Languages {
					for _, d := range displays {
						options := append([]shots.Option{shots.Branded(brand), shots.Eased(e.ease), shots.Coarse()}, e.options...)
						if s.ID != "every-kind" {
							options = append(options, shots.Alone())
						}
						where := fmt.Sprintf("%s %s %dx%d %.1f″", s.ID, lang, d.Width, d.Height, d.Inches)
						err := shots.Render(s, lang, d, func(shot shots.Shot) error {
							for _, m := range append(shots.Measure(shot, d), meetings(shot, d)...) {
								t.Errorf("%s %s: %s", where, shot.Name, m)
							}
							if !offersEase(shot) {
								t.Errorf("%s %s: nothing makes it easier to use", where, shot.Name)
							}
							return nil
						}, options...)
						if err != nil {
							t.Fatal(err)
						}
					}
				}
			}
		})
	}
}

// offersEase reports whether a screen has the ease bar, or is one that needs none: the warning is over in twenty seconds and has
// one key that everybody must find; the glass is held while no program is there to take a touch.
func offersEase(shot shots.Shot) bool {
	_, name, _ := strings.Cut(shot.Name, "-")
	return strings.HasPrefix(name, "idle") || name == "hold" ||
		slices.ContainsFunc(shot.Targets, func(k screen.Target) bool { return strings.HasPrefix(k.Name, "ease") })
}

func TestPicturesShowWhatIsThere(t *testing.T) {
	s := library(t)[0]
	n := 0
	err := shots.Render(s, "ru", theme.Display{Width: 1280, Height: 800}, func(shot shots.Shot) error {
		if n++; n%5 != 0 { // pictures take their time
			return nil
		}
		picture := shot.Capture()
		if got := picture.Bounds().Size(); got.X != 1280 || got.Y != 800 {
			t.Errorf("%s is %v", shot.Name, got)
		}
		colours := map[string]bool{}
		for y := 0; y < 800; y += 4 {
			for x := 0; x < 1280; x += 4 {
				colours[fmt.Sprint(picture.At(x, y))] = true
			}
		}
		if len(colours) < 10 {
			t.Errorf("%s shows %d colours: it is empty", shot.Name, len(colours))
		}
		return nil
	})
	if err != nil || n < 20 {
		t.Errorf("%d pictures, %v", n, err)
	}
}
