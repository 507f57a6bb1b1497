package shots_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"otklik/kiosk/service"
	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
	"otklik/surveys"
)

// sizes are diagonals, in inches, that displays of a resolution are sold with beside those of displays.
var sizes = map[[2]int][]float64{
	{1280, 800}:  {7, 8, 12.1},
	{800, 1280}:  {7, 8, 10.1},
	{800, 480}:   {8},
	{480, 800}:   {7, 8},
	{1080, 1920}: {7, 8, 10.1, 24, 27},
	{1920, 1080}: {8, 13.3, 15.6, 24, 32},
	{2560, 1600}: {8, 10.1, 13.3, 30},
}

// The screens of every kind of question fit the displays of each resolution in every language, whatever their size and that of the
// letters. Without OTKLIK_SIZES=all larger letters are measured in the language with the longest words, in Russian on the smallest
// displays too, and on the sizes where another arrangement begins; with it everywhere, and on the screens of every shipped survey.
func TestEveryKindFitsDisplaysOfAllSizes(t *testing.T) {
	all := os.Getenv("OTKLIK_SIZES") == "all"
	for _, s := range library(t) {
		if !all && s.ID != "every-kind" {
			continue
		}
		for size, diagonals := range sizes {
			for _, inches := range diagonals {
				d := theme.Display{Width: size[0], Height: size[1], Inches: inches}
				edge := slices.Contains([]float64{7, 8, 27, 30}, inches)
				for i, e := range eases {
					for _, lang := range s.Languages {
						larger := edge && (lang == "tt" || lang == "ru" && inches <= 8)
						if all || i > 0 && larger || i == 0 && (edge || lang != "en") {
							checkSizes(t, s, lang, d, e)
						}
					}
				}
			}
		}
	}
}

// checkSizes measures every screen of a survey on a display.
func checkSizes(t *testing.T, s *surveys.Survey, lang string, d theme.Display, e eased) {
	t.Helper()
	err := shots.Render(s, lang, d, func(shot shots.Shot) error {
		for _, m := range append(shots.Measure(shot, d), meetings(shot, d)...) {
			t.Errorf("%s %s %s %s %s: %s", s.ID, lang, d, e.name, shot.Name, m)
		}
		return nil
	}, shots.Branded(theme.MustBrand(e.brand)), shots.Eased(e.ease), shots.Coarse(), shots.Alone())
	if err != nil {
		t.Fatal(err)
	}
}

// everySize are displays of each resolution and orientation, from the smallest to the largest that are sold with them.
func everySize() (all []theme.Display) {
	for _, size := range [][2]int{{800, 480}, {1280, 800}, {1920, 1080}, {2560, 1600}} {
		for _, inches := range []float64{7, 7.9, 8, 8.4, 9, 10.1, 12.1, 15.6, 21.5, 32} {
			all = append(all, theme.Display{Width: size[0], Height: size[1], Inches: inches}, theme.Display{Width: size[1], Height: size[0], Inches: inches})
		}
	}
	return all
}

// mustSurvey reads a survey of the tests.
func mustSurvey(t *testing.T, name string) *surveys.Survey {
	t.Helper()
	source, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := surveys.Load(name, source)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Rows of a matrix whose answers have no room side by side, or are too many to, have them in several lines. Without
// OTKLIK_SIZES=all they are measured on the sizes where another arrangement begins.
func TestRowsOfAMatrixFitDisplaysOfAllSizes(t *testing.T) {
	all := os.Getenv("OTKLIK_SIZES") == "all"
	s := mustSurvey(t, "matrices.yaml")
	for _, d := range everySize() {
		for i, e := range eases {
			if all || slices.Contains([]float64{7, 8, 10.1}, d.Inches) {
				checkSizes(t, s, s.Languages[i], d, e)
			}
		}
	}
}

// Keyboards and pads, and what is asked above them, fit every display from 7 to 32 inches in any size of the letters: every
// key is as wide as a finger and as far from the next. Without OTKLIK_SIZES=all larger letters are measured in Tatar, which has the
// most keys, and English ones at all, on the sizes where another arrangement begins.
func TestKeyboardsFitDisplaysOfAllSizes(t *testing.T) {
	all := os.Getenv("OTKLIK_SIZES") == "all"
	s := mustSurvey(t, "written.yaml")
	for _, d := range everySize() {
		edge := slices.Contains([]float64{7, 8, 10.1, 15.6}, d.Inches)
		for i, e := range eases {
			for _, lang := range s.Languages {
				if all || i == 0 && (edge || lang != "en") || edge && lang == "tt" {
					checkSizes(t, s, lang, d, e)
				}
			}
		}
	}
}

// So do the pads of staff: that of a PIN, and that of codes and addresses of enrolment. At 8 inches the second is measured in
// letters as they are alone: eight rows of keys, 117 mm, the keys at the foot and the margins leave 30 of the 177 mm of a
// portrait display, four rows 24 of the 100 mm of a landscape one, for a sentence that larger letters break into lines that have
// to be turned, and the field. Nobody has asked for such letters before a terminal is enrolled.
func TestPadsOfStaffFitDisplaysOfAllSizes(t *testing.T) {
	test.NewTempApp(t)
	machine := service.Machine{Root: t.TempDir()}
	for i, d := range everySize() {
		for n, e := range eases {
			lang := []string{"ru", "tt", "en"}[(i+n)%3]
			k := mustDesk(t, d, e, machine)
			k.corner.Open(lang)
			k.tap(t, "key:1")
			for _, m := range k.measure(e, d) {
				t.Errorf("%s %s %s: %s", lang, d, e.name, m)
			}
			if n > 0 && d.Inches >= 8 && d.Inches < 9 {
				continue
			}
			o := mustDoor(t, d, e)
			o.enrolment.Open(lang)
			code := o.measure(e, d)
			o.scan("1")
			code = append(code, o.measure(e, d)...)
			o.enrolment.Open(lang)
			o.scan(typedCode)
			code = append(code, o.measure(e, d)...)
			if !strings.HasSuffix(o.shown.Screen, "address") || !o.has("key:backspace") {
				t.Fatalf("%s: on the glass is %s", d, o.shown.Screen)
			}
			for _, m := range code {
				t.Errorf("%s %s %s: %s", lang, d, e.name, m)
			}
		}
	}
}

// measure says what is wrong with the page shown.
func (k *desk) measure(e eased, d theme.Display) (wrong []string) {
	for _, m := range e.measure(k.shown.Screen, k.shown, k.stage, d) {
		wrong = append(wrong, fmt.Sprintf("%s: %s", k.shown.Screen, m))
	}
	return wrong
}
