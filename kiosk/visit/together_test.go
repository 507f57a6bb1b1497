package visit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// sharing has a page whose questions share a screen; its answers decide which of them are there.
const sharing = `
id: lobby
number: 1
kind: exit-poll
languages: [ru, en]
title: {ru: "Опрос", en: "Poll"}
pages:
  - questions:
      - {code: first, kind: smiley, text: {ru: "Как?", en: "How?"}}
  - together: true
    questions:
      - {code: came, kind: yes-no, required: true, text: {ru: "Впервые?", en: "First?"}}
      - {code: why, kind: short-text, max_length: 60, relevance: "${came} = 'no'", text: {ru: "Зачем?", en: "Why?"}}
      - {code: mood, kind: smiley, required: true, decline: true, text: {ru: "Настроение?", en: "Mood?"}}
      - {code: when, kind: date, text: {ru: "Когда?", en: "When?"}}
      - code: what
        kind: multiple-choice
        text: {ru: "Что?", en: "What?"}
        choices:
          - {code: a, text: {ru: "А", en: "A"}}
          - {code: b, when: "${came} = 'no'", text: {ru: "Б", en: "B"}}
  - relevance: ${mood} = 1
    questions:
      - {code: sorry, kind: short-text, max_length: 60, text: {ru: "Что случилось?", en: "What happened?"}}
`

