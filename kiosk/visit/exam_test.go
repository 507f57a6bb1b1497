package visit_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

const timedTest = `
id: exam
number: 1
kind: test
languages: [ru]
title: {ru: "Тест"}
test: {pass_mark: 50, time_limit: 100, show_result: true}
pages:
  - questions:
      - {code: a, kind: yes-no, required: true, points: 1, correct: 'yes', time_limit: 20, text: {ru: "А?"}}
      - {code: b, kind: number, required: true, min: 10, max: 99, points: 2, correct: 42, time_limit: 30, text: {ru: "Б?"}}
      - {code: c, kind: short-text, max_length: 20, points: 1, correct: казань, text: {ru: "В?"}}
  - pick: 2
    questions:
      - {code: d, kind: yes-no, points: 1, correct: 'yes', text: {ru: "Г?"}}
      - {code: e, kind: yes-no, points: 1, correct: 'yes', time_limit: 15, text: {ru: "Д?"}}
      - {code: f, kind: yes-no, points: 1, correct: 'yes', text: {ru: "Е?"}}
  - relevance: ${b} = 42
    questions:
      - {code: g, kind: yes-no, required: true, decline: true, points: 1, correct: 'no', text: {ru: "Ж?"}}
`

// without returns the timed test without a line's field.
func without(t *testing.T, fields ...string) *surveys.Survey {
	t.Helper()
	source := timedTest
	for _, f := range fields {
		if !strings.Contains(source, f) {
			t.Fatalf("the test has no %q", f)
		}
		source = strings.ReplaceAll(source, f, "")
	}
	return mustLoad(t, source)
}

// begin makes a machine on which the test was just begun.
func begin(t *testing.T, s *surveys.Survey) *lobby {
	t.Helper()
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{s}})
	l.do(visit.Start{})
	if v := l.view(); v.Screen != visit.Opening || v.Clock != (visit.Clock{}) || v.Questions != 6 || !v.AtMost {
		t.Fatalf("a test opens with %+v", v)
	}
	l.now = l.now.Add(10 * time.Minute / 11)
	l.do(visit.Begin{})
	return l
}

// pass lets time pass, with a Tick whenever one is due, and returns the response that follows.
func (l *lobby) pass(d time.Duration) (r *surveys.Response) {
	for end := l.now.Add(d); ; {
		at := l.Deadline(l.now)
		if at.IsZero() || at.After(end) {
			l.now = end
			return r
		}
		l.now = at
		if got := l.Handle(visit.Tick{}, l.now); got != nil {
			r = got
		}
	}
}

// at fails the test unless the question is on the glass.
func (l *lobby) at(t *testing.T, code string) visit.View {
	t.Helper()
	v := l.view()
	if v.Screen != visit.Question || v.Question.Code != code {
		t.Fatalf("on the glass: %s %+v, not the question %s", v.Screen, v.Question, code)
	}
	return v
}

func outcomes(r *surveys.Response) map[string]surveys.Outcome {
	all := map[string]surveys.Outcome{}
	for _, a := range r.Answers {
		all[a.Question] = a.Outcome
	}
	return all
}

func TestNobodyIsTimedBeforeBegin(t *testing.T) {
	l := begin(t, mustLoad(t, timedTest))
	v := l.at(t, "a")
	if v.Clock.Question != (visit.Countdown{Left: 20 * time.Second, Of: 20 * time.Second}) || v.Clock.Test.Left != 100*time.Second {
		t.Errorf("the clock begins with %+v", v.Clock)
	}
	if !v.NoBack {
		t.Error("the first question of a test offers a way back")
	}
	l.do(visit.Back{})
	l.at(t, "a")
}

func TestQuestionWhoseTimeIsOverIsClosed(t *testing.T) {
	l := begin(t, mustLoad(t, timedTest))
	l.pass(19 * time.Second)
	if v := l.at(t, "a"); v.Clock.Question.Left != time.Second {
		t.Errorf("a second before the end the clock shows %+v", v.Clock.Question)
	}
	l.pass(time.Second)
	l.at(t, "b")
	l.do(visit.Edit{Value: surveys.Number(42)}) // given, and Next is not touched any more
	l.pass(29 * time.Second)
	if v := l.at(t, "c"); !v.NoBack {
		t.Error("a way back to questions whose time is over")
	}
	l.do(visit.Back{})
	l.at(t, "c")
	l.do(visit.Skip{})
	for l.view().Question.Code != "g" {
		l.do(visit.Answer{Value: surveys.String("yes")})
	}
	r := l.do(visit.Decline{})
	if r == nil {
		t.Fatal("no response")
	}
	got := outcomes(r)
	if got["a"] != surveys.TimedOut || got["b"] != surveys.Answered || got["c"] != surveys.Skipped || got["g"] != surveys.Declined {
		t.Errorf("outcomes: %v", got)
	}
	if r.Answers[0].Tenths != 200 || r.Answers[1].Tenths != 300 {
		t.Errorf("closed questions took %d and %d tenths", r.Answers[0].Tenths, r.Answers[1].Tenths)
	}
	l.do(visit.Saved{})
	if v := l.view(); v.Screen != visit.TestResult || v.Result != (visit.Result{Points: 4, Highest: 7, Passed: true}) {
		t.Errorf("the result is %s %+v", v.Screen, v.Result)
	}
	l.do(visit.Finish{})
	if v := l.view(); v.Screen != visit.Attract || v.Result != (visit.Result{}) {
		t.Errorf("after the result: %+v", v)
	}
}

