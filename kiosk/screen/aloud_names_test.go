package screen_test

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// What stands on the glass beside the answers is read before them; a row and a question of several before their own answers;
// what shows a picture alone by its name; and what is chosen is said to be.
func TestEveryKindIsReadAsItIsShown(t *testing.T) {
	for code, c := range map[string]struct {
		value surveys.Value
		want  []string
	}{
		"smile":     {surveys.Number(3), []string{"Хорошо, выбрано", "Плохо"}},
		"star":      {surveys.Number(2), []string{"1 — плохо", "5 — отлично", "2 звезды, выбрано", "5 звёзд"}},
		"recommend": {surveys.Number(9), []string{"0 — ни за что", "9, выбрано"}},
		"minutes":   {surveys.Number(15), []string{"0. 120. 15"}},
		"parts":     {surveys.Value{}, []string{"Вход и ожидание. Отлично", "Разговор с сотрудником. Отлично"}},
	} {
		g := mustKind(t, code)
		v := &voice{languages: "ru"}
		g.stage.SetVoice(v)
		g.view.Aloud, g.view.Value = true, c.value
		g.view.Shown++
		g.stage.Show(g.view)
		said := strings.Join(v.new(), " ")
		for _, want := range c.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q is not in %q", code, want, said)
			}
		}
	}
	g := mustKind(t, "smile")
	i := slices.IndexFunc(g.view.Survey.Questions(), func(q *surveys.Question) bool { return q.Kind == surveys.Consent })
	q := g.view.Survey.Questions()[i]
	v := &voice{languages: "ru"}
	g.stage.SetVoice(v)
	g.view = visit.View{
		Screen: visit.Question, Shown: 200, Language: "ru", Languages: g.view.Languages, Survey: g.view.Survey, Question: q, Aloud: true,
	}
	g.stage.Show(g.view)
	if said := strings.Join(v.new(), " "); !strings.Contains(said, q.Consent.Purpose["ru"]) || !strings.Contains(said, q.Consent.Version) {
		t.Errorf("of a consent %q is read", said)
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
