package visit_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// with is the lobby's survey with another id and more keys.
func with(t testing.TB, id, keys string) *surveys.Survey {
	t.Helper()
	return mustLoad(t, strings.NewReplacer("id: lobby", "id: "+id, "pages:", keys+"\npages:").Replace(source))
}

const weekdays = "schedule: {open: [{days: [mon, tue, wed, thu, fri], from: '09:00', until: '18:00'}]}"

// TestClosedTerminalSaysWhenItOpensAndOpens: 15 January 2026 is a Thursday.
func TestClosedTerminalSaysWhenItOpensAndOpens(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{with(t, "lobby", weekdays)}})
	if v := l.view(); v.Screen != visit.Attract {
		t.Fatalf("at nine: %s", v.Screen)
	}
	tick := func(at string) visit.View {
		now, err := time.Parse("2006-01-02 15:04", at)
		if err != nil {
			t.Fatal(err)
		}
		l.now = now
		l.Handle(visit.Tick{}, l.now)
		return l.view()
	}
	if v := tick("2026-01-15 17:59"); v.Screen != visit.Attract || !l.Deadline(l.now).Equal(l.now.Add(time.Minute)) {
		t.Errorf("a minute before it closes: %s until %s", v.Screen, l.Deadline(l.now))
	}
	l.Handle(visit.Start{}, l.now)
	if v := tick("2026-01-15 18:00"); v.Screen != visit.Question {
		t.Errorf("closing time cut a visit short: %s", v.Screen)
	}
	l.do(visit.Continue{})
	l.do(visit.Back{})
	if v := l.view(); v.Screen != visit.Closed || v.OpensIn != 1 || v.Opens.Hour() != 9 {
		t.Errorf("after closing time: %s, opens %s in %d days", v.Screen, v.Opens, v.OpensIn)
	}
	l.do(visit.Start{})
	if v := l.view(); v.Screen != visit.Closed {
		t.Errorf("a closed survey began: %s", v.Screen)
	}
	if v := tick("2026-01-16 18:30"); v.OpensIn != 3 || v.Opens.Weekday() != time.Monday {
		t.Errorf("on Friday evening it opens %s in %d days", v.Opens, v.OpensIn)
	}
	if v := tick("2026-01-19 00:00"); v.OpensIn != 0 {
		t.Errorf("on Monday it opens in %d days", v.OpensIn)
	}
	if v := tick("2026-01-19 09:00"); v.Screen != visit.Attract {
		t.Errorf("on Monday at nine: %s", v.Screen)
	}
}

// TestGlassSleepsWhileTheCentreIsClosed: a survey without a schedule of its own keeps the centre's hours, and a visit that
// began before they end goes on.
func TestGlassSleepsWhileTheCentreIsClosed(t *testing.T) {
	l := newLobby(visit.Config{
		Surveys: []*surveys.Survey{with(t, "lobby", "")},
		Hours:   []surveys.Opening{{Days: []time.Weekday{time.Thursday}, From: "09:00", Until: "18:00"}},
	})
	l.do(visit.Start{})
	l.now = time.Date(2026, 1, 15, 18, 0, 0, 0, time.UTC)
	l.do(visit.Continue{})
	if v := l.view(); v.Screen != visit.Question {
		t.Errorf("closing time cut a visit short: %s", v.Screen)
	}
	l.do(visit.Back{})
	if v := l.view(); v.Screen != visit.Closed || v.OpensIn != 7 || v.Opens.Hour() != 9 {
		t.Errorf("after closing time: %s, opens %s in %d days", v.Screen, v.Opens, v.OpensIn)
	}
	l.now = l.now.AddDate(0, 0, 7).Add(-9 * time.Hour)
	l.do(visit.Tick{})
	if v := l.view(); v.Screen != visit.Attract {
		t.Errorf("at nine: %s", v.Screen)
	}
}

func TestStartAtClosingTimeOffersNothing(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{with(t, "lobby", weekdays)}})
	l.now = time.Date(2026, 1, 15, 18, 0, 0, 0, time.UTC) // no Tick came
	l.Handle(visit.Start{}, l.now)
	if v := l.view(); v.Screen != visit.Closed {
		t.Errorf("a closed survey began: %s", v.Screen)
	}
}

func TestQuotaThatIsFullTakesTheSurveyOutOrEndsTheVisit(t *testing.T) {
	all := with(t, "all", "quotas: [{code: every, limit: 3}]")
	some := with(t, "some", "quotas: [{code: employers, when: \"${who} = 'employer'\", limit: 1}]")
	counts := map[string]int{"some/employers": 1}
	cfg := visit.Config{
		Surveys:   []*surveys.Survey{all, some},
		Completed: func(survey, quota string) int { return counts[survey+"/"+quota] },
	}
	l := newLobby(cfg)
	if v := l.view(); len(v.Surveys) != 2 {
		t.Fatalf("%d surveys are offered", len(v.Surveys))
	}
	counts["all/every"] = 3
	l = newLobby(cfg)
	l.do(visit.Start{})
	if v := l.view(); v.Survey != some || v.Question == nil {
		t.Fatalf("with one survey full, Start shows %+v", v)
	}
	if r := l.do(visit.Answer{Value: surveys.String("employer")}); r != nil {
		t.Fatal("an answer that nobody needs is stored")
	}
	if v := l.view(); v.Screen != visit.Enough || v.Question != nil || !v.Value.IsZero() {
		t.Fatalf("a visitor too many meets %+v", v)
	}
	l.do(visit.Finish{})
	l.do(visit.Start{})
	l.do(visit.Answer{Value: surveys.String("client")})
	if v := l.view(); v.Screen != visit.Question || v.Question.Code == "who" {
		t.Errorf("somebody who is needed meets %+v", v)
	}
}