func TestTimeGoesOnWhereItStoppedAndBehindOtherScreens(t *testing.T) {
	l := begin(t, mustLoad(t, timedTest))
	l.pass(4 * time.Second)
	l.do(visit.Answer{Value: surveys.String("no")}) // after 5 s
	l.do(visit.ShowLanguages{})
	l.pass(9 * time.Second)
	l.do(visit.Back{})
	if v := l.at(t, "b"); v.Clock.Question.Left != 20*time.Second { // 19 s, shown in fives
		t.Errorf("behind the languages the clock went to %v", v.Clock.Question.Left)
	}
	l.do(visit.Back{})
	if v := l.at(t, "a"); v.Clock.Question.Left != 15*time.Second {
		t.Errorf("a question one comes back to has %v", v.Clock.Question.Left)
	}
	l.pass(15 * time.Second)
	l.at(t, "b") // the answer given before stays
	r := l.pass(100 * time.Second)
	if r == nil {
		t.Fatal("the end of the test gave no response")
	}
	if got := outcomes(r); got["a"] != surveys.Answered || got["b"] != surveys.TimedOut || got["c"] != surveys.TimedOut {
		t.Errorf("outcomes: %v", got)
	}
}

// What is being given when the time ends counts if it is an answer, and takes an earlier one's place; what is no answer
// leaves the earlier one; what was taken back is gone.
func TestDraftAtTheEndOfTheTimeCountsIfItIsAnAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		earlier, draft surveys.Value
		want           surveys.Value
	}{
		"a valid draft":                     {draft: surveys.Number(41), want: surveys.Number(41)},
		"an unfinished draft":               {draft: surveys.Number(4)},
		"a valid draft after an answer":     {surveys.Number(40), surveys.Number(41), surveys.Number(41)},
		"no draft after an answer":          {surveys.Number(40), surveys.Value{}, surveys.Value{}},
		"an unfinished draft after another": {surveys.Number(40), surveys.Number(4), surveys.Number(40)},
	} {
		l := begin(t, mustLoad(t, timedTest))
		l.do(visit.Answer{Value: surveys.String("yes")})
		if !c.earlier.IsZero() {
			l.do(visit.Edit{Value: c.earlier})
			l.do(visit.Next{})
			l.do(visit.Back{})
		}
		l.do(visit.Edit{Value: c.draft})
		r := l.pass(200 * time.Second)
		if r == nil {
			t.Fatalf("%s: no response", name)
		}
		if b := r.Answers[1]; !b.Value.Equal(c.want) || (b.Outcome == surveys.TimedOut) != c.want.IsZero() {
			t.Errorf("%s is recorded as %+v", name, b)
		}
	}
}

func TestEndOfTheTestStoresWhatIsThere(t *testing.T) {
	l := begin(t, without(t, ", show_result: true", ", time_limit: 20", ", time_limit: 30", ", time_limit: 15"))
	l.do(visit.Answer{Value: surveys.String("yes")})
	l.do(visit.Edit{Value: surveys.Number(42)})
	l.pass(97 * time.Second)
	if v := l.at(t, "b"); v.Clock.Test.Left != time.Second || v.Clock.Question.Of != 0 {
		t.Fatalf("two seconds before the end: %+v", v.Clock)
	}
	r := l.do(visit.Edit{Value: surveys.Number(43)}) // just too late
	if r == nil {
		t.Fatal("a touch at the end of the time was taken up")
	}
	want := map[string]surveys.Outcome{
		"a": "", "b": "", "c": surveys.TimedOut, "d": surveys.TimedOut, "e": surveys.TimedOut, "f": surveys.TimedOut, "g": surveys.TimedOut,
	}
	for code, o := range outcomes(r) {
		if o != want[code] {
			t.Errorf("%s: %q", code, o)
		}
	}
	if n, _ := r.Answers[1].Value.Float(); n != 42 || len(r.Answers) != 6 {
		t.Errorf("answers: %+v", r.Answers)
	}
	if l.do(visit.Next{}) != nil || !l.Deadline(l.now).IsZero() {
		t.Error("a test is stored twice")
	}
	l.do(visit.Saved{})
	if v := l.view(); v.Screen != visit.TimeOver || !v.Result.TimeOver {
		t.Errorf("after the end: %+v", v)
	}
}

