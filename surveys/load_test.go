package surveys_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"otklik/surveys"
)

// good is a survey with nothing wrong; the tables break it in one place each.
const good = `id: demo
number: 1
kind: test
languages: [ru, tt]
title: {ru: Опрос, tt: Сорау}
audiences:
  - code: employers
    name: {ru: Работодатели, tt: Эш бирүчеләр}
    when: ${who} = 'employer'
pages:
  - questions:
      - code: who
        kind: single-choice
        required: true
        text: {ru: Кто вы?, tt: Сез кем?}
        choices:
          - {code: job_seeker, text: {ru: Соискатель, tt: Эш эзләүче}}
          - {code: employer, text: {ru: Работодатель, tt: Эш бирүче}}
      - code: face
        kind: smiley
        group: 1
        text: {ru: Как дела?, tt: Хәлләр ничек?}
  - relevance: ${face} <= 2
    pick: 1
    questions:
      - code: why
        kind: multiple-choice
        text: {ru: Почему?, tt: Нигә?}
        choices:
          - {code: slow, text: {ru: Долго, tt: Озак}}
          - {code: none, text: {ru: Ничего, tt: Бернәрсә дә}, exclusive: true}
      - code: words
        kind: short-text
        max_length: 100
        relevance: ${who} = 'employer'
        text: {ru: Напишите, tt: Языгыз}
`