func TestEveryThirdVisitorIsAsked(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{with(t, "lobby", "sample: {every: 3}")}})
	var asked []bool
	for range 9 {
		l.do(visit.Start{})
		v := l.view()
		asked = append(asked, v.Screen == visit.Question)
		if v.Screen == visit.NotAsked {
			if v.OneIn != 3 {
				t.Errorf("one in %d", v.OneIn)
			}
			l.now = l.Deadline(l.now)
			l.Handle(visit.Tick{}, l.now) // it returns by itself
		} else {
			l.do(visit.Back{})
		}
		if v := l.view(); v.Screen != visit.Attract {
			t.Fatalf("after the visit: %s", v.Screen)
		}
	}
	first := slices.Index(asked, true)
	for i, is := range asked {
		if is != (i >= first && (i-first)%3 == 0) || first > 2 {
			t.Fatalf("asked: %v", asked)
		}
	}
}

func TestVisitChangesToALanguageOfItsSurvey(t *testing.T) {
	russian := mustLoad(t, strings.NewReplacer("id: lobby", "id: russian", "[ru, en]", "[ru]", `, en: "Poll"`, "", `, en: "Who are you?"`, "",
		`, en: "Client"`, "", `, en: "Employer"`, "", `, en: "A?"`, "", `, en: "B?"`, "", `, en: "Recommend?"`, "", `, en: "What else?"`, "").Replace(source))
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source), russian}})
	l.do(visit.Start{Language: "en"})
	l.do(visit.ChooseSurvey{ID: "russian"})
	if v := l.view(); v.Language != "ru" || len(v.Languages) != 1 {
		t.Errorf("a survey in Russian is asked in %s, and offers %v", v.Language, v.Languages)
	}
}

// Whatever happens and however long it takes: nobody begins a survey that is closed, full, or does not ask this visitor;
// nothing but what the machine says it offers can be chosen; languages are those of what is offered.
func TestOnlyWhatIsOfferedIsEverAsked(t *testing.T) {
	counts := map[string]int{}
	all := []*surveys.Survey{
		with(t, "lobby", weekdays), with(t, "other", "quotas: [{code: few, limit: 2}]"), with(t, "sampled", "sample: {every: 2}"),
		with(t, "late", "schedule: {from: 2026-01-16, open: [{from: '07:00', until: '20:00'}]}\nsample: {probability: 0.5}"),
	}
	rapid.Check(t, func(rt *rapid.T) {
		clear(counts)
		cfg := visit.Config{
			Surveys:   rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, 4, func(s *surveys.Survey) string { return s.ID }).Draw(rt, "surveys"),
			Completed: func(survey, quota string) int { return counts[survey+"/"+quota] },
		}
		l := newLobby(cfg)
		for range rapid.IntRange(1, 80).Draw(rt, "steps") {
			before := l.view()
			e := event(rt, "said")
			if rapid.IntRange(0, 3).Draw(rt, "begin") == 0 {
				e = visit.Start{}
			}
			l.now = l.now.Add(time.Duration(rapid.SampledFrom([]int{200, 1000, 60_000, 3_600_000}).Draw(rt, "ms")) * time.Millisecond)
			if r := l.Handle(e, l.now); r != nil {
				counts[r.Survey+"/few"]++
			}
			v := l.view()
			if s := v.Survey; s != nil && before.Survey == nil {
				if before.Screen != visit.Attract && !slices.Contains(before.Surveys, s) {
					rt.Fatalf("%s was not offered and began", s.ID)
				}
				if before.Screen == visit.Attract && !s.Schedule.Open(l.now) {
					rt.Fatalf("%s began at %s", s.ID, l.now)
				}
				if s.ID == "other" && counts["other/few"] >= 2 {
					rt.Fatal("a survey began whose quota is full")
				}
			}
			if v.Screen == visit.Attract && before.Screen != visit.Attract {
				for _, s := range v.Surveys {
					if !s.Schedule.Open(l.now) || s.ID == "other" && counts["other/few"] >= 2 {
						rt.Fatalf("%s is offered at %s with %v", s.ID, l.now, counts)
					}
				}
			}
			if d := l.Deadline(l.now); (v.Screen == visit.Closed || v.Screen == visit.NotAsked) && len(v.Surveys) == 0 && d.IsZero() && !v.Opens.IsZero() {
				rt.Fatalf("%s waits for nothing", v.Screen)
			}
			if (v.Screen == visit.NotAsked || v.Screen == visit.Enough || v.Screen == visit.Closed) && (v.Question != nil || !v.Value.IsZero()) {
				rt.Fatalf("%s holds %+v", v.Screen, v)
			}
		}
	})
}
