package lint_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"otklik/surveys"
	"otklik/surveys/lint"
)

const head = "id: poll\nnumber: 1\nkind: poll\nlanguages: [ru]\ntitle: {ru: Опрос}\n"

// pages is a survey of one page for each list of questions, which stand one a line in flow style.
func pages(questions ...string) string {
	b := head + "pages:\n"
	for _, page := range questions {
		b += "  - questions:\n"
		for _, q := range strings.Split(page, "\n") {
			if strings.HasPrefix(q, "relevance") {
				b = strings.TrimSuffix(b, "  - questions:\n") + "  - " + q + "\n    questions:\n"
				continue
			}
			b += "      - {" + q + "}\n"
		}
	}
	return b
}

const (
	who    = "code: who, kind: single-choice, required: true, text: {ru: Кто вы?}, choices: [{code: a, text: {ru: Гость}}, {code: b, text: {ru: Хозяин}}]"
	face   = "code: face, kind: smiley, text: {ru: Как вас встретили?}"
	number = "code: age, kind: number, min: 0, max: 120, text: {ru: Сколько вам лет?}"
	many   = "code: many, kind: multiple-choice, text: {ru: Что верно?}, choices: [{code: x, text: {ru: Один}}, {code: y, text: {ru: Два}}, {code: z, exclusive: true, text: {ru: Ничего}}]"
)

func yes(code, condition string) string {
	return fmt.Sprintf(`code: %s, kind: yes-no, text: {ru: Придёте ещё?}, relevance: "%s"`, code, condition)
}

// english is a survey in two languages with one question of these texts.
func english(kind, ru, en string) string {
	return strings.NewReplacer("[ru]", "[ru, en]", "{ru: Опрос}", "{ru: Опрос, en: A poll}").Replace(
		pages(fmt.Sprintf("code: q, kind: %s, text: {ru: %q, en: %q}", kind, ru, en)))
}

func tatar(kind, ru, tt string) string {
	return strings.NewReplacer("[ru, en]", "[ru, tt]", "en: A poll", "tt: Сораштыру", ", en: ", ", tt: ").Replace(english(kind, ru, tt))
}

func agree(text string) string { return pages("code: q, kind: agreement, text: {ru: " + text + "}") }

func choices(a, b string) string {
	return pages(fmt.Sprintf("code: q, kind: single-choice, text: {ru: Что выберете?}, choices: [{code: a, text: {ru: %q}}, {code: b, text: {ru: %q}}]", a, b))
}