// mistakes are broken surveys: in good, old becomes new. schema says whether the JSON Schema can see it, too.
var mistakes = []struct {
	name, old, new string
	want           []string
	schema         bool
}{
	{"unknown key", "number: 1\n", "number: 1\nowner: me\n", []string{
		`3:1: the survey has no key "owner"; expected one of id, number, kind, languages, title, invitation, thanks, anonymous, partial, audiences, quotas, sample, schedule, test, pages`,
	}, true},
	{"key twice", "number: 1\n", "number: 1\nnumber: 2\n", []string{"3:1: the key number stands twice"}, false},
	{"missing id", "id: demo\n", "", []string{
		"1:1: the survey has no id; expected lower-case letters, digits and hyphens, such as exit-poll",
	}, true},
	{"id shape", "id: demo", "id: Demo_1", []string{
		`1:5: the id is "Demo_1"; expected lower-case letters, digits and hyphens, such as exit-poll`,
	}, true},
	{"id type", "id: demo", "id: 7", []string{
		"1:5: id is a whole number; expected lower-case letters, digits and hyphens, such as exit-poll; quotes make it a text",
	}, true},
	{"id empty", "id: demo", "id:", []string{
		"1:1: id is nothing; expected lower-case letters, digits and hyphens, such as exit-poll",
	}, true},
	{"id too long", "id: demo", "id: " + strings.Repeat("a", 65), []string{"1:5: the id has 65 characters; expected at most 64"}, true},
	{"number of a survey", "number: 1", "number: 0", []string{"2:9: number is 0; expected a whole number from 1 to 1000000"}, true},
	{"number not whole", "number: 1", "number: 1.5", []string{"2:9: number is a number; expected a whole number from 1 to 1000000"}, true},
	{"number huge", "number: 1", "number: 18446744073709551615", []string{
		"2:9: number is 18446744073709551615; expected a whole number from 1 to 1000000",
	}, true},
	{"unknown kind of survey", "kind: test", "kind: tset", []string{
		`3:7: the kind is "tset"; expected one of exit-poll, satisfaction, suggestion, staff, test, poll`,
	}, true},
	{"language twice", "[ru, tt]", "[ru, tt, ru]", []string{"4:21: the language ru stands twice"}, true},
	{"language shape", "[ru, tt]", "[ru, tt, Deutsch]", []string{
		`4:21: the language is "Deutsch"; expected a language code such as ru, tt or en`,
	}, true},
	{"languages no list", "languages: [ru, tt]", "languages: ru", []string{
		"4:12: languages is a text; expected a list of 1 to 8 language codes",
	}, true},
	{"text without a language", "{ru: Почему?, tt: Нигә?}", "{ru: Почему?}", []string{
		"28:15: text has no text in tt; expected a text in each language: ru, tt",
	}, false},
	{"text in a language too many", "{ru: Почему?, tt: Нигә?}", "{ru: Почему?, tt: Нигә?, en: Why?}", []string{
		`28:44: text has a text in "en"; expected the survey's languages: ru, tt`,
	}, false},
	{"text no mapping", "text: {ru: Почему?, tt: Нигә?}", "text: Почему?", []string{
		"28:15: text is a text; expected a text in each language: ru, tt",
	}, true},
	{"text a number", "ru: Почему?", "ru: 112", []string{"28:20: ru is a whole number; expected a text; quotes make it a text"}, true},
	{"text blank", "ru: Почему?", "ru: ' '", []string{"28:20: ru is empty; expected a text"}, true},
	{"text missing", "ru: Почему?, tt: Нигә?", "ru: , tt: Нигә?", []string{"28:16: ru is nothing; expected a text"}, true},
	{"text too long", "ru: Почему?", "ru: " + strings.Repeat("ж", 501), []string{"28:20: ru has 501 characters; expected at most 500"}, true},
	{"text with a bell", "ru: Почему?", `ru: "Почему\a"`, []string{"28:20: ru contains the control character U+0007; expected text"}, false},
	{"text missing altogether", "        text: {ru: Напишите, tt: Языгыз}\n", "", []string{
		"32:9: a question has no text; expected a text in each language: ru, tt",
	}, true},
	{"hint in part", "kind: smiley", "kind: smiley\n        hint: {tt: Язма}", []string{
		"21:15: hint has no text in ru; expected a text in each language: ru, tt",
	}, false},
	{"code shape", "code: face", "code: 2face", []string{
		`19:15: the code is "2face"; expected a lower-case letter, then letters, digits and underscores`,
		"23:16: there is no question face; expected an earlier question: who, 2face",
	}, true},
	{"code too long", "code: words", "code: " + strings.Repeat("w", 41), []string{"32:15: the code has 41 characters; expected at most 40"}, true},
	{"code missing", "code: words\n        kind", "kind", []string{
		"32:9: a question has no code; expected a lower-case letter, then letters, digits and underscores",
	}, true},
	{"code of a question twice", "code: words", "code: who", []string{
		"32:15: the code who is taken by the question in line 12; expected a code of its own",
	}, false},
	{"code of a choice twice", "code: slow", "code: none", []string{
		"31:20: the code none is taken by the choice in line 30; expected a code of its own",
	}, false},
	{"code of an audience twice", "pages:", "  - code: employers\n    name: {ru: Они, tt: Алар}\npages:", []string{
		"10:11: the code employers is taken by the audience in line 7; expected a code of its own",
	}, false},
	{"unknown kind of question", "kind: smiley", "kind: faces", []string{
		`20:15: the kind is "faces"; expected one of smiley, stars, nps, agreement, single-choice, multiple-choice, picture-choice, dropdown, ranking, matrix, yes-no, slider, number, date, time, date-time, short-text, long-text, phone, email, consent, signature, calculated, hidden, information`,
	}, true},
	{"kind missing", "        kind: smiley\n", "", []string{
		"19:9: a question has no kind; expected one of smiley, stars, nps, agreement, single-choice, multiple-choice, picture-choice, dropdown, ranking, matrix, yes-no, slider, number, date, time, date-time, short-text, long-text, phone, email, consent, signature, calculated, hidden, information",
	}, true},
	{"required no boolean", "required: true", "required: yes", []string{"14:19: required is a text; expected true or false"}, true},
	{"group out of range", "group: 1", "group: 6", []string{"21:16: group is 6; expected a whole number from 1 to 5"}, true},
	{"group on a text", "max_length: 100", "group: 1", []string{
		"34:16: group does not belong to a question of the kind short-text; expected group on smiley, stars, nps, agreement, matrix or slider only",
	}, true},
	{"max_length on a smiley", "group: 1", "max_length: 9", []string{
		"21:21: max_length does not belong to a question of the kind smiley; expected max_length on short-text or long-text only",
	}, true},
	{"max_length out of range", "max_length: 100", "max_length: 2001", []string{
		"34:21: max_length is 2001; expected a whole number from 1 to 2000",
	}, true},
	{"ends on a smiley", "group: 1", "low: {ru: Плохо, tt: Начар}", []string{
		"21:14: low does not belong to a question of the kind smiley; expected low on nps, agreement, matrix or slider only",
	}, true},
	{"reversed on a choice", "required: true", "reversed: true", []string{
		"14:19: reversed does not belong to a question of the kind single-choice; expected reversed on smiley, stars, nps, agreement, matrix or slider only",
	}, true},
	{"required information", "kind: smiley\n        group: 1", "kind: information\n        required: true", []string{
		"21:19: required does not belong to a question of the kind information; expected required on every kind but calculated, hidden or information",
		"23:16: face is an information page and has no answer; expected an earlier question: who",
	}, true},
	{"choices on a smiley", "group: 1", "choices:\n          - {code: a, text: {ru: А, tt: А}}\n          - {code: b, text: {ru: Б, tt: Б}}", []string{
		"22:11: choices does not belong to a question of the kind smiley; expected choices on single-choice, multiple-choice, picture-choice, dropdown, ranking or matrix only",
	}, true},
	{"no choices", "kind: smiley\n        group: 1", "kind: single-choice", []string{
		"19:9: a question has no choices; expected 2 to 30 choices",
	}, true},
	{"one choice", "          - {code: job_seeker, text: {ru: Соискатель, tt: Эш эзләүче}}\n", "", []string{
		"17:11: choices has 1 entries; expected 2 to 30 choices",
	}, true},
	{"choice no mapping", "{code: slow, text: {ru: Долго, tt: Озак}}", "Долго", []string{
		"30:13: entry 1 of choices is a text; expected a choice",
	}, true},
	{"exclusive on a single choice", "tt: Эш эзләүче}", "tt: Эш эзләүче}, exclusive: true", []string{
		"17:83: exclusive does not belong to a choice of a single-choice question; expected exclusive on multiple-choice only",
	}, true},
	{"pick too many", "pick: 1", "pick: 3", []string{"24:11: pick is 3; expected a whole number from 1 to 2"}, false},
	{"pick none", "pick: 1", "pick: 0", []string{"24:11: pick is 0; expected a whole number from 1 to 2"}, true},
	{"page without questions", "pages:\n", "pages:\n  - pick: 1\n", []string{
		"11:5: a page has no questions; expected 1 to 200 questions",
	}, true},
	{"page no mapping", "pages:\n", "pages:\n  - who\n", []string{"11:5: entry 1 of pages is a text; expected a page"}, true},
	{"misspelt choice in a condition", "when: ${who} = 'employer'", "when: ${who} = 'emploer'", []string{
		"9:20: ${who} has no choice 'emploer'; expected one of job_seeker, employer",
	}, false},
	{"misspelt question in a condition", "relevance: ${who}", "relevance: ${woh}", []string{
		"35:20: there is no question woh; expected an earlier question: who, face",
	}, false},
	{"condition that is none", "relevance: ${face} <= 2", "relevance: ${face}", []string{
		"23:16: ${face} is a number; expected a condition, for example ${face} <= 2",
	}, false},
	{"condition of another type", "relevance: ${face} <= 2", "relevance: true", []string{
		"23:16: relevance is true or false; expected a condition such as ${who} = 'employer'; quotes make it a text",
	}, true},
	{"a later question", "group: 1", "relevance: selected(${why}, 'slow')", []string{
		"21:29: the question why comes later, in line 26; expected an earlier question: who",
	}, false},
	{"the question itself", "group: 1", "relevance: ${face} > 1", []string{
		"21:20: the question face comes later, in line 19; expected an earlier question: who",
	}, false},
	{"a question of the same picked page", "relevance: ${who} = 'employer'", "relevance: ${why} != ''", []string{
		"35:20: the question why stands on the same page, and who is asked it is not settled here; expected an earlier question: who, face",
	}, false},
	{"a page that names its own question", "relevance: ${face} <= 2", "relevance: ${words} = ''", []string{
		"23:16: the question words stands on the same page, and who is asked it is not settled here; expected an earlier question: who, face",
	}, false},
	{"condition in double quotes", "relevance: ${who} = 'employer'", `relevance: "${who} =\t'boss'"`, []string{
		"35:31: ${who} has no choice 'boss'; expected one of job_seeker, employer",
	}, false},
	{"condition in single quotes", "relevance: ${who} = 'employer'", `relevance: '${who} != '''' and ${who} = ''boss'''`, []string{
		"35:49: ${who} has no choice 'boss'; expected one of job_seeker, employer",
	}, false},
	{"condition over lines", "relevance: ${who} = 'employer'", "relevance: >-\n          ${who} != ''\n          and\n\n          ${who} = 'boss'", []string{
		"39:20: ${who} has no choice 'boss'; expected one of job_seeker, employer",
	}, false},
	{"condition that ends too early", "relevance: ${who} = 'employer'", "relevance: |\n          not(${who} =\n          'employer'\n        # end", []string{
		"37:21: the end follows an argument of not; expected ,",
	}, false},
	{"anchor", "id: demo", "id: &a demo", []string{
		"1:5: id is an anchor or alias, which surveys do not use; expected lower-case letters, digits and hyphens, such as exit-poll",
	}, false},
	{"tag", "number: 1", "number: !!str 1", []string{
		"2:9: number is a tag, which surveys do not use; expected a whole number from 1 to 1000000",
	}, true},
	{"a list for a key", "number: 1\n", "number: 1\n? [a, b]\n: c\n", []string{"4:1: found an invalid key for this map; expected YAML"}, false},
	{"a number for a key", "number: 1\n", "number: 1\n7: c\n", []string{"3:1: the key is a whole number; expected a word"}, false},
	{"no YAML", "title: {ru", "title: {{ru", []string{"5:9: could not find flow map content; expected YAML"}, false},
	{"two documents", "pages:", "---\npages:", []string{"11:1: a second document begins; expected one survey in a file"}, false},
	{"no UTF-8", "Опрос", "\xce\xef", []string{"5:13: the file is not valid UTF-8; expected UTF-8"}, false},
	{"control character", "Опрос", "Оп\x00рос", []string{"5:15: the control character U+0000; expected text"}, false},
	{"many mistakes", good, strings.NewReplacer("kind: test", "kind: none", "kind: smiley", "kind: face", "pick: 1", "pick: 9",
		"'employer'", "'boss'", "tt: Языгыз", "en: Write").Replace(good), []string{
		`3:7: the kind is "none"; expected one of exit-poll, satisfaction, suggestion, staff, test, poll`,
		"9:20: ${who} has no choice 'boss'; expected one of job_seeker, employer",
		`20:15: the kind is "face"; expected one of smiley, stars, nps, agreement, single-choice, multiple-choice, picture-choice, dropdown, ranking, matrix, yes-no, slider, number, date, time, date-time, short-text, long-text, phone, email, consent, signature, calculated, hidden, information`,
		"24:11: pick is 9; expected a whole number from 1 to 2",
		"35:29: ${who} has no choice 'boss'; expected one of job_seeker, employer",
		"36:15: text has no text in tt; expected a text in each language: ru, tt",
		`36:34: text has a text in "en"; expected the survey's languages: ru, tt`,
	}, true},
}

