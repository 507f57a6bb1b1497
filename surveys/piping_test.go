package surveys_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"otklik/surveys"
)

func TestTextsRepeatEarlierAnswers(t *testing.T) {
	survey := mustLoad(t, strings.NewReplacer("{ru: Оцените}", "{ru: '${place}|${region}|${city}|${age}|${name}|${born}|${even}|5 $ и $$'}").Replace(
		strings.Replace(rich, "    pick: 2\n", "", 1)))
	ask := survey.Question("service").Text
	visit := surveys.Visit{Survey: survey}
	for _, c := range []struct {
		a    surveys.Answers
		want string
	}{
		{surveys.Answers{}, "…|…|…|…|…|…|…|5 $ и $$"},
		{
			surveys.Answers{"place": s("№ 3"), "region": s("kazan"), "city": s("old"), "age": n(20.5), "name": s("${age} $1\\1"), "born": s("1990-05-09"), "even": list("two", "four")},
			"№ 3|Казань|Старый Казань|20,5|${age} $1\\1|09.05.1990|Два, Четыре|5 $ и $$",
		},
		{surveys.Answers{"region": s("chelny"), "city": s("far"), "even": list(), "born": s("soon"), "name": s("а\x00б\xff")}, "…|Челны|Далеко|…|аб|soon|…|5 $ и $$"},
	} {
		if got := visit.Say(ask, "ru", c.a); got != c.want {
			t.Errorf("%v:\n got %s\nwant %s", c.a, got, c.want)
		}
		if got := survey.Say(ask, "ru", c.a); got != c.want {
			t.Errorf("%v, taken as they are:\n got %s\nwant %s", c.a, got, c.want)
		}
	}
	// A choice that is not offered any more counts only where nobody looks at the path.
	stale := surveys.Answers{"region": s("moscow"), "city": s("far")}
	if got := visit.Say(ask, "ru", stale); !strings.HasPrefix(got, "…|Москва|…|") {
		t.Errorf("a choice that is not offered is repeated: %s", got)
	}
	if got := survey.Say(survey.Thanks, "ru", stale); got != "Спасибо, Москва!" {
		t.Error(got)
	}
}

func TestYesAndNoAreWordsInATextAndNumbersFollowTheLanguage(t *testing.T) {
	survey := mustLoad(t, `id: w
number: 1
kind: poll
languages: [ru, tt, en]
title: {ru: А, tt: А, en: A}
thanks: {ru: "${a} ${b}", tt: "${a} ${b}", en: "${a} ${b}"}
pages:
  - questions:
      - {code: a, kind: yes-no, text: {ru: А, tt: А, en: A}}
      - {code: b, kind: number, decimals: 1, text: {ru: А, tt: А, en: A}}
`)
	for lang, want := range map[string]string{"ru": "да 0,5", "tt": "әйе 0,5", "en": "yes 0.5", "xx": "yes 0,5"} {
		if got := survey.Say(survey.Thanks, lang, surveys.Answers{"a": s("yes"), "b": n(0.5)}); got != want {
			t.Errorf("%s: %s", lang, got)
		}
	}
}

// TestSayTakesAnyAnswers gives texts with every name answers of every form, valid or not.
func TestSayTakesAnyAnswers(t *testing.T) {
	survey := mustLoad(t, rich)
	var every []surveys.Value
	for _, sample := range samples {
		every = append(append(every, sample.good...), sample.bad...)
	}
	every = append(every, n(math.NaN()), n(math.Inf(-1)))
	rapid.Check(t, func(t *rapid.T) {
		a := surveys.Answers{}
		text := ""
		for _, q := range survey.Questions() {
			if rapid.Bool().Draw(t, "answer") {
				a[q.Code] = every[rapid.IntRange(0, len(every)-1).Draw(t, q.Code)]
			}
			text += "${" + q.Code + "}"
		}
		text += rapid.StringOf(rapid.SampledFrom([]rune("${}age-r г"))).Draw(t, "rest")
		for _, said := range []string{
			survey.Say(surveys.Text{"ru": text}, "ru", a), surveys.Visit{Survey: survey}.Say(surveys.Text{"ru": text}, "ru", a),
		} {
			if strings.Contains(said, "${region}") {
				t.Fatalf("%q leaves a name in %q", text, said)
			}
		}
		survey.Prune(a, 1)
		points, highest, _ := survey.Score(a, 1)
		if points < 0 || points > highest {
			t.Fatalf("%d of %d points", points, highest)
		}
	})
}