// Each rule with a survey that trips it and one that nearly does.
var cases = []struct {
	rule       string
	name       string
	trips, not string
}{
	{"unreachable", "a page", pages(who, "relevance: ${who} = 'a' and ${who} = 'b'\n"+face), pages(who, "relevance: ${who} = 'a'\n"+face)},
	{"unreachable", "a question off its scale", pages(face, yes("q", "${face} > 4")), pages(face, yes("q", "${face} >= 4"))},
	{"unreachable", "a question against its page", pages(who, "relevance: ${who} = 'a'\n"+yes("q", "${who} = 'b'")), pages(who, face, "relevance: ${who} = 'a'\n"+yes("q", "${face} = 1"))},
	{"unreachable", "what a required question never is", pages(who, yes("q", "${who} = ''")), pages(strings.Replace(who, "required: true", "required: false", 1), yes("q", "${who} = ''"))},
	{
		"unreachable", "an answer of somebody else", pages(who, yes("m", "${who} = 'a'"), yes("q", "${who} = 'b' and ${m} = 'yes'")),
		pages(who, yes("m", "${who} = 'a'"), yes("q", "${who} = 'b' and ${m} = ''")),
	},
	{"unreachable", "both an exclusive choice and another", pages(many, yes("q", "selected(${many}, 'x') and selected(${many}, 'z')")), pages(many, yes("q", "selected(${many}, 'x') and selected(${many}, 'y')"))},
	{"unreachable", "too many choices", pages(many, yes("q", "count-selected(${many}) > 2")), pages(many, yes("q", "count-selected(${many}) > 1"))},
	{"unreachable", "a number out of bounds", pages(number, yes("q", "${age} > 120")), pages(number, yes("q", "${age} > 119"))},
	{"unreachable", "between two whole numbers", pages(number, yes("q", "${age} > 17 and ${age} < 18")), pages(number, yes("q", "${age} > 17 and ${age} < 19"))},
	{
		"unreachable", "a sum", pages(face, "code: sum, kind: calculated, calculation: '${face} + 1', text: {ru: Сумма}", yes("q", "${sum} > 5")),
		pages(face, "code: sum, kind: calculated, calculation: '${face} + 1', text: {ru: Сумма}", yes("q", "${sum} > 4")),
	},
	{"unreachable", "a date", pages("code: day, kind: date, min: '2026-01-01', max: '2026-12-31', text: {ru: Когда?}", yes("q", "${day} < date('2026-01-01')")), pages("code: day, kind: date, min: '2026-01-01', max: '2026-12-31', text: {ru: Когда?}", yes("q", "${day} <= date('2026-01-01')"))},
	{"unreachable", "a row", pages("code: m, kind: matrix, scale: stars, text: {ru: Оцените}, rows: [{code: r, text: {ru: Зал}}]", yes("q", "${m-r} = 6")), pages("code: m, kind: matrix, scale: stars, text: {ru: Оцените}, rows: [{code: r, text: {ru: Зал}}]", yes("q", "${m-r} = 5"))},
	{
		"unreachable", "a choice",
		pages(who, `code: q, kind: single-choice, text: {ru: Что?}, relevance: "${who} = 'a'", choices: [{code: c, text: {ru: Одно}}, {code: d, text: {ru: Другое}, when: "${who} = 'b'"}]`),
		pages(who, `code: q, kind: single-choice, text: {ru: Что?}, choices: [{code: c, text: {ru: Одно}}, {code: d, text: {ru: Другое}, when: "${who} = 'b'"}]`),
	},
	{"never-true", "a constraint", pages("code: q, kind: number, max: 10, text: {ru: Сколько?}, constraint: '. > 10'"), pages("code: q, kind: number, max: 10, text: {ru: Сколько?}, constraint: '. > 9'")},
	{"never-true", "an audience", pages(face) + "audiences: [{code: a, name: {ru: Все}, when: '${face} = 5'}]\n", pages(face) + "audiences: [{code: a, name: {ru: Все}, when: '${face} = 4'}]\n"},
	{"never-true", "a quota", pages(face) + "quotas: [{code: a, limit: 5, when: '${face} = 5'}]\n", pages(face) + "quotas: [{code: a, limit: 5, when: '${face} = 4'}]\n"},
	{"always-true", "a relevance", pages(face, yes("q", "${face} <= 4 or ${face} = ''")), pages(face, yes("q", "${face} <= 4"))},
	{"always-true", "a constraint", pages("code: q, kind: number, min: 1, max: 10, text: {ru: Сколько?}, constraint: '. > 0'"), pages("code: q, kind: number, max: 10, text: {ru: Сколько?}, constraint: '. > 0'")},
	{"always-true", "what decides nothing yet", pages(who, yes("q", "${who} != ''")), pages(who, face) + "audiences: [{code: a, name: {ru: Все}, when: \"${who} != ''\"}]\n"},
	{"always-true", "undecided: a text", pages(yes("q", "true()")), pages("code: t, kind: short-text, text: {ru: Что?}", yes("q", "string-length(${t}) >= 0"))},

	{"look-alike-choices", "case and ё", choices("Ещё варианты", "еще  варианты."), choices("Ещё варианты", "Ещё вариант")},
	{"look-alike-choices", "a Latin letter", choices("Сoвет", "Совет"), choices("Ответ", "Совет")},
	{"look-alike-choices", "signs that mean something", choices("Да!", "Да"), choices("> 5", "< 5")},
	{"look-alike-choices", "numbers", choices("1,5 часа", "1,5  часа"), choices("1,5 часа", "15 часа")},
	{"look-alike-choices", "minus", choices("- 5", "— 5"), choices("-5", "5")},
	{
		"look-alike-choices", "never together", pages(who, `code: q, kind: single-choice, text: {ru: Где?}, choices: [{code: c, text: {ru: Другое}}, {code: d, text: {ru: Другое}, when: "${who} = 'b'"}]`),
		pages(who, `code: q, kind: single-choice, text: {ru: Где?}, choices: [{code: c, text: {ru: Другое}, when: "${who} = 'a'"}, {code: d, text: {ru: Другое}, when: "${who} = 'b'"}]`),
	},
	{
		"look-alike-choices", "rows", pages("code: m, kind: matrix, scale: stars, text: {ru: Оцените}, rows: [{code: r, text: {ru: Зал}}, {code: s, text: {ru: зал}}]"),
		pages("code: m, kind: matrix, scale: stars, text: {ru: Оцените}, rows: [{code: r, text: {ru: Зал}}, {code: s, text: {ru: Вал}}]"),
	},

	{"untranslated", "a question", tatar("smiley", "Как прошёл визит?", "Как прошёл визит?"), tatar("smiley", "Как прошёл визит?", "Килүегез ничек узды?")},
	{"untranslated", "a word that both have", tatar("smiley", "Терминал?", "Терминал?"), strings.Replace(tatar("smiley", "Как?", "Ничек?"), "tt: Сораштыру", "tt: Опрос", 1)},
	{"foreign-letters", "Russian in English", english("smiley", "Как прошёл визит?", "Как it went?"), english("smiley", "Как вам МФЦ?", "How was the MFC?")},
	{"foreign-letters", "Tatar in Russian", tatar("smiley", "Үзәк ничек?", "Үзәктә ничек?"), tatar("smiley", "Как?", "Үзәктә ничек?")},
	{"mixed-alphabets", "a Latin o", agree("Мне пoмогли"), agree("Мне прислали SMS-код")},

	{"leading-wording", "liked", pages("code: q, kind: smiley, text: {ru: 'Насколько вам понравился приём?'}"), pages("code: q, kind: smiley, text: {ru: 'Насколько вам понравился или не понравился приём?'}")},
	{"leading-wording", "satisfied", english("stars", "Как вам приём?", "How satisfied were you?"), english("stars", "Как вам приём?", "How satisfied or dissatisfied were you?")},
	{"leading-wording", "liked in Tatar", tatar("stars", "Как вам приём?", "Сезгә ошадымы?"), tatar("stars", "Как вам приём?", "Сезгә ошадымы, әллә юкмы?")},
	{"leading-wording", "an open question", pages("code: q, kind: yes-no, text: {ru: 'Вам понравилось?'}"), pages("code: q, kind: short-text, text: {ru: 'Что вам понравилось?'}")},
	{"scale-direction", "ends", pages("code: q, kind: slider, low: {ru: отлично}, high: {ru: плохо}, text: {ru: Как приём?}"), pages("code: q, kind: slider, reversed: true, low: {ru: отлично}, high: {ru: плохо}, text: {ru: Как приём?}")},
	{"scale-direction", "reversed for nothing", pages("code: q, kind: nps, reversed: true, low: {ru: ужасно}, high: {ru: отлично}, text: {ru: Как приём?}"), pages("code: q, kind: nps, low: {ru: не легко}, high: {ru: трудно}, text: {ru: Как приём?}")},
	{
		"scale-direction", "a Tatar complaint", tatar("agreement", "Мне помогли", "Мин канәгатьсез калдым"),
		tatar("agreement", "Мне помогли", "Мин канәгать калдым"),
	},
	{"scale-direction", "a complaint to agree with", agree("Мне было трудно записаться"), agree("Мне было нетрудно записаться")},
	{"scale-direction", "denied", agree("Пришлось долго ждать"), agree("Мне не пришлось долго ждать")},
	{
		"mixed-directions", "a row", pages("code: m, kind: matrix, scale: stars, text: {ru: Оцените}, rows: [{code: r, reversed: true, text: {ru: Очередь}}, {code: s, text: {ru: Зал}}]"),
		pages("code: m, kind: matrix, scale: stars, text: {ru: Оцените}, rows: [{code: r, reversed: true, text: {ru: Очередь}}, {code: s, reversed: true, text: {ru: Шум}}]"),
	},

	{"two-questions", "and", agree("Зал чистый и светлый"), agree("Между приёмом и ответом прошёл день")},
	{"two-questions", "a name", agree("Отдел найма и учёта помог"), agree("Отдел «Найм и учёт» помог")},
	{"two-questions", "and in English", english("smiley", "Как зал?", "How were the hall and the staff?"), english("smiley", "Как зал?", "How were the terms and conditions?")},
	{"two-questions", "and in Tatar", tatar("smiley", "Как зал?", "Зал һәм хезмәткәрләр ничек?"), tatar("smiley", "Как зал?", "Һәм зал ничек?")},
	{"two-questions", "two marks", pages("code: q, kind: short-text, text: {ru: 'Что понравилось? Что нет?'}"), pages("code: q, kind: short-text, text: {ru: 'Что понравилось и что нет?'}")},
	{
		"two-questions", "a row", pages("code: m, kind: matrix, scale: stars, text: {ru: Оцените}, rows: [{code: r, text: {ru: Зал и вход}}]"),
		pages("code: m, kind: matrix, text: {ru: Оцените}, rows: [{code: r, text: {ru: Зал и вход}}], choices: [{code: a, text: {ru: Был}}, {code: b, text: {ru: Нет}}]"),
	},

	{"too-long", "a question", agree(strings.Repeat("аб", 31)), agree(strings.Repeat("аб", 30))},
	{"too-long", "a choice", choices(strings.Repeat("а", 31), "Б"), choices(strings.Repeat("а", 30), "Б")},
	{"too-long", "a sentence", agree(strings.TrimSpace(strings.Repeat("аб ", 16))), agree(strings.TrimSpace(strings.Repeat("аб ", 15)))},
	{"long-visit", "many texts", pages(texts(8)), pages(texts(2))},
	{"invalid", "no survey", "id: 1\n", pages(face)},
}

