package surveys_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"otklik/surveys"
)

func TestAFilterTakesChoicesAndWholeQuestionsAway(t *testing.T) {
	survey := mustLoad(t, rich)
	visit := surveys.Visit{Survey: survey, Seed: 1}
	city := survey.Question("city")
	for region, want := range map[string][]string{"kazan": {"old"}, "chelny": {"far", "new", "none", "old"}, "moscow": {}} {
		a := surveys.Answers{"region": s(region)}
		var got []string
		for _, c := range visit.Choices(city, a) {
			got = append(got, c.Code)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s offers %v", region, got)
		}
		if on := slices.Contains(visit.Path(a), city); on != (len(want) > 0) {
			t.Errorf("with %d choices, the city is asked: %v", len(want), on)
		}
		err := visit.Check(city, s("new"), a)
		if (err == nil) != (region == "chelny") {
			t.Errorf("a new city of %s: %v", region, err)
		}
	}
	a := surveys.Answers{"region": s("kazan"), "city": s("new"), "age": n(30)}
	if visit.Prune(a); !a["city"].IsZero() || !a["double"].Equal(n(60)) || a["age"].IsZero() {
		t.Errorf("pruned, the answers are %v", a)
	}
}

func TestRandomChoicesAreAllThereInADrawnOrderWithTheLastOnesLast(t *testing.T) {
	survey := mustLoad(t, rich)
	city, a := survey.Question("city"), surveys.Answers{"region": s("chelny")}
	orders := map[string]int{}
	const visits = 3000
	for seed := range uint64(visits) {
		var got []string
		for _, c := range (surveys.Visit{Survey: survey, Seed: seed}).Choices(city, a) {
			got = append(got, c.Code)
		}
		orders[strings.Join(got, " ")]++
	}
	// Six orders of three choices, each in one of six visits, five standard deviations each way.
	for order, times := range orders {
		if !strings.HasSuffix(order, " far") || times < visits/6-103 || times > visits/6+103 {
			t.Errorf("%s comes %d times", order, times)
		}
	}
	if len(orders) != 6 {
		t.Errorf("%d orders of three choices", len(orders))
	}
}

func TestOtherAndExclusiveChoicesStayLastWithoutBeingTold(t *testing.T) {
	source := strings.NewReplacer("choices: [", "order: random, choices: [{code: none, exclusive: true, text: {ru: Г}}, ").
		Replace(one(surveys.MultipleChoice))
	survey := mustLoad(t, source)
	for seed := range uint64(50) {
		var got []string
		for _, c := range (surveys.Visit{Survey: survey, Seed: seed}).Choices(survey.Question("q"), nil) {
			got = append(got, c.Code)
		}
		if len(got) != 4 || got[2] != "none" || got[3] != "other" {
			t.Fatalf("seed %d offers %v", seed, got)
		}
	}
}

