package surveys_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"otklik/surveys"
)

// alphabets are the letters of the shipped languages. Package lint allows names in Latin letters; the library has none.
var alphabets = map[string]string{
	"ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
	"tt": "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәөүҗңһ",
	"en": "abcdefghijklmnopqrstuvwxyz",
}

// How long texts may be, and everything else about their wording, package lint holds. The library is held to more: no text
// has a letter of another language, and no Tatar text, not even of one word, is left in Russian.
func TestShippedTextsAreInTheirLanguages(t *testing.T) {
	for name, s := range shipped(t) {
		if !slices.Equal(s.Languages, []string{"ru", "tt", "en"}) {
			t.Errorf("%s is in %v", name, s.Languages)
		}
		check := func(what string, text surveys.Text) {
			for language, words := range text {
				for _, r := range strings.ToLower(words) {
					if unicode.IsLetter(r) && !strings.ContainsRune(alphabets[language], r) {
						t.Errorf("%s: %s in %s has the letter %q: %s", name, what, language, r, words)
					}
				}
			}
			if text["tt"] == text["ru"] && text != nil {
				t.Errorf("%s: %s reads the same in Tatar and in Russian: %s", name, what, text["tt"])
			}
		}
		check("title", s.Title)
		check("invitation", s.Invitation)
		check("thanks", s.Thanks)
		for _, q := range s.Questions() {
			for what, text := range map[string]surveys.Text{
				"text": q.Text, "hint": q.Hint, "low": q.Low, "high": q.High,
				"required message": q.RequiredMessage, "constraint message": q.ConstraintMessage,
			} {
				check(q.Code+" "+what, text)
			}
			for _, c := range q.Choices {
				check(q.Code+" "+c.Code, c.Text)
			}
			for _, r := range q.Rows {
				check(q.Code+" "+r.Code, r.Text)
			}
			if terms := q.Consent; terms != nil {
				check(q.Code+" purpose", terms.Purpose)
				check(q.Code+" term", terms.Term)
				check(q.Code+" statement", terms.Statement)
			}
		}
	}
}

func exitPoll(t *testing.T) *surveys.Survey { return shipped(t)["exit-poll.yaml"] }

func TestExitPollTakesTenScreensAtMost(t *testing.T) {
	const thanks = 1
	if n := exitPoll(t).LongestPath() + thanks; n > 10 {
		t.Errorf("a visitor can see %d screens", n)
	}
}

func TestExitPollMeasuresEachGroupByFourItems(t *testing.T) {
	s := exitPoll(t)
	items := map[int]map[string]int{}
	for _, q := range s.Questions() {
		if q.Group == 0 {
			continue
		}
		if q.Kind != surveys.Smiley || q.Required {
			t.Errorf("%s is a %s, required %v", q.Code, q.Kind, q.Required)
		}
		if items[q.Group] == nil {
			items[q.Group] = map[string]int{}
		}
		items[q.Group][q.Relevance.String()]++
	}
	for group := 1; group <= 5; group++ {
		if got := items[group]; len(got) != 2 || got["${who} = 'job_seeker'"] != 2 || got["${who} = 'employer'"] != 2 {
			t.Errorf("group %d has the items %v", group, got)
		}
	}
}

// TestExitPollAsksAFairShareOfItems walks many visits: each asks one item of every group, either item of a pair about
// equally often, and both items of two pairs together in every combination (the lots of pages do not depend on each other).
func TestExitPollAsksAFairShareOfItems(t *testing.T) {
	s := exitPoll(t)
	const visits = 4000
	for _, who := range []string{"job_seeker", "employer"} {
		times, together := map[string]int{}, map[string]int{}
		for seed := range uint64(visits) {
			var asked []string
			groups := map[int]bool{}
			for _, q := range s.Path(surveys.Answers{"who": surveys.String(who)}, seed) {
				if q.Group > 0 {
					asked = append(asked, q.Code)
					groups[q.Group] = true
					times[q.Code]++
				}
			}
			if len(asked) != 5 || len(groups) != 5 {
				t.Fatalf("seed %d asks %v", seed, asked)
			}
			together[asked[0]+" "+asked[1]]++
			together[asked[3]+" "+asked[4]]++
		}
		// Five standard deviations of a binomial share of one half and of one quarter.
		for code, n := range times {
			if n < visits/2-160 || n > visits/2+160 {
				t.Errorf("%s is asked %d times in %d", code, n, visits)
			}
		}
		for codes, n := range together {
			if n < visits/4-140 || n > visits/4+140 {
				t.Errorf("%s are asked together %d times in %d", codes, n, visits)
			}
		}
		if len(times) != 10 || len(together) != 8 {
			t.Errorf("%d items and %d pairs are asked of %s", len(times), len(together), who)
		}
	}
}

func TestExitPollAsksForAReasonExactlyAfterALowScore(t *testing.T) {
	s := exitPoll(t)
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		who := rapid.SampledFrom([]string{"job_seeker", "employer"}).Draw(t, "who")
		answers := surveys.Answers{"who": surveys.String(who)}
		low := false
		for _, q := range s.Path(answers, seed) {
			if q.Group == 0 || rapid.IntRange(0, 3).Draw(t, "skip") == 0 {
				continue
			}
			score := rapid.IntRange(1, 4).Draw(t, q.Code)
			low = low || score <= 2
			answers[q.Code] = surveys.Number(float64(score))
		}
		path := s.Path(answers, seed)
		asked := slices.ContainsFunc(path, func(q *surveys.Question) bool { return q.Code == "reason" })
		if asked != low {
			t.Fatalf("a low score was given: %v; a reason is asked for: %v", low, asked)
		}
		if len(path) > 9 || path[0].Code != "who" || path[len(path)-1].Code != "comment" {
			t.Fatalf("the path is %v", codes(path))
		}
		want := map[string]string{"job_seeker": "citizens", "employer": "employers"}[who]
		if got := s.AudienceOf(answers); got != want {
			t.Fatalf("%s is of the audience %s", who, got)
		}
	})
}

// codes lists the questions of a path.
func codes(path []*surveys.Question) []string {
	list := make([]string, len(path))
	for i, q := range path {
		list[i] = q.Code
	}
	return list
}
