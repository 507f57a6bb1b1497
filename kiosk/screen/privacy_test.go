package screen_test

import (
	"strings"
	"testing"

	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// What the glass promises is what the survey keeps: the ticket of a test, a contact, or nothing; and where a text is written,
// that nobody is to be named.
func TestPrivacyLineSaysWhatIsKept(t *testing.T) {
	const head = "id: p\nnumber: 1\nlanguages: [ru]\ntitle: {ru: Опрос}\n"
	const smile = "      - {code: smile, kind: smiley, text: {ru: Как?}}\n"
	const say = "      - {code: say, kind: short-text, max_length: 40, text: {ru: Что?}}\n"
	const pages = "pages:\n  - questions:\n"
	const right = "      - code: r\n        kind: single-choice\n        correct: [a]\n        points: 1\n        text: {ru: Сколько?}\n" +
		"        choices: [{code: a, text: {ru: Два}}, {code: b, text: {ru: Три}}]\n"
	const consent = "      - code: ok\n        kind: consent\n        text: {ru: Можно?}\n" +
		"        consent: {version: \"1\", purpose: {ru: Ответить}, term: {ru: Год}}\n" +
		"      - {code: tel, kind: phone, relevance: \"${ok} = 'yes'\", text: {ru: Телефон?}}\n"
	test := head + "kind: test\n"
	timed := visit.Clock{Test: visit.Countdown{Left: 60e9, Of: 90e9}}
	for _, c := range []struct {
		name, source, code string
		clock              visit.Clock
		want, never        string
	}{
		{"faces", head + "kind: poll\n" + pages + smile, "smile", visit.Clock{}, "Ответы анонимны", "имя"},
		{"a text", head + "kind: poll\n" + pages + smile + say, "say", visit.Clock{}, "Не пишите имя", ""},
		{"a contact", head + "kind: poll\n" + pages + smile + consent, "smile", visit.Clock{}, "с вашего согласия", "анонимны"},
		{"a test", test + "test: {pass_mark: 50}\n" + pages + right, "r", visit.Clock{}, "Ответы анонимны", "билет"},
		{"a test by ticket", test + "test: {pass_mark: 50, tickets: true}\n" + pages + right, "r", visit.Clock{}, "билета, без имени", "анонимны"},
		{"a timed test by ticket", test + "test: {pass_mark: 50, tickets: true, time_limit: 90}\n" + pages + right, "r", timed, "По билету, без имени", "нонимн"},
	} {
		g := mustGlass(t, "smile")
		s, err := surveys.Load("p.yaml", []byte(c.source))
		if err != nil {
			t.Fatal(c.name, err)
		}
		v := g.view
		v.Survey, v.Question, v.Text, v.Languages, v.Shown, v.Clock = s, s.Question(c.code), "Что?", s.Languages, 9, c.clock
		v.Choices = v.Question.Choices
		for _, d := range []theme.Display{{Width: 1080, Height: 1920}, {Width: 1280, Height: 800}} {
			e := mustEased(t, d, theme.Ease{}, v)
			said := strings.Join(e.painted.Texts, " ")
			if !strings.Contains(said, c.want) || c.never != "" && strings.Contains(said, c.never) {
				t.Errorf("%s on %v: %s", c.name, d, said)
			}
		}
	}
}

// A question with little room says it in fewer words, rather than not at all.
func TestPrivacyLineIsShortWhereThereIsLittleRoom(t *testing.T) {
	g := mustGlass(t, "say")
	v := g.view
	v.Text = "Что нам исправить в первую очередь?"
	e := mustEased(t, theme.Display{Width: 800, Height: 480, Inches: 7}, theme.Ease{Text: 1}, v)
	if said := strings.Join(e.painted.Texts, " "); !strings.Contains(said, "Без имён") && !strings.Contains(said, "Не пишите имя") {
		t.Errorf("the glass says %s", said)
	}
}

// A question that is read on pages of its own says there what is kept: under the keyboard's question there is no room for it.
func TestAQuestionOnItsOwnPagesSaysWhatIsKept(t *testing.T) {
	g := mustGlass(t, "smile")
	v := g.view
	v.Question = &surveys.Question{Code: "say", Kind: surveys.ShortText, MaxLength: 70}
	v.Text = strings.Repeat("Расскажите о вашем визите подробнее. ", 6)
	e := mustEased(t, theme.Display{Width: 800, Height: 480, Inches: 7}, theme.Ease{Text: 1}, v)
	said := strings.Join(e.painted.Texts, " ")
	if !e.painted.Split || !strings.Contains(said, "Расскажите") || !strings.Contains(said, "Без имён") {
		t.Errorf("the first page says %q", said)
	}
}