// A test that is left alone is handed in when its warning ends, without a last screen; the time goes on under the warning.
func TestTimedTestThatIsLeftAloneIsHandedIn(t *testing.T) {
	s := mustLoad(t, strings.ReplaceAll(strings.ReplaceAll(timedTest, "time_limit: 100", "time_limit: 3000"), "time_limit: 20", "time_limit: 185"))
	l := begin(t, s)
	l.pass(4*45*time.Second + time.Second)
	v := l.view()
	if v.Warning == 0 || !v.HandsIn || v.Clock.Question.Left != 4*time.Second {
		t.Fatalf("after three minutes: %+v", v)
	}
	l.pass(6 * time.Second)
	if v = l.at(t, "b"); v.Warning == 0 {
		t.Fatal("the end of a question's time took the warning away")
	}
	r := l.pass(time.Minute)
	if r == nil {
		t.Fatal("the test was forgotten")
	}
	if err := s.CheckResponse(r); err != nil {
		t.Error(err)
	}
	if got := outcomes(r); got["b"] != surveys.TimedOut || got["c"] != surveys.TimedOut || r.Answers[1].Tenths != 150 {
		t.Errorf("outcomes %v, the second question took %d tenths", got, r.Answers[1].Tenths)
	}
	l.do(visit.Saved{})
	if v := l.view(); v.Screen != visit.Attract || v.Result != (visit.Result{}) {
		t.Errorf("the result of somebody who left is shown: %+v", v)
	}
}

func TestTestWithoutLimitsThatIsLeftAloneIsForgotten(t *testing.T) {
	l := begin(t, without(t, ", time_limit: 100", ", time_limit: 20", ", time_limit: 30", ", time_limit: 15"))
	l.do(visit.Answer{Value: surveys.String("yes")})
	if v := l.view(); v.Clock != (visit.Clock{}) {
		t.Errorf("a test without limits counts down: %+v", v.Clock)
	}
	if r := l.pass(time.Hour); r != nil {
		t.Errorf("stored: %+v", r)
	}
	if v := l.view(); v.Screen != visit.Attract {
		t.Errorf("after an hour: %+v", v)
	}
}

// Whatever is touched and however time passes: a test that was begun gives at most one response, which its survey takes
// and the visitor cannot have spent more time on than there was; no clock is ever negative or above its limit; and it
// changes at most once a second.
func TestClockOfATestHolds(t *testing.T) {
	s := mustLoad(t, timedTest)
	if s.Test.TimeLimit != 100*time.Second {
		t.Fatal("another test")
	}
	byTicket := mustLoad(t, strings.Replace(timedTest, "show_result: true", "tickets: true", 1))
	const good, used = "1234567894", "0000005724"
	rapid.Check(t, func(rt *rapid.T) {
		offered := s
		if rapid.Bool().Draw(rt, "tickets") {
			offered = byTicket
		}
		l := newLobby(visit.Config{Surveys: []*surveys.Survey{offered}, Tickets: func(_, ticket string) visit.Admission {
			return map[string]visit.Admission{good: visit.Admitted, used: visit.WasUsed}[ticket]
		}})
		var begun time.Time
		stored := false
		look := func(r *surveys.Response) {
			v := l.view()
			for _, c := range []visit.Countdown{v.Clock.Question, v.Clock.Test} {
				if c.Left < 0 || c.Left > c.Of || (c.Of > 0) != (c.Left > 0) || c.Of > 0 && begun.IsZero() {
					rt.Fatalf("the clock shows %+v on %s", v.Clock, v.Screen)
				}
			}
			if v.Screen == visit.Attract {
				begun, stored = time.Time{}, false
			}
			if r == nil {
				return
			}
			if stored {
				rt.Fatal("a second response")
			}
			stored = true
			if err := offered.CheckResponse(r); err != nil {
				rt.Fatalf("its survey refuses %+v: %v", r, err)
			}
			if (r.Ticket == good) != offered.Test.Tickets {
				rt.Fatalf("taken by the ticket %q", r.Ticket)
			}
			all := 0
			for _, a := range r.Answers {
				all += a.Tenths
				if limit := offered.Question(a.Question).TimeLimit; limit > 0 && a.Tenths > 10*limit {
					rt.Fatalf("%s took %d tenths of %d s", a.Question, a.Tenths, limit)
				}
			}
			if all > 1000 {
				rt.Fatalf("%d tenths were spent on a test of 100 s", all)
			}
		}
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			wait := time.Duration(rapid.IntRange(0, 20000).Draw(rt, "ms")) * time.Millisecond
			if rapid.Bool().Draw(rt, "asleep") {
				l.now = l.now.Add(wait) // no Tick came
			} else {
				for end := l.now.Add(wait); ; {
					at := l.Deadline(l.now)
					if at.IsZero() || at.After(end) {
						l.now = end
						break
					}
					before := l.view()
					l.now = at
					look(l.Handle(visit.Tick{}, at))
					if c := l.view().Clock; c.Question.Of > 0 && c == before.Clock && l.view().Shown == before.Shown &&
						l.view().Warning == before.Warning {
						rt.Fatalf("woken for nothing: %+v", c)
					}
				}
			}
			e := examEvent(rt, good, used)
			if _, ok := e.(visit.Begin); ok && l.view().Screen == visit.Opening {
				begun = l.now
			}
			look(l.Handle(e, l.now))
		}
	})
}

