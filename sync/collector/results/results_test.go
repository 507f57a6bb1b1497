package results_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/results"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/storetest"
)

func mustSummary(t testing.TB, r *results.Results) *results.Summary {
	t.Helper()
	sum, err := r.Survey(t.Context(), "visit")
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func question(t *testing.T, sum *results.Summary, code string) results.Question {
	t.Helper()
	for _, q := range sum.Questions {
		if q.Code == code {
			return q
		}
	}
	t.Fatalf("there is no question %s", code)
	return results.Question{}
}

// counts writes counts as "code:n=share …".
func counts(q results.Question) string {
	var parts []string
	for _, c := range q.Counts {
		parts = append(parts, fmt.Sprintf("%s:%d=%.2f", c.Code, c.N, c.Share))
	}
	return strings.Join(parts, " ")
}

func TestSurveyCountsOverVersions(t *testing.T) {
	s := collectortest.NewStore(t)
	r := results.New(s)
	if _, err := r.Survey(t.Context(), "visit"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a survey that is not: %v", err)
	}
	v1 := collectortest.Publish(t, s, collectortest.Visit1)
	empty := mustSummary(t, r)
	if q := question(t, empty, "mood"); empty.Responses != 0 || !empty.Last.IsZero() || q.Answered != 0 || counts(q) != "4:0=0.00 3:0=0.00 2:0=0.00 1:0=0.00" {
		t.Errorf("without responses: %+v", empty)
	}
	terminal := storetest.Enrolled(t, s, "Зал", "Левый")
	said, skip := collectortest.Said, collectortest.Skip
	collectortest.Respond(t, s, terminal, 1, v1, said("mood", surveys.Number(4)), said("why", surveys.Codes("staff", "speed")), said("stars", surveys.Number(5)))
	collectortest.Respond(t, s, terminal, 2, v1, said("mood", surveys.Number(1)), said("why", surveys.Codes("staff")), said("comment", surveys.String("Тесно")))
	collectortest.Respond(t, s, terminal, 3, v1, skip("mood"), said("why", surveys.Codes()), said("again", surveys.String("no")))
	before := mustSummary(t, r)
	v2 := collectortest.Publish(t, s, collectortest.Visit2)
	collectortest.Respond(t, s, terminal, 4, v2, said("mood", surveys.Number(4)), said("why", surveys.Codes("comfort")), said("comment", surveys.String("staff")))
	sum := mustSummary(t, r)

	if before.Responses != 3 || sum.Responses != 4 || sum.Survey.Number != 2 || !sum.Last.Equal(collectortest.Now.Add(4e9)) || !sum.First.Equal(collectortest.Now.Add(1e9)) {
		t.Errorf("%d, then %d responses, from %v to %v", before.Responses, sum.Responses, sum.First, sum.Last)
	}
	var order []string
	for _, q := range sum.Questions {
		order = append(order, fmt.Sprintf("%s/%d/%d/%v", q.Code, q.Answered, q.Skipped, q.Retired))
	}
	if got, want := strings.Join(order, " "), "queue/0/0/false mood/3/1/false who/0/0/false why/4/0/false advise/0/0/false "+
		"clear/0/0/false again/1/0/false comment/2/0/false stars/1/0/true"; got != want {
		t.Errorf("questions\n got %s\nwant %s", got, want)
	}
	for code, want := range map[string]string{
		"mood":  "4:2=0.67 3:0=0.00 2:0=0.00 1:1=0.33",
		"why":   "comfort:1=0.25 staff:2=0.50 nothing:0=0.00 speed:1=0.25",
		"again": "yes:0=0.00 no:1=1.00",
		"stars": "5:1=1.00 4:0=0.00 3:0=0.00 2:0=0.00 1:0=0.00",
	} {
		if got := counts(question(t, sum, code)); got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
	if mean := question(t, sum, "mood").Mean; mean != 3 {
		t.Errorf("mean %v", mean)
	}
	texts := question(t, sum, "comment").Texts
	if len(texts) != 2 || texts[0].Text != "staff" || texts[1].Text != "Тесно" || texts[1].Language != "ru" {
		t.Errorf("texts %+v", texts)
	}
	// A program that starts now counts the same.
	if again := mustSummary(t, results.New(s)); fmt.Sprint(counts(question(t, again, "why")), again.Responses) != fmt.Sprint(counts(question(t, sum, "why")), sum.Responses) {
		t.Error("counted anew it is something else")
	}
}

func TestSurveyShowsTheLatestTexts(t *testing.T) {
	s := collectortest.NewStore(t)
	v := collectortest.Publish(t, s, collectortest.Visit1)
	terminal := storetest.Enrolled(t, s, "Зал", "Левый")
	for seq := uint64(1); seq <= 55; seq++ {
		collectortest.Respond(t, s, terminal, seq, v, collectortest.Said("comment", surveys.String(fmt.Sprint("текст ", seq))))
	}
	texts := question(t, mustSummary(t, results.New(s)), "comment").Texts
	if len(texts) != 20 || texts[0].Text != "текст 55" || texts[19].Text != "текст 36" {
		t.Errorf("%d texts: %+v", len(texts), texts)
	}
}

func TestStaffSurveyWithholdsSmallGroups(t *testing.T) {
	s := collectortest.NewStore(t)
	source := []byte(strings.Replace(string(collectortest.Visit1), "kind: exit-poll", "kind: staff", 1))
	v := collectortest.Publish(t, s, source)
	terminal := storetest.Enrolled(t, s, "Зал", "Левый")
	for seq := uint64(1); seq <= 5; seq++ {
		answers := []surveys.Answer{collectortest.Said("mood", surveys.Number(1))}
		if seq < 5 {
			answers = append(answers, collectortest.Said("comment", surveys.String("узнаете меня?")))
		}
		collectortest.Respond(t, s, terminal, seq, v, answers...)
	}
	sum := mustSummary(t, results.New(s))
	if q := question(t, sum, "mood"); q.Withheld || q.Counts[3].N != 5 {
		t.Errorf("five answers: %+v", q)
	}
	if q := question(t, sum, "comment"); !q.Withheld || q.Texts != nil || q.Counts != nil {
		t.Errorf("four answers: %+v", q)
	}
	if len(sum.Audiences) != 0 {
		t.Errorf("audiences: %+v", sum.Audiences)
	}
}

// slow is a source that reads the responses of one survey for as long as it is let.
type slow struct {
	results.Source
	survey       string
	reading, let chan struct{}
}

func (s *slow) EachResponse(ctx context.Context, survey string, after int64, f func(*store.Response) error) error {
	if survey == s.survey {
		close(s.reading)
		<-s.let
	}
	return s.Source.EachResponse(ctx, survey, after, f)
}

func TestASurveyThatIsCountedForTheFirstTimeHoldsUpNoOther(t *testing.T) {
	s := collectortest.NewStore(t)
	collectortest.Publish(t, s, collectortest.Visit1)
	large := bytes.Replace(collectortest.Visit1, []byte("id: visit"), []byte("id: large"), 1)
	collectortest.Publish(t, s, large)
	source := &slow{s, "large", make(chan struct{}), make(chan struct{})}
	r := results.New(source)
	counted := make(chan error, 1)
	go func() {
		_, err := r.Survey(t.Context(), "large")
		counted <- err
	}()
	<-source.reading
	mustSummary(t, r)
	close(source.let)
	if err := <-counted; err != nil {
		t.Error(err)
	}
}
