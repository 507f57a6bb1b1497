package screen_test

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// voice remembers what it was to read; "" is a stop.
type voice struct {
	languages  string
	headphones bool
	said       []string
}

func (v *voice) Speaks(language string) bool { return strings.Contains(v.languages, language) }
func (v *voice) Headphones() bool            { return v.headphones }
func (v *voice) Say(language, text string)   { v.said = append(v.said, language+": "+text) }
func (v *voice) Stop()                       { v.said = append(v.said, "") }

// new are the texts since it was last asked.
func (v *voice) new() []string {
	said := v.said
	v.said = nil
	return said
}

func TestScreenIsReadOnceThenTheFocusAndNothingAfterTheVisit(t *testing.T) {
	g := mustGlass(t, "smile")
	v := &voice{languages: "ru en"}
	g.stage.SetVoice(v)
	said := func(what string, want ...string) {
		t.Helper()
		if got := v.new(); !slices.Equal(got, want) {
			t.Errorf("%s: %q, not %q", what, got, want)
		}
	}
	g.view.Text = "Как вас приняли?"
	g.view.Shown++
	g.stage.Show(g.view)
	said("somebody who did not ask for it")
	g.view.Aloud = true
	g.view.Shown++
	g.stage.Show(g.view)
	whole := "ru: Как вас приняли? Плохо. Так себе. Хорошо. Отлично. Пропустить"
	if got := v.new(); len(got) != 1 || !sameWords(got[0], whole) {
		t.Errorf("read %q, not %q", got, whole)
	}
	g.stage.KeyDown(&fyne.KeyEvent{Name: fyne.KeyTab})
	said("the focus", "ru: Отлично")
	g.view.Warning, g.view.WarningOf = 20e9, 20e9
	g.stage.Show(g.view)
	said("the warning", "ru: Вы ещё здесь? Продолжить")
	g.view.Warning = 19e9
	g.stage.Show(g.view)
	said("a second later")
	g.view.Warning = 0
	g.view.Shown++
	g.stage.Show(g.view)
	if got := v.new(); len(got) != 1 || !sameWords(got[0], whole) {
		t.Errorf("back from the warning: %q", got)
	}
	g.stage.ShowPanel(&screen.Panel{Name: "state", Language: "ru"}, func(string) {})
	said("the service corner", "")
	g.stage.ShowPanel(nil, nil)
	v.new()
	g.stage.Show(visit.View{Screen: visit.Attract, Shown: 99, Language: "ru", Languages: g.view.Languages, Surveys: []*surveys.Survey{g.view.Survey}})
	said("the next visitor", "")
}

// sameWords reports whether two texts have the same words in any order: which side the good face is on is the screen's affair.
func sameWords(a, b string) bool {
	x, y := strings.Fields(strings.ReplaceAll(a, ".", "")), strings.Fields(strings.ReplaceAll(b, ".", ""))
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

func TestWhatAVisitorWritesIsNotRead(t *testing.T) {
	g := mustGlass(t, "say")
	v := &voice{languages: "ru"}
	g.stage.SetVoice(v)
	g.view.Text, g.view.Aloud = "Что ещё?", true
	g.view.Shown++
	g.stage.Show(g.view)
	v.new()
	g.tap("key:д")
	g.view.Value = g.events[len(g.events)-1].(visit.Edit).Value
	g.view.CanNext, g.view.CanSkip = true, false
	g.stage.Show(g.view)
	g.view.Shown++ // as another language does
	g.stage.Show(g.view)
	got := v.new()
	if len(got) != 1 || got[0] != "ru: Что ещё? Далее" {
		t.Errorf("read %q", got)
	}
}

func TestKeyThatReadsAloudIsThereOnlyWhereThereIsAVoice(t *testing.T) {
	view := mustGlass(t, "which").view
	for _, c := range []struct {
		voice    *voice
		language string
		want     string
	}{
		{nil, "ru", ""},
		{&voice{languages: "en"}, "ru", ""},
		{&voice{languages: "ru"}, "ru", "Вслух"},
		{&voice{languages: "ru", headphones: true}, "ru", "Наушники"},
		{&voice{languages: "en", headphones: true}, "en", "Headphones"},
	} {
		view.Language = c.language
		for _, size := range []theme.Display{{Width: 1080, Height: 1920}, {Width: 1280, Height: 800}, {Width: 800, Height: 480}} {
			g := mustEased(t, size, theme.Ease{}, view)
			if c.voice != nil {
				g.stage.SetVoice(c.voice)
			}
			if !slices.ContainsFunc(g.painted.Targets, func(k screen.Target) bool { return k.Name == "ease:aloud" }) {
				other := view // the bar has a key for the list of settings
				other.Screen, other.Shown = visit.Easing, view.Shown+1
				g.stage.Show(other)
			}
			has := slices.ContainsFunc(g.painted.Targets, func(k screen.Target) bool { return k.Name == "ease:aloud" })
			if has != (c.want != "") {
				t.Fatalf("%+v on %+v: the key is there: %v", c.voice, size, has)
			}
			if !has {
				continue
			}
			words := strings.ToLower(strings.Join(g.painted.Texts, " "))
			if !strings.Contains(words, strings.ToLower(c.want)) && !strings.Contains(words, "наушник") {
				t.Errorf("%+v: no %s in %s", size, c.want, words)
			}
		}
	}
}