func texts(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("code: t%d, kind: long-text, required: true, text: {ru: Что ещё?}", i))
	}
	return strings.Join(all, "\n")
}

func check(t *testing.T, source string, o lint.Options) *lint.Report {
	t.Helper()
	r, err := lint.Check("poll.yaml", []byte(source), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRules(t *testing.T) {
	for _, c := range cases {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			tripped := check(t, c.trips, lint.Options{}).Findings
			if !slices.ContainsFunc(tripped, func(f lint.Finding) bool { return f.Rule == c.rule }) {
				t.Errorf("nothing is found, but %v in\n%s", tripped, c.trips)
			}
			for _, f := range check(t, c.not, lint.Options{}).Findings {
				if f.Rule == c.rule || f.Rule == "invalid" {
					t.Errorf("%s in\n%s", f, c.not)
				}
			}
		})
	}
}

func TestFindingsNameThePlaceAndWhatToDo(t *testing.T) {
	r := check(t, pages(face, yes("q", "${face} > 4")), lint.Options{})
	const want = `poll.yaml:10:70: error: question q is never asked: ${face} > 4 is never true; mend the condition or take it out [unreachable]`
	if len(r.Findings) != 1 || r.Findings[0].String() != want || r.Findings[0].Question != "q" || !r.Has(lint.Error) || r.Has(lint.Warning) {
		t.Errorf("%v, want %s", r.Findings, want)
	}
}