// broken returns the source of mistake number i.
func broken(t *testing.T, i int) string {
	t.Helper()
	m := mistakes[i]
	if n := strings.Count(good, m.old); n != 1 {
		t.Fatalf("%s: %q stands %d times in the good survey", m.name, m.old, n)
	}
	return strings.Replace(good, m.old, m.new, 1)
}

func TestGoodSurveyLoads(t *testing.T) {
	for name, source := range map[string]string{
		"as it is": good, "with a byte order mark": "\ufeff" + good, "with Windows line ends": strings.ReplaceAll(good, "\n", "\r\n"),
	} {
		s, err := surveys.Load("demo.yaml", []byte(source))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s.ID != "demo" || s.Number != 1 || len(s.Questions()) != 4 || string(s.Source) != source || len(s.Version) != 16 {
			t.Errorf("%s: %+v", name, s)
		}
		if q := s.Question("words"); q.MaxLength != 100 || q.Text["tt"] != "Языгыз" || q.Relevance.String() != "${who} = 'employer'" {
			t.Errorf("%s: %+v", name, q)
		}
	}
}

func TestEveryMistakeIsNamedWithItsPlace(t *testing.T) {
	for i, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			s, err := surveys.Load("demo.yaml", []byte(broken(t, i)))
			var problems surveys.Problems
			if s != nil || !errors.As(err, &problems) {
				t.Fatalf("loaded, or the error is no Problems: %v", err)
			}
			want := "demo.yaml:" + strings.Join(m.want, "\ndemo.yaml:")
			if got := err.Error(); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
}

