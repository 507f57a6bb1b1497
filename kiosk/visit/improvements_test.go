package visit_test

import (
	"testing"
	"time"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

func TestImprovementsAreToldWhileNobodyIsHereAndUntilTheirTimeIsOver(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
	l.Configure(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}, Improvements: []visit.Improvement{
		{Text: surveys.Text{"ru": "Стулья"}}, {Text: surveys.Text{"ru": "Вода"}, Until: l.now.Add(time.Minute)},
	}}, l.now)
	if told := l.view().Improvements; len(told) != 2 || told[1]["ru"] != "Вода" {
		t.Errorf("told %v", told)
	}
	l.now = l.now.Add(time.Minute)
	if told := l.view().Improvements; len(told) != 1 || told[0]["ru"] != "Стулья" {
		t.Errorf("a minute later: %v", told)
	}
	l.do(visit.Start{})
	if told := l.view().Improvements; len(told) != 0 {
		t.Errorf("a visitor is told %v", told)
	}
}

// What is told no more must leave the glass: the caller is woken for that, though no schedule asks for it.
func TestTheEndOfAnImprovementIsADeadline(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}})
	ends := l.now.Add(time.Hour)
	l.Configure(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, source)}, Improvements: []visit.Improvement{
		{Text: surveys.Text{"ru": "Стулья"}}, {Text: surveys.Text{"ru": "Вода"}, Until: ends}, {Text: surveys.Text{"ru": "Часы"}, Until: ends.Add(time.Hour)},
	}}, l.now)
	for n, want := range []time.Time{ends, ends.Add(time.Hour), {}} {
		if d := l.Deadline(l.now); !d.Equal(want) {
			t.Fatalf("with %d improvements over the deadline is %v, want %v", n, d, want)
		}
		l.now = want
		l.Handle(visit.Tick{}, l.now)
		if told := l.view().Improvements; n < 2 && len(told) != 2-n {
			t.Errorf("at the deadline %d: %v", n, told)
		}
	}
}
