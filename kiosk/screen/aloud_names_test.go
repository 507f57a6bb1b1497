package screen_test

import (
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"otklik/surveys"
)

// answers are what was answered to each question of the survey that has one of each kind.
var answers = map[string]surveys.Value{
	"smile": surveys.Number(3), "star": surveys.Number(2), "recommend": surveys.Number(9), "agree": surveys.Number(4),
	"again": surveys.String("yes"), "why": surveys.String("c"), "which": surveys.Codes("a", "d"), "say": surveys.String("Тайна"),
	"picture": surveys.String("board"), "district": surveys.String("central"), "order": surveys.Codes("near", "pay"),
	"parts":   surveys.Rows(surveys.RowValue{Row: "talk", Value: surveys.Number(3)}),
	"minutes": surveys.Number(15), "people": surveys.Number(45), "day": surveys.String("2026-12-31"), "hour": surveys.String("17:05"),
	"moment": surveys.String("2026-12-31T17:45"), "tell": surveys.String("Тайна"), "agree_data": surveys.String("no"),
	"call": surveys.String("+79172345678"), "mail": surveys.String("roza@example.ru"), "sign": surveys.Cross(),
}

// Each kind of question is read as it is shown, in each language: the question, what stands beside the answers, the answers, what
// shows a picture alone by its name, and which of them is chosen. What was written is not.
func TestEveryKindIsReadAsItIsShown(t *testing.T) {
	source, err := os.ReadFile("testdata/aloud.txt")
	if err != nil {
		t.Fatal(err)
	}
	want, kinds := map[string]string{}, map[surveys.QuestionKind]bool{}
	for _, line := range strings.Split(strings.TrimSpace(string(source)), "\n") {
		name, said, _ := strings.Cut(line, ": ")
		want[name] = said
	}
	g := mustKind(t, "smile")
	v := &voice{languages: "ru tt en"}
	g.stage.SetVoice(v)
	for _, q := range g.view.Survey.Questions() {
		if kinds[q.Kind] || !q.Kind.Traits().HasScreen {
			continue
		}
		kinds[q.Kind] = true
		for _, language := range g.view.Languages {
			g.view.Question, g.view.Choices, g.view.Language = q, q.Choices, language
			g.view.Text = q.Text[language]
			g.view.Aloud, g.view.Value = true, answers[q.Code]
			g.view.Shown++
			g.stage.Show(g.view)
			got := strings.TrimPrefix(strings.Join(v.new(), " "), language+": ")
			if name := string(q.Kind) + " " + language; got != want[name] {
				t.Errorf("testdata/aloud.txt says otherwise:\n%s: %s", name, got)
			}
		}
	}
	for _, kind := range surveys.QuestionKinds {
		if kind.Traits().HasScreen && !kinds[kind] {
			t.Errorf("nothing of the kind %s was read", kind)
		}
	}
}

// The signs of the keyboard have names.
func TestKeysWithSignsAreNamed(t *testing.T) {
	g := mustGlass(t, "say")
	v := &voice{languages: "ru"}
	g.stage.SetVoice(v)
	g.view.Aloud = true
	g.view.Shown++
	g.stage.Show(g.view)
	heard := ""
	for range 60 {
		g.stage.KeyDown(&fyne.KeyEvent{Name: fyne.KeyTab})
		g.stage.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
		heard += strings.Join(v.new(), " ")
	}
	for range 30 {
		g.stage.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
		g.stage.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
		heard += strings.Join(v.new(), " ")
	}
	if !strings.Contains(heard, "Заглавная буква") && !strings.Contains(heard, "Стереть букву") {
		t.Errorf("heard %q", heard)
	}
}

// What was written for one of several questions is not read, what was chosen is.
func TestOfSeveralQuestionsWhatWasWrittenIsNotRead(t *testing.T) {
	for language, want := range map[string][]string{
		"ru": {"нужен ответ. Ответ дан", "Где вы живёте? Центральный район, выбрано", "Часы работы, выбрано", "9, выбрано"},
		"tt": {"җавап кирәк. Җавап бирелде", "Сез кайда яшисез? Үзәк район, сайланган", "Эш вакыты, сайланган", "9, сайланган"},
		"en": {"answer needed. Answered", "Where do you live? Central district, chosen", "Opening hours, chosen", "9, chosen"},
	} {
		g := mustShare(t, "u_nps")
		v := &voice{languages: "ru tt en"}
		g.stage.SetVoice(v)
		g.canvas.Resize(fyne.NewSize(1080, 1920))
		for i, item := range g.view.Group {
			g.view.Group[i].Text = item.Question.Text[language]
			g.view.Group[i].Value = map[string]surveys.Value{
				"u_say": surveys.String("Тайна"), "u_where": surveys.String("central"), "u_what": surveys.Codes("hours"), "u_nps": surveys.Number(9),
			}[item.Question.Code]
		}
		g.view.Aloud, g.view.Language = true, language
		g.view.Shown++
		g.stage.Show(g.view)
		said := strings.Join(v.new(), " ")
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("%s: %q is not in %q", language, w, said)
			}
		}
		if strings.Contains(said, "Тайна") {
			t.Errorf("%s: what was written is read: %q", language, said)
		}
	}
}

// On a discreet glass a loudspeaker does not tell the hall what was chosen; headphones tell the visitor.
func TestADiscreetGlassTellsWhatIsChosenInHeadphonesAlone(t *testing.T) {
	for _, headphones := range []bool{false, true} {
		for code, want := range map[string]string{"smile": "Хорошо, выбрано", "which": "Ищу работу, выбрано", "order": "Близко к дому, место 1", "minutes": "15, выбрано"} {
			g := mustKind(t, code)
			v := &voice{languages: "ru", headphones: headphones}
			g.stage.SetVoice(v)
			g.stage.SetDiscreet(true)
			g.view.Aloud, g.view.Value = true, answers[code]
			g.view.Shown++
			g.stage.Show(g.view)
			if said := strings.Join(v.new(), " "); strings.Contains(said, want) != headphones {
				t.Errorf("headphones %v: %q", headphones, said)
			}
		}
	}
}

// A sign says nothing to who hears: the keys of a slider, its track, and keys of the ease bar without words have names. A choice
// with the code of one of them keeps its own words.
func TestTargetsWithoutWordsAreNamed(t *testing.T) {
	g := mustKind(t, "minutes")
	v := &voice{languages: "ru"}
	g.stage.SetVoice(v)
	g.view.Aloud = true
	g.view.Shown++
	g.stage.Show(g.view)
	v.new()
	for target, want := range map[string]string{"minus": "Меньше", "plus": "Больше", "slider": "Шкала: меньше — влево, больше — вправо"} {
		g.stage.SetFocus(target)
		if said := v.new(); len(said) != 1 || said[0] != "ru: "+want {
			t.Errorf("%s: %q", target, said)
		}
	}
	q := *g.view.Survey.Question("why")
	q.Choices = []surveys.Choice{{Code: "plus", Text: surveys.Text{"ru": "Премия"}}, {Code: "slider", Text: surveys.Text{"ru": "Горка"}}}
	g.view.Question, g.view.Choices = &q, q.Choices
	g.view.Shown++
	g.stage.Show(g.view)
	if said := strings.Join(v.new(), " "); !strings.HasSuffix(said, "Премия. Горка") {
		t.Errorf("read %q", said)
	}
}
