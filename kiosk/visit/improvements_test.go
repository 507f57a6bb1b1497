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
