package visit_test

import (
	"testing"
	"time"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

const asksConsent = `
id: asks
number: 1
kind: suggestion
languages: [ru, en]
title: {ru: "Письмо", en: "Letter"}
pages:
  - questions:
      - {code: topic, kind: short-text, max_length: 60, text: {ru: "О чём?", en: "What about?"}}
      - code: agree
        kind: consent
        text: {ru: "Можно ответить?", en: "May we answer?"}
        consent:
          version: '1'
          purpose: {ru: "ответить", en: "to answer"}
          term: {ru: "30 дней", en: "30 days"}
          statement: {ru: "Я согласен.", en: "I agree."}
      - code: bare
        kind: consent
        text: {ru: "А ещё?", en: "And more?"}
        consent: {version: '1', purpose: {ru: "ответить", en: "to answer"}, term: {ru: "30 дней", en: "30 days"}}
`

func TestFullTextOfAConsentIsReadAndLeftWithNothingLost(t *testing.T) {
	l := newLobby(visit.Config{Surveys: []*surveys.Survey{mustLoad(t, asksConsent)}, Idle: 30 * time.Second})
	l.do(visit.Start{})
	if l.do(visit.Read{}); l.view().Screen != visit.Question {
		t.Fatal("a question that asks no consent has a full text")
	}
	l.do(visit.Edit{Value: surveys.String("О зале")})
	l.do(visit.Next{})
	l.do(visit.Edit{Value: surveys.String(surveys.Yes)})
	l.do(visit.Read{})
	for range 10 { // whoever turns pages is there, however long it takes
		l.now = l.now.Add(50 * time.Second)
		l.Handle(visit.Tick{}, l.now)
		if v := l.view(); v.Screen != visit.Statement || v.Question.Code != "agree" || v.Warning != 0 {
			t.Fatalf("somebody who turns pages sees %s with a warning of %s", v.Screen, v.Warning)
		}
		l.do(visit.Touched{})
	}
	l.do(visit.Speak{Language: "en"})
	l.do(visit.Back{})
	if v := l.view(); v.Screen != visit.Question || v.Question.Code != "agree" || !v.Value.Equal(surveys.String(surveys.Yes)) {
		t.Fatalf("Back from the full text gave %+v", v)
	}
	l.do(visit.Next{})
	if l.do(visit.Read{}); l.view().Screen != visit.Question {
		t.Error("a consent without a statement has a full text")
	}
	r := l.do(visit.Skip{})
	if r == nil || len(r.Answers) != 3 || !r.Answers[0].Value.Equal(surveys.String("О зале")) || r.Answers[1].Tenths < 5000 {
		t.Errorf("the response is %+v", r)
	}
}