func TestSourcesBeyondTheBoundsAreRefused(t *testing.T) {
	question := "\n      - {code: q%d, kind: short-text, max_length: %d, text: {ru: А, tt: А}}"
	many := func(n, length int) string {
		s := good[:strings.Index(good, "  - relevance: ${face}")] + "  - questions:"
		for i := range n {
			s += fmt.Sprintf(question, i, length)
		}
		return s + "\n"
	}
	for name, c := range map[string]struct{ source, want string }{
		"empty":              {"", "demo.yaml:1:1: the file is empty; expected a survey"},
		"a comment":          {"# nothing\n", "demo.yaml:1:1: the file is empty; expected a survey"},
		"a list":             {"- a\n- b\n", "demo.yaml:1:1: the file is a list; expected the survey"},
		"too long":           {strings.Repeat("#", 256<<10+1), "demo.yaml:1:1: the survey has 262145 bytes; expected at most 262144"},
		"deep":               {strings.Repeat("[", 20000), "demo.yaml:1:65: too many brackets are open; expected at most 64"},
		"too many questions": {many(199, 1), "demo.yaml:11:3: the survey has 201 questions; expected at most 200"},
		"too long a response": {
			many(10, 1000),
			"demo.yaml:11:3: a full response could take 60615 bytes; expected at most 49152; ask less, or give texts a lower max_length",
		},
	} {
		if _, err := surveys.Load("demo.yaml", []byte(c.source)); err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", name, err, c.want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(rich))
	packed, err := surveys.Pack("p.yaml", []byte(pictured), album(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add(bytes.Replace(packed, []byte("a.png: "), []byte("a.png:  "), 1))
	for _, kind := range surveys.QuestionKinds {
		f.Add([]byte(one(kind)))
	}
	for _, m := range richMistakes {
		f.Add([]byte(strings.Replace(rich, m.old, m.new, 1)))
	}
	for _, m := range mistakes {
		f.Add([]byte(strings.Replace(good, m.old, m.new, 1)))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		s, err := surveys.Load("fuzz.yaml", source)
		if err == nil {
			a := surveys.Answers{}
			for _, q := range s.Questions() {
				a[q.Code] = q.Default
			}
			if s.Prune(a, 1); len(s.Path(a, 1)) > len(s.Questions()) {
				t.Fatal("the path is longer than the survey")
			}
			if points, highest, _ := s.Score(a, 1); points > highest {
				t.Fatalf("%d of %d points", points, highest)
			}
			s.Say(s.Thanks, s.Languages[0], a)
			s.Schedule.Next(time.Unix(1_800_000_000, 0).UTC())
			for _, q := range s.Questions() {
				if q.Code == "" || q.Kind == "" || q.Text.In(s.Languages[0]) == "" {
					t.Fatalf("a survey with an incomplete question loads: %+v", q)
				}
			}
			return
		}
		var problems surveys.Problems
		if !errors.As(err, &problems) || len(problems) == 0 {
			t.Fatalf("%#v", err)
		}
		lines := strings.Split(strings.ReplaceAll(string(source), "\r\n", "\n"), "\n")
		for _, p := range problems {
			if p.Line < 1 || p.Line > len(lines)+1 || p.Column < 1 || p.Message == "" {
				t.Fatalf("%+v", p)
			}
		}
	})
}