// group writes what stands on a screen of several questions: code=value, with ! where a problem is named and - where the
// question is declined.
func group(v visit.View) string {
	var all []string
	for _, i := range v.Group {
		s := i.Question.Code + "=" + written(i.Value)
		if i.Problem != visit.NoProblem {
			s += "!" + string(i.Problem)
		}
		if i.Declined {
			s += "-"
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

func written(v surveys.Value) string {
	if s, ok := v.Text(); ok {
		return s
	}
	if n, ok := v.Float(); ok {
		return fmt.Sprint(n)
	}
	codes, _ := v.List()
	return strings.Join(codes, ",")
}

func newShared(t *testing.T, source string) *lobby {
	t.Helper()
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
	l.do(visit.Start{})
	l.do(visit.Answer{Value: surveys.Number(3)})
	return l
}

func give(code string, v surveys.Value) visit.Event { return visit.Answer{Question: code, Value: v} }

// mustShow fails unless the screen of several questions shows this.
func (l *lobby) mustShow(t *testing.T, what, want string) {
	t.Helper()
	if got := group(l.view()); got != want {
		t.Fatalf("%s: %q, want %q", what, got, want)
	}
}

func recorded(r *surveys.Response) string {
	if r == nil {
		return "nothing"
	}
	var all []string
	for _, a := range r.Answers {
		s := a.Question + "=" + written(a.Value)
		if a.Outcome != surveys.Answered {
			s = a.Question + ":" + string(a.Outcome)
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

func TestQuestionsOfAPageStandOnOneScreen(t *testing.T) {
	l := newShared(t, sharing)
	l.mustShow(t, "at first", "came= mood= when= what=")
	l.do(give("came", surveys.String("no")))
	l.mustShow(t, "an answer brings a question", "came=no why= mood= when= what=")
	l.do(visit.Edit{Question: "why", Value: surveys.String("Справка")})
	l.do(visit.Edit{Question: "what", Value: surveys.Codes("a", "b")})
	l.do(give("came", surveys.String("yes")))
	l.mustShow(t, "another takes it and a choice away", "came=yes mood= when= what=a")
	l.do(give("mood", surveys.Number(3)))
	v := l.view()
	if !v.Last || !v.CanNext || v.CanSkip || v.CanDecline {
		t.Errorf("the page offers %+v", v)
	}
	r := l.do(visit.Next{})
	if got, want := recorded(r), "first=3 came=yes mood=3 when:skipped what=a"; got != want {
		t.Errorf("recorded %q, want %q", got, want)
	}
	if err := mustLoad(t, sharing).CheckResponse(r); err != nil {
		t.Error(err)
	}
}

func TestNextNamesTheFirstQuestionWithAProblem(t *testing.T) {
	l := newShared(t, sharing)
	for _, step := range []struct {
		do   visit.Event
		want string
	}{
		{visit.Skip{}, "came= mood= when= what="},
		{visit.Next{}, "came=!unanswered mood= when= what="},
		{visit.Edit{Question: "when", Value: surveys.String("31")}, "came=!unanswered mood= when=31 what="},
		{give("came", surveys.String("yes")), "came=yes mood= when=31 what="},
		{visit.Next{}, "came=yes mood=!unanswered when=31 what="},
		{visit.Decline{Question: "came"}, "came=yes mood=!unanswered when=31 what="},
		{visit.Decline{Question: "mood"}, "came=yes mood=- when=31 what="},
		{visit.Next{}, "came=yes mood=- when=31!invalid what="},
		{visit.Edit{Question: "when", Value: surveys.String("2026-01-02")}, "came=yes mood=- when=2026-01-02 what="},
		{visit.Decline{Question: "mood"}, "came=yes mood= when=2026-01-02 what="},
		{visit.Decline{Question: "mood"}, "came=yes mood=- when=2026-01-02 what="},
		{give("first", surveys.Number(1)), "came=yes mood=- when=2026-01-02 what="},
	} {
		l.do(step.do)
		l.mustShow(t, fmt.Sprintf("%T%+v", step.do, step.do), step.want)
	}
	if got, want := recorded(l.do(visit.Next{})), "first=3 came=yes mood:declined when=2026-01-02 what:skipped"; got != want {
		t.Errorf("recorded %q, want %q", got, want)
	}
}

func TestAPageOfWhichNothingIsRequiredCanBeSkipped(t *testing.T) {
	l := newShared(t, strings.ReplaceAll(sharing, "required: true, ", ""))
	if v := l.view(); !v.CanSkip || v.CanNext {
		t.Fatalf("an untouched page offers %+v", v)
	}
	l.do(visit.Edit{Question: "what", Value: surveys.Codes("a")})
	if v := l.view(); v.CanSkip || !v.CanNext {
		t.Fatalf("a touched page offers %+v", v)
	}
	if r := l.do(visit.Skip{}); r != nil {
		t.Fatal("skipped what was given")
	}
	l.do(visit.Edit{Question: "what", Value: surveys.Codes()})
	if got, want := recorded(l.do(visit.Skip{})), "first=3 came:skipped mood:skipped when:skipped what:skipped"; got != want {
		t.Errorf("recorded %q, want %q", got, want)
	}
}

func TestGoingBackToAPageShowsWhatWasGivenThere(t *testing.T) {
	l := newShared(t, sharing)
	l.do(give("came", surveys.String("no")))
	l.do(visit.Edit{Question: "why", Value: surveys.String("Справка")})
	l.do(visit.Edit{Question: "when", Value: surveys.String("31")})
	l.do(visit.Back{})
	if v := l.view(); v.Group != nil || v.Question.Code != "first" {
		t.Fatalf("Back leads to %+v", v)
	}
	l.do(visit.Next{})
	l.mustShow(t, "come back", "came=no why=Справка mood= when= what=")
	l.do(give("mood", surveys.Number(1)))
	l.do(visit.Next{})
	if v := l.view(); v.Question.Code != "sorry" || v.Group != nil {
		t.Fatalf("Next leads to %+v", v)
	}
	l.do(visit.Back{})
	l.mustShow(t, "back from the next", "came=no why=Справка mood=1 when= what=")
}

func TestWhatIsTakenBackOnAPageIsGone(t *testing.T) {
	twice := "      - {code: twice, kind: calculated, calculation: \"${mood} * 2\", text: {ru: \"Вдвое\", en: \"Twice\"}}\n"
	l := newShared(t, strings.Replace(sharing, "  - relevance: ${mood}", twice+"  - relevance: ${mood}", 1))
	l.do(give("came", surveys.String("no")))
	l.do(give("mood", surveys.Number(1)))
	l.do(visit.Edit{Question: "what", Value: surveys.Codes("a", "b")})
	l.do(visit.Next{})
	l.do(visit.Back{})
	l.mustShow(t, "come back", "came=no why= mood=1 when= what=a,b")
	l.do(visit.Edit{Question: "what", Value: surveys.Codes()})
	l.do(visit.Back{})
	l.do(visit.Next{})
	l.mustShow(t, "come back again", "came=no why= mood=1 when= what=")
	l.do(give("mood", surveys.Number(4)))
	if got, want := recorded(l.do(visit.Next{})), "first=3 came=no why:skipped mood=4 when:skipped what:skipped twice=8"; got != want {
		t.Errorf("recorded %q, want %q", got, want)
	}
}

func TestQuestionsOfAPageShareItsTime(t *testing.T) {
	l := newShared(t, sharing) // a second has passed on the question before
	l.do(give("came", surveys.String("yes")))
	l.do(give("mood", surveys.Number(3)))
	l.now = l.now.Add(5 * time.Second)
	r := l.do(visit.Next{})
	for _, a := range r.Answers[1:] {
		if a.Tenths != 20 { // 8 s, four questions
			t.Errorf("%s took %d tenths", a.Question, a.Tenths)
		}
	}
}

// What was touched counts, what was still being written does not.
func TestWhatWasGivenOnAPageIsKeptOfSomebodyWhoWentAway(t *testing.T) {
	l := newShared(t, strings.Replace(sharing, "kind: exit-poll", "kind: exit-poll\npartial: true", 1))
	l.do(give("came", surveys.String("no")))
	l.do(visit.Edit{Question: "why", Value: surveys.String("Спра")})
	l.do(visit.Edit{Question: "when", Value: surveys.String("2026-01")})
	if got, want := recorded(idleOut(l)), "first=3 came=no"; got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
}

func TestAPollOfOnePageIsNoShortPoll(t *testing.T) {
	s := sharing[:strings.Index(sharing, "      - {code: mood")] // came, and why if no
	s = strings.Replace(s, "  - questions:\n      - {code: first, kind: smiley, text: {ru: \"Как?\", en: \"How?\"}}\n", "", 1)
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, s)}})
	l.do(visit.Start{})
	if r := l.do(give("came", surveys.String("yes"))); r != nil || len(l.view().Group) != 1 {
		t.Fatalf("one answer of a page ended the visit: %+v", l.view())
	}
	if got := recorded(l.do(visit.Next{})); got != "came=yes" {
		t.Errorf("recorded %s at once", got)
	}
}

func TestATestThatEndsCountsWhatIsGivenOnThePageShown(t *testing.T) {
	s := mustLoad(t, `
id: lobby
number: 1
kind: test
languages: [ru]
title: {ru: "Тест"}
test: {pass_mark: 50, time_limit: 60}
pages:
  - together: true
    questions:
      - {code: a, kind: yes-no, required: true, correct: "yes", text: {ru: "А?"}}
      - {code: b, kind: date, required: true, correct: 2026-01-02, text: {ru: "Б?"}}
      - {code: c, kind: yes-no, correct: "yes", text: {ru: "В?"}}
`)
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{s}})
	l.do(visit.Start{})
	l.do(visit.Begin{})
	l.do(give("a", surveys.String("yes")))
	l.do(visit.Edit{Question: "b", Value: surveys.String("2026-0")})
	if v := l.view(); v.Clock.Test.Left == 0 || !v.NoBack {
		t.Fatalf("the page shows %+v", v)
	}
	var r *surveys.Response
	for r == nil {
		l.now = l.Deadline(l.now)
		r = l.Handle(visit.Tick{}, l.now)
	}
	if got, want := recorded(r), "a=yes b:timed-out c:timed-out"; got != want {
		t.Errorf("recorded %q, want %q", got, want)
	}
	if err := s.CheckResponse(r); err != nil {
		t.Error(err)
	}
}

func TestADefaultOfAPageDecidesWhatIsAsked(t *testing.T) {
	l := newShared(t, strings.Replace(sharing, "kind: yes-no, required", "kind: yes-no, default: \"no\", required", 1))
	l.mustShow(t, "at first", "came=no why= mood= when= what=")
	l.do(give("mood", surveys.Number(3)))
	if got, want := recorded(l.do(visit.Next{})), "first=3 came=no why:skipped mood=3 when:skipped what:skipped"; got != want {
		t.Errorf("recorded %q, want %q", got, want)
	}
}