func examEvent(rt *rapid.T, tickets ...string) visit.Event {
	events := []visit.Event{
		visit.Start{},
		visit.Begin{},
		visit.Begin{},
		visit.ShowLanguages{},
		visit.Speak{Language: "ru"},
		visit.Next{},
		visit.Next{},
		visit.Skip{},
		visit.Decline{},
		visit.Back{},
		visit.Continue{},
		visit.Finish{},
		visit.Saved{},
		visit.SaveFailed{},
		visit.Recovered{},
		visit.Tick{},
		visit.Answer{Value: surveys.String("yes")},
		visit.Answer{Value: surveys.String("no")},
		visit.Answer{Value: surveys.Number(42)},
		visit.Edit{Value: surveys.Number(4)},
		visit.Edit{Value: surveys.Number(42)},
		visit.Edit{Value: surveys.String("Казань")},
		visit.Edit{Value: surveys.Value{}},
	}
	for _, t := range tickets {
		events = append(events, visit.Edit{Value: surveys.String(t)})
	}
	return rapid.SampledFrom(events).Draw(rt, "event")
}

func TestTestByTicketLetsNobodyPastWithoutAGoodOne(t *testing.T) {
	s := mustLoad(t, strings.Replace(timedTest, "show_result: true", "tickets: true", 1))
	const good, used, unissued = "1234567894", "0000005724", "0000000000"
	admissions := map[string]visit.Admission{good: visit.Admitted, used: visit.WasUsed}
	cfg := visit.Config{Surveys: []*surveys.Survey{s}, Tickets: func(survey, ticket string) visit.Admission {
		if survey != "exam" {
			t.Errorf("asked for the survey %s", survey)
		}
		return admissions[ticket]
	}}
	l := newLobby(cfg)
	l.do(visit.Start{})
	for _, c := range []struct {
		typed string
		want  visit.Problem
	}{
		{"", visit.Unanswered},
		{"123", visit.Mistyped},
		{"1234567890", visit.Mistyped},
		{unissued, visit.Unissued},
		{used, visit.Used},
	} {
		l.do(visit.Edit{Value: surveys.String(c.typed)})
		for _, e := range []visit.Event{visit.Begin{}, visit.Skip{}, visit.Answer{Value: surveys.String(good)}, visit.Next{}} {
			l.do(e)
		}
		if v := l.view(); v.Screen != visit.Ticket || v.Problem != c.want || !v.Value.Equal(surveys.String(c.typed)) {
			t.Errorf("%q: %s %q, the glass shows %v", c.typed, v.Screen, v.Problem, v.Value)
		}
	}
	l.do(visit.Edit{Value: surveys.String("123 456 7894")})
	if l.view().Problem != visit.NoProblem {
		t.Error("the problem stays while another number is typed")
	}
	l.do(visit.Next{})
	if v := l.view(); v.Screen != visit.Opening || !v.Value.IsZero() {
		t.Fatalf("a good ticket leads to %s %v", v.Screen, v.Value)
	}
	l.do(visit.Begin{})
	if r := l.pass(100 * time.Second); r == nil || r.Ticket != good {
		t.Errorf("response: %+v", r)
	}
	l.do(visit.Saved{})
	l.do(visit.Finish{})
	l.do(visit.Start{})
	if v := l.view(); v.Screen != visit.Ticket || !v.Value.Equal(surveys.String("")) {
		t.Errorf("the next visitor meets %+v", v)
	}
	cfg.Tickets = nil
	l = newLobby(cfg)
	l.do(visit.Start{})
	l.do(visit.Edit{Value: surveys.String(good)})
	l.do(visit.Next{})
	if v := l.view(); v.Problem != visit.Unissued {
		t.Errorf("a terminal that knows no tickets says %q", v.Problem)
	}
}