func TestFiguresFollowTheBranches(t *testing.T) {
	f := check(t, pages(who, yes("x", "${who} = 'a'")+"\n"+yes("y", "${who} = 'a'"), yes("z", "${who} = 'b' and ${x} = ''"), face), lint.Options{}).Figures
	if f.Screens != (lint.Bounds{Shortest: 3, Longest: 4}) || f.Seconds.Shortest <= 5 || f.Seconds.Longest <= f.Seconds.Shortest ||
		f.Typical < f.Seconds.Shortest || f.Typical > f.Seconds.Longest {
		t.Errorf("%+v", f)
	}
}

type glass []lint.Misfit

func (g glass) Misfits(*surveys.Survey) ([]lint.Misfit, error) {
	if g == nil {
		return nil, errors.New("the glass is broken")
	}
	return g, nil
}

func TestMisfitsAreFoundOnceWithTheirDisplays(t *testing.T) {
	r := check(t, pages(who, face), lint.Options{Glass: glass{
		{Question: "face", Language: "ru", Display: "800×480", Problem: "a and b overlap"},
		{Question: "face", Language: "ru", Display: "1280×800", Problem: "a and b overlap"},
		{Language: "ru", Display: "800×480", Problem: "c leaves the glass"},
	}})
	want := []string{
		"poll.yaml:5:13: error: a screen without a question in ru does not fit 800×480: c leaves the glass; write less [does-not-fit]",
		"poll.yaml:10:47: error: question face in ru does not fit 800×480, 1280×800: a and b overlap; write less [does-not-fit]",
	}
	for i, f := range r.Findings {
		if i >= len(want) || f.String() != want[i] {
			t.Errorf("%s", f)
		}
	}
	if len(r.Findings) != len(want) {
		t.Errorf("%d findings", len(r.Findings))
	}
	if _, err := lint.Check("poll.yaml", []byte(pages(face)), lint.Options{Glass: glass(nil)}); err == nil {
		t.Error("a broken glass is not told")
	}
}