// TestRandomOrdersNeverChange holds what terminals already in the field draw.
func TestRandomOrdersNeverChange(t *testing.T) {
	survey := mustLoad(t, strings.Replace(rich, "pick: 2\n", "pick: 3\n", 1))
	a := surveys.Answers{"region": s("chelny")}
	for seed, want := range map[uint64]string{
		0:          "new none old far capital sea even",
		1:          "none new old far even sea capital",
		^uint64(0): "new old none far even sea capital",
	} {
		visit := surveys.Visit{Survey: survey, Seed: seed}
		var got []string
		for _, c := range visit.Choices(survey.Question("city"), a) {
			got = append(got, c.Code)
		}
		for _, q := range visit.Path(a) {
			if len(q.Correct) > 0 {
				got = append(got, q.Code)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("seed %d draws %q and drew %q", seed, strings.Join(got, " "), want)
		}
	}
	if !survey.Random() || mustLoad(t, one(surveys.Smiley)).Random() {
		t.Error("which survey needs a seed is not known")
	}
}

func TestVisitCheckKnowsConstraintsAndRankings(t *testing.T) {
	survey := mustLoad(t, rich)
	visit, age := surveys.Visit{Survey: survey}, survey.Question("age")
	for region, good := range map[string]bool{"kazan": true, "chelny": false, "": false} {
		a := surveys.Answers{"region": s(region), "age": n(44)}
		err := visit.Check(age, n(17), a)
		var broken *surveys.ConstraintError
		if good != (err == nil) || !good && (!errors.As(err, &broken) || broken.Question != age) {
			t.Errorf("17 in %q: %v", region, err)
		}
		if err := visit.Check(age, n(18), a); err != nil || !a["age"].Equal(n(44)) {
			t.Errorf("18 in %q: %v, %v", region, err, a)
		}
		if err := visit.Check(age, n(13), a); err == nil || errors.As(err, &broken) {
			t.Errorf("13 in %q: %v", region, err)
		}
	}
	ranking := mustLoad(t, strings.Replace(one(surveys.Ranking), "top: 2", "top: 2, required: true", 1))
	q := ranking.Question("q")
	if err := (surveys.Visit{Survey: ranking}).Check(q, list("a"), nil); err == nil || !strings.Contains(err.Error(), "1 of 2 places") {
		t.Error(err)
	}
	if err := (surveys.Visit{Survey: ranking}).Check(q, list("other", "a"), nil); err != nil {
		t.Error(err)
	}
	filtered := mustLoad(t, strings.NewReplacer("top: 2", "top: 2, required: true", "code: a,", "code: a, when: 1 = 2,", "code: b,", "code: b, when: 1 = 2,").
		Replace(one(surveys.Ranking)))
	if err := (surveys.Visit{Survey: filtered}).Check(filtered.Question("q"), list("other"), nil); err != nil {
		t.Error(err)
	}
}

func TestTodayIsTheDayTheVisitBegan(t *testing.T) {
	survey := mustLoad(t, strings.Replace(one(surveys.Date), "min: 1900-01-01, max: 2026-12-31", "constraint: '. <= today()'", 1))
	q := survey.Question("q")
	for began, good := range map[string]bool{"2026-05-09": true, "2026-05-08": false} {
		day, err := time.ParseInLocation("2006-01-02", began, time.FixedZone("MSK", 3*60*60))
		if err != nil {
			t.Fatal(err)
		}
		if err := (surveys.Visit{Survey: survey, Began: day}).Check(q, s("2026-05-09"), nil); (err == nil) != good {
			t.Errorf("on %s: %v", began, err)
		}
	}
}

func TestCalculationsFollowTheAnswersAndOnceKeepsThem(t *testing.T) {
	survey := mustLoad(t, strings.Replace(rich, "calculation: ${age} * 2", "calculation: once(${age} * 2)", 1))
	a := surveys.Answers{"age": n(20), "service": surveys.Rows(row("staff", n(2)))}
	survey.Prune(a, 1)
	if !a["double"].Equal(n(40)) || !slices.Contains(codes(survey.Path(a, 1)), "why") {
		t.Errorf("%v", a)
	}
	a["age"] = n(10)
	if survey.Prune(a, 1); !a["double"].Equal(n(40)) {
		t.Errorf("once does not keep: %v", a)
	}
	plain := mustLoad(t, rich)
	if plain.Prune(a, 1); !a["double"].Equal(n(20)) || slices.Contains(codes(plain.Path(a, 1)), "why") {
		t.Errorf("%v", a)
	}
	delete(a, "age")
	if plain.Prune(a, 1); !a["double"].IsZero() {
		t.Errorf("twice nothing is %v", a["double"])
	}
	for calculation, want := range map[string]surveys.Value{
		"concat('а', 'б')": s("аб"), "date('2026-01-31')": s("2026-01-31"), "''": {}, "1 div 0": {}, "0.5": n(0.5),
		"concat('" + strings.Repeat("ө", 300) + "')": s(strings.Repeat("ө", 200)),
	} {
		survey := mustLoad(t, strings.Replace(one(surveys.Calculated), "1 + 1", "\""+calculation+"\"", 1))
		a := surveys.Answers{}
		if survey.Prune(a, 1); !a["q"].Equal(want) || !want.IsZero() && survey.Question("q").Check(want) != nil {
			t.Errorf("%s gives %v", calculation, a["q"])
		}
	}
}

func TestHiddenQuestionsTakeWhatTheTerminalKnows(t *testing.T) {
	visit := surveys.Visit{Survey: mustLoad(t, rich)}
	for known, want := range map[string]string{"": "Окно", "А-1": "А-1", "а\x00\xffб": "аб", strings.Repeat("ө", 200): strings.Repeat("ө", 120)} {
		a := surveys.Answers{}
		visit.Preset(a, map[string]string{"window": known, "site": "elsewhere"})
		if got, _ := a["place"].Text(); got != want || len(a) != 1 || visit.Survey.Question("place").Check(a["place"]) != nil {
			t.Errorf("%q presets %v", known, a)
		}
	}
}

func TestATestIsMarked(t *testing.T) {
	survey := mustLoad(t, strings.Replace(rich, "pick: 2\n", "pick: 3\n", 1))
	right := surveys.Answers{"capital": s("moscow"), "even": list("two", "four"), "sea": s("  чЕрное   МОРЕ ")}
	for _, c := range []struct {
		change surveys.Answers
		points int
		passed bool
	}{
		{surveys.Answers{}, 5, true},
		{surveys.Answers{"even": list("two")}, 4, true},
		{surveys.Answers{"even": list("two", "three", "four"), "sea": s("Чёрное")}, 4, true},
		{surveys.Answers{"even": {}, "sea": s("Белое")}, 3, true}, // three of five are the 60 % of the pass mark
		{surveys.Answers{"capital": s("kazan")}, 2, false},
	} {
		a := maps.Clone(right)
		maps.Copy(a, c.change)
		if points, highest, passed := survey.Score(a, 7); points != c.points || highest != 5 || passed != c.passed {
			t.Errorf("%v: %d of %d points, passed %v", c.change, points, highest, passed)
		}
	}
	if points, highest, passed := mustLoad(t, good).Score(nil, 1); points != 0 || highest != 0 || passed {
		t.Error("a survey without marks is passed")
	}
	picked := mustLoad(t, rich)
	for seed := range uint64(20) {
		_, highest, _ := picked.Score(right, seed)
		want := 0
		for _, q := range picked.Path(right, seed) {
			want += q.Points
		}
		if highest != want || highest > 4 {
			t.Errorf("seed %d: %d points can be earned by two questions worth %d", seed, highest, want)
		}
	}
}

func TestQuotasAreFullWhenTheTerminalHasEnough(t *testing.T) {
	visit := surveys.Visit{Survey: mustLoad(t, rich)}
	kazan, none := surveys.Answers{"region": s("kazan")}, surveys.Answers{}
	if got := visit.Quotas(kazan); !slices.Equal(got, []string{"all", "kazan"}) {
		t.Errorf("%v", got)
	}
	if got := visit.Quotas(none); !slices.Equal(got, []string{"all"}) {
		t.Errorf("%v", got)
	}
	for _, c := range []struct {
		done map[string]int
		a    surveys.Answers
		want string
	}{
		{map[string]int{"all": 99, "kazan": 1}, kazan, ""},
		{map[string]int{"all": 99, "kazan": 2}, kazan, "kazan"},
		{map[string]int{"all": 99, "kazan": 2}, none, ""},
		{map[string]int{"all": 100}, none, "all"},
	} {
		full := visit.Full(c.a, func(code string) int { return c.done[code] })
		if full == nil && c.want != "" || full != nil && full.Code != c.want {
			t.Errorf("%v after %v: %+v", c.a, c.done, full)
		}
	}
}

func TestOutcomesAreAllowedWhereTheQuestionOffersThem(t *testing.T) {
	survey := mustLoad(t, rich)
	untimed := mustLoad(t, strings.Replace(rich, ", time_limit: 600", "", 1))
	for _, c := range []struct {
		survey   *surveys.Survey
		question string
		outcome  surveys.Outcome
		want     string
	}{
		{survey, "region", surveys.Declined, ""},
		{survey, "region", surveys.Skipped, "region was skipped, and it is required"},
		{survey, "age", surveys.Declined, "age was declined, and it does not offer that"},
		{survey, "age", surveys.TimedOut, ""},
		{untimed, "age", surveys.TimedOut, "age timed out, and it has no time limit"},
		{untimed, "capital", surveys.TimedOut, ""},
	} {
		r := surveys.Response{
			Survey: "rich", Version: c.survey.Version, Number: 1, Language: "ru",
			Answers: []surveys.Answer{{Question: c.question, Outcome: c.outcome}},
		}
		if err := c.survey.CheckResponse(&r); fmt.Sprint(err) != strings.TrimSpace("question "+c.want) && !(c.want == "" && err == nil) {
			t.Errorf("%s %s: %v", c.question, c.outcome, err)
		}
	}
}

func TestAStaffSurveyIsAnonymous(t *testing.T) {
	staff := mustLoad(t, strings.Replace(one(surveys.Smiley), "kind: test", "kind: staff", 1))
	if poll := mustLoad(t, one(surveys.Smiley)); !staff.Anonymous || poll.Anonymous {
		t.Error("who is anonymous is wrong")
	}
}

func TestAPageTogetherIsOneScreen(t *testing.T) {
	survey := mustLoad(t, rich)
	var screens []string
	for _, screen := range (surveys.Visit{Survey: survey, Seed: 1}).Screens(surveys.Answers{"region": s("kazan")}) {
		screens = append(screens, strings.Join(codes(screen), "+"))
	}
	got := strings.Join(screens, " ")
	if !strings.HasPrefix(got, "region city age name+born ") || !strings.HasSuffix(got, " service agree mood") || strings.Count(got, " ") != 8 {
		t.Errorf("the screens are %s", got)
	}
	if longest := survey.LongestPath(); longest != 10 {
		t.Errorf("the longest path has %d screens", longest)
	}
	if survey.Progress(nil, 1, "double") != 0 || survey.Progress(nil, 1, "name") != survey.Progress(nil, 1, "born") {
		t.Error("progress does not follow the screens")
	}
}
